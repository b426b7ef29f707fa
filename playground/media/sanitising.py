"""Sanitises uploads: decodes and re-encodes them without metadata (EXIF, XMP, IPTC)."""

import contextlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from django.conf import settings

from playground.media import incoming, texts
from playground.media.content import BrokenFileError, Format, MediaKind
from playground.media.re_encoding import re_encode
from playground.media.remux import remux

CHUNK_BYTES = 64 * 1024


@contextlib.contextmanager
def sanitised(file: incoming.Incoming, format_: Format) -> Iterator[incoming.Incoming]:
    """Yield the sanitised copy of a file, in the temporary folder.

    Removes everything that is not seen or heard: location, time, device and author (EXIF), titles,
    covers, chapters, comments, and data appended to the file. The result is deterministic, so that
    identical uploads are stored once.

    Raises  BrokenFileError, StorageFailedError
    """
    with tempfile.NamedTemporaryFile(dir=incoming.incoming_folder()) as target:
        if format_.kind == MediaKind.IMAGE:
            file.seek(0)
            re_encode(
                file,
                format_,
                target,
                limit_pixels=settings.UPLOAD_LIMIT_PIXELS,
                limit_side=settings.UPLOAD_LIMIT_SIDE,
                limit_bytes=settings.UPLOAD_LIMIT_BYTES,
            )
        else:
            remux(Path(file.temporary_file_path()), Path(target.name), format_)
        check_growth(target.seek(0, os.SEEK_END))
        with incoming.receive(read_chunks(target)) as clean:
            yield clean


def check_growth(size_bytes: int) -> None:
    if size_bytes > settings.UPLOAD_LIMIT_BYTES:
        raise BrokenFileError(
            texts.GROWN_TOO_LARGE(
                size=f"{size_bytes / 1e6:.0f}", most=f"{settings.UPLOAD_LIMIT_BYTES / 1e6:.0f}"
            )
        )


def read_chunks(file: IO[bytes]) -> Iterator[bytes]:
    file.seek(0)
    while chunk := file.read(CHUNK_BYTES):
        yield chunk
