"""Receives files into a temporary folder, on their way into the storage."""

import contextlib
import hashlib
import logging
import os
import tempfile
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO

from django.conf import settings
from django.core.files import File

from playground.media import texts
from playground.media.content import FULL

logger = logging.getLogger(__name__)

# Downloads take minutes; older temporary files were left by killed processes.
LEFTOVER_SECONDS = 60 * 60


class StorageFailedError(Exception):
    """The storage is unavailable; the message says why."""


class Incoming(File):  # type: ignore[type-arg]  # generic for mypy only
    """A whole file in the temporary folder; a storage on disk takes it by renaming.

    It has to be on the disk before that (`sync`), so that no loss of power leaves a part of it.
    """

    def __init__(self, file: IO[bytes], *, sha256: str, size_bytes: int) -> None:
        super().__init__(file, name=file.name)
        self.sha256 = sha256
        self.size_bytes = size_bytes

    def temporary_file_path(self) -> str:
        return str(self.name)

    def sync(self) -> None:
        """Write it to the disk, and return once it is there."""
        os.fsync(self.fileno())


@contextlib.contextmanager
def receive(chunks: Iterable[bytes]) -> Iterator[Incoming]:
    """Write a stream to the temporary folder, with constant memory.

    Raises  StorageFailedError, also for storage errors inside the `with` block
    """
    with storage_faults_named():
        folder = incoming_folder()
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=folder, delete=False) as file:
            try:
                digest = hashlib.sha256()
                for chunk in chunks:
                    digest.update(chunk)
                    file.write(chunk)
                file.flush()
                os.fsync(file.fileno())
                yield Incoming(file, sha256=digest.hexdigest(), size_bytes=file.tell())
            finally:
                Path(file.name).unlink(missing_ok=True)  # the disk storage has renamed it


def incoming_folder() -> Path:
    """Return a folder on the file system of the stored files, so that storing is a rename."""
    return Path(settings.MEDIA_ROOT) / "incoming"


@contextlib.contextmanager
def storage_faults_named(*, but: tuple[type[OSError], ...] = ()) -> Iterator[None]:
    """Raise StorageFailedError for errors of a storage or a disk, except those in `but`."""
    try:
        yield
    except but:
        raise
    except OSError as error:
        logger.warning("Nothing can be stored: %s", error)
        if error.errno in FULL:
            raise StorageFailedError(texts.NO_ROOM) from error
        raise StorageFailedError(texts.NO_STORAGE) from error


def sweep_incoming() -> None:
    """Delete temporary files of processes that were killed."""
    for path in incoming_folder().glob("*"):
        with contextlib.suppress(OSError):  # another worker deletes it concurrently
            if time.time() - path.stat().st_mtime > LEFTOVER_SECONDS:
                path.unlink()
