"""Proof that a file is a picture, its shape, and the small copies that pages show."""

import base64
import io
from dataclasses import dataclass
from threading import BoundedSemaphore
from typing import IO

from PIL import Image, ImageOps

FORMATS = {
    "JPEG": ("image/jpeg", ".jpg"),
    "PNG": ("image/png", ".png"),
    "WEBP": ("image/webp", ".webp"),
    "GIF": ("image/gif", ".gif"),
}
THUMBNAIL_SIDE = 512
PLACEHOLDER_SIDE = 16

# A large PNG takes 150 MB while it is decoded, so few at a time.
_decoding = BoundedSemaphore(2)


class NotAPictureError(ValueError):
    """The file cannot be shown as a picture; the message says why, in plain words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """What is known of a picture once it was decoded.

    content_type   its media type by content, whatever its name says
    suffix         the file name's ending that goes with it: ".jpg"
    width, height  in pixels, as it is seen (after the turn its EXIF data ask for)
    thumbnail      WebP, at most 512 pixels on its longer side
    placeholder    a 16-pixel WebP as a data URI
    """

    content_type: str
    suffix: str
    width: int
    height: int
    thumbnail: bytes
    placeholder: str


def read_picture(file: IO[bytes], *, limit_pixels: int, limit_side: int | None = None) -> Picture:
    """Decode a file as a picture.

    limit_pixels  width times height; limit_side  of the longer side, in pixels
    Raises        NotAPictureError
    """
    try:
        image = Image.open(file, formats=list(FORMATS))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise NotAPictureError("This picture has more pixels than can be taken.") from error
    except Exception as error:  # likewise
        raise NotAPictureError("This is not a JPEG, PNG, WebP or GIF picture.") from error
    with image:
        check_size(image.size, limit_pixels, limit_side)
        content_type, suffix = FORMATS[str(image.format)]
        try:
            with _decoding:
                width, height = image.size[::-1] if is_turned(image) else image.size
                small = shrink(image, THUMBNAIL_SIDE)
        except Exception as error:  # a damaged file makes Pillow raise whatever it stumbles over
            raise NotAPictureError("This picture is damaged or cut off.") from error
    return Picture(
        content_type=content_type,
        suffix=suffix,
        width=width,
        height=height,
        thumbnail=encode_webp(small, quality=82),
        placeholder=draw_placeholder(small),
    )


def check_size(size: tuple[int, int], limit_pixels: int, limit_side: int | None) -> None:
    width, height = size
    if limit_side and max(width, height) > limit_side:
        raise NotAPictureError(
            f"This picture is {width:,} × {height:,} pixels; "
            f"the longer side may have {limit_side:,} at most."
        )
    if width * height > limit_pixels:
        raise NotAPictureError(
            f"This picture has {width * height / 1e6:,.0f} million pixels; "
            f"{limit_pixels / 1e6:,.0f} million are the most."
        )


def is_turned(image: Image.Image) -> bool:
    """Whether EXIF orientation swaps width and height."""
    return image.getexif().get(0x0112, 1) in {5, 6, 7, 8}


def shrink(image: Image.Image, side: int) -> Image.Image:
    """Return a small upright copy; a JPEG is decoded at a reduced scale to begin with."""
    image.draft("RGB", (side, side))
    image.thumbnail((side, side), reducing_gap=2.0)
    upright = ImageOps.exif_transpose(image)
    return upright if upright.mode in {"RGB", "RGBA"} else upright.convert("RGBA")


def encode_webp(image: Image.Image, *, quality: int) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "WEBP", quality=quality, method=3)
    return buffer.getvalue()


def draw_placeholder(image: Image.Image) -> str:
    tiny = image.copy()
    tiny.thumbnail((PLACEHOLDER_SIDE, PLACEHOLDER_SIDE))
    encoded = base64.b64encode(encode_webp(tiny, quality=40)).decode()
    return f"data:image/webp;base64,{encoded}"


def has_holes(image: Image.Image) -> bool:
    """Whether any of its pixels can be seen through."""
    return image.getchannel("A").point(lambda alpha: 255 - alpha).getbbox() is not None


def compact(file: IO[bytes], *, side: int) -> tuple[str, bytes]:
    """Return (media type, bytes) of a picture, `side` pixels long at most: JPEG, WebP for alpha."""
    with Image.open(file, formats=list(FORMATS)) as image, _decoding:
        small = shrink(image, side)
    buffer = io.BytesIO()
    if small.mode == "RGBA" and has_holes(small):
        small.save(buffer, "WEBP", quality=90)
        return "image/webp", buffer.getvalue()
    small.convert("RGB").save(buffer, "JPEG", quality=90)
    return "image/jpeg", buffer.getvalue()
