"""Colours and orientation as in browsers: in thumbnails, and in files sent to the provider.

The expected values are computed here by the formulas of the standards, without the program's code.
"""

import io
import struct
from collections.abc import Callable

import pytest
from django.test import Client
from PIL import Image

from playground.media.pictures import read_picture
from tests.media.pictures import encode, grey_profile, with_chunk, with_segment
from tests.media.test_sanitising import upload_file

pytestmark = pytest.mark.once

GREY = 100
COLOUR = (200, 100, 60)
TOLERANCE = 4  # of 255, because thumbnails are lossy
P3_TO_SRGB = (
    (1.2249402, -0.2249402, 0.0),
    (-0.0420570, 1.0420570, 0.0),
    (-0.0196376, -0.0786360, 1.0982736),
)
XMP_ORIENTATION = b"""<x:xmpmeta xmlns:x="adobe:ns:meta/">
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description xmlns:tiff="http://ns.adobe.com/tiff/1.0/" tiff:Orientation="6"/>
</rdf:RDF></x:xmpmeta>"""


def encode_srgb(light: float) -> int:
    light = min(max(light, 0.0), 1.0)
    value = 12.92 * light if light <= 0.0031308 else 1.055 * light ** (1 / 2.4) - 0.055
    return round(value * 255)


def decode_srgb(value: int) -> float:
    part = value / 255
    return part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4)


def grey_by_gamma(gamma: float) -> tuple[int, ...]:
    return (encode_srgb((GREY / 255) ** gamma),) * 3


def from_p3(colour: tuple[int, ...]) -> tuple[int, ...]:
    light = [decode_srgb(value) for value in colour]
    return tuple(
        encode_srgb(sum(part * value for part, value in zip(row, light, strict=True)))
        for row in P3_TO_SRGB
    )


def png(mode: str = "L", **options: object) -> bytes:
    return encode(Image.new(mode, (60, 40), GREY if mode == "L" else COLOUR), "PNG", **options)


def with_gamma(gamma: float) -> bytes:
    return with_chunk(png(), b"gAMA", struct.pack(">I", round(100_000 / gamma)))


CASES: dict[str, tuple[Callable[[], bytes], tuple[int, ...]]] = {
    "no colour information": (png, (GREY,) * 3),
    "PNG, grey profile 1.8": (lambda: png(icc_profile=grey_profile(1.8)), grey_by_gamma(1.8)),
    "PNG, grey profile 1.0": (lambda: png(icc_profile=grey_profile(1.0)), grey_by_gamma(1.0)),
    "JPEG, grey profile 1.0": (
        lambda: encode(
            Image.new("L", (60, 40), GREY), "JPEG", quality=95, icc_profile=grey_profile(1.0)
        ),
        grey_by_gamma(1.0),
    ),
    "PNG, gAMA 1.0": (lambda: with_gamma(1.0), grey_by_gamma(1.0)),
    "PNG, gAMA of sRGB": (lambda: with_gamma(2.2), (GREY,) * 3),
    "PNG, gAMA with a wrong checksum": (
        lambda: with_chunk(png(), b"gAMA", struct.pack(">I", 100_000), check=7),
        (GREY,) * 3,
    ),
    "PNG, Display P3 by cICP": (
        lambda: with_chunk(png("RGB"), b"cICP", bytes((12, 13, 0, 1))),
        from_p3(COLOUR),
    ),
    "PNG, sRGB by cICP": (lambda: with_chunk(png("RGB"), b"cICP", bytes((1, 13, 0, 1))), COLOUR),
}
each_case = pytest.mark.parametrize("case", CASES)


def middle_colour(content: bytes) -> tuple[int, ...]:
    with Image.open(io.BytesIO(content)) as image:
        colour = image.convert("RGB").getpixel((image.width // 2, image.height // 2))
    assert isinstance(colour, tuple)
    return tuple(int(value) for value in colour)


def is_near(found: tuple[int, ...], right: tuple[int, ...]) -> bool:
    return all(abs(one - other) <= TOLERANCE for one, other in zip(found, right, strict=True))


@each_case
def test_a_thumbnail_has_the_colours_that_browsers_show(case: str) -> None:
    make, right = CASES[case]
    found = middle_colour(read_picture(io.BytesIO(make()), limit_pixels=10**6).thumbnail)
    assert is_near(found, right), (found, right)


@each_case
def test_a_reference_is_sent_in_the_colours_that_browsers_show(client: Client, case: str) -> None:
    make, right = CASES[case]
    found = middle_colour(upload_file(client, make()))
    assert is_near(found, right), (found, right)


def with_xmp(kind: str) -> bytes:
    picture = encode(Image.new("RGB", (60, 40), COLOUR), kind)
    if kind == "JPEG":
        return with_segment(picture, 0xE1, b"http://ns.adobe.com/xap/1.0/\0" + XMP_ORIENTATION)
    return with_chunk(picture, b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + XMP_ORIENTATION)


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_only_exif_data_rotate_a_picture(client: Client, kind: str) -> None:
    picture = read_picture(io.BytesIO(with_xmp(kind)), limit_pixels=10**6)
    with Image.open(io.BytesIO(picture.thumbnail)) as thumbnail:
        assert (picture.width, picture.height) == thumbnail.size == (60, 40)
    with Image.open(io.BytesIO(upload_file(client, with_xmp(kind)))) as sent:
        assert sent.size == (60, 40)
