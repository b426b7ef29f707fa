"""Verifies pictures by decoding them, and makes thumbnails and other small copies."""

import base64
import io
from collections.abc import Iterable
from threading import BoundedSemaphore
from typing import IO

from PIL import Image

from playground.media import color_management, perceptual_hash, texts
from playground.media.content import (
    HEAD_BYTES,
    PNG,
    THUMBNAIL_SIDE,
    BrokenFileError,
    Content,
    Format,
    find_format,
)
from playground.media.decoding import PLUGINS, DecodedPicture, open_picture

PLACEHOLDER_SIDE = 16
# A gallery page of a hundred photographs then has some 1.3 MB of thumbnails.
THUMBNAIL_QUALITY = 60
MIDDLE_QUALITY = 75  # higher, because people look at full-screen pictures more closely


# Decoding a large PNG takes hundreds of MB, so the number of concurrent decodes is limited.
decoding = BoundedSemaphore(2)


def read_picture(file: IO[bytes], *, limit_pixels: int) -> Content:
    """Decode a file as a picture.

    limit_pixels  width times height; larger pictures are not decoded and have no thumbnail
    Raises        BrokenFileError
    """
    file.seek(0)
    format_ = find_format(file.read(HEAD_BYTES))
    if format_ not in PLUGINS:
        raise BrokenFileError(texts.NO_PICTURE)
    try:
        with open_picture(file, format_) as opened:
            return describe_picture(opened, format_, limit_pixels)
    except Exception as error:  # Pillow raises any exception for damaged files
        raise BrokenFileError(texts.PICTURE_DAMAGED) from error


def describe_picture(opened: DecodedPicture, format_: Format, limit_pixels: int) -> Content:
    image = opened.image
    width, height = opened.size  # before draft() reduces it
    if width * height > limit_pixels:
        return Content(format=format_, width=width, height=height)
    is_animated = format_.is_shown and bool(getattr(image, "is_animated", False))
    with decoding:
        small = shrink(opened, THUMBNAIL_SIDE)
    return Content(
        format=format_,
        width=width,
        height=height,
        is_animated=is_animated,
        thumbnail=encode_webp(small, quality=THUMBNAIL_QUALITY),
        placeholder="" if has_holes(small) else draw_placeholder(small),
        perceptual_hash=perceptual_hash.compute(small),
    )


def check_size(size: tuple[int, int], *, limit_pixels: int, limit_side: int) -> None:
    """Refuse a picture that is too large for its purpose.

    Raises  BrokenFileError
    """
    width, height = size
    if max(size) > limit_side:
        raise BrokenFileError(
            texts.SIDE_TOO_LONG(width=f"{width:,}", height=f"{height:,}", most=f"{limit_side:,}")
        )
    if width * height > limit_pixels:
        raise BrokenFileError(
            texts.TOO_MANY_PIXELS(
                pixels=f"{width * height / 1e6:,.0f}", most=f"{limit_pixels / 1e6:,.0f}"
            )
        )


def shrink(opened: DecodedPicture, side: int) -> Image.Image:
    """Return a thumbnail in RGB or RGBA, with orientation applied; of animations, the first frame.

    A JPEG is decoded at a reduced scale (draft mode).
    """
    image = opened.image
    image.draft("RGB", (side, side))
    whole = convert_for_scaling(image)
    whole.thumbnail((side, side), reducing_gap=2.0)
    small = color_management.into_srgb(opened.upright(whole), opened.looks)
    return small if small.mode in {"RGB", "RGBA"} else small.convert(whole_mode(small))


def resize(file: IO[bytes], sides: Iterable[int]) -> dict[int, bytes]:
    """Return smaller WebP copies of a picture by their maximum side.

    None is larger than the picture. It is decoded once.

    sides   in pixels
    Raises  any exception of Pillow for a damaged file
    """
    file.seek(0)
    format_ = find_format(file.read(HEAD_BYTES)) or PNG
    copies: dict[int, bytes] = {}
    with open_picture(file, format_) as opened:
        wanted = sorted((side for side in sides if side < max(opened.size)), reverse=True)
        if not wanted:
            return copies
        with decoding:
            image = shrink(opened, wanted[0])
    for side in wanted:
        image.thumbnail((side, side), reducing_gap=2.0)
        copies[side] = encode_webp(image, quality=MIDDLE_QUALITY)
    return copies


def whole_mode(image: Image.Image) -> str:
    return "RGBA" if "A" in image.mode else "RGB"


def convert_for_scaling(image: Image.Image) -> Image.Image:
    """Return a picture in a mode that can be resampled and colour-converted.

    That is L, LA, RGB, RGBA or CMYK.
    """
    mode = image.mode
    if mode.startswith("I"):  # 16-bit grey, which Pillow would clip at 255
        return image.convert("I").point(lambda grey: grey / 256).convert("L")
    if "transparency" in image.info or mode in {"PA", "La", "RGBa"}:
        return image.convert("RGBA")  # RGB with a transparent colour
    if mode in {"L", "LA", "RGB", "RGBA", "CMYK"}:
        return image
    return image.convert("L" if mode in {"1", "F"} else "RGB")


def encode_webp(image: Image.Image, *, quality: int) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "WEBP", quality=quality, method=4)
    return buffer.getvalue()


def draw_placeholder(image: Image.Image) -> str:
    tiny = image.copy()
    tiny.thumbnail((PLACEHOLDER_SIDE, PLACEHOLDER_SIDE))
    encoded = base64.b64encode(encode_webp(tiny, quality=40)).decode()
    return f"data:image/webp;base64,{encoded}"


def has_holes(image: Image.Image) -> bool:
    """Whether any pixel is transparent."""
    return image.mode == "RGBA" and image.getchannel("A").getextrema() != (255, 255)


def make_compact_copy(file: IO[bytes], *, side: int) -> tuple[str, bytes]:
    """Return (media type, bytes) of a picture, `side` pixels long at most: JPEG, WebP for alpha."""
    format_ = find_format(file.read(HEAD_BYTES)) or PNG
    with open_picture(file, format_) as opened, decoding:
        small = shrink(opened, side)
    buffer = io.BytesIO()
    if has_holes(small):
        small.save(buffer, "WEBP", quality=90)
        return "image/webp", buffer.getvalue()
    small.convert("RGB").save(buffer, "JPEG", quality=90)
    return "image/jpeg", buffer.getvalue()
