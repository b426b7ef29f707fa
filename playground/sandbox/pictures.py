"""Writes finished pictures into files."""

from pathlib import Path

from PIL import Image

from playground.sandbox.whole_files import written_whole

QUALITY = 88


def save(picture: Image.Image, path: Path, image_format: str) -> None:
    """Write a picture; image_format is "jpeg", "png" or "webp"."""
    with written_whole(path) as unfinished, unfinished.open("wb") as file:
        if image_format == "png":
            picture.save(file, "PNG", compress_level=1)  # 4k: 0.3 s instead of 3 s
        elif image_format == "webp":
            picture.save(file, "WEBP", quality=QUALITY, method=2)
        else:
            picture.save(file, "JPEG", quality=QUALITY, subsampling=2)
