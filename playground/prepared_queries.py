"""Prepared queries: query sets whose SQL is compiled once and cached.

Django compiles the SQL of a query set each time, which takes several times as long as a small
query. Here a query set is compiled with sample values, which later calls replace by theirs.
"""

import copy
import threading
import uuid
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.models import DateTimeField, Model, QuerySet, UUIDField
from django.db.models.query import ModelIterable
from django.db.models.sql.compiler import SQLCompiler

type Row = tuple[Any, ...]
type Value = int | str | uuid.UUID | datetime
type Converter = Callable[[Any, Any, Any], Any]
type Make = Callable[[Mapping[str, Any]], QuerySet[Any, Any]]

FIELDS: dict[type, Any] = {uuid.UUID: UUIDField(), datetime: DateTimeField()}
SAMPLE_MOMENT = datetime(2001, 2, 3, 4, 5, 6, tzinfo=UTC)
SAMPLE_NUMBER = 1_234_567_000


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Statement:
    """The SQL of a query.

    parameters  name of the value for each placeholder, or a constant
    converters  by column, from database to Python values
    found       the query set, and the column information of Django's compiler
    """

    sql: str
    parameters: tuple[tuple[str, Any], ...]
    converters: dict[int, tuple[list[Converter], Any]]
    found: QuerySet[Any, Any]
    compiler: SQLCompiler

    def run(self, values: Mapping[str, Value]) -> list[Row]:
        return [self.convert(row) for row in self.fetch(values)]

    def fetch(self, values: Mapping[str, Value]) -> list[Row]:
        """Return the rows with the values of the database, which `convert` takes."""
        with connection.cursor() as cursor:
            cursor.execute(self.sql, self.fill_in(values))
            rows: list[Row] = cursor.fetchall()
            return rows

    def load(self, values: Mapping[str, Value]) -> list[Any]:
        """Return the rows as model instances, with those of select_related."""
        compiler = copy.copy(self.compiler)
        compiler.connection = connections[DEFAULT_DB_ALIAS]  # this thread's connection
        filled = self.fill_in(values)
        vars(compiler)["as_sql"] = lambda: (self.sql, filled)
        copied: Any = self.found
        found = copied._chain()  # noqa: SLF001 - copy.copy would evaluate it
        found._query = Compiled(compiler)  # noqa: SLF001 - as ModelIterable reads it
        return list(ModelIterable(found))

    def fill_in(self, values: Mapping[str, Value]) -> list[Any]:
        stored = {name: to_database(value) for name, value in values.items()}
        return [stored.get(name, same) for name, same in self.parameters]

    def convert(self, row: Row) -> Row:
        """Return a row with Python's values in place of the database's."""
        read = list(row)
        for column, (converters, expression) in self.converters.items():
            for convert in converters:
                read[column] = convert(read[column], expression, connection)
        return tuple(read)


@dataclass(frozen=True, slots=True)
class Compiled:
    """A compiled query that replaces Django's."""

    compiler: SQLCompiler

    def get_compiler(self, **_: Any) -> SQLCompiler:
        return self.compiler


_statements: dict[Hashable, Statement] = {}
_lock = threading.Lock()


def run_prepared(
    key: Hashable,
    make: Make,
    values: Mapping[str, Value],
) -> list[Row]:
    """Run a prepared values_list query; return its rows.

    key   everything else that its SQL depends on
    make  makes the query set with these values; it must only pass them on
    """
    return find_statement(key, make, values).run(values)


def load_prepared[M: Model](
    key: Hashable, make: Callable[[Mapping[str, Any]], QuerySet[M, M]], values: Mapping[str, Value]
) -> list[M]:
    """Run a prepared query; return its model instances, without prefetch_related."""
    return find_statement(key, make, values).load(values)


def find_statement(key: Hashable, make: Make, values: Mapping[str, Value]) -> Statement:
    full_key = (connection.vendor, make.__module__, make.__qualname__, key, *values)
    if full_key not in _statements:
        with _lock:
            _statements[full_key] = prepare(make, values)
    return _statements[full_key]


def prepare(make: Make, values: Mapping[str, Value]) -> Statement:
    samples = {name: sample_of(value, at) for at, (name, value) in enumerate(values.items())}
    names = {to_database(value): name for name, value in samples.items()}
    found = make(samples)
    compiler = found.query.get_compiler(connection=connection)
    sql, parameters = compiler.as_sql()
    selected = [each[0] for each in compiler.select]
    return Statement(
        sql=sql,
        parameters=tuple((names.get(each, ""), each) for each in parameters),
        converters=compiler.get_converters(selected),
        found=found,
        compiler=compiler,
    )


def sample_of(value: Value, number: int) -> Value:
    """Return a value of the same type that no query contains otherwise."""
    if isinstance(value, uuid.UUID):
        return uuid.uuid4()
    if isinstance(value, datetime):
        return SAMPLE_MOMENT + timedelta(microseconds=number + 1)
    return f"sample-{number}" if isinstance(value, str) else SAMPLE_NUMBER + number


def to_database(value: Value) -> Any:
    field = FIELDS.get(type(value))
    return field.get_db_prep_value(value, connection) if field else value
