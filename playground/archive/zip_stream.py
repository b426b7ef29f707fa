"""Streams a zip of stored files; unreadable files are recorded and skipped."""

import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from zipfile import ZIP_DEFLATED, ZIP_STORED

from django.db.models.fields.files import FieldFile
from django.utils.translation import gettext as _
from zipstream import ZipStream

from playground.media import storage

logger = logging.getLogger(__name__)

PIECE_BYTES = 128 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class ZipEntry:
    """One file of a zip; texts are compressed, media are not, because that gains nothing."""

    name: str
    content: bytes | Iterable[bytes]
    is_text: bool = False


def write_zip(entries: Iterable[ZipEntry]) -> Iterator[bytes]:
    """Yield a zip while reading its entries; only its directory is kept in memory."""
    packed = ZipStream(compress_type=ZIP_STORED)
    for entry in entries:
        kind = ZIP_DEFLATED if entry.is_text else ZIP_STORED
        packed.add(entry.content, entry.name, compress_type=kind)
        yield from packed.all_files()
    yield from packed.finalize()


def open_stored(file: FieldFile, note: Callable[[str], None]) -> Iterator[bytes] | None:
    """Return the content of a stored file in chunks; None if it is unavailable.

    note  receives the error, also if the storage fails in the middle of a file; the zip then
          contains a truncated file
    """
    try:
        opened = storage.open_part(file, 0, None)
    except FileNotFoundError:
        note(_("it is not in the storage"))
        return None
    except OSError as error:
        logger.warning("A file cannot be deleted: %s", error)
        note(_("the storage did not respond"))
        return None

    def pieces() -> Iterator[bytes]:
        with opened:
            try:
                while piece := opened.read(PIECE_BYTES):
                    yield piece
            except OSError as error:
                logger.warning("A file was cut off: %s", error)
                note(_("the storage failed, so it is cut off"))

    return pieces()
