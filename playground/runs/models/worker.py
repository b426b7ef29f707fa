from datetime import timedelta
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, Q

from playground import database_clock


class WorkerQuerySet(models.QuerySet["Worker"]):
    def alive(self, since: Any = None) -> Self:
        """Return those that were heard of lately; with a broker none while its clock is not alive.

        since  a value of `alive_since()`, or an expression
        """
        heard = Q(seen_at__gt=since or self.alive_since())
        if not settings.BROKER_URL:
            return self.filter(heard)
        is_clock = Q(name__startswith=Worker.CLOCK)
        clocks = Worker.objects.filter(heard, is_clock)
        return self.filter(heard, ~is_clock).filter(Exists(clocks))

    def alive_since(self) -> Any:
        """Return the earliest heartbeat of a worker that counts as alive: a time, or expression."""
        return database_clock.now_expression(-Worker.SILENCE)

    def silent(self) -> Self:
        """Return the workers whose last heartbeat is so old that the rows can be deleted."""
        return self.filter(seen_at__lt=database_clock.now_expression(-Worker.SILENCE * 100))


class Worker(models.Model):
    """A worker process and its last heartbeat, by the database's clock.

    With a broker its clock is one of them, by its name.

    clock_offset_seconds  how far the database's clock is ahead of that of the worker's machine
    """

    SILENCE = timedelta(seconds=15)
    CLOCK = "clock@"

    name = models.CharField(max_length=200, primary_key=True)
    seen_at = models.DateTimeField()
    clock_offset_seconds = models.FloatField(default=0.0, db_default=0.0)

    objects = WorkerQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name

    @property
    def is_clock(self) -> bool:
        return self.name.startswith(self.CLOCK)
