"""Decodes pictures: pixels, colour profile and orientation, and no other metadata.

Pillow fails on unreadable metadata, which browsers ignore. So a PNG or JPEG is decoded without its
texts, profiles and EXIF. Metadata that change how it looks are parsed here, and ignored if
unreadable.
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

# Disable Pillow's limit, which raises before the size is known; we check sizes before decoding.
Image.MAX_IMAGE_PIXELS = None

BOX_BYTES = 256 * 1024  # that must contain the colour boxes of an AVIF
BRANDS_OF_PILLOW = {b"avif", b"avis", b"mif1", b"msf1"}  # Pillow only reads the major brand

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
        """Width and height as displayed."""
        width, height = self.image.size
        return (height, width) if self.orientation in SIDEWAYS else (width, height)

    def upright(self, image: Image.Image) -> Image.Image:
        """Return an image (a frame, or a smaller copy) with the orientation applied."""
        turn = TURNS.get(self.orientation)
        return image if turn is None else image.transpose(turn)


@contextlib.contextmanager
def open_picture(file: IO[bytes], format_: Format) -> Iterator[DecodedPicture]:
    """Open a picture of a known format.

    Raises  any exception of Pillow for a damaged file
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
        # Browsers ignore EXIF in WebP, and do not show TIFF.
        orientation = 1 if format_ is WEBP else read_orientation(looks.exif)
        if format_ is TIFF:
            orientation = int(image.getexif().get(ORIENTATION, 1))
        for name in ("icc_profile", "exif", "xmp", "XML:com.adobe.xmp"):
            image.info.pop(name, None)
        yield DecodedPicture(image=image, looks=looks, orientation=orientation)


def read_orientation(exif: bytes) -> int:
    """Return the EXIF orientation; 1 if it is unreadable.

    XMP has an orientation, too, which browsers ignore but Pillow would apply.
    """
    if not exif:
        return 1
    found = Image.Exif()
    try:
        found.load(exif)
        return int(found.get(ORIENTATION, 1))
    except Exception:  # noqa: BLE001 - a damaged block makes Pillow raise whatever it stumbles over
        return 1
