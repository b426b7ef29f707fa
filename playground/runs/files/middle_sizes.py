"""Copies of pictures between the thumbnail and the original: drawn when the picture is there.

A picture is shown as soon as it has its thumbnail. The worker's housekeeping draws the copies a
moment after its run is done, the newest first, and in time those of all pictures that were stored
before there were any. Until then pages do with the thumbnail; where a copy would be no smaller,
they show the original.
"""

import contextlib
import logging
import uuid
from collections.abc import Iterable, Iterator
from typing import IO, cast

from django.db import transaction

from playground.media import incoming, pictures, storage
from playground.media.content import MediaKind
from playground.runs.files import pending_files
from playground.runs.models import MediaFile, PendingFile
from playground.runs.models.media_file import MIDDLE_SIZES, name_middle_size

logger = logging.getLogger(__name__)

# Some tenths of a second each, between two beats of the worker's clock.
BATCH = 8
CHUNK_BYTES = 1 << 20


def draw_some() -> None:
    """Draw the copies of some pictures.

    Raises  StorageFailedError (those that are left wait for another time)
    """
    waiting = MediaFile.objects.filter(is_sized=False).order_by("-created_at")
    for file in list(waiting[:BATCH]):
        keep(file, draw(file))


def draw(file: MediaFile) -> dict[str, bytes]:
    """Return the copies of a picture that are worth keeping, by the names of their sizes.

    Raises  StorageFailedError
    """
    sides = [
        side for side in MIDDLE_SIZES.values() if side < max(file.width or 0, file.height or 0)
    ]
    if file.kind != MediaKind.IMAGE or not file.thumbnail or file.is_animated or not sides:
        return {}
    with contextlib.suppress(FileNotFoundError), open_original(file) as original:
        copies = resize(original, sides)
        sizes = {size: copies.get(side, b"") for size, side in MIDDLE_SIZES.items()}
        return {size: copy for size, copy in sizes.items() if 0 < len(copy) < file.size_bytes}
    return {}


def resize(original: IO[bytes], sides: Iterable[int]) -> dict[int, bytes]:
    """Return copies by their sides; none of a damaged picture."""
    try:
        return pictures.resize(original, sides)
    except Exception as error:  # noqa: BLE001 - it makes Pillow raise whatever it stumbles over
        logger.warning("No copies of a damaged picture can be drawn: %s", error)
        return {}


@contextlib.contextmanager
def open_original(file: MediaFile) -> Iterator[IO[bytes]]:
    """Open a stored picture, which a bucket gives only from its beginning to its end, for decoding.

    Raises  FileNotFoundError, StorageFailedError
    """
    with (
        incoming.storage_faults_named(but=(FileNotFoundError,)),
        storage.open_part(file.original, 0, None) as opened,
    ):
        if opened.seekable():
            yield cast("IO[bytes]", opened)
            return
        with incoming.receive(iter(lambda: opened.read(CHUNK_BYTES) or b"", b"")) as received:
            yield cast("IO[bytes]", received.file)


def keep(file: MediaFile, copies: dict[str, bytes]) -> None:
    """Store the copies of a picture and let its row point to them.

    Killed anywhere, this leaves no row that points to nothing, and no file that is not recorded as
    pending. Where another worker was faster, or the picture is deleted meanwhile, they are deleted.

    Raises  StorageFailedError
    """
    file.attempt = uuid.uuid4().hex
    names = {size: name_middle_size(file, size) for size in copies}
    pending_files.record(names.values())
    try:
        for size, copy in copies.items():
            with incoming.receive([copy]) as received:
                pending_files.save_file(names[size], received)
        is_written = point(file, names)
    except Exception:
        pending_files.discard(list(names.values()))
        raise
    if not is_written:
        pending_files.discard(list(names.values()))


def point(file: MediaFile, names: dict[str, str]) -> bool:
    """Let the row of a picture point to its copies; False where it does not wait for them."""
    waiting = MediaFile.objects.filter(pk=file.pk, original=file.original.name, is_sized=False)
    with transaction.atomic(durable=True):
        if not waiting.update(**names, is_sized=True):
            return False
        if PendingFile.objects.settle(list(names.values())):
            return True
        transaction.set_rollback(
            True
        )  # the worker's cleanup has discarded them: this took too long
        return False
