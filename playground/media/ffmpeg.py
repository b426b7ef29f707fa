"""Finds and runs ffmpeg, with limits of time and memory."""

import math
import os
import shutil
import subprocess
from pathlib import Path
from threading import BoundedSemaphore
from typing import IO

import imageio_ffmpeg

from playground.media.content import Format

DEMUXERS = {
    ".mp4": "mov",
    ".mov": "mov",
    ".m4a": "mov",
    ".webm": "matroska",
    ".mkv": "matroska",
    ".avi": "avi",
    ".flv": "flv",
    ".wmv": "asf",
    ".ts": "mpegts",
    ".mpg": "mpeg",
    ".mp3": "mp3",
    ".wav": "wav",
    ".ogg": "ogg",
    ".flac": "flac",
    ".aac": "aac",
}

# Our calls need a second and some hundred megabytes at most. These limits stop malicious files,
# even after the client has disconnected.
SECONDS = 20
KILOBYTES = 2_000_000
BLOCKS = 1_000_000  # of 512 bytes, for each written file

# ffmpeg uses one thread per core, so the number of concurrent processes is limited.
_running = BoundedSemaphore(2)


class NoProgramError(Exception):
    """There is no ffmpeg here."""


def find_program() -> str | None:
    """Return the system's ffmpeg, else that of imageio-ffmpeg; None if there is neither."""
    return shutil.which("ffmpeg") or find_bundled()


def find_bundled() -> str | None:
    try:
        return str(imageio_ffmpeg.get_ffmpeg_exe())
    except RuntimeError:  # not available for this platform
        return None


def run(
    source: Path,
    format_: Format,
    *options: str,
    log: IO[bytes] | None = None,
    start_seconds: float = 0,
) -> None:
    """Run ffmpeg on one file with options; it opens no other file.

    log            receives its stderr
    start_seconds  position to seek to
    Raises  NoProgramError; subprocess.SubprocessError if it fails or times out
    """
    program = find_program()
    if program is None:
        raise NoProgramError
    bounds = f'ulimit -t {math.ceil(SECONDS)}; ulimit -v {KILOBYTES}; ulimit -f {BLOCKS}; exec "$@"'
    quietly = ("-nostdin", "-hide_banner", "-nostats", "-loglevel", "info" if log else "error")
    start = ("-ss", f"{start_seconds:.3f}") if start_seconds else ()
    only_this = ("-protocol_whitelist", "file", "-f", DEMUXERS[format_.suffix], "-threads", "1")
    with _running:
        subprocess.run(
            [
                *("/bin/sh", "-c", bounds, "sh"),
                *(program, *quietly, *only_this, *start, "-i", f"file:{source}", *options),
            ],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=log or subprocess.DEVNULL,
            timeout=SECONDS,
            check=True,
            env={"PATH": os.defpath},  # without our secrets
        )
