"""Streams a zip of stored files; files that the storage cannot read are noted and skipped."""

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
    """One file of a zip; texts are packed, media are not: nothing would be gained."""

    name: str
    content: bytes | Iterable[bytes]
    is_text: bool = False


def write_zip(entries: Iterable[ZipEntry]) -> Iterator[bytes]:
    """Yield a zip while its entries are read; nothing of it is kept but its table of contents."""
    packed = ZipStream(compress_type=ZIP_STORED)
    for entry in entries:
        kind = ZIP_DEFLATED if entry.is_text else ZIP_STORED
        packed.add(entry.content, entry.name, compress_type=kind)
        yield from packed.all_files()
    yield from packed.finalize()


def open_stored(file: FieldFile, note: Callable[[str], None]) -> Iterator[bytes] | None:
    """Return the content of a stored file in pieces; None where it cannot be had.

    note  receives what is wrong, also if a storage fails while a file is read. What
          has been sent of it cannot be taken back then.
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
