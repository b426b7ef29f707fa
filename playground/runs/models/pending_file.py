from collections.abc import Iterable
from datetime import timedelta
from typing import Any, Self

from django.db import models
from django.db.models.functions import Now
from django.db.models.signals import pre_delete
from django.dispatch import receiver

from playground import database_clock
from playground.runs.models.media_file import MediaFile


class PendingFileQuerySet(models.QuerySet["PendingFile"]):
    def record(self, names: Iterable[str]) -> None:
        """Say which files are about to be stored."""
        self.bulk_create(PendingFile(name=name) for name in names)

    def record_discarded(self, names: Iterable[str]) -> None:
        """Say which files are about to lose their row."""
        now = database_clock.now_expression()
        self.bulk_create(
            [PendingFile(name=name, discarded_at=now) for name in names], ignore_conflicts=True
        )

    def settle(self, names: list[str]) -> bool:
        """Remove the records of files that get their row now; False where one was discarded."""
        return self.filter(name__in=names, discarded_at=None).delete()[0] == len(names)

    def discard(self) -> int:
        """Decide that these files are deleted; return how many are still recorded."""
        return self.update(discarded_at=database_clock.now_expression())

    def abandoned(self, age: timedelta) -> Self:
        """Return those that were recorded so long ago and wait for their row to this day."""
        before = database_clock.now_expression(-age)
        return self.filter(created_at__lte=before, discarded_at=None)

    def names_after(self, name: str) -> "models.QuerySet[PendingFile, str]":
        """Return the names beyond one, in order: a walk that no name holds up."""
        return self.filter(name__gt=name).order_by("name").values_list("name", flat=True)

    def discarded_before(self, age: timedelta) -> Self:
        return self.filter(discarded_at__lte=database_clock.now_expression(-age))


class PendingFile(models.Model):
    """A file that the storage may hold though no row points to it: a write-ahead record.

    It is committed before a file is stored, and before the row that points to a file is gone; so a
    process can be killed anywhere, and the file is still found. Times are the database's.

    discarded_at  when it was decided that the file is deleted, which is never taken back
    """

    name = models.CharField(max_length=200, primary_key=True)
    created_at = models.DateTimeField(db_default=Now())
    discarded_at = models.DateTimeField(null=True, blank=True)

    objects = PendingFileQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name


@receiver(pre_delete, sender=MediaFile)
def record_files(instance: MediaFile, **_: Any) -> None:
    """Record the files of a row in the transaction that deletes it, whatever deletes it."""
    PendingFile.objects.record_discarded(instance.stored_names)
