"""What was thrown away: it lies there for a while, and then its file goes for good.

The output's row stays, without its file: a run that gave two pictures was paid for two, and must
not look as if the service had sent too few.
"""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from playground.runs.models import MediaFile, Output

RETENTION = timedelta(days=30)
BATCH = 200


def empty() -> int:
    """Let go for good what has lain there long enough; return how many outputs that were."""
    overdue = Output.objects.filter(trashed_at__lt=timezone.now() - RETENTION)
    let_go = list(overdue.values_list("pk", "file_id")[:BATCH])
    Output.objects.filter(pk__in=[pk for pk, _file in let_go]).update(
        file=None, trashed_at=None, problem=_("This was deleted."), source_url=""
    )
    for file in MediaFile.objects.filter(pk__in=[file for _pk, file in let_go]):
        forget(file)
    return len(let_go)


def forget(file: MediaFile) -> None:
    """Remove a content that nothing refers to any more: first its row, then what it points to.

    Cut off in between, a file is left that nothing points to; never a row that points to nothing.
    """
    unused = MediaFile.objects.filter(pk=file.pk, outputs=None, uploads=None)
    with transaction.atomic():
        if not unused.delete()[0]:
            return
    for field in (file.original, file.thumbnail):
        if field:
            field.storage.delete(field.name or "")
