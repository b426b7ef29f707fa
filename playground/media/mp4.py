"""Reads the size and duration of MP4 and QuickTime files without decoding.

Source  ISO/IEC 14496-12 §4.2 (boxes), §8.2.2 (mvhd), §8.3.2 (tkhd)
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

from playground.media import texts
from playground.media.chunks import Chunk, reader_of, size_of, walk_boxes
from playground.media.content import BrokenFileError

CONTAINERS = frozenset({b"moov", b"trak"})
LONGEST_HEAD = 100  # bytes that are read of the two boxes
FIXED_POINT = 65_536  # sizes and the matrix are 16.16 numbers


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """Size and duration of a video.

    width, height  in pixels as displayed, None without a video track
    """

    width: int | None
    height: int | None
    duration_seconds: float | None


def read_header(file: IO[bytes]) -> Header:
    """Parse the boxes of a file; a box that ends beyond the file's end means truncation.

    Raises  BrokenFileError
    """
    duration: float | None = None
    sizes = []
    has_film = False
    try:
        for box in walk_whole(file):
            has_film = has_film or box.name == b"moov"
            if box.name == b"mvhd":
                duration = read_duration(file.read(LONGEST_HEAD))
            elif box.name == b"tkhd":
                sizes.append(read_size(file.read(LONGEST_HEAD)))
    except struct.error as error:
        raise BrokenFileError(texts.VIDEO_DAMAGED) from error
    if not has_film:
        raise BrokenFileError(texts.VIDEO_DAMAGED)
    width, height = next((size for size in sizes if all(size)), (None, None))
    return Header(width=width, height=height, duration_seconds=duration)


def walk_whole(file: IO[bytes]) -> Iterator[Chunk]:
    """Yield each box, a container before its content; the file is positioned at its body.

    Raises  struct.error for a truncated or invalid box
    """
    size = size_of(file)
    for box in walk_boxes(reader_of(file), size, CONTAINERS):
        if box.length < 0 or box.end > size:
            raise struct.error
        file.seek(box.content_start)
        yield box


def read_duration(body: bytes) -> float | None:
    is_wide = body[:1] == b"\1"  # version 1 counts time in 64 bits
    scale, duration = struct.unpack_from(*((">IQ", body, 20) if is_wide else (">II", body, 12)))
    return duration / scale if scale and duration else None


def read_size(body: bytes) -> tuple[int, int]:
    """Return width and height, swapped if the track is rotated by 90°."""
    matrix_at = 52 if body[:1] == b"\1" else 40
    matrix = struct.unpack_from(">9i", body, matrix_at)
    sides = struct.unpack_from(">II", body, matrix_at + struct.calcsize(">9i"))
    width, height = (side // FIXED_POINT for side in sides)
    is_turned = matrix[0] == matrix[4] == 0 and matrix[1] and matrix[3]
    return (height, width) if is_turned else (width, height)
