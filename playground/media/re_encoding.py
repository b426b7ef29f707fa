"""Re-encodes uploaded pictures without metadata.

Formats that providers do not accept (HEIC, AVIF, BMP, TIFF) become JPEG, or PNG if they are
lossless or transparent.
"""

import contextlib
from collections.abc import Callable, Iterator
from typing import IO, Any

from PIL import Image

from playground.media import color_management, gif, pictures, texts
from playground.media.content import (
    AVIF,
    BMP,
    FULL,
    GIF,
    HEIC,
    JPEG,
    PNG,
    TIFF,
    BrokenFileError,
    Format,
)
from playground.media.decoding import PLUGINS, DecodedPicture, open_picture

# Target formats of those that are converted.
CONVERTED = {HEIC: JPEG, AVIF: JPEG, BMP: PNG, TIFF: PNG}
CONVERTIBLE = {"L", "LA", "RGB", "RGBA", "CMYK"}

# A photo has some ten scans. Each makes the decoder process all pixels again, and thousands of them
# fit into a small file (decompression bomb).
SCAN = b"\xff\xda"
MOST_SCANS = 100
CHUNK_BYTES = 1_000_000

# Legitimate pictures have some thousands of chunks at most. Each takes Pillow some time, and five
# million fit into twenty megabytes.
MOST_PIECES = 20_000

LOSSLESS_WEBP = b"VP8L"

# The first is visually lossless; the others are for pictures that exceed the size limit.
JPEGS: tuple[dict[str, Any], ...] = (
    {"quality": 95, "subsampling": "4:4:4"},
    {"quality": 90, "subsampling": "4:2:0"},
    {"quality": 80, "subsampling": "4:2:0"},
)


def re_encode(
    file: IO[bytes],
    format_: Format,
    target: IO[bytes],
    *,
    limit_pixels: int,
    limit_side: int,
    limit_bytes: int,
) -> None:
    """Re-encode a picture with orientation applied and in sRGB, in the same format.

    Colours are converted instead of keeping the profile, because a profile may name a device and
    its owner, and a provider that ignores it would see other colours. PNG, GIF and lossless WebP
    stay lossless, except that Pillow reads 16-bit colour as 8-bit; 16-bit grey is kept. Animations
    keep their frames.

    limit_pixels  of all frames together; larger files are not decoded
    limit_bytes   of the result; a photo that would be larger gets a lower quality
    Raises        BrokenFileError
    """
    check_pieces(file, format_)
    with named_damage(), open_picture(file, format_) as opened:
        image = opened.image
        pictures.check_size(image.size, limit_pixels=limit_pixels, limit_side=limit_side)
        if format_ is JPEG:
            check_scans(file)
        with pictures.decoding:
            if format_ is GIF:
                file.seek(0)
                gif.rewrite(file, target, limit_pixels=limit_pixels)
            elif format_ in CONVERTED:
                save_converted(opened, CONVERTED[format_], target, limit_bytes=limit_bytes)
            elif format_ is JPEG:
                save_photo(strip(opened, image), target, limit_bytes=limit_bytes)
            elif getattr(image, "n_frames", 1) > 1:
                options = choose_options(file, format_)
                save_moving(opened, options, target, limit_pixels=limit_pixels)
            else:
                bare = strip(opened, image)
                bare.save(target, PLUGINS[format_], **choose_options(file, format_))


@contextlib.contextmanager
def named_damage() -> Iterator[None]:
    """Convert exceptions of Pillow to BrokenFileError."""
    try:
        yield
    except BrokenFileError:
        raise
    except Exception as error:
        if isinstance(error, OSError) and error.errno in FULL:
            raise
        raise BrokenFileError(texts.PICTURE_DAMAGED) from error


def check_pieces(file: IO[bytes], format_: Format) -> None:
    """Refuse a JPEG or PNG with too many segments or chunks; the file is at its beginning.

    Source  ITU-T T.81 §B.1.1; PNG, third edition, §5.3
    """
    if format_ not in LENGTHS:
        return
    place, length = 0, 2 if format_ is JPEG else 8
    for _ in range(MOST_PIECES):
        place += length
        file.seek(place)
        length = LENGTHS[format_](file.read(8))
        if not length:
            file.seek(0)
            return
    raise BrokenFileError(texts.PICTURE_IN_PIECES)


