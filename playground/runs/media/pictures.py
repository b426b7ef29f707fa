"""Proof that a file is a picture, its shape, and the small copies that pages show."""

import base64
import io
from threading import BoundedSemaphore
from typing import IO

from PIL import Image, ImageCms, ImageOps

from playground.runs.media import likeness
from playground.runs.media.content import (
    AVIF,
    GIF,
    JPEG,
    PNG,
    THUMBNAIL_SIDE,
    WEBP,
    BrokenFileError,
    Content,
)

FORMATS = {"JPEG": JPEG, "MPO": JPEG, "PNG": PNG, "WEBP": WEBP, "GIF": GIF, "AVIF": AVIF}
OPENED_AS = [name for name in FORMATS if name != "MPO"]  # which opens as a JPEG first
PLACEHOLDER_SIDE = 16
# A hundred of them on a page of the gallery have some 1.3 MB then, of originals like photographs.
THUMBNAIL_QUALITY = 60
TURNED = {5, 6, 7, 8}  # EXIF orientations that swap width and height
SRGB = ImageCms.createProfile("sRGB")

# Pillow's own limit would refuse before the size is known; here each size is looked at before
# anything is decoded.
Image.MAX_IMAGE_PIXELS = None

# A large PNG takes hundreds of MB while it is decoded, so few at a time.
decoding = BoundedSemaphore(2)


def read_picture(file: IO[bytes], *, limit_pixels: int) -> Content:
    """Decode a file as a picture.

    limit_pixels  width times height; what has more is not decoded, and has no thumbnail
    Raises        BrokenFileError
    """
    try:
        image = Image.open(file, formats=OPENED_AS)
    except Exception as error:  # a damaged file makes Pillow raise whatever it stumbles over
        raise BrokenFileError("This is not a JPEG, PNG, WebP or GIF picture.") from error
    with image:
        try:
            return describe(image, limit_pixels)
        except Exception as error:  # likewise
            raise BrokenFileError("This picture is damaged or cut off.") from error


def describe(image: Image.Image, limit_pixels: int) -> Content:
    format_ = FORMATS[str(image.format)]
    width, height = image.size
    if width * height > limit_pixels:
        return Content(format=format_, width=width, height=height)
    is_animated = image.format != "MPO" and getattr(image, "is_animated", False)
    with decoding:
        small = shrink(image, THUMBNAIL_SIDE)
        if image.getexif().get(0x0112) in TURNED:
            width, height = height, width
    return Content(
        format=format_,
        width=width,
        height=height,
        is_animated=is_animated,
        thumbnail=encode_webp(small, quality=THUMBNAIL_QUALITY),
        placeholder="" if has_holes(small) else draw_placeholder(small),
        likeness=likeness.describe(small),
    )


def check_size(size: tuple[int, int], *, limit_pixels: int, limit_side: int) -> None:
    """Refuse a picture that is too large for what it is wanted for.

    Raises  BrokenFileError
    """
    width, height = size
    if max(size) > limit_side:
        raise BrokenFileError(
            f"This picture is {width:,} × {height:,} pixels; "
            f"the longer side may have {limit_side:,} at most."
        )
    if width * height > limit_pixels:
        raise BrokenFileError(
            f"This picture has {width * height / 1e6:,.0f} million pixels; "
            f"{limit_pixels / 1e6:,.0f} million are the most."
        )


def shrink(image: Image.Image, side: int) -> Image.Image:
    """Return a small upright copy in RGB or RGBA; of what moves, its first frame.

    A JPEG is decoded at a reduced scale to begin with.
    """
    image.draft("RGB", (side, side))
    whole = spread(image)
    whole.thumbnail((side, side), reducing_gap=2.0)
    return into_srgb(ImageOps.exif_transpose(whole))


def spread(image: Image.Image) -> Image.Image:
    """Return a picture in a mode that can be scaled smoothly."""
    if image.mode.startswith("I"):  # 16 bits of grey, which Pillow would cut off at 255
        return image.convert("I").point(lambda grey: grey / 256).convert("L")
    if image.mode in {"1", "P", "PA", "LA"}:
        has_alpha = image.mode in {"PA", "LA"} or "transparency" in image.info
        return image.convert("RGBA" if has_alpha else "RGB")
    return image


def into_srgb(image: Image.Image) -> Image.Image:
    """Return a picture in the colours of the web, as RGB or RGBA."""
    plain = "RGBA" if image.mode in {"RGBA", "RGBa", "La"} else "RGB"
    if image.mode == "RGB" and "transparency" in image.info:
        plain = "RGBA"  # one colour stands for nothing
    profile = image.info.get("icc_profile")
    if profile and image.mode in {"RGB", "RGBA", "CMYK"}:
        try:
            own = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            output_mode = "RGBA" if image.mode == "RGBA" else "RGB"
            image = ImageCms.profileToProfile(image, own, SRGB, outputMode=output_mode) or image
        except (ImageCms.PyCMSError, OSError, ValueError):
            pass  # a profile that cannot be read is as good as none
    return image if image.mode == plain else image.convert(plain)


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
    """Whether any of its pixels can be seen through."""
    return image.mode == "RGBA" and image.getchannel("A").getextrema() != (255, 255)


def compact(file: IO[bytes], *, side: int) -> tuple[str, bytes]:
    """Return (media type, bytes) of a picture, `side` pixels long at most: JPEG, WebP for alpha."""
    with Image.open(file, formats=OPENED_AS) as image, decoding:
        small = shrink(image, side)
    buffer = io.BytesIO()
    if has_holes(small):
        small.save(buffer, "WEBP", quality=90)
        return "image/webp", buffer.getvalue()
    small.convert("RGB").save(buffer, "JPEG", quality=90)
    return "image/jpeg", buffer.getvalue()
