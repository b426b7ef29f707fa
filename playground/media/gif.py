"""Rewrites GIF files: every frame, without comments and other metadata.

Pillow would give each frame of an animation its own palette, and change its pixels.

Source  GIF89a specification, 1990, §17-27
"""

import io
import struct
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

from PIL import Image

from playground.media import texts
from playground.media.content import BrokenFileError

EXTENSION, FRAME, END = b"\x21", b"\x2c", b"\x3b"
CONTROL, APPLICATION = b"\xf9", b"\xff"
LOOPING = {b"NETSCAPE2.0", b"ANIMEXTS1.0"}
HAS_TABLE, IS_INTERLACED = 0x80, 0x40
MOST_FRAMES = 1_000
MOST_PARTS = 20_000

# With this palette, Pillow returns the pixel indices of the file.
GREYS = bytes(grey for grey in range(256) for _ in range(3))


@dataclass(frozen=True, slots=True, kw_only=True)
class GIFFrame:
    """One picture of a GIF.

    control  duration, disposal and transparent colour; b"" without
    place    left, top, width, height
    table    local colour table, b"" for the global one
    pixels   LZW-compressed indices, after the minimum code size
    """

    control: bytes
    place: tuple[int, int, int, int]
    is_interlaced: bool
    table: bytes
    pixels: bytes


def rewrite(file: IO[bytes], target: IO[bytes], *, limit_pixels: int) -> None:
    """Decode every frame of a GIF and write it again, pixel by pixel the same.

    limit_pixels  of all frames together
    Raises        BrokenFileError if there is no frame, a broken one, or too many pixels
    """
    signature = file.read(6)
    screen = read_bytes(file, 7)
    target.write(signature + screen + read_table(file, screen[4]))
    count, pixels = 0, 0
    for part in read_parts(file):
        if isinstance(part, GIFFrame):
            count, pixels = count + 1, pixels + part.place[2] * part.place[3]
            if count > MOST_FRAMES or pixels > limit_pixels:
                raise too_long(limit_pixels)
            write_frame(target, part)
        else:
            target.write(part)
    if not count:
        raise BrokenFileError(texts.PICTURE_DAMAGED)
    target.write(END)


def too_long(limit_pixels: int) -> BrokenFileError:
    frames, pixels = f"{MOST_FRAMES:,}", f"{limit_pixels / 1e6:,.0f}"
    return BrokenFileError(texts.ANIMATION_TOO_LONG(frames=frames, pixels=pixels))


def read_bytes(file: IO[bytes], size: int) -> bytes:
    taken = file.read(size)
    if len(taken) < size:
        raise BrokenFileError(texts.PICTURE_DAMAGED)
    return taken


def read_table(file: IO[bytes], flags: int) -> bytes:
    return read_bytes(file, 3 << (flags & 7) + 1) if flags & HAS_TABLE else b""


def read_blocks(file: IO[bytes]) -> Iterator[bytes]:
    """Yield data sub-blocks of up to 255 bytes."""
    while size := read_bytes(file, 1)[0]:
        yield read_bytes(file, size)


def read_parts(file: IO[bytes]) -> Iterator[GIFFrame | bytes]:
    """Yield the frames of a file and the loop count; data after the end are ignored."""
    control = b""
    for _ in range(MOST_PARTS):
        if (mark := file.read(1)) not in {EXTENSION, FRAME}:
            return
        if mark == FRAME:
            yield read_frame(file, control)
            control = b""
            continue
        label, blocks = read_bytes(file, 1), read_blocks(file)
        first, second = next(blocks, b""), next(blocks, b"")
        deque(blocks, maxlen=0)
        if label == CONTROL:
            control = first[:4] if len(first) >= 4 else b""  # noqa: PLR2004 - flags, time, colour
        elif label == APPLICATION and first in LOOPING and second[:1] == b"\1":
            times = second[1:3].ljust(2, b"\0")
            yield EXTENSION + APPLICATION + b"\x0b" + first + b"\x03\x01" + times + b"\0"
    raise BrokenFileError(texts.PICTURE_IN_PIECES)


def read_frame(file: IO[bytes], control: bytes) -> GIFFrame:
    left, top, width, height, flags = struct.unpack("<HHHHB", read_bytes(file, 9))
    table, pixels = read_table(file, flags), bytearray(read_bytes(file, 1))
    for block in read_blocks(file):
        pixels += pack_block(block)
    return GIFFrame(
        control=control,
        place=(left, top, width, height),
        is_interlaced=bool(flags & IS_INTERLACED),
        table=table,
        pixels=bytes(pixels) + b"\0",
    )


def pack_block(block: bytes) -> bytes:
    return bytes([len(block)]) + block


def write_frame(target: IO[bytes], frame: GIFFrame) -> None:
    if frame.control:
        target.write(EXTENSION + CONTROL + pack_block(frame.control) + b"\0")
    size = (len(frame.table) // 3).bit_length() - 2  # log2 of the size, less one
    flags = HAS_TABLE | size if frame.table else 0
    target.write(FRAME + struct.pack("<HHHHB", *frame.place, flags) + frame.table)
    target.write(repack(frame))


def repack(frame: GIFFrame) -> bytes:
    """Decompress and compress the pixels of a frame, without hidden data after them."""
    _, _, width, height = frame.place
    alone = io.BytesIO()
    alone.write(b"GIF89a" + struct.pack("<HHBBB", width, height, HAS_TABLE | 7, 0, 0) + GREYS)
    flags = IS_INTERLACED if frame.is_interlaced else 0
    alone.write(FRAME + struct.pack("<HHHHB", 0, 0, width, height, flags) + frame.pixels + END)
    packed = io.BytesIO()
    with Image.open(alone, formats=["GIF"]) as image:
        if image.mode != "L":
            raise BrokenFileError(texts.PICTURE_DAMAGED)
        image.save(packed, "GIF", optimize=False, interlace=0)
    packed.seek(0)
    read_table(packed, read_bytes(packed, 13)[10])
    return next(part.pixels for part in read_parts(packed) if isinstance(part, GIFFrame))
