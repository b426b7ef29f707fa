"""The trash: files are deleted some time after they were moved there.

The output's row stays, without its file: a run that gave two pictures was paid for two, and must
not look as if the service had sent too few.
"""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone

from playground import database_clock
from playground.runs import texts
from playground.runs.files import pending_files
from playground.runs.models import MediaFile, Output, OutputQuerySet
from playground.runs.models.output import problem_columns

RETENTION = timedelta(days=30)
BATCH = 200

# An upload or a result refers to its content at once; an import may take hours until its runs do.
UNUSED = timedelta(days=1)


def deletion_time(output: Output) -> datetime | None:
    """Return when an output goes for good; None where it does not lie in the trash."""
    return output.trashed_at + RETENTION if output.trashed_at else None


def empty_trash() -> int:
    """Delete outputs whose time in the trash is over; return their number."""
    overdue = Output.objects.filter(trashed_at__lt=timezone.now() - RETENTION)
    return detach_files(list(overdue.values_list("pk", "file_id")[:BATCH]))


def delete_now(outputs: OutputQuerySet) -> int:
    """Delete those that are in the trash now; return their number.

    All are overdue first, so that cut off in between, or with very many, the worker goes on.
    """
    trashed = outputs.filter(trashed_at__isnull=False, file__isnull=False)
    pairs = list(trashed.values_list("pk", "file_id"))
    overdue = timezone.now() - RETENTION - timedelta(seconds=1)
    Output.objects.filter(pk__in=trashed.values("pk")).update(trashed_at=overdue)
    detach_files(pairs[:BATCH])
    return len(pairs)


def detach_files(pairs: Sequence[tuple[uuid.UUID, uuid.UUID | None]]) -> int:
    """Detach outputs from their files, unless they were restored meanwhile."""
    trashed = Output.objects.filter(
        pk__in=[pk for pk, _file in pairs], trashed_at__lt=timezone.now() - RETENTION
    )
    trashed.update(file=None, trashed_at=None, source_url="", **problem_columns(texts.DELETED))
    for file in MediaFile.objects.filter(pk__in=[file for _pk, file in pairs]):
        delete_file(file)
    return len(pairs)


def delete_file(file: MediaFile) -> None:
    """Delete a file without references: first its row, then the stored files.

    Killed in between, it leaves files that are recorded as pending; never a row that points to
    nothing. The same content that another stores meanwhile has a name of its own.
    """
    try:
        with transaction.atomic(durable=True):
            unused = MediaFile.objects.filter(pk=file.pk, outputs=None, uploads=None).first()
            if unused is None:
                return
            unused.delete()
    except IntegrityError:  # a person began to use it at this moment
        return
    pending_files.delete_discarded(unused.stored_names)


def delete_unused(age: timedelta = UNUSED) -> None:
    """Delete files without a reference: the process that stored them was killed too early."""
    before = database_clock.now_expression(-age)
    unused = MediaFile.objects.filter(outputs=None, uploads=None, created_at__lte=before)
    for file in unused.order_by("created_at")[:BATCH]:
        delete_file(file)
