"""Queries whose SQL is made once, for what pages ask again and again.

Django makes the SQL of a query set each time, which costs several times what a small query does.
Here a query set is made with samples for its values; a later call puts others in their places.
"""

import threading
import uuid
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import DateTimeField, QuerySet, UUIDField

type Value = int | str | uuid.UUID | datetime
type Converter = Callable[[Any, Any, Any], Any]
type Make = Callable[[Mapping[str, Any]], QuerySet[Any, Any]]

FIELDS: dict[type, Any] = {uuid.UUID: UUIDField(), datetime: DateTimeField()}
SAMPLE_MOMENT = datetime(2001, 2, 3, 4, 5, 6, tzinfo=UTC)
SAMPLE_NUMBER = 1_234_567_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """The SQL of a query.

    parameters  for each place a name of a value, or the value that it always has
    converters  by column, from what the database returns to what Python has
    """

    sql: str
    parameters: tuple[tuple[str, Any], ...]
    converters: dict[int, tuple[list[Converter], Any]]

    def run(self, values: Mapping[str, Value]) -> list[tuple[Any, ...]]:
        stored = {name: to_database(value) for name, value in values.items()}
        with connection.cursor() as cursor:
            cursor.execute(self.sql, [stored.get(name, same) for name, same in self.parameters])
            return [self._convert(row) for row in cursor.fetchall()]

    def _convert(self, row: tuple[Any, ...]) -> tuple[Any, ...]:
        read = list(row)
        for column, (converters, expression) in self.converters.items():
            for convert in converters:
                read[column] = convert(read[column], expression, connection)
        return tuple(read)


_statements: dict[Hashable, Statement] = {}
_lock = threading.Lock()


def run_prepared(
    key: Hashable,
    make: Make,
    values: Mapping[str, Value],
) -> list[tuple[Any, ...]]:
    """Return the rows of a query set of values_list.

    key   what its SQL depends on beside the values
    make  makes the query set with these values; may do nothing with them but pass them on
    """
    full_key = (connection.vendor, make.__qualname__, key, *values)
    if full_key not in _statements:
        with _lock:
            _statements[full_key] = prepare(make, values)
    return _statements[full_key].run(values)


def prepare(make: Make, values: Mapping[str, Value]) -> Statement:
    samples = {name: sample_of(value, at) for at, (name, value) in enumerate(values.items())}
    names = {to_database(value): name for name, value in samples.items()}
    compiler = make(samples).query.get_compiler(connection=connection)
    sql, parameters = compiler.as_sql()
    selected = [each[0] for each in compiler.select]
    return Statement(
        sql=sql,
        parameters=tuple((names.get(each, ""), each) for each in parameters),
        converters=compiler.get_converters(selected),
    )


def sample_of(value: Value, number: int) -> Value:
    """Return another value of the same type that no query contains otherwise."""
    if isinstance(value, uuid.UUID):
        return uuid.uuid4()
    if isinstance(value, datetime):
        return SAMPLE_MOMENT + timedelta(microseconds=number + 1)
    return f"sample-{number}" if isinstance(value, str) else SAMPLE_NUMBER + number


def to_database(value: Value) -> Any:
    field = FIELDS.get(type(value))
    return field.get_db_prep_value(value, connection) if field else value
