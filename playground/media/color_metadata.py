"""Reads only the colour metadata of a picture file, and strips the rest.

Source  PNG, third edition, §11.3; ICC.1:2022 §B.4; CIPA DC-008 (Exif)
"""

import contextlib
import struct
import zlib
from dataclasses import dataclass
from typing import IO

from playground.media.chunks import Chunk, Read, reader_of, size_of, walk_jpeg, walk_png
from playground.media.excerpt import Parts

MOST_METADATA = 4_000_000  # bytes of one chunk that is read
MOST_PROFILE = 16_000_000
NCLX = b"colrnclx"
DRAWN = {b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND", b"acTL", b"fcTL", b"fdAT"}
READ = {b"iCCP", b"gAMA", b"cHRM", b"sRGB", b"cICP", b"eXIf"}
EXIF_NAME, ICC_NAME = b"Exif\0\0", b"ICC_PROFILE\0"


@dataclass(slots=True, kw_only=True)
class ColorMetadata:
    """Metadata that change how pixels are displayed.

    icc      an ICC profile
    cicp     code points of primaries and transfer function (ITU-T H.273)
    gamma    such as 0.45455; None without one
    corners  chromaticities: x and y of white, red, green and blue
    exif     unchanged bytes
    is_cicp_first  whether cICP takes precedence over a profile, as in PNG
    """

    icc: bytes = b""
    cicp: tuple[int, int] | None = None
    gamma: float | None = None
    corners: tuple[float, ...] = ()
    exif: bytes = b""
    is_cicp_first: bool = False


def strip_png(file: IO[bytes]) -> tuple[IO[bytes], ColorMetadata]:
    """Remove metadata chunks."""
    parts, looks, read, size = Parts([(0, 8)]), ColorMetadata(), reader_of(file), size_of(file)
    for chunk in walk_png(read):
        if chunk.name in DRAWN:
            parts.add(chunk.start, min(chunk.end, size) - chunk.start)
        elif chunk.name in READ and chunk.length <= MOST_METADATA:
            with contextlib.suppress(ValueError, IndexError, struct.error, zlib.error):
                read_chunk(looks, chunk.name, read_intact(read, chunk))
        if chunk.name == b"IEND":
            break
    if looks.is_cicp_first:
        looks.icc = b""
    return parts.open(file), looks


def read_intact(read: Read, chunk: Chunk) -> bytes:
    """Return the content of a PNG chunk. Raises ValueError for a wrong checksum."""
    content = read(chunk.content_start, chunk.length + 4)
    if zlib.crc32(chunk.name + content[:-4]).to_bytes(4) != content[-4:]:
        raise ValueError("the checksum differs")
    return content[:-4]


def read_chunk(looks: ColorMetadata, name: bytes, content: bytes) -> None:
    """Read the colour and orientation of a chunk.

    Raises  ValueError, IndexError, struct.error, zlib.error
    """
    if name == b"eXIf":
        looks.exif = looks.exif or content
    elif name == b"iCCP":
        packed = content.partition(b"\0")[2][1:]
        looks.icc = zlib.decompressobj().decompress(packed, MOST_PROFILE)
    elif name == b"cICP":
        looks.cicp, looks.is_cicp_first = (content[0], content[1]), True
    elif name == b"sRGB":
        looks.cicp = looks.cicp or (1, 13)
    elif name == b"gAMA":
        looks.gamma = struct.unpack(">I", content)[0] / 100_000
    elif name == b"cHRM":
        looks.corners = tuple(each / 100_000 for each in struct.unpack(">8I", content))


def strip_jpeg(file: IO[bytes]) -> tuple[IO[bytes], ColorMetadata]:
    """Remove metadata segments, except those of JFIF and Adobe, which decoding needs.

    The profile comes in numbered pieces.
    """
    parts, looks, read, size = Parts([(0, 2)]), ColorMetadata(), reader_of(file), size_of(file)
    pieces: dict[int, bytes] = {}
    end = 2
    for segment in walk_jpeg(read):
        if segment.end > size:
            break
        end = segment.end
        says = b"\xe0" <= segment.name <= b"\xef" or segment.name == b"\xfe"  # APP0 to APP15, COM
        content = read(segment.content_start, segment.length) if says else b""
        if content.startswith(EXIF_NAME):
            looks.exif = looks.exif or content
        elif content.startswith(ICC_NAME) and len(content) > len(ICC_NAME) + 2:
            pieces.setdefault(content[len(ICC_NAME)], content[len(ICC_NAME) + 2 :])
        if not says or content.startswith((b"JFIF\0", b"Adobe")):
            parts.add(segment.start, segment.end - segment.start)
    parts.add(end, size - end)
    looks.icc = b"".join(pieces[number] for number in sorted(pieces))
    return parts.open(file), looks


def find_nclx(head: bytes) -> tuple[int, int] | None:
    """Return the colour code points of the boxes; None for unspecified ones."""
    at = head.find(NCLX)
    if at < 0 or len(head) < at + len(NCLX) + 4:
        return None
    primaries, transfer = struct.unpack_from(">HH", head, at + len(NCLX))
    return primaries, transfer
