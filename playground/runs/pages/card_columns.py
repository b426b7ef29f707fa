"""The columns that cards depend on, and the runs of a board read by them, without objects.

A board has 36 cards with some 70 outputs. Objects for all of them, with their files, took twice as
long as the cached cards. What is made of a row is cached by the values that the database returned.
"""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, lru_cache
from typing import Any

from django.db.models import QuerySet

from playground.prepared_queries import Row, Statement, Value, find_statement
from playground.runs.models import Output, Run
from playground.runs.models.status import Status, is_settled
from playground.runs.pages.followed import Followed
from playground.runs.pages.glimpses import fill_places

# The columns that cards depend on. All others are never rendered, or immutable
# (tests/runs/test_cached_cards.py).
RUN_COLUMNS = (
    "id", "spec_id", "author_id", "made_from_id", "is_shared", "status", "revision", "task_id",
    "cost_actual", "problem", "problem_message", "problem_text", "problem_detail", "created_at",
    "sent_at", "stored_at", "set_aside_at", "dismissed_at",
)  # fmt: skip
OUTPUT_COLUMNS = (
    "id", "run_id", "position", "file_id", "problem", "problem_text", "stored_at", "stars",
    "trashed_at",
)  # fmt: skip
FILE_COLUMNS = (
    "id", "kind", "content_type", "width", "height", "is_animated", "duration_seconds", "original",
    "thumbnail", "medium", "large", "is_sized", "placeholder", "excerpt",
)  # fmt: skip
SPEC_COLUMNS = ("slug", "digest", "is_retired")
AUTHOR_COLUMNS = ("username",)

MOST_CACHED = 1_000  # runs: the boards of 27 people, some 8 MB

_RUN_END = len(RUN_COLUMNS)
_SPEC_END = _RUN_END + len(SPEC_COLUMNS)
_OUTPUT_END = len(OUTPUT_COLUMNS)
_RUN_OF_OUTPUT = OUTPUT_COLUMNS.index("run_id")  # a run's own id is its first column
_FILE_OF_OUTPUT = OUTPUT_COLUMNS.index("file_id")
_TRASHED_AT = OUTPUT_COLUMNS.index("trashed_at")


@dataclass(frozen=True)
class Columns:
    """The values of the columns that a card depends on, with a cached hash."""

    values: tuple[object, ...]

    def __hash__(self) -> int:
        return self._hash

    @cached_property
    def _hash(self) -> int:
        return hash(self.values)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptRun:
    """A run by the columns that its card depends on.

    columns      the part of the key of its card that these make
    has_outputs  whether it has any that is not in the trash
    """

    pk: uuid.UUID
    author_id: int
    status: str
    problem: str
    created_at: datetime
    stored_at: datetime | None
    set_aside_at: datetime | None
    columns: Columns
    has_outputs: bool

    @property
    def is_settled(self) -> bool:
        return is_settled(self.status, self.stored_at)

    @property
    def is_watched(self) -> bool:
        return not self.is_settled and self.set_aside_at is None


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptCard:
    """A card that is drawn from the cache: as `Card`, as far as a board reads one.

    is_large  among the newest, which are shown large
    """

    run: KeptRun
    is_large: bool = True

    @property
    def is_shown_large(self) -> bool:
        run = self.run
        return run.status == Status.SUCCEEDED and run.has_outputs and run.is_settled


def read_runs(followed: Followed, before: datetime | None, most: int) -> list[KeptRun]:
    """Return the newest runs that a board shows, or the newest before a time, in two queries."""
    moment = {} if before is None else {"before": before}

    def make_query(samples: Mapping[str, Any]) -> QuerySet[Run, Any]:
        runs = followed.replaced(samples).runs.filter(dismissed_at=None)
        if "before" in samples:
            runs = runs.filter(created_at__lt=samples["before"])
        of_spec = (f"spec__{name}" for name in SPEC_COLUMNS)
        of_author = (f"author__{name}" for name in AUTHOR_COLUMNS)
        return runs.order_by("-created_at").values_list(*RUN_COLUMNS, *of_spec, *of_author)[:most]

    values = {**followed.values, **moment}
    of_runs = find_statement((followed.kind, most), make_query, values)
    rows = of_runs.fetch(values)
    if not rows:
        return []
    outputs = read_outputs([convert(of_runs, row)[0] for row in rows])
    return [make_run(of_runs, row, outputs.statement, outputs.of(row[0])) for row in rows]


@dataclass(frozen=True, slots=True)
class FoundOutputs:
    """Outputs of runs with their files, as rows of the database.

    by_run  in their order, by the id of the run as the database returns it
    """

    statement: Statement
    by_run: dict[object, list[Row]]

    def of(self, run: object) -> tuple[Row, ...]:
        return tuple(self.by_run.get(run, ()))


def read_outputs(ids: list[uuid.UUID]) -> FoundOutputs:
    """Read the outputs of runs, of at least one."""
    values: dict[str, Value] = {f"id_{number}": pk for number, pk in enumerate(fill_places(ids))}
    statement = find_statement("", make_outputs_query, values)
    by_run: dict[object, list[Row]] = {}
    for row in statement.fetch(values):
        by_run.setdefault(row[_RUN_OF_OUTPUT], []).append(row)
    return FoundOutputs(statement, by_run)


def make_outputs_query(values: Mapping[str, Any]) -> QuerySet[Output, Any]:
    outputs = Output.objects.filter(run__in=list(values.values()))
    return outputs.values_list(*OUTPUT_COLUMNS, *(f"file__{name}" for name in FILE_COLUMNS))


@lru_cache(maxsize=MOST_CACHED)
def convert(statement: Statement, row: Row) -> Row:
    return statement.convert(row)


@lru_cache(maxsize=MOST_CACHED)
def make_run(
    of_runs: Statement, fetched: Row, of_outputs: Statement, fetched_outputs: tuple[Row, ...]
) -> KeptRun:
    """Make a run of its row and those of its outputs, as fetched by these statements."""
    row = convert(of_runs, fetched)
    outputs = [of_outputs.convert(each) for each in fetched_outputs]
    columns = dict(zip(RUN_COLUMNS, row, strict=False))
    files = (each[_OUTPUT_END:] for each in outputs if each[_FILE_OF_OUTPUT])
    return KeptRun(
        pk=columns["id"],
        author_id=columns["author_id"],
        status=columns["status"],
        problem=columns["problem"],
        created_at=columns["created_at"],
        stored_at=columns["stored_at"],
        set_aside_at=columns["set_aside_at"],
        columns=Columns(
            (
                *simplify_all((row[:_RUN_END], row[_RUN_END:_SPEC_END], row[_SPEC_END:])),
                simplify_all(each[:_OUTPUT_END] for each in outputs),
                simplify_all(files),
            )
        ),
        has_outputs=any(each[_TRASHED_AT] is None for each in outputs),
    )


def simplify(values: Iterable[object]) -> tuple[object, ...]:
    """Return values that can be compared and hashed."""
    return tuple(str(each) if isinstance(each, dict | list) else each for each in values)


def simplify_all(rows: Iterable[Row]) -> tuple[object, ...]:
    return tuple(simplify(row) for row in rows)
