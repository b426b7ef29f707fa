"""Proof that a file is a video, its shape, and its poster frame where ffmpeg is there."""

import logging
import subprocess
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import IO

from playground.runs.media import ffmpeg, mp4, pictures
from playground.runs.media.content import HEAD_BYTES, WEBM, BrokenFileError, Content, Format

logger = logging.getLogger(__name__)

FIRST_FRAME = (
    *("-map", "0:v:0", "-frames:v", "1"),
    *("-c:v", "png", "-f", "image2", "-update", "1"),
)


def read_video(file: IO[bytes], path: Path, format_: Format, *, limit_pixels: int) -> Content:
    """Look a video through, and decode its first frame at most.

    path          of the same file, for ffmpeg
    limit_pixels  of a frame: what has more gets no poster
    Raises        BrokenFileError
    """
    content = Content(format=format_)
    if format_ is WEBM:
        check_webm(file)
    else:
        header = mp4.read_header(file)
        content = replace(
            content,
            width=header.width,
            height=header.height,
            duration_seconds=header.duration_seconds,
        )
    poster = draw_poster(path, format_, limit_pixels)
    if poster is None:
        return content
    return replace(
        content,
        width=content.width or poster.width,
        height=content.height or poster.height,
        thumbnail=poster.thumbnail,
        placeholder=poster.placeholder,
        likeness=poster.likeness,
    )


def check_webm(file: IO[bytes]) -> None:
    file.seek(0)
    if b"webm" not in file.read(HEAD_BYTES):
        raise BrokenFileError("This is not a video that browsers can play.")


def draw_poster(path: Path, format_: Format, limit_pixels: int) -> Content | None:
    """Return the first frame as a picture; None without ffmpeg, or where it finds none."""
    with tempfile.NamedTemporaryFile(dir=path.parent, suffix=".png") as frame:
        try:
            ffmpeg.run(path, format_, *FIRST_FRAME, "-y", f"file:{frame.name}")
            return pictures.read_picture(frame, limit_pixels=limit_pixels)
        except ffmpeg.NoProgramError:
            return None
        except (subprocess.SubprocessError, BrokenFileError) as error:
            logger.warning("No poster for a video: %s", error)
            return None
