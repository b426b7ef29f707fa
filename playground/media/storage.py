"""The file storage: a folder or a bucket. Failures of both are an OSError."""

import io
import os
from pathlib import Path
from typing import IO, Any, Protocol, cast

from django.core.files.storage import FileSystemStorage
from django.db.models.fields.files import FieldFile

type Readable = IO[bytes] | io.RawIOBase


class PartStorage(Protocol):
    """The methods of both storages beyond Django's interface."""

    def open_part(self, name: str, start: int, length: int | None) -> Readable:
        """Open a file at an offset, to read `length` bytes, or to its end (range request).

        Raises  FileNotFoundError, OSError
        """


def open_part(file: FieldFile, start: int, length: int | None) -> Readable:
    """Open a stored file as its storage's own `open_part` does."""
    return cast("PartStorage", file.storage).open_part(file.name or "", start, length)


class DiskStorage(FileSystemStorage):
    """A folder. Saved files are synced, so that they survive a power loss."""

    def _save(self, name: str, content: Any) -> str:
        saved = str(super()._save(name, content))  # type: ignore[misc]  # not in the stubs
        sync_folder(Path(self.path(saved)).parent)
        return saved

    def open_part(self, name: str, start: int, length: int | None) -> Readable:
        file = Path(self.path(name)).open("rb")  # noqa: SIM115 - the caller closes it
        file.seek(start)
        return file if length is None else Window(file, length)


class Window(io.RawIOBase):
    """A limited number of bytes of an open file."""

    def __init__(self, file: IO[bytes], length: int) -> None:
        self.file = file
        self.left = length

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        content = self.file.read(min(len(buffer), self.left))
        self.left -= len(content)
        buffer[: len(content)] = content
        return len(content)

    def close(self) -> None:
        self.file.close()
        super().close()


def sync_folder(folder: Path) -> None:
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
