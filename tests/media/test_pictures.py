"""Recognising, measuring and decoding pictures, and their thumbnails."""

import contextlib
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms

from playground.media.content import BrokenFileError, Content
from playground.media.pictures import read_picture
from tests.conftest import picture_bytes
from tests.media.pictures import animation, encode, rotated_photo

SIZE = (60, 40)
LAB = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()


def read(content: bytes) -> Content:
    return read_picture(io.BytesIO(content), limit_pixels=10**7)


def thumbnail(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(read(content).thumbnail)).convert("RGBA")


def is_near(pixel: object, colour: tuple[int, ...]) -> bool:
    assert isinstance(pixel, tuple)
    return all(abs(one - other) < 40 for one, other in zip(pixel, colour, strict=False))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF", "AVIF"])
def test_a_picture_type_is_recognised_by_content(kind: str) -> None:
    picture = read_picture(io.BytesIO(picture_bytes((64, 48), kind)), limit_pixels=10_000)
    assert picture.content_type == f"image/{kind.lower()}"
    assert (picture.width, picture.height) == (64, 48)


@pytest.mark.parametrize(("orientation", "size"), [(1, (60, 40)), (6, (40, 60)), (8, (40, 60))])
def test_a_rotated_photo_is_measured_as_displayed(orientation: int, size: tuple[int, int]) -> None:
    picture = read_picture(io.BytesIO(rotated_photo(orientation)), limit_pixels=10_000)
    with Image.open(io.BytesIO(picture.thumbnail)) as thumbnail:
        assert (picture.width, picture.height) == thumbnail.size == size


@pytest.mark.parametrize(("orientation", "red_at"), [(1, (5, 20)), (6, (20, 5)), (8, (20, 55))])
def test_the_thumbnail_of_a_rotated_photo_is_upright(
    orientation: int, red_at: tuple[int, int]
) -> None:
    small = thumbnail(rotated_photo(orientation))
    assert is_near(small.getpixel(red_at), (255, 0, 0))


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG", "AVIF"])
def test_the_thumbnail_of_an_animation_is_its_first_frame(kind: str) -> None:
    picture = read(animation(kind))
    assert picture.is_animated
    assert (picture.width, picture.height) == SIZE
    assert is_near(thumbnail(animation(kind)).getpixel((5, 5)), (255, 0, 0))


def test_a_photo_with_an_embedded_second_one_is_not_animated() -> None:
    left, right = Image.new("RGB", SIZE, "red"), Image.new("RGB", SIZE, "blue")
    picture = read(encode(left, "MPO", save_all=True, append_images=[right]))
    assert (picture.content_type, picture.is_animated) == ("image/jpeg", False)
    assert picture.thumbnail


@pytest.mark.parametrize(
    ("image", "kind", "colour"),
    [
        (Image.new("I;16", SIZE, 32_768), "PNG", (128, 128, 128, 255)),
        (Image.new("L", SIZE, 128), "JPEG", (128, 128, 128, 255)),
        (Image.new("1", SIZE, 1), "PNG", (255, 255, 255, 255)),
        (Image.new("CMYK", SIZE, (0, 255, 255, 0)), "JPEG", (255, 0, 0, 255)),
        (Image.new("RGB", SIZE, "red").convert("P"), "PNG", (255, 0, 0, 255)),
        (Image.new("RGBA", SIZE, (255, 0, 0, 128)), "PNG", (255, 0, 0, 128)),
        (Image.new("LA", SIZE, (128, 128)), "PNG", (128, 128, 128, 128)),
        (Image.new("RGBA", SIZE, (255, 0, 0, 128)), "WEBP", (255, 0, 0, 128)),
    ],
    ids=["16 bits", "grey", "black and white", "CMYK", "palette", "alpha", "grey alpha", "WebP"],
)
def test_a_thumbnail_has_the_colours_of_its_picture(
    image: Image.Image, kind: str, colour: tuple[int, ...]
) -> None:
    assert is_near(thumbnail(encode(image, kind)).getpixel((20, 20)), colour)


def test_a_palette_is_scaled_smoothly() -> None:
    stripes = Image.new("P", (2048, 64))
    stripes.putpalette([255, 255, 255, 0, 0, 0])
    for x in range(0, 2048, 2):
        stripes.paste(1, (x, 0, x + 1, 64))
    assert is_near(thumbnail(encode(stripes, "PNG")).getpixel((200, 8)), (128, 128, 128))


def test_a_transparent_palette_colour_is_transparent() -> None:
    content = encode(Image.new("RGB", SIZE, "red"), "PNG", transparency=(255, 0, 0))
    assert thumbnail(content).getchannel("A").getextrema() == (0, 0)
    assert read(content).placeholder == ""


@pytest.mark.parametrize("profile", [b"not a profile", LAB], ids=["broken", "of another kind"])
def test_a_colour_profile_that_does_not_fit_is_ignored(profile: bytes) -> None:
    content = encode(Image.new("RGB", SIZE, "red"), "PNG", icc_profile=profile)
    assert is_near(thumbnail(content).getpixel((5, 5)), (255, 0, 0))


def test_a_picture_with_too_many_pixels_is_measured_but_not_decoded() -> None:
    bomb = encode(Image.new("1", (20_000, 20_000)), "PNG")
    picture = read(bomb)
    assert (picture.width, picture.height, picture.thumbnail) == (20_000, 20_000, b"")


def test_a_thumbnail_is_at_most_640_pixels_long() -> None:
    picture = read_picture(io.BytesIO(picture_bytes((2000, 500), "JPEG")), limit_pixels=10**7)
    with Image.open(io.BytesIO(picture.thumbnail)) as thumbnail:
        assert thumbnail.size == (640, 160)
    assert picture.placeholder.startswith("data:image/webp;base64,")
    assert len(picture.placeholder) < 400


@settings(max_examples=200, deadline=None, derandomize=True)
@given(st.sampled_from(["JPEG", "PNG", "WEBP", "GIF", "EXIF"]), st.data())
def test_a_damaged_file_is_a_picture_or_is_refused(kind: str, data: st.DataObject) -> None:
    content = bytearray(rotated_photo(6) if kind == "EXIF" else picture_bytes((40, 30), kind))
    for _ in range(data.draw(st.integers(1, 6))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    with contextlib.suppress(BrokenFileError):
        picture = read_picture(io.BytesIO(content), limit_pixels=10_000)
        assert picture.width
        assert picture.height
        assert picture.width * picture.height <= 10_000 or not picture.thumbnail
