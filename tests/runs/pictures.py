"""Pictures out of the ordinary, made at need."""

import io

from PIL import Image


def encode(image: Image.Image, kind: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def moving(kind: str, size: tuple[int, int] = (60, 40)) -> bytes:
    """Return an animation that is red at first and then blue."""
    first, *others = (Image.new("RGB", size, colour) for colour in ("red", "blue", "blue"))
    return encode(first, kind, save_all=True, append_images=others, duration=100)


def turned(orientation: int) -> bytes:
    """Return a JPEG of 60 by 40 pixels, its left half red, whose EXIF data ask for a turn."""
    image = Image.new("RGB", (60, 40), "blue")
    image.paste("red", (0, 0, 30, 40))
    exif = image.getexif()
    exif[0x0112] = orientation
    return encode(image, "JPEG", exif=exif, quality=95)
