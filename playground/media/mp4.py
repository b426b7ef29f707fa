"""What an MP4 or QuickTime file says of itself, read without decoding anything.

Source  ISO/IEC 14496-12 §4.2 (boxes), §8.2.2 (mvhd), §8.3.2 (tkhd)
"""

import io
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

from playground.media.content import BrokenFileError

CONTAINERS = {b"moov", b"trak"}
LONGEST_HEAD = 100  # bytes of the two boxes that are read
MOST_BOXES = 100_000
FIXED_POINT = 65_536  # sizes and the matrix are 16.16 numbers


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """The facts of a film.

    width, height  in pixels as it is seen, None where no track has any
    """

    width: int | None
    height: int | None
    duration_seconds: float | None


def read_header(file: IO[bytes]) -> Header:
    """Walk through the boxes of a whole file; one that ends beyond the file's end is cut off.

    Raises  BrokenFileError
    """
    duration: float | None = None
    sizes = []
    has_film = False
    try:
        for name in walk(file):
            has_film = has_film or name == b"moov"
            if name == b"mvhd":
                duration = read_duration(file.read(LONGEST_HEAD))
            elif name == b"tkhd":
                sizes.append(read_size(file.read(LONGEST_HEAD)))
    except struct.error as error:
        raise BrokenFileError("This video is damaged or cut off.") from error
    if not has_film:
        raise BrokenFileError("This video is damaged or cut off.")
    width, height = next((size for size in sizes if all(size)), (None, None))
    return Header(width=width, height=height, duration_seconds=duration)


def walk(file: IO[bytes]) -> Iterator[bytes]:
    """Yield the name of each box, a container before what it holds; the file stands at its body.

    Raises  struct.error where there is no box
    """
    end, start = file.seek(0, io.SEEK_END), 0
    for _ in range(MOST_BOXES):
        if end - start < 8:  # noqa: PLR2004 - nothing, or padding shorter than a box's head
            return
        file.seek(start)
        head_size = 8
        size, name = struct.unpack(">I4s", file.read(8))
        if size == 1:
            head_size = 16
            (size,) = struct.unpack(">Q", file.read(8))
        elif size == 0:
            size = end - start
        if size < head_size or start + size > end:
            raise struct.error
        yield name
        start += head_size if name in CONTAINERS else size
    raise struct.error


def read_duration(body: bytes) -> float | None:
    is_wide = body[:1] == b"\1"  # version 1 counts time in 64 bits
    scale, duration = struct.unpack_from(*((">IQ", body, 20) if is_wide else (">II", body, 12)))
    return duration / scale if scale and duration else None


def read_size(body: bytes) -> tuple[int, int]:
    """Return width and height, exchanged where the track is to be shown turned by 90°."""
    matrix_at = 52 if body[:1] == b"\1" else 40
    matrix = struct.unpack_from(">9i", body, matrix_at)
    sides = struct.unpack_from(">II", body, matrix_at + struct.calcsize(">9i"))
    width, height = (side // FIXED_POINT for side in sides)
    is_turned = matrix[0] == matrix[4] == 0 and matrix[1] and matrix[3]
    return (height, width) if is_turned else (width, height)
