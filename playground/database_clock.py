"""The clock of the database, by which all workers and pages decide what is due.

Machines have clocks of their own, which may be wrong, or be set while a run waits. So whatever one
process writes and another compares (when a run is due, until when it is leased, when a worker was
last heard of, when a request was first sent) is a moment of the database's clock. SQLite has none
of its own: the clock is that of its only machine.

Inside statements the database is asked itself. Elsewhere a worker goes by what it measured at its
last heartbeat, and counts on from there by the monotonic clock, which no one can set.
"""

import threading
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models.functions import Now
from django.utils import timezone


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement:
    """The time of the database's clock at one moment.

    offset  the database's clock less this machine's
    """

    database: datetime
    monotonic: float
    offset: timedelta


_lock = threading.Lock()
_last: Measurement | None = None


def measure_offset() -> Measurement:
    """Ask the database for the time, and go by it from here on."""
    global _last  # noqa: PLW0603 - one clock for the process
    local, before = timezone.now(), time.monotonic()
    database = read()
    after = time.monotonic()
    middle = (after - before) / 2
    measured = Measurement(
        database=database,
        monotonic=before + middle,
        offset=database - local - timedelta(seconds=middle),
    )
    with _lock:
        _last = measured
    return measured


def reset_offset() -> None:
    """Go by this machine's clock, as a process does that has measured nothing."""
    global _last  # noqa: PLW0603 - see above
    with _lock:
        _last = None


def read() -> datetime:
    """Return the present time of the database's clock."""
    if connection.vendor != "postgresql":
        return timezone.now()
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement_timestamp()")
        (moment,) = cursor.fetchone()
    assert isinstance(moment, datetime)  # noqa: S101 - for mypy
    return moment


def now() -> datetime:
    """Return the database's time as far as it is known; this machine's where it never was."""
    with _lock:
        measured = _last
    if measured is None:
        return timezone.now()
    return measured.database + timedelta(seconds=time.monotonic() - measured.monotonic)


def from_local(moment: datetime) -> datetime:
    """Return the time of the database's clock at `moment` of this machine's."""
    return now() + (moment - timezone.now())


def now_expression(delta: timedelta = timedelta()) -> Any:
    """Return the present, for a statement: evaluated by the database where it has a clock."""
    if connection.vendor != "postgresql":
        return timezone.now() + delta
    return Now() + delta if delta else Now()


def sql_now(delta: timedelta = timedelta()) -> tuple[str, tuple[Any, ...]]:
    """Return the same as SQL, with its values."""
    if connection.vendor == "postgresql":
        return "statement_timestamp() + %s", (delta,)
    return "%s", (connection.ops.adapt_datetimefield_value(timezone.now() + delta),)
