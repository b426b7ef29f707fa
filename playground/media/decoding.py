"""Pictures as decoders get them: their pixels, and of all that is said beside them colour and turn.

A decoder gives up at metadata that it cannot read, which browsers pass over. So it is not shown
any: a PNG or JPEG is opened without its texts, profiles and EXIF data. What of those changes how
it looks, is read here, and counts only where it can be read.

Source  PNG, third edition, §5.3, §11.3; ITU-T T.81 §B.1.1; ICC.1:2022 §B.4; CIPA DC-008 (Exif)
"""

import contextlib
import io
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import IO, Any

import pillow_heif
from PIL import Image

from playground.media.content import (
    AVIF,
    BMP,
    DDS,
    GIF,
    HEIC,
    ICO,
    JPEG,
    JPEG_2000,
    PNG,
    PSD,
    TIFF,
    WEBP,
    Format,
)

PLUGINS = {
    JPEG: "JPEG",
    PNG: "PNG",
    GIF: "GIF",
    WEBP: "WEBP",
    AVIF: "AVIF",
    BMP: "BMP",
    ICO: "ICO",
    TIFF: "TIFF",
    HEIC: "HEIF",
    JPEG_2000: "JPEG2000",
    PSD: "PSD",
    DDS: "DDS",
}
pillow_heif.register_heif_opener(thumbnails=False)

# Pillow's own limit would refuse before the size is known; each size is looked at before anything
# is decoded.
Image.MAX_IMAGE_PIXELS = None

MOST_PIECES = 200_000
MOST_METADATA = 1_000_000  # bytes of one piece that is read
MOST_PROFILE = 16_000_000
BOX_BYTES = 256 * 1024  # in which the boxes with the colours of an AVIF stand
NCLX = b"colrnclx"
BRANDS_OF_PILLOW = {b"avif", b"avis", b"mif1", b"msf1"}  # it looks at the major one alone

ORIENTATION = 0x0112
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
SIDEWAYS = {5, 6, 7, 8}  # which swap width and height

