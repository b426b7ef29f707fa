"""A file object that replaces bytes while reading."""

import io
from typing import Any

from playground.media.containers import ByteChange
from playground.media.storage import Readable


class PatchedFile(io.RawIOBase):
    """An open file with byte changes applied on the fly."""

    def __init__(self, file: Readable, changes: tuple[ByteChange, ...]) -> None:
        self.file = file
        self.left = list(changes)  # in order, not overlapping
        self.place = 0
        self.fresh = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if not self.fresh and self.left and self.left[0].start == self.place:
            change = self.left.pop(0)
            self.skip(change.end - change.start)
            self.fresh = change.content
        if self.fresh:
            content, self.fresh = self.fresh[: len(buffer)], self.fresh[len(buffer) :]
        else:
            most = min(len(buffer), self.left[0].start - self.place if self.left else len(buffer))
            content = self.file.read(most) or b""
            self.place += len(content)
        buffer[: len(content)] = content
        return len(content)

    def skip(self, length: int) -> None:
        while length:
            gone = len(self.file.read(length) or b"")
            if not gone:
                return
            length -= gone
            self.place += gone

    def close(self) -> None:
        self.file.close()
        super().close()
