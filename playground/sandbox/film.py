"""Makes a short video of a few pictures: slow zoom, cross-fades, H.264 by ffmpeg."""

import logging
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import imageio_ffmpeg
from PIL import Image

from playground.sandbox.api import CLIP

FRAMES_PER_SECOND = 20
ZOOM = 0.14  # of the frame, from the first to the last
DRIFT = 0.5  # target of the zoom: 0.5 is the center
PATIENCE_SECONDS = 60
CODEC = ("-c:v", "libx264", "-preset", "veryfast", "-crf", "25", "-pix_fmt", "yuv420p")
CLIP_SIZE = (320, 180)

logger = logging.getLogger(__name__)


def find_ffmpeg() -> str | None:
    """Return the system's ffmpeg, else the packaged one, else None."""
    if found := shutil.which("ffmpeg"):
        return found
    try:
        return str(imageio_ffmpeg.get_ffmpeg_exe())
    except RuntimeError:  # no package for this platform
        return None


def make_film(pictures: list[Image.Image], seconds: float, target: Path) -> tuple[int, int]:
    """Write a video of pictures of one size; return (width, height).

    Without a usable ffmpeg, it is the sandbox's clip.
    """
    program = find_ffmpeg()
    try:
        if program and encode(program, pictures, seconds, target):
            return pictures[0].size
    except OSError:
        logger.exception("ffmpeg does not start.")
    logger.warning("No video could be made: the clip of the sandbox is sent in its place.")
    shutil.copyfile(CLIP, target)
    return CLIP_SIZE


def encode(program: str, pictures: list[Image.Image], seconds: float, target: Path) -> bool:
    width, height = pictures[0].size
    raw = ("-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{width}x{height}")
    pace = ("-r", str(FRAMES_PER_SECOND))
    command = [
        *(program, "-nostdin", "-v", "error", *raw, *pace, "-i", "pipe:0"),
        *(*CODEC, "-threads", "1", "-movflags", "+faststart", "-f", "mp4", "-y", f"file:{target}"),
    ]
    with subprocess.Popen(command, stdin=subprocess.PIPE) as process:
        impatience = threading.Timer(PATIENCE_SECONDS, process.kill)
        impatience.start()
        with suppress(BrokenPipeError):  # ffmpeg ended early; see its exit code
            for frame in draw_frames(pictures, seconds):
                send(process, frame.tobytes())
        with suppress(BrokenPipeError):
            process.communicate()
        impatience.cancel()
    return process.returncode == 0


def send(process: subprocess.Popen[bytes], frame: bytes) -> None:
    if process.stdin:
        process.stdin.write(frame)


def draw_frames(pictures: list[Image.Image], seconds: float) -> Iterator[Image.Image]:
    """Yield every frame: pictures cross-fade during a zoom."""
    count = round(seconds * FRAMES_PER_SECOND)
    for number in range(count):
        progress = number / max(count - 1, 1)
        place = progress * (len(pictures) - 1)
        first = min(int(place), len(pictures) - 2) if len(pictures) > 1 else 0
        frame = zoom(pictures[first], progress)
        if len(pictures) > 1:
            share = ease(place - first)
            frame = Image.blend(frame, zoom(pictures[first + 1], progress), share)
        yield frame


def ease(share: float) -> float:
    """Ease in and out (smoothstep)."""
    return share * share * (3 - 2 * share)


def zoom(picture: Image.Image, progress: float) -> Image.Image:
    width, height = picture.size
    cut = ZOOM * progress
    left, upper = width * cut * DRIFT, height * cut * DRIFT
    box = (left, upper, left + width * (1 - cut), upper + height * (1 - cut))
    return picture.resize(picture.size, Image.Resampling.BILINEAR, box=box)
