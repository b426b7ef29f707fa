"""Re-encodes uploaded pictures without metadata.

What services do not read as a reference (HEIC, AVIF, BMP, TIFF) becomes a JPEG, or a PNG where it
lost nothing before or has parts that can be seen through.
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

# What each becomes that is not taken as it is.
CONVERTED = {HEIC: JPEG, AVIF: JPEG, BMP: PNG, TIFF: PNG}
CONVERTIBLE = {"L", "LA", "RGB", "RGBA", "CMYK"}

# A photo has some ten scans. Each makes the decoder go through all its pixels once more, and
# thousands of them fit into a small file.
SCAN = b"\xff\xda"
MOST_SCANS = 100
CHUNK_BYTES = 1_000_000

# A picture is a row of pieces; the longest have some thousands. Each takes Pillow a moment, and
# five million fit into twenty megabytes.
MOST_PIECES = 20_000

LOSSLESS_WEBP = b"VP8L"

# The first looks like the original; the others are for pictures that it makes too large.
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
    """Write a picture again, upright and in sRGB, in the format that it has.

    Colours are converted, where keeping their profile would do, too: a profile may name a device
    and its owner, and a service that leaves it unread would see other colours than the person.
    PNG, GIF and lossless WebP lose nothing but 16 bits of colour, which Pillow reads as 8; 16 bits
    of grey stay. What moves keeps its frames.

    limit_pixels  of all frames together; what has more is not decoded
    limit_bytes   of what is written; a photo that would be larger gets a lower quality
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
    """Turn the errors of Pillow into a refusal in plain words."""
    try:
        yield
    except BrokenFileError:
        raise
    except Exception as error:
        if isinstance(error, OSError) and error.errno in FULL:
            raise
        raise BrokenFileError(texts.PICTURE_DAMAGED) from error


def check_pieces(file: IO[bytes], format_: Format) -> None:
    """Refuse a JPEG or PNG of more pieces than a picture has; the file is at its beginning.

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
    """Return the length of a piece of a JPEG; 0 before the pixels, and where there is none."""
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
    """Return only the pixels, upright and in sRGB; without a profile the mode stays."""
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
    """Write the first picture of a file in another format."""
    bare = strip(opened, pictures.convert_for_scaling(opened.image))
    if format_ is JPEG and not pictures.has_holes(bare):
        save_photo(
            bare.convert("L" if bare.mode == "L" else "RGB"), target, limit_bytes=limit_bytes
        )
    else:
        bare.save(target, "PNG", compress_level=4)


def choose_options(file: IO[bytes], format_: Format) -> dict[str, Any]:
    """Return how to encode so that no one sees a difference, in the time that a person waits."""
    if format_ is PNG:
        return {"compress_level": 4}  # a third faster than 6, and hardly larger
    file.seek(0)
    if LOSSLESS_WEBP in file.read():
        return {"lossless": True, "quality": 20, "method": 1, "exact": True}
    return {"quality": 95, "method": 2}


def save_photo(bare: Image.Image, target: IO[bytes], *, limit_bytes: int) -> None:
    """Write a JPEG, which at a higher quality than it came with can grow to twice its size."""
    for options in JPEGS:
        target.seek(0)
        target.truncate()
        bare.save(target, "JPEG", **options)
        if target.tell() <= limit_bytes:
            return


def save_moving(
    opened: DecodedPicture, options: dict[str, Any], target: IO[bytes], *, limit_pixels: int
) -> None:
    """Write all frames of a WebP or PNG, which show the whole picture each."""
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
