"""Decodes pictures: pixels, colour profile and orientation, and no other metadata.

A decoder gives up at metadata that it cannot read, which browsers pass over. So it is not shown
any: a PNG or JPEG is opened without its texts, profiles and EXIF data. What of those changes how
it looks, is read here, and counts only where it can be read.
"""

import contextlib
import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

import pillow_heif
from PIL import Image

from playground.media.color_metadata import ColorMetadata, find_nclx, strip_jpeg, strip_png
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

BOX_BYTES = 256 * 1024  # in which the boxes with the colours of an AVIF stand
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


@dataclass(frozen=True, slots=True, kw_only=True)
class DecodedPicture:
    """A picture that can be decoded.

    orientation  of EXIF: 1 for unrotated, up to 8
    """

    image: Image.Image
    looks: ColorMetadata
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
def open_picture(file: IO[bytes], format_: Format) -> Iterator[DecodedPicture]:
    """Open a picture of a known format.

    Raises  whatever Pillow stumbles over in a damaged one
    """
    file.seek(0)
    source, looks = file, ColorMetadata()
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
        yield DecodedPicture(image=image, looks=looks, orientation=orientation)


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
