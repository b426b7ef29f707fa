"""What is a picture, and what only says so."""

import contextlib
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from playground.runs.content import BrokenFileError
from playground.runs.pictures import read_picture
from tests.conftest import picture_bytes


def turned(orientation: int) -> bytes:
    """Return a JPEG of 60 by 40 pixels whose EXIF data ask for a turn."""
    image = Image.new("RGB", (60, 40), "teal")
    exif = image.getexif()
    exif[0x0112] = orientation
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", exif=exif)
    return buffer.getvalue()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF"])
def test_a_picture_is_known_by_its_content(kind: str) -> None:
    picture = read_picture(io.BytesIO(picture_bytes((64, 48), kind)), limit_pixels=10_000)
    assert picture.content_type == f"image/{kind.lower()}"
    assert (picture.width, picture.height) == (64, 48)


@pytest.mark.parametrize(("orientation", "size"), [(1, (60, 40)), (6, (40, 60)), (8, (40, 60))])
def test_a_turned_photo_is_measured_as_it_is_seen(orientation: int, size: tuple[int, int]) -> None:
    picture = read_picture(io.BytesIO(turned(orientation)), limit_pixels=10_000)
    with Image.open(io.BytesIO(picture.thumbnail)) as thumbnail:
        assert (picture.width, picture.height) == thumbnail.size == size


def test_a_thumbnail_is_at_most_512_pixels_long() -> None:
    picture = read_picture(io.BytesIO(picture_bytes((2000, 500), "JPEG")), limit_pixels=10**7)
    with Image.open(io.BytesIO(picture.thumbnail)) as thumbnail:
        assert thumbnail.size == (512, 128)
    assert picture.placeholder.startswith("data:image/webp;base64,")
    assert len(picture.placeholder) < 400


@settings(max_examples=200, deadline=None, derandomize=True)
@given(st.sampled_from(["JPEG", "PNG", "WEBP", "GIF", "EXIF"]), st.data())
def test_a_damaged_file_is_a_picture_or_is_refused(kind: str, data: st.DataObject) -> None:
    content = bytearray(turned(6) if kind == "EXIF" else picture_bytes((40, 30), kind))
    for _ in range(data.draw(st.integers(1, 6))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    with contextlib.suppress(BrokenFileError):
        picture = read_picture(io.BytesIO(content), limit_pixels=10_000)
        assert picture.width
        assert picture.height
        assert picture.width * picture.height <= 10_000 or not picture.thumbnail