def measure_segment(head: bytes) -> int:
    """Return the length of a JPEG segment; 0 before the image data, and if there is none."""
    if head[:1] != b"\xff" or head[:2] == SCAN or len(head) < 4:  # noqa: PLR2004 - mark, length
        return 0
    if head[1] == 0xFF:  # noqa: PLR2004 - one of the bytes that may fill the room between
        return 1
    is_bare = head[1] <= 1 or 0xD0 <= head[1] <= 0xD9  # noqa: PLR2004 - marks without a length
    return 2 if is_bare else 2 + int.from_bytes(head[2:4])


def measure_chunk(head: bytes) -> int:
    return 12 + int.from_bytes(head[:4]) if len(head) == 8 else 0  # noqa: PLR2004 - length, name


LENGTHS: dict[Format, Callable[[bytes], int]] = {JPEG: measure_segment, PNG: measure_chunk}


def check_scans(file: IO[bytes]) -> None:
    place = file.tell()
    file.seek(0)
    scans, end = 0, b""
    while chunk := file.read(CHUNK_BYTES):
        scans += (end + chunk).count(SCAN)
        end = chunk[-1:]
    file.seek(place)
    if scans > MOST_SCANS:
        raise BrokenFileError(texts.PICTURE_IN_STEPS)


def strip(opened: DecodedPicture, image: Image.Image) -> Image.Image:
    """Return only the pixels, upright and in sRGB; without a profile, the mode is kept."""
    looks = opened.looks
    is_coloured = bool(looks.icc or color_management.describe_profile(looks))
    is_pierced = "transparency" in image.info
    if (is_coloured and image.mode not in CONVERTIBLE) or (
        is_pierced and (is_coloured or image.mode == "RGB")
    ):
        image = pictures.convert_for_scaling(image)
    if image.mode in CONVERTIBLE:
        image = color_management.into_srgb(image, looks)
    hole = image.info.get("transparency") if image.mode not in {"RGB", "RGBA"} else None
    image = opened.upright(image)
    image.info = {} if hole is None else {"transparency": hole}
    return image


def save_converted(
    opened: DecodedPicture, format_: Format, target: IO[bytes], *, limit_bytes: int
) -> None:
    """Write the first frame of a file in another format."""
    bare = strip(opened, pictures.convert_for_scaling(opened.image))
    if format_ is JPEG and not pictures.has_holes(bare):
        save_photo(
            bare.convert("L" if bare.mode == "L" else "RGB"), target, limit_bytes=limit_bytes
        )
    else:
        bare.save(target, "PNG", compress_level=4)


def choose_options(file: IO[bytes], format_: Format) -> dict[str, Any]:
    """Return encoder options that are visually lossless and fast enough for a web request."""
    if format_ is PNG:
        return {"compress_level": 4}  # a third faster than 6, and hardly larger
    file.seek(0)
    if LOSSLESS_WEBP in file.read():
        return {"lossless": True, "quality": 20, "method": 1, "exact": True}
    return {"quality": 95, "method": 2}


def save_photo(bare: Image.Image, target: IO[bytes], *, limit_bytes: int) -> None:
    """Write a JPEG; reduce the quality if it exceeds the size limit."""
    for options in JPEGS:
        target.seek(0)
        target.truncate()
        bare.save(target, "JPEG", **options)
        if target.tell() <= limit_bytes:
            return


def save_moving(
    opened: DecodedPicture, options: dict[str, Any], target: IO[bytes], *, limit_pixels: int
) -> None:
    """Write all frames of an animated WebP or PNG, each as a full picture."""
    image = opened.image
    count = image.n_frames  # type: ignore[attr-defined]  # of the plugins of those two
    width, height = image.size
    if count > gif.MOST_FRAMES or count * width * height > limit_pixels:
        raise gif.too_long(limit_pixels)
    loop, has_cover = image.info.get("loop", 0), image.info.get("default_image", False)
    frames, durations = [], []
    for index in range(count):
        image.seek(index)
        frame = image.copy()  # loads it, and with it the duration
        durations.append(image.info.get("duration", 0))
        frames.append(strip(opened, pictures.convert_for_scaling(frame)).convert("RGBA"))
    options |= {"loop": loop, "duration": durations, "append_images": frames[1:]}
    if has_cover:
        options |= {"default_image": True, "duration": durations[1:]}
    frames[0].save(target, str(image.format), save_all=True, **options)
