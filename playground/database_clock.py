"""The database's clock, which all workers and web processes use for due times.

Clocks of hosts may be wrong, or be set while a run waits. Therefore times that one process writes
and another compares (due times, leases, heartbeats, first attempts) use the database's clock.
SQLite has none: the clock of its only host is used.

SQL statements use the database's clock directly. Elsewhere, a worker uses the time measured at its
last heartbeat plus the monotonic clock, which cannot be set.
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
    """A measurement of the database's clock.

    offset  the database's clock minus this machine's
    """

    database: datetime
    monotonic: float
    offset: timedelta


_lock = threading.Lock()
_last: Measurement | None = None


def measure_offset() -> Measurement:
    """Measure the database's clock, and use it from now on."""
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
    """Use this machine's clock, as before the first measurement."""
    global _last  # noqa: PLW0603 - see above
    with _lock:
        _last = None


def read() -> datetime:
    """Query the database's clock."""
    if connection.vendor != "postgresql":
        return timezone.now()
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement_timestamp()")
        (moment,) = cursor.fetchone()
    assert isinstance(moment, datetime)  # noqa: S101 - for mypy
    return moment


def now() -> datetime:
    """Return the database's time by the last measurement; without one, this machine's time."""
    with _lock:
        measured = _last
    if measured is None:
        return timezone.now()
    return measured.database + timedelta(seconds=time.monotonic() - measured.monotonic)


def from_local(moment: datetime) -> datetime:
    """Convert a time of this machine's clock to the database's."""
    return now() + (moment - timezone.now())


def now_expression(delta: timedelta = timedelta()) -> Any:
    """Return an expression for the current time, evaluated by the database if it has a clock."""
    if connection.vendor != "postgresql":
        return timezone.now() + delta
    return Now() + delta if delta else Now()


def sql_now(delta: timedelta = timedelta()) -> tuple[str, tuple[Any, ...]]:
    """Return (SQL, parameters) of `now_expression`."""
    if connection.vendor == "postgresql":
        return "statement_timestamp() + %s", (delta,)
    return "%s", (connection.ops.adapt_datetimefield_value(timezone.now() + delta),)
