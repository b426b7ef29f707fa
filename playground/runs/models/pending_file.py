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
        """Record files before they are stored."""
        self.bulk_create(PendingFile(name=name) for name in names)

    def record_discarded(self, names: Iterable[str]) -> None:
        """Record files before their row is deleted."""
        now = database_clock.now_expression()
        self.bulk_create(
            [PendingFile(name=name, discarded_at=now) for name in names], ignore_conflicts=True
        )

    def settle(self, names: list[str]) -> bool:
        """Remove the records of files whose row is saved now; False if one was discarded."""
        return self.filter(name__in=names, discarded_at=None).delete()[0] == len(names)

    def discard(self) -> int:
        """Mark files as discarded; return how many are still recorded."""
        return self.update(discarded_at=database_clock.now_expression())

    def abandoned(self, age: timedelta) -> Self:
        """Return those that were recorded long ago and still have no row."""
        before = database_clock.now_expression(-age)
        return self.filter(created_at__lte=before, discarded_at=None)

    def names_after(self, name: str) -> "models.QuerySet[PendingFile, str]":
        """Return the names after one, in order, so that a failing name does not block others."""
        return self.filter(name__gt=name).order_by("name").values_list("name", flat=True)

    def discarded_before(self, age: timedelta) -> Self:
        return self.filter(discarded_at__lte=database_clock.now_expression(-age))


class PendingFile(models.Model):
    """A file that may exist in the storage without a row: a write-ahead record.

    It is committed before a file is stored, and before its row is deleted; so a process can be
    killed anywhere without leaving orphans. Times use the database's clock.

    discarded_at  when deleting the file was decided; irreversible
    """

    name = models.CharField(max_length=200, primary_key=True)
    created_at = models.DateTimeField(db_default=Now())
    discarded_at = models.DateTimeField(null=True, blank=True)

    objects = PendingFileQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name


@receiver(pre_delete, sender=MediaFile)
def record_files(instance: MediaFile, **_: Any) -> None:
    """Record the files of a row in the transaction that deletes it (post_delete)."""
    PendingFile.objects.record_discarded(instance.stored_names)
