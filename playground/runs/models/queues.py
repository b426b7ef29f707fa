"""The queues of due runs, and the SQL statement that claims them."""

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Q

from playground import database_clock
from playground.prepared_queries import to_database

# The queues by priority, and their runs. Polling is short, and a person waits for it; downloading
# is long; the history is least urgent. Each has its own partial indexes (`Run.Meta`). The
# conditions have no `IN`, because SQLite would not match a parametrised query to the index.
LOOKS, FILES, HISTORY = "default", "files", "history"
IS_FETCHED = Q(status="succeeded", stored_at__isnull=True)
QUEUES = {
    LOOKS: Q(finished_at__isnull=True),
    FILES: IS_FETCHED,
    HISTORY: Q(finished_at__isnull=False) & ~IS_FETCHED,
}

# As SQL, because each step ends with it, and Django takes longer to make it than to run it.
RELEASE = (
    "UPDATE runs_run SET lease_id = NULL, leased_until = NULL, "
    "next_check_at = %s, slot_at = %s, checked_at = %s WHERE id = %s AND lease_id = %s"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A leased run, for one step of this process."""

    run_id: uuid.UUID
    lease_id: uuid.UUID
    workspace_id: uuid.UUID


def last_in_turn(claims: list[Claim], after: uuid.UUID) -> uuid.UUID:
    """Return the last workspace of a round-robin turn that started after `after`."""
    places = [(claim.workspace_id <= after, claim.workspace_id) for claim in claims]
    return max(places, default=(False, after))[1]


def claim_chosen(
    select: str, values: tuple[Any, ...], lease: timedelta, *, is_handed: bool = False
) -> list[Claim]:
    """Lease the runs whose IDs a SELECT returns; skips rows that another worker has locked.

    is_handed  for whoever gets the message: such a lease has the id of its run

    The SELECT is evaluated once (CTE): PostgreSQL may repeat a plain subquery for each row, and
    claim too many.
    """
    is_postgresql = connection.vendor == "postgresql"
    lock = "FOR UPDATE SKIP LOCKED" if is_postgresql else ""  # SQLite has one writer at a time
    new_id = "gen_random_uuid()" if is_postgresql else "UUIDV4()"  # by Django
    if is_handed:
        new_id = "runs_run.id"
    until, until_values = database_clock.sql_now(lease)
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH chosen (id) AS MATERIALIZED ({select} {lock}) "  # noqa: S608 - it holds no value
            f"UPDATE runs_run SET lease_id = {new_id}, leased_until = {until} "
            "FROM chosen WHERE runs_run.id = chosen.id "
            "RETURNING runs_run.id, runs_run.lease_id, runs_run.workspace_id",
            (*values, *until_values),
        )
        rows = cursor.fetchall()
    return [
        Claim(run_id=as_uuid(pk), lease_id=as_uuid(lease_id), workspace_id=as_uuid(workspace))
        for pk, lease_id, workspace in rows
    ]


def release_claimed(
    claim: tuple[uuid.UUID, uuid.UUID], due_at: datetime | None, *others: datetime | None
) -> None:
    """Give a claimed run back after its step; nothing where another worker has claimed it since.

    claim   the ids of run and lease
    others  `slot_at` and `checked_at`
    """
    moments = [moment and to_database(moment) for moment in (due_at, *others)]
    values = [*moments, *map(to_database, claim)]
    with connection.cursor() as cursor:
        cursor.execute(RELEASE, values)


def as_uuid(value: uuid.UUID | str) -> uuid.UUID:
    """SQLite stores them as text."""
    return value if isinstance(value, uuid.UUID) else uuid.UUID(value)


def as_moment(value: datetime | str | None) -> datetime | None:
    """SQLite stores times as text, in UTC without offset."""
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    return moment.replace(tzinfo=UTC) if moment and moment.tzinfo is None else moment
