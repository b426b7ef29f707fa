"""A file object with only some parts of a file."""

import io
from dataclasses import dataclass, field
from typing import IO, Any


class Excerpt(io.RawIOBase):
    """Parts of an open file, in order, as one file."""

    def __init__(self, file: IO[bytes], parts: list[tuple[int, int]]) -> None:
        """Parts are (start, length), none empty."""
        self.file = file
        self.starts, self.parts = [0], parts
        for _, length in parts:
            self.starts.append(self.starts[-1] + length)
        self.place, self.at = 0, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self.place, io.SEEK_END: self.starts[-1]}[whence]
        self.place, self.at = max(base + offset, 0), 0
        return self.place

    def tell(self) -> int:
        return self.place

    def readinto(self, buffer: Any) -> int:
        while self.at < len(self.parts) and self.starts[self.at + 1] <= self.place:
            self.at += 1
        if self.at == len(self.parts):
            return 0
        within = self.place - self.starts[self.at]
        start, length = self.parts[self.at]
        self.file.seek(start + within)
        content = self.file.read(min(len(buffer), length - within))
        self.place += len(content)
        buffer[: len(content)] = content
        return len(content)


@dataclass(slots=True)
class Parts:
    """The parts of a file that are kept; adjacent parts are merged."""

    found: list[tuple[int, int]] = field(default_factory=list)

    def add(self, start: int, length: int) -> None:
        if self.found and sum(self.found[-1]) == start:
            self.found[-1] = (self.found[-1][0], self.found[-1][1] + length)
        elif length > 0:
            self.found.append((start, length))

    def open(self, file: IO[bytes]) -> IO[bytes]:
        return io.BufferedReader(Excerpt(file, self.found), 64 * 1024)
