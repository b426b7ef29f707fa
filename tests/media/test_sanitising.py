"""Uploads are re-encoded: they look and sound the same, without metadata."""

import io
import sys
import zlib
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image, ImageChops, ImageCms
from pytest_django.fixtures import Settings

from playground.media import ffmpeg
from playground.runs.files import references, uploads
from playground.runs.models import MediaFile, Run, Upload
from tests.conftest import picture_bytes, read_body
from tests.media import pictures, videos
from tests.media.pictures import SECRET, animation, encode, gradient, rotated_photo

pytestmark = pytest.mark.once

PICTURES = ["JPEG", "PNG", "WEBP", "GIF"]


def upload_file(
    client: Client, content: bytes, kind: str = "image", name: str = "cat.png"
) -> bytes:
    """Upload a file; return the sanitised bytes, which are also sent to the provider."""
    fields = {"name": "/files", "kind": kind, "file": SimpleUploadedFile(name, content)}
    response = client.post("/uploads/", fields)
    assert response.status_code == 200, response.text
    with Upload.objects.latest("created_at").file.original.open() as kept:
        return bytes(kept.read())


def upload_refused_file(client: Client, content: bytes, kind: str = "image") -> str:
    fields = {"name": "/files", "kind": kind, "file": SimpleUploadedFile("cat.png", content)}
    response = client.post("/uploads/", fields)
    assert response.status_code == 422
    assert not MediaFile.objects.exists()
    return response.text


def open_frame(content: bytes, frame: int = 0) -> Image.Image:
    with Image.open(io.BytesIO(content)) as image:
        image.seek(frame)
        return image.convert("RGBA")


def difference(one: bytes, other: bytes, frame: int = 0) -> float:
    """Return the largest difference of a colour value between two pictures, of 255."""
    apart = ImageChops.difference(open_frame(one, frame), open_frame(other, frame))
    return max(most for _, most in apart.getextrema())  # type: ignore[misc]  # a pair for each band


@pytest.mark.parametrize("kind", PICTURES)
def test_a_sanitised_picture_has_no_exif_or_other_metadata(client: Client, kind: str) -> None:
    original = pictures.with_metadata(kind)
    assert original.count(SECRET.encode()) > 1
    clean = upload_file(client, original)
    assert SECRET.encode() not in clean
    assert not any(mark in clean for mark in (b"Exif", b"ICC_PROFILE", b"iCCP", b"script", b"PK"))
    assert Image.open(io.BytesIO(clean)).getexif() == {}


@pytest.mark.parametrize(
    ("kind", "mode", "most"),
    [
        ("JPEG", "RGB", 6),
        ("JPEG", "L", 3),
        ("JPEG", "CMYK", 8),
        ("PNG", "RGB", 0),
        ("PNG", "RGBA", 0),
        ("PNG", "L", 0),
        ("PNG", "LA", 0),
        ("PNG", "P", 0),
        ("PNG", "1", 0),
        ("PNG", "I;16", 0),
        ("GIF", "P", 0),
        ("GIF", "L", 0),
        ("WEBP", "RGB", 12),
        ("WEBP", "RGBA", 12),
    ],
)
def test_a_sanitised_picture_looks_the_same(
    client: Client, kind: str, mode: str, most: int
) -> None:
    content = encode(gradient("I").convert(mode) if mode == "I;16" else gradient(mode), kind)
    clean = upload_file(client, content)
    with Image.open(io.BytesIO(clean)) as image, Image.open(io.BytesIO(content)) as before:
        assert (image.format, image.size) == (before.format, before.size)
        assert before.mode in {image.mode, "CMYK"}
    assert difference(content, clean) <= most


def test_sixteen_bit_grey_is_kept(client: Client) -> None:
    grey = Image.new("I;16", (60, 40), 12_345)
    with Image.open(io.BytesIO(upload_file(client, encode(grey, "PNG")))) as image:
        assert (image.mode, image.getpixel((1, 1))) == ("I;16", 12_345)


