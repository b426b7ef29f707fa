from datetime import timedelta
from typing import Self

from django.db import models
from django.utils import timezone


class WorkerQuerySet(models.QuerySet["Worker"]):
    def alive(self) -> Self:
        return self.filter(seen_at__gt=timezone.now() - Worker.SILENCE)


class Worker(models.Model):
    """A worker process, and when it was last heard of."""

    SILENCE = timedelta(seconds=15)

    name = models.CharField(max_length=200, primary_key=True)
    seen_at = models.DateTimeField()

    objects = WorkerQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name