DRAWN = {b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND", b"acTL", b"fcTL", b"fdAT"}
READ = {b"iCCP", b"gAMA", b"cHRM", b"sRGB", b"cICP", b"eXIf"}
EXIF_NAME, ICC_NAME = b"Exif\0\0", b"ICC_PROFILE\0"
SCAN = 0xDA


@dataclass(slots=True, kw_only=True)
class Looks:
    """What is said beside the pixels, and changes how they are seen.

    icc      an ICC profile
    cicp     numbers of primaries and of a transfer function (ITU-T H.273)
    gamma    of the file, as 0.45455; None where it says none
    corners  of the colours: x and y of white, red, green and blue
    exif     as it came
    is_cicp_first  whether the numbers count before a profile, as in PNG
    """

    icc: bytes = b""
    cicp: tuple[int, int] | None = None
    gamma: float | None = None
    corners: tuple[float, ...] = ()
    exif: bytes = b""
    is_cicp_first: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A picture that can be decoded.

    orientation  as browsers turn it: 1 as it lies, up to 8
    """

    image: Image.Image
    looks: Looks
    orientation: int

    @property
    def size(self) -> tuple[int, int]:
        """Width and height as it is seen."""
        width, height = self.image.size
        return (height, width) if self.orientation in SIDEWAYS else (width, height)

    def upright(self, image: Image.Image) -> Image.Image:
        """Return an image, as one of its frames or a smaller one, turned as it is seen."""
        turn = TURNS.get(self.orientation)
        return image if turn is None else image.transpose(turn)


@contextlib.contextmanager
def open_picture(file: IO[bytes], format_: Format) -> Iterator[Opened]:
    """Open a picture of a known format.

    Raises  whatever Pillow stumbles over in a damaged one
    """
    file.seek(0)
    source, looks = file, Looks()
    if format_ is PNG:
        source, looks = strip_png(file)
    elif format_ is JPEG:
        source, looks = strip_jpeg(file)
    elif format_ in {AVIF, HEIC}:
        head = file.read(BOX_BYTES)
        looks.cicp = find_nclx(head)
        if format_ is AVIF and head[8:12] not in BRANDS_OF_PILLOW:
            source = io.BytesIO(head[:8] + b"avif" + head[12:] + file.read())
    source.seek(0)
    with Image.open(source, formats=[PLUGINS[format_]]) as image:
        if format_ not in {PNG, JPEG}:
            looks.icc = image.info.get("icc_profile") or b""
            looks.exif = image.info.get("exif") or b""
        # Browsers pass over the EXIF data of a WebP; of TIFF none shows any.
        orientation = 1 if format_ is WEBP else read_orientation(looks.exif)
        if format_ is TIFF:
            orientation = int(image.getexif().get(ORIENTATION, 1))
        for name in ("icc_profile", "exif", "xmp", "XML:com.adobe.xmp"):
            image.info.pop(name, None)
        yield Opened(image=image, looks=looks, orientation=orientation)


def read_orientation(exif: bytes) -> int:
    """Return how EXIF data ask to turn a picture; 1 where they cannot be read.

    XMP says it too, which no browser heeds; Pillow's own reading would.
    """
    if not exif:
        return 1
    found = Image.Exif()
    try:
        found.load(exif)
        return int(found.get(ORIENTATION, 1))
    except Exception:  # noqa: BLE001 - a damaged block makes Pillow raise whatever it stumbles over
        return 1


class Excerpt(io.RawIOBase):
    """Parts of an open file, in order, as if they were all there is."""

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
    """Which parts of a file are kept; what lies side by side becomes one."""

    found: list[tuple[int, int]] = field(default_factory=list)

    def add(self, start: int, length: int) -> None:
        if self.found and sum(self.found[-1]) == start:
            self.found[-1] = (self.found[-1][0], self.found[-1][1] + length)
        elif length > 0:
            self.found.append((start, length))

    def open(self, file: IO[bytes]) -> IO[bytes]:
        return io.BufferedReader(Excerpt(file, self.found), 64 * 1024)


# PNG


def strip_png(file: IO[bytes]) -> tuple[IO[bytes], Looks]:
    parts, looks = Parts([(0, 8)]), Looks()
    end, place = file.seek(0, io.SEEK_END), 8
    for _ in range(MOST_PIECES):
        file.seek(place)
        head = file.read(8)
        if len(head) < 8:  # noqa: PLR2004 - a length and a name
            break
        length, name = struct.unpack(">I4s", head)
        whole = min(length + 12, end - place)
        if name in DRAWN:
            parts.add(place, whole)
        elif name in READ and length <= MOST_METADATA * 4:
            content, check = file.read(length), file.read(4)
            if zlib.crc32(name + content).to_bytes(4) == check:
                with contextlib.suppress(ValueError, IndexError, struct.error, zlib.error):
                    read_chunk(looks, name, content)
        place += whole
        if name == b"IEND":
            break
    if looks.is_cicp_first:
        looks.icc = b""
    return parts.open(file), looks


def read_chunk(looks: Looks, name: bytes, content: bytes) -> None:
    """Read what a chunk says of colour or turn.

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


# JPEG


def strip_jpeg(file: IO[bytes]) -> tuple[IO[bytes], Looks]:
    """Leave out the segments that say something, but those of JFIF and Adobe, which drawing needs.

    The profile comes in numbered pieces.
    """
    parts, looks = Parts([(0, 2)]), Looks()
    end, place = file.seek(0, io.SEEK_END), 2
    pieces: dict[int, bytes] = {}
    for _ in range(MOST_PIECES):
        file.seek(place)
        head = file.read(4)
        if head[:2] == b"\xff\xff":  # one of the bytes that may fill the room between
            place += 1
            continue
        if head[:1] != b"\xff" or len(head) < 4 or head[1] == SCAN:  # noqa: PLR2004 - mark, length
            break
        length = 2 + int.from_bytes(head[2:])
        if length < 4 or place + length > end:  # noqa: PLR2004 - likewise
            break
        says = 0xE0 <= head[1] <= 0xEF or head[1] == 0xFE  # noqa: PLR2004 - APP0 to APP15, COM
        content = file.read(length - 4) if says else b""
        if content.startswith(EXIF_NAME):
            looks.exif = looks.exif or content
        elif content.startswith(ICC_NAME) and len(content) > len(ICC_NAME) + 2:
            pieces.setdefault(content[len(ICC_NAME)], content[len(ICC_NAME) + 2 :])
        if not says or content.startswith((b"JFIF\0", b"Adobe")):
            parts.add(place, length)
        place += length
    parts.add(place, end - place)
    looks.icc = b"".join(pieces[number] for number in sorted(pieces))
    return parts.open(file), looks


# AVIF, HEIC


def find_nclx(head: bytes) -> tuple[int, int] | None:
    """Return the numbers of the colours as the boxes tell them; None for unspecified ones."""
    at = head.find(NCLX)
    if at < 0 or len(head) < at + len(NCLX) + 4:
        return None
    primaries, transfer = struct.unpack_from(">HH", head, at + len(NCLX))
    return primaries, transfer


# Whether a file is all there


def is_whole(file: IO[bytes], format_: Format) -> bool:
    """Tell whether a picture that cannot be decoded has its end, so that nothing was cut off."""
    size = file.seek(0, io.SEEK_END)
    file.seek(0)
    if format_ is PNG:
        return any(name == b"IEND" for name in walk_chunks(file, size))
    if format_ is JPEG:
        return has_jpeg_end(file, size)
    if format_ is GIF:
        file.seek(max(size - 64, 0))
        return file.read().rstrip(b"\0").endswith(b";")
    head = file.read(16)
    if format_ is WEBP:
        return int.from_bytes(head[4:8], "little") + 8 <= size
    if format_ in {AVIF, HEIC}:
        return ends_with_box(file, size)
    return format_ is not BMP or int.from_bytes(head[2:6], "little") <= size


def walk_chunks(file: IO[bytes], size: int) -> Iterator[bytes]:
    place = 8
    for _ in range(MOST_PIECES):
        file.seek(place)
        head = file.read(8)
        if len(head) < 8:  # noqa: PLR2004 - a length and a name
            return
        place += int.from_bytes(head[:4]) + 12
        if place > size:
            return
        yield head[4:]


def has_jpeg_end(file: IO[bytes], size: int) -> bool:
    """Tell whether the mark of the end comes after that of a scan: a preview has both, too."""
    place = 2
    for _ in range(MOST_PIECES):
        file.seek(place)
        head = file.read(4)
        if len(head) < 4 or head[:1] != b"\xff" or place > size:  # noqa: PLR2004 - mark, length
            return False
        if head[1] == SCAN:
            break
        place += 1 if head[1] == 0xFF else 2 + int.from_bytes(head[2:])  # noqa: PLR2004 - a filler
    before = b""
    while content := file.read(1_000_000):
        if b"\xff\xd9" in before + content:
            return True
        before = content[-1:]
    return False


def ends_with_box(file: IO[bytes], size: int) -> bool:
    place = 0
    for _ in range(MOST_PIECES):
        file.seek(place)
        head = file.read(16)
        if len(head) < 8:  # noqa: PLR2004 - a size and a name
            break
        length = int.from_bytes(head[:4])
        if length == 1:
            length = int.from_bytes(head[8:16])
        if length == 0:
            return True
        place += max(length, 8)
    return place == size