@pytest.mark.parametrize("hole", [(255, 0, 0), None], ids=["a colour", "a palette"])
def test_transparency_is_kept(client: Client, hole: tuple[int, ...] | None) -> None:
    red = Image.new("RGB" if hole else "P", (60, 40), "red" if hole else 0)
    clean = open_frame(upload_file(client, encode(red, "PNG", transparency=hole or 0)))
    assert clean.getchannel("A").getextrema() == (0, 0)


def test_lossless_webp_stays_lossless(client: Client) -> None:
    content = encode(gradient(), "WEBP", lossless=True)
    assert difference(content, upload_file(client, content)) == 0


@pytest.mark.parametrize(("orientation", "red_at"), [(1, (5, 20)), (6, (20, 5)), (8, (20, 55))])
def test_a_rotated_photo_is_stored_upright(
    client: Client, orientation: int, red_at: tuple[int, int]
) -> None:
    clean = open_frame(upload_file(client, rotated_photo(orientation)))
    assert clean.size == ((60, 40) if orientation == 1 else (40, 60))
    red, _, blue, _ = clean.getpixel(red_at)  # type: ignore[misc]  # of RGBA
    assert (red > 200, blue < 50) == (True, True)


def test_colours_are_converted_to_srgb(client: Client) -> None:
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    assert b"acsp" in lab
    plain, labelled = (encode(gradient(), "PNG", icc_profile=profile) for profile in (None, lab))
    clean = upload_file(client, labelled)
    assert difference(plain, clean) <= 1
    assert b"iCCP" not in clean


@pytest.mark.parametrize(("kind", "most"), [("GIF", 0), ("PNG", 0), ("WEBP", 12)])
def test_an_animation_keeps_its_frames_and_durations(client: Client, kind: str, most: int) -> None:
    content = animation(kind)
    clean = upload_file(client, content)
    with Image.open(io.BytesIO(content)) as before, Image.open(io.BytesIO(clean)) as after:
        assert after.n_frames == before.n_frames == 2  # type: ignore[attr-defined]
        for frame in (0, 1):
            before.seek(frame)
            after.seek(frame)
            before.load()
            after.load()
            assert after.info["duration"] == before.info["duration"]
            assert difference(content, clean, frame) <= most
    assert Upload.objects.get().file.is_animated


def test_an_animation_with_many_colours_stays_a_gif(client: Client, tmp_path: Path) -> None:
    made = ("-f", "lavfi", "-i", "testsrc=s=160x120:d=1:r=10", "-loop", "3")
    content = videos.run_ffmpeg(tmp_path / "film.gif", *made)
    clean = upload_file(client, content)
    assert max(difference(content, clean, frame) for frame in range(10)) == 0
    assert open_frame(clean).size == (160, 120)
    assert Image.open(io.BytesIO(clean)).info["loop"] == 3


@pytest.mark.parametrize("kind", PICTURES)
def test_the_same_file_is_stored_once(client: Client, kind: str) -> None:
    one, two = (upload_file(client, picture_bytes(kind=kind)) for _ in range(2))
    assert one == two
    assert Upload.objects.count() == 2
    assert MediaFile.objects.count() == 1


def test_a_photo_that_exceeds_the_limit_is_encoded_with_lower_quality(
    client: Client, settings: Settings
) -> None:
    photo = encode(Image.effect_noise((400, 400), 60).convert("RGB"), "JPEG", quality=85)
    grown = len(upload_file(client, photo))
    settings.UPLOAD_LIMIT_BYTES = (grown + len(photo)) // 2
    clean = upload_file(client, photo)
    assert len(photo) < grown
    assert len(clean) <= settings.UPLOAD_LIMIT_BYTES
    assert difference(photo, clean) < 60


@pytest.mark.parametrize("kind", ["JPEG", "WEBP"])
def test_a_file_that_exceeds_the_limit_after_sanitising_is_refused(
    client: Client, settings: Settings, kind: str
) -> None:
    content = encode(gradient(size=(600, 400)), kind, quality=20)
    settings.UPLOAD_LIMIT_BYTES = len(content)
    assert "once its metadata is removed" in upload_refused_file(client, content)


