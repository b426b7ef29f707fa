"""Verifies videos and reads their shape; makes a poster frame if ffmpeg is installed."""

import io
import logging
import subprocess
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import IO

from PIL import Image, ImageStat

from playground.media import ffmpeg, mp4, pictures, texts
from playground.media.content import MP4, QUICKTIME, WEBM, BrokenFileError, Content, Format

logger = logging.getLogger(__name__)

ONE_FRAME = (
    *("-map", "0:v:0", "-frames:v", "1"),
    *("-c:v", "png", "-f", "image2", "-update", "1"),
)

# Candidates for the poster after the first frame: fractions of the duration, else seconds.
LATER = (0.15, 0.35, 0.6)
SOON = [1.0, 3.0]
DIM = 40  # mean brightness, of 255


def read_video(file: IO[bytes], path: Path, format_: Format, *, limit_pixels: int) -> Content:
    """Inspect a video and decode a poster frame; more frames if the first shows little.

    path          path of the file, for ffmpeg
    limit_pixels  of a frame; larger ones get no poster
    Raises        BrokenFileError
    """
    content = Content(format=format_)
    if format_ is WEBM:
        check_webm(file)
    elif format_ in {MP4, QUICKTIME}:
        header = mp4.read_header(file)
        content = replace(
            content,
            width=header.width,
            height=header.height,
            duration_seconds=header.duration_seconds,
        )
    poster = find_poster(path, format_, content.duration_seconds, limit_pixels)
    if poster is None:
        return content
    return replace(
        content,
        width=content.width or poster.width,
        height=content.height or poster.height,
        thumbnail=poster.thumbnail,
        placeholder=poster.placeholder,
        perceptual_hash=poster.perceptual_hash,
    )


def check_webm(file: IO[bytes]) -> None:
    file.seek(0)
    if b"webm" not in file.read(64):
        raise BrokenFileError(texts.NOT_FOR_BROWSERS)


def find_poster(
    path: Path, format_: Format, duration_seconds: float | None, limit_pixels: int
) -> Content | None:
    """Return the first frame with enough detail, else the brightest of some.

    Videos fade in from black. None without ffmpeg, or without a frame.
    """
    first = draw_poster(path, format_, 0, limit_pixels)
    if first is None or not first.thumbnail or is_clear(first):
        return first
    starts = [share * duration_seconds for share in LATER] if duration_seconds else SOON
    found = [first]
    for start in starts:
        later = draw_poster(path, format_, start, limit_pixels)
        if later and later.thumbnail and is_clear(later):
            return later
        found += [later] if later and later.thumbnail else []
    return max(found, key=brightness)


def is_clear(poster: Content) -> bool:
    """Whether a frame has enough detail: it is neither plain nor dark."""
    return bool(poster.perceptual_hash) and brightness(poster) >= DIM


def brightness(poster: Content) -> float:
    """Return the mean brightness of a frame, from 0 to 255."""
    with Image.open(io.BytesIO(poster.thumbnail), formats=["WEBP"]) as small:
        return float(ImageStat.Stat(small.convert("L")).mean[0])


def draw_poster(
    path: Path, format_: Format, start_seconds: float, limit_pixels: int
) -> Content | None:
    """Return a frame as a picture; None without ffmpeg, or without a frame."""
    with tempfile.NamedTemporaryFile(dir=path.parent, suffix=".png") as frame:
        try:
            written = (*ONE_FRAME, "-y", f"file:{frame.name}")
            ffmpeg.run(path, format_, *written, start_seconds=start_seconds)
            return pictures.read_picture(frame, limit_pixels=limit_pixels)
        except ffmpeg.NoProgramError:
            return None
        except (subprocess.SubprocessError, BrokenFileError) as error:
            logger.warning("No poster for a video: %s", error)
            return None
