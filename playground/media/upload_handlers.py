"""Upload handlers that survive a full disk, so that the view can say so."""

import contextlib
from collections.abc import Iterator
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import TemporaryFileUploadHandler


class LostFile(UploadedFile):  # type: ignore[type-arg]  # generic for mypy only
    """An upload that could not be saved. Reading it raises the error."""

    def __init__(self, name: str | None, size: int, fault: OSError) -> None:
        super().__init__(file=ContentFile(b""), name=name, size=size)
        self.fault = fault

    def chunks(self, chunk_size: int | None = None) -> Iterator[bytes]:
        del chunk_size
        yield self.read()

    def read(self, *_: Any) -> bytes:
        raise self.fault


class ForgivingUploadHandler(TemporaryFileUploadHandler):
    """Writes uploads to disk; if that fails, the rest of the form is still parsed.

    Django's handler would abort the request, and the person's input would be lost.
    """

    fault: OSError | None

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        self.fault = None
        with self._faults_kept():
            super().new_file(*args, **kwargs)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        if self.fault is None:
            with self._faults_kept():
                super().receive_data_chunk(raw_data, start)

    def file_complete(self, file_size: int) -> Any:
        if self.fault is None:
            with self._faults_kept():
                return super().file_complete(file_size)
        return LostFile(self.file_name, file_size, self.fault)

    @contextlib.contextmanager
    def _faults_kept(self) -> Iterator[None]:
        try:
            yield
        except OSError as fault:
            self.fault = fault
            if hasattr(self, "file"):
                with contextlib.suppress(OSError):  # closing flushes its buffer
                    self.file.close()
