"""Videos are recognised by content and measured, and get a poster if ffmpeg is installed."""

import io
import struct
import threading
import tracemalloc
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from django.test import Client
from PIL import Image, ImageStat

from playground.media import ffmpeg as ffmpeg_
from playground.media import incoming, inspection
from playground.media.content import BrokenFileError, Content, MediaKind
from playground.runs.files import outputs
from playground.runs.models import Run
from tests.media.videos import CLIP, FFMPEG, run_ffmpeg
from tests.sandbox_process import SandboxProcess

pytestmark = pytest.mark.once

MOST_BYTES = 40_000_000


@pytest.fixture
def ffmpeg(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with ffmpeg as the only program on the PATH."""
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "ffmpeg").symlink_to(FFMPEG)
    monkeypatch.setenv("PATH", str(folder))
    return folder / "ffmpeg"


@pytest.fixture
def no_ffmpeg(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine without ffmpeg, for which there is no bundled one."""
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(ffmpeg_, "find_bundled", lambda: None)


def read(content: bytes, limit_pixels: int = 10**8) -> Content:
    with incoming.receive([content]) as file:
        return inspection.read_content(file, MediaKind.VIDEO, limit_pixels=limit_pixels)


def make_video(tmp_path: Path, name: str, *options: str) -> bytes:
    """Make a video with ffmpeg."""
    return run_ffmpeg(tmp_path / name, *options)


def test_without_ffmpeg_in_the_path_the_bundled_one_is_used(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PATH", "")
    assert read(CLIP.read_bytes()).thumbnail


def test_a_video_gets_its_first_frame_as_poster(ffmpeg: Path) -> None:
    video = read(CLIP.read_bytes())
    assert video.perceptual_hash
    with Image.open(io.BytesIO(video.thumbnail)) as poster:
        assert poster.format == "WEBP"
        assert max(poster.size) <= 640
    assert video.placeholder


def test_without_ffmpeg_a_video_has_dimensions_but_no_poster(no_ffmpeg: None) -> None:
    video = read(CLIP.read_bytes())
    assert (video.content_type, video.thumbnail) == ("video/mp4", b"")
    assert video.width
    assert video.height
    assert video.duration_seconds == pytest.approx(2, abs=0.2)


def test_a_rotated_video_is_measured_as_displayed(ffmpeg: Path, tmp_path: Path) -> None:
    upright = read(CLIP.read_bytes())
    options = ("-display_rotation", "90", "-i", str(CLIP), "-c", "copy")
    turned = read(make_video(tmp_path, "turned.mp4", *options))
    assert (turned.width, turned.height) == (upright.height, upright.width)
    with Image.open(io.BytesIO(turned.thumbnail)) as poster:
        assert (poster.width > poster.height) == (turned.width > turned.height)  # type: ignore[operator]


def test_webm_and_quicktime_videos_are_recognised_by_content(ffmpeg: Path, tmp_path: Path) -> None:
    webm = read(make_video(tmp_path, "clip.webm", "-i", str(CLIP), "-frames:v", "2"))
    run_ffmpeg = read(make_video(tmp_path, "clip.mov", "-i", str(CLIP), "-c", "copy"))
    assert (webm.content_type, run_ffmpeg.content_type) == ("video/webm", "video/quicktime")
    assert (webm.width, webm.height) == (run_ffmpeg.width, run_ffmpeg.height)


@pytest.mark.parametrize(
    "content",
    [
        CLIP.read_bytes()[: CLIP.stat().st_size // 2],
        CLIP.read_bytes()[:-1],
        b"\x00\x00\x00\x18ftypisom" + bytes(100),
        b"<!doctype html><title>Bad gateway</title>",
        b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
        b"\x1aE\xdf\xa3" + bytes(100),
        b"#EXTM3U\n#EXT-X-VERSION:3\n",
        b"\x00\x00\x00\x18ftypheic" + bytes(100),
    ],
    ids=["half", "cut", "empty", "html", "svg", "no-webm", "playlist", "heic"],
)
def test_a_file_that_only_claims_to_be_a_video_is_refused(content: bytes) -> None:
    with pytest.raises(BrokenFileError):
        read(content)


def test_a_video_that_exceeds_the_ffmpeg_time_limit_has_no_poster(
    ffmpeg: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ffmpeg_, "SECONDS", 0.2)
    ffmpeg.unlink()
    ffmpeg.write_text("#!/bin/sh\nexec /bin/sleep 60\n")
    ffmpeg.chmod(0o755)
    assert read(CLIP.read_bytes()).thumbnail == b""


def test_a_run_with_a_video_shows_a_player(
    client: Client, run: Run, sandbox: SandboxProcess, work_off: Callable[[], None], ffmpeg: Path
) -> None:
    sandbox.fault("status", "videos")
    work_off()
    output = run.outputs.get()
    assert output.file
    assert output.file.kind == MediaKind.VIDEO
    page = client.get(run.get_absolute_url()).text
    assert f'<video src="{output.get_absolute_url()}" ' in page
    assert f'poster="{output.thumbnail_url}"' in page
    assert f'width="{output.file.width}" height="{output.file.height}"' in page


def test_without_ffmpeg_the_player_has_no_poster(
    client: Client, run: Run, sandbox: SandboxProcess, work_off: Callable[[], None], no_ffmpeg: None
) -> None:
    sandbox.fault("status", "videos")
    work_off()
    page = client.get(run.get_absolute_url()).text
    assert "<video" in page
    assert "poster=" not in page


def test_noise_with_a_video_header_is_marked(
    run: Run, sandbox: SandboxProcess, work_off: Callable[[], None]
) -> None:
    sandbox.fault("status", "videos", count=10)
    sandbox.fault("file", "garbage", count=10)
    work_off()
    assert "not a video" in run.outputs.get().problem


class LongVideo(BaseHTTPRequestHandler):
    """Answers with the clip and 150 MB of padding after it, as a box of its own."""

    PADDING = 150_000_000

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(CLIP.stat().st_size + self.PADDING))
        self.end_headers()
        self.wfile.write(CLIP.read_bytes() + struct.pack(">I4s", self.PADDING, b"free"))
        for _ in range(self.PADDING // 100_000 - 1):
            self.wfile.write(bytes(100_000))
        self.wfile.write(bytes(100_000 - 8))

    def log_message(self, *_: object) -> None:
        """Log nothing."""


@pytest.fixture
def long_video() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), LongVideo) as server:
        threading.Thread(target=server.serve_forever).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_a_long_video_is_never_in_memory_completely(
    run: Run, long_video: str, ffmpeg: Path
) -> None:
    output = run.outputs.create(
        position=0, kind=MediaKind.VIDEO, source_url=f"{long_video}/film.mp4"
    )
    tracemalloc.start()
    outputs.store_output(output, trusted_origin=long_video)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert output.file
    assert output.file.size_bytes > LongVideo.PADDING
    assert peak < MOST_BYTES


@pytest.mark.parametrize("name", ["f.mp4", "f.mov", "f.webm"])
def test_the_poster_of_a_video_that_fades_in_is_not_black(tmp_path: Path, name: str) -> None:
    fading = ("-f", "lavfi", "-i", "testsrc=d=4:s=160x90:r=10", "-vf", "fade=in:0:15")
    quick = ("-deadline", "realtime", "-cpu-used", "8") if name.endswith("webm") else ()
    content = run_ffmpeg(tmp_path / name, *fading, *quick, "-pix_fmt", "yuv420p")
    with incoming.receive([content]) as file:
        found = inspection.read_content(file, MediaKind.VIDEO, limit_pixels=10**7)
    with Image.open(io.BytesIO(found.thumbnail)) as poster:
        assert ImageStat.Stat(poster.convert("L")).mean[0] > 50


def test_a_black_video_has_a_poster(tmp_path: Path) -> None:
    content = run_ffmpeg(tmp_path / "f.mp4", "-f", "lavfi", "-i", "color=black:d=1:s=160x90:r=5")
    with incoming.receive([content]) as file:
        assert inspection.read_content(file, MediaKind.VIDEO, limit_pixels=10**7).thumbnail
