"""Any uploaded file is sanitised or refused with a message, in limited time and memory."""

import contextlib
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from PIL import Image

from playground.media import incoming, inspection, sanitising
from playground.media.content import BrokenFileError, MediaKind
from tests.fuzz.inputs import Meter, fuzzed
from tests.media import pictures, videos

LIMIT_PIXELS = 1_000_000
PICTURES: dict[str, Callable[[], bytes]] = {
    "jpeg": lambda: pictures.with_metadata("JPEG"),
    "progressive": lambda: pictures.encode(pictures.gradient(), "JPEG", progressive=True),
    "cmyk": lambda: pictures.encode(pictures.gradient("CMYK"), "JPEG"),
    "turned": lambda: pictures.rotated_photo(6),
    "mpo": lambda: pictures.animation("MPO"),
    "png": lambda: pictures.with_metadata("PNG", "RGBA"),
    "palette": lambda: pictures.encode(pictures.gradient("P"), "PNG", transparency=3),
    "deep": lambda: pictures.encode(Image.new("I;16", (40, 30), 12_345), "PNG"),
    "apng": lambda: pictures.animation("PNG"),
    "webp": lambda: pictures.with_metadata("WEBP", "RGBA"),
    "lossless": lambda: pictures.encode(pictures.gradient(), "WEBP", lossless=True),
    "awebp": lambda: pictures.animation("WEBP"),
    "gif": lambda: pictures.with_metadata("GIF", "P"),
    "agif": lambda: pictures.animation("GIF"),
    "avif": lambda: pictures.encode(pictures.gradient(), "AVIF"),
}
NUMBERS = st.sampled_from([b"\0", b"\xff", b"\x7f\xff\xff\xff", b"\xff\xff\xff\xff", b"\0\0\0\0"])


@cache
def picture(name: str) -> bytes:
    return PICTURES[name]()


@st.composite
def damaged_files(draw: st.DrawFn, names: list[str], read: Callable[[str], bytes]) -> bytes:
    """Draw a damaged file: bits flipped, bytes written, cut, dropped, repeated, or spliced."""
    content = bytearray(read(draw(st.sampled_from(names))))
    places = st.integers(0, len(content)).map(lambda place: min(place, len(content)))
    for _ in range(draw(st.integers(0, 5))):
        at, length = draw(places), draw(st.integers(0, 64))
        match draw(st.sampled_from(["flip", "write", "cut", "drop", "double", "splice", "end"])):
            case "flip" if at < len(content):
                content[at] ^= 1 << draw(st.integers(0, 7))
            case "write":
                content[at : at + length] = draw(NUMBERS | st.binary(max_size=64))
            case "cut":
                del content[at:]
            case "drop":
                del content[at : at + length]
            case "double":
                content[at:at] = content[at : at + length * 20] * draw(st.integers(1, 50))
            case "splice":
                other = read(draw(st.sampled_from(names)))
                content[at:] = other[draw(st.integers(0, len(other))) :]
            case _:
                content += draw(st.binary(max_size=64))
    return bytes(content)


def sanitise(content: bytes, meter: Meter) -> None:
    """Read a file as the worker does, sanitise it as an upload, and read the result."""
    with meter.within_bounds(), incoming.receive([content]) as file:
        with contextlib.suppress(BrokenFileError):
            inspection.read_content(file, MediaKind.IMAGE, limit_pixels=LIMIT_PIXELS)
        with contextlib.suppress(BrokenFileError):
            format_ = inspection.read_format(file, MediaKind.IMAGE)
            if format_.suffix != ".avif":
                with sanitising.sanitised(file, format_) as clean:
                    check_sanitised(clean)


def check_sanitised(clean: incoming.Incoming) -> None:
    content = inspection.read_content(clean, MediaKind.IMAGE, limit_pixels=LIMIT_PIXELS)
    if content.kind == MediaKind.IMAGE:  # a spliced sound may contain the text as noise
        clean.seek(0)
        assert pictures.SECRET.encode() not in clean.read()


@given(damaged_files(list(PICTURES), picture))
@example(b"")
@fuzzed(few=100)
def test_any_picture_is_sanitised_or_refused(meter: Meter, content: bytes) -> None:
    sanitise(content, meter)


@pytest.fixture(scope="module")
def read_sample(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], bytes]:
    folder: Path = tmp_path_factory.mktemp("films")
    return cache(lambda suffix: videos.with_metadata(folder, suffix))


@given(st.data())
@fuzzed(few=10, share=5)
def test_any_video_or_sound_is_sanitised_or_refused(
    meter: Meter, read_sample: Callable[[str], bytes], data: st.DataObject
) -> None:
    sanitise(data.draw(damaged_files(list(videos.OPTIONS_BY_SUFFIX), read_sample)), meter)
