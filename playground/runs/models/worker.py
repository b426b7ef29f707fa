from datetime import timedelta
from typing import Any, Self

from django.db import models

from playground import database_clock


class WorkerQuerySet(models.QuerySet["Worker"]):
    def alive(self, since: Any = None) -> Self:
        """Return those that were heard of lately.

        since  `alive_since()` of a moment ago, or what represents it
        """
        return self.filter(seen_at__gt=since or self.alive_since())

    def alive_since(self) -> Any:
        """Return since when one was heard of that is alive: a moment, or an expression for it."""
        return database_clock.now_expression(-Worker.SILENCE)

    def silent(self) -> Self:
        """Return those that were not heard of for so long that no one needs to know of them."""
        return self.filter(seen_at__lt=database_clock.now_expression(-Worker.SILENCE * 100))


class Worker(models.Model):
    """A worker process, and when it was last heard of, by the database's clock.

    clock_offset_seconds  how far the database's clock is ahead of that of the worker's machine
    """

    SILENCE = timedelta(seconds=15)

    name = models.CharField(max_length=200, primary_key=True)
    seen_at = models.DateTimeField()
    clock_offset_seconds = models.FloatField(default=0.0, db_default=0.0)

    objects = WorkerQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name
