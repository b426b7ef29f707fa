"""The chunks of picture and video files, found without decoding.

Chunks of PNG and WebP, segments of JPEG, boxes of MP4, AVIF and HEIC.

Source  PNG, third edition, §5.3; ITU-T T.81 §B.1.1; RFC 9649 §2; ISO/IEC 14496-12 §4.2
"""

import io
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import IO

type Read = Callable[[int, int], bytes]  # start, length -> bytes, fewer at the file's end

MOST_CHUNKS = 200_000
SCAN, FILLER = 0xDA, 0xFF
BARE = {0x00, 0x01, *range(0xD0, 0xDA)}  # JPEG markers without a length


@dataclass(frozen=True, slots=True)
class Chunk:
    """A named part of a file, in bytes from the file's beginning.

    length  of the content, as declared; a truncated file may have less
    end     of the whole part, with checksum and padding
    """

    name: bytes
    start: int
    content_start: int
    length: int
    end: int


def reader_of(file: IO[bytes]) -> Read:
    def read(start: int, length: int) -> bytes:
        file.seek(start)
        return file.read(length)

    return read


def reader_of_bytes(content: bytes) -> Read:
    return lambda start, length: content[start : start + length]


def size_of(file: IO[bytes]) -> int:
    return file.seek(0, io.SEEK_END)


def walk_png(read: Read, most: int = MOST_CHUNKS) -> Iterator[Chunk]:
    place = 8
    for _ in range(most):
        head = read(place, 8)
        if len(head) < 8:  # noqa: PLR2004 - a length and a name
            return
        length, name = struct.unpack(">I4s", head)
        yield Chunk(name, place, place + 8, length, place + 12 + length)
        place += 12 + length


def walk_jpeg(read: Read, most: int = MOST_CHUNKS) -> Iterator[Chunk]:
    """Yield the segments before the image data, without marker and length field."""
    place = 2
    for _ in range(most):
        head = read(place, 4)
        if len(head) < 4 or head[0] != FILLER or head[1] == SCAN:  # noqa: PLR2004 - mark, length
            return
        if head[1] == FILLER or head[1] in BARE:
            place += 1 if head[1] == FILLER else 2
            continue
        length = int.from_bytes(head[2:])
        if length < 2:  # noqa: PLR2004 - its own two bytes
            return
        yield Chunk(head[1:2], place, place + 4, length - 2, place + 2 + length)
        place += 2 + length


def walk_webp(read: Read, most: int = MOST_CHUNKS) -> Iterator[Chunk]:
    place = 12
    for _ in range(most):
        head = read(place, 8)
        if len(head) < 8:  # noqa: PLR2004 - a name and a length
            return
        name, length = struct.unpack("<4sI", head)
        end = place + 8 + length + length % 2
        yield Chunk(name, place, place + 8, length, end)
        place = end


def walk_boxes(
    read: Read, size: int, containers: frozenset[bytes] = frozenset(), most: int = MOST_CHUNKS
) -> Iterator[Chunk]:
    """Yield each box; those in `containers` before their content.

    A box that ends after the end of the file means a truncated file. If its size is smaller than
    its header, the length is negative.

    size  of the file, in bytes
    """
    place = 0
    for _ in range(most):
        head = read(place, 16)
        if len(head) < 8:  # noqa: PLR2004 - a size and a name
            return
        length, head_size = int.from_bytes(head[:4]), 8
        if length == 1:
            length, head_size = int.from_bytes(head[8:16]), 16
        elif length == 0:
            length = size - place
        start, end = place + head_size, place + max(length, head_size)
        yield Chunk(head[4:8], place, start, length - head_size, end)
        place = start if head[4:8] in containers else end