@pytest.mark.parametrize("kind", PICTURES)
def test_a_truncated_picture_is_refused_with_a_message(client: Client, kind: str) -> None:
    whole = encode(gradient(size=(400, 300)).convert("P" if kind == "GIF" else "RGB"), kind)
    assert (
        upload_refused_file(client, whole[: len(whole) // 2])
        == "This picture is damaged or cut off."
    )


@pytest.mark.parametrize("kind", PICTURES)
def test_a_picture_that_needs_too_much_memory_is_refused(
    client: Client, settings: Settings, kind: str
) -> None:
    settings.UPLOAD_LIMIT_PIXELS = 1_000_000
    bomb = encode(Image.new("L", (2_000, 1_000)), kind)
    assert "2 million pixels; the limit is 1 million" in upload_refused_file(client, bomb)


def test_a_picture_with_too_many_pixels_is_not_decoded(client: Client) -> None:
    bomb = encode(Image.new("1", (11_000, 11_000)), "PNG")
    assert "121 million pixels" in upload_refused_file(client, bomb[: len(bomb) // 2])


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG"])
def test_an_endless_animation_is_refused(client: Client, settings: Settings, kind: str) -> None:
    settings.UPLOAD_LIMIT_PIXELS = 60 * 40 + 1
    assert "too long" in upload_refused_file(client, animation(kind))


def test_a_jpeg_with_thousands_of_scans_is_refused(client: Client) -> None:
    whole = encode(gradient("L"), "JPEG", progressive=True)
    scan = b"\xff\xda\x00\x08\x01\x01\x00\x01\x3f\x10" + bytes(10)
    assert "too many steps" in upload_refused_file(client, whole[:-2] + scan * 5000 + whole[-2:])


@pytest.mark.parametrize(
    ("kind", "offset", "piece"),
    [
        ("JPEG", 2, b"\xff\xfe\0\2"),
        ("JPEG", 2, b"\xff"),
        ("PNG", 33, b"\0\0\0\0prVt" + zlib.crc32(b"prVt").to_bytes(4)),
        ("GIF", -1, b"\x21\xfe\0"),
    ],
)
def test_a_picture_with_millions_of_chunks_is_refused(
    client: Client, kind: str, offset: int, piece: bytes
) -> None:
    whole = picture_bytes(kind=kind)
    assert "too many pieces" in upload_refused_file(
        client, whole[:offset] + piece * 10**6 + whole[offset:]
    )
    assert upload_file(client, whole[:offset] + piece * 100 + whole[offset:])


@pytest.mark.parametrize("suffix", videos.OPTIONS_BY_SUFFIX)
def test_a_sanitised_video_or_sound_has_no_metadata(
    client: Client, tmp_path: Path, suffix: str
) -> None:
    original = videos.with_metadata(tmp_path, suffix)
    assert videos.SECRET.encode() in original
    media_type = videos.MEDIA_TYPES[suffix]
    clean = upload_file(client, original, media_type.split("/")[0])
    assert not any(mark in clean for mark in (videos.SECRET.encode(), b"+48.1371", b"x264 - core"))
    assert videos.digest_of(clean, tmp_path) == videos.digest_of(original, tmp_path)
    assert Upload.objects.get().file.content_type == media_type


def test_cover_pictures_and_chapters_are_removed(client: Client, tmp_path: Path) -> None:
    cover, chapters = (
        videos.with_cover(tmp_path, picture_bytes()),
        videos.with_chapter(tmp_path, "mp4"),
    )
    assert b"IHDR" in cover
    assert b"IHDR" not in upload_file(client, cover, "audio")
    for _ in range(2):
        assert videos.SECRET.encode() not in upload_file(client, chapters, "video")
    assert MediaFile.objects.count() == 2


@pytest.mark.parametrize("suffix", videos.OPTIONS_BY_SUFFIX)
def test_an_unplayable_video_or_sound_is_refused_with_a_message(
    client: Client, tmp_path: Path, suffix: str
) -> None:
    whole = videos.with_metadata(tmp_path, suffix)
    broken = whole[:40] + bytes(3000)
    kind = videos.MEDIA_TYPES[suffix].split("/")[0]
    assert "cannot be played" in upload_refused_file(client, broken, kind)


def test_without_ffmpeg_videos_are_refused(
    client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(ffmpeg, "find_bundled", lambda: None)
    assert "ffmpeg is not installed" in upload_refused_file(
        client, videos.CLIP.read_bytes(), "video"
    )


def test_a_video_that_exceeds_the_ffmpeg_time_limit_is_refused(
    client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ffmpeg, "SECONDS", 0.2)
    monkeypatch.setenv("PATH", str(tmp_path))
    (tmp_path / "ffmpeg").write_text("#!/bin/sh\nexec /bin/sleep 60\n")
    (tmp_path / "ffmpeg").chmod(0o755)
    assert "cannot be played" in upload_refused_file(client, videos.CLIP.read_bytes(), "video")


FFMPEG_ON_FULL_DISK = """#!{python}
import os, subprocess, sys
is_written = sys.argv[-1].startswith("file:")
words = [*sys.argv[1:-1], "file:/dev/full"] if is_written else sys.argv[1:]
code = subprocess.run([{ffmpeg!r}, *words]).returncode
sys.exit(code and {code})
"""


@pytest.mark.parametrize("code", ["code", "1"])  # the exit codes of current and older versions
@pytest.mark.parametrize("suffix", ["mp4", "ogg"])
def test_a_full_disk_is_not_reported_as_a_fault_of_the_video(
    client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, suffix: str, code: str
) -> None:
    content = videos.with_metadata(tmp_path, suffix)
    monkeypatch.setenv("PATH", str(tmp_path))
    words = FFMPEG_ON_FULL_DISK.format(python=sys.executable, ffmpeg=videos.FFMPEG, code=code)
    (tmp_path / "ffmpeg").write_text(words)
    (tmp_path / "ffmpeg").chmod(0o755)
    assert "There is no space left" in upload_refused_file(
        client, content, videos.MEDIA_TYPES[suffix][:5]
    )


def test_the_provider_gets_the_sanitised_file(client: Client, settings: Settings) -> None:
    clean = upload_file(client, pictures.with_metadata("PNG"))
    upload = Upload.objects.get()
    settings.PUBLIC_BASE_URL = "https://play.example.com"
    tomorrow = upload.created_at + references.HOSTED_TIME
    url = references.host(upload.pk, tomorrow).removeprefix(settings.PUBLIC_BASE_URL)
    assert read_body(Client().get(url)) == clean
    assert references.write_data_uri(upload).startswith("data:image/png;base64,")
    assert SECRET.encode() not in clean


def test_an_output_used_as_a_reference_is_sent_unchanged(client: Client, finished: Run) -> None:
    output = finished.outputs.get()
    client.post("/uploads/", {"name": "/a", "kind": "image", "output": str(output.pk)})
    assert Upload.objects.get().file == output.file


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("cat.png", "cat.png"),
        ("Katze im Schnee.png", "Katze im Schnee.png"),
        ("猫.png", "猫.png"),
        ("..\\..\\secret\\cat.png", "cat.png"),
        ("cat\u202egnp.exe", "catgnp.exe"),
        ("c\u2066a\u200bt\x1b[31m\x7f.png", "cat[31m.png"),
        ("a" * 250 + ".png", "a" * 116 + ".png"),
    ],
)
def test_invisible_characters_are_removed_from_a_file_name(
    client: Client, name: str, kept: str
) -> None:
    upload_file(client, picture_bytes(), name=name)
    assert Upload.objects.get().name == kept


def test_a_file_name_without_visible_characters_is_replaced() -> None:
    assert uploads.plain_name("../\u202e\0 ") == "file"
    assert uploads.plain_name("a%22b%0A%2F.PNG") == 'a"b%2F.PNG'
    assert uploads.plain_name(f"{'a' * 300}.jpeg") == f"{'a' * 115}.jpeg"
    assert len(uploads.plain_name("a." + "b" * 300)) <= 120
