"""Detects truncated files."""

from typing import IO

from playground.media.chunks import (
    SCAN,
    reader_of,
    size_of,
    walk_boxes,
    walk_jpeg,
    walk_png,
)
from playground.media.content import AVIF, BMP, GIF, HEIC, JPEG, PNG, WEBP, Format


def is_whole(file: IO[bytes], format_: Format) -> bool:
    """Whether an undecodable picture has its end marker, so it was not truncated."""
    size = size_of(file)
    file.seek(0)
    if format_ is PNG:
        chunks = walk_png(reader_of(file))
        return any(each.name == b"IEND" and each.end <= size for each in chunks)
    if format_ is JPEG:
        return has_jpeg_end(file)
    if format_ is GIF:
        file.seek(max(size - 64, 0))
        return file.read().rstrip(b"\0").endswith(b";")
    head = file.read(16)
    if format_ is WEBP:
        return int.from_bytes(head[4:8], "little") + 8 <= size
    if format_ in {AVIF, HEIC}:
        return ends_with_box(file)
    return format_ is not BMP or int.from_bytes(head[2:6], "little") <= size


def has_jpeg_end(file: IO[bytes]) -> bool:
    """Whether an end marker follows a scan; an embedded preview has both, too."""
    ends = [each.end for each in walk_jpeg(reader_of(file))]
    file.seek(ends[-1] if ends else 2)
    if file.read(64).lstrip(b"\xff")[:1] != bytes([SCAN]):
        return False
    before = b""
    while content := file.read(1_000_000):
        if b"\xff\xd9" in before + content:
            return True
        before = content[-1:]
    return False


def ends_with_box(file: IO[bytes]) -> bool:
    """Return whether the last box of an MP4, AVIF or HEIC ends where the file does."""
    size, end = size_of(file), 0
    for box in walk_boxes(reader_of(file), size):
        end = box.end
    return end == size
