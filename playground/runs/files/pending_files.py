"""Stores and deletes files so that none stays in the storage without a row.

A file is recorded (`PendingFile`) before it is stored. The transaction that writes its row removes
the record; the one that deletes its row writes a record again. Whatever was killed in between left
a record, and the worker deletes the file by it.
"""

import contextlib
import logging
import uuid
from collections.abc import Iterable
from datetime import timedelta

from django.core.files import File
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import DatabaseError, transaction
from django.db.models import Q
from django.utils import timezone

from playground.runs.models import MediaFile, PendingFile
from playground.runs.models.media_file import FILE_FIELDS

logger = logging.getLogger(__name__)

BATCH = 200

# A file gets its row within the minutes that an upload to a bucket takes. What waits for longer was
# left by a process that was killed, and is discarded. It is deleted as much later: by then, a
# process that hung has written what it was about to write.
PATIENCE = timedelta(hours=1)

# Files that only prove that the storage works.
PROBES = "readyz"


def record(names: Iterable[str]) -> None:
    """Commit which files are about to be stored, before the first byte of them is."""
    with transaction.atomic(durable=True):
        PendingFile.objects.record(names)


def save_file(name: str, content: "File[bytes]") -> None:
    """Store one file that was recorded. Raises OSError."""
    default_storage.save(name, content)


def discard(names: list[str]) -> None:
    """Delete recorded files that got no row; those with a row stay."""
    try:
        are_recorded = PendingFile.objects.filter(name__in=names).discard() > 0
    except DatabaseError as error:
        logger.warning("Stored files are left to the worker's cleanup: %s", error)
    else:
        if are_recorded:
            delete_discarded(names)


def delete_discarded(names: list[str]) -> bool:
    """Delete discarded files, then their records; False where the storage does not let them go.

    They are left to the worker's cleanup then.
    """
    try:
        for name in names:
            default_storage.delete(name)
        PendingFile.objects.filter(name__in=names).delete()
    except (OSError, DatabaseError) as error:
        logger.warning("%d stored files are deleted later: %s", len(names), error)
        return False
    return True


def sweep(age: timedelta = PATIENCE) -> None:
    """Delete files that killed processes left in the storage.

    Any number of workers may do so at once, and be killed in it: each step can be taken twice.
    """
    PendingFile.objects.abandoned(age).discard()
    last = ""
    while names := list(PendingFile.objects.discarded_before(age).names_after(last)[:BATCH]):
        last = names[-1]
        used = find_used(names)
        PendingFile.objects.filter(name__in=used).delete()
        if not delete_discarded([name for name in names if name not in used]):
            return


def find_used(names: list[str]) -> set[str]:
    """Return those that a row points to after all, as one of a restored database may."""
    points = Q.create([(f"{field}__in", names) for field in FILE_FIELDS], Q.OR)
    rows = MediaFile.objects.filter(points).only(*FILE_FIELDS)
    return {name for row in rows for name in row.stored_names}


def probe(content: bytes) -> bytes:
    """Store, read and delete a small file; return what was read. Raises OSError."""
    name = default_storage.save(f"{PROBES}/{uuid.uuid4()}", ContentFile(content))
    try:
        with default_storage.open(name) as file:
            return bytes(file.read())
    finally:
        default_storage.delete(name)


def sweep_probes(age: timedelta = PATIENCE) -> None:
    """Delete files of killed storage checks."""
    with contextlib.suppress(OSError):  # there are none, or the storage does not answer
        for name in default_storage.listdir(PROBES)[1]:
            probe = f"{PROBES}/{name}"
            with contextlib.suppress(FileNotFoundError):  # another worker sweeps, too
                if timezone.now() - default_storage.get_modified_time(probe) >= age:
                    default_storage.delete(probe)
