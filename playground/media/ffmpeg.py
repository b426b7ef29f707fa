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

# Our calls take a second and some hundred megabytes at most; a file that was made to
# keep it busy gets no more than this, also when no one is left to wait for it.
SECONDS = 20
KILOBYTES = 2_000_000
BLOCKS = 1_000_000  # of 512 bytes, in each file that it writes

# A process decodes with as many threads as the machine has, so few of them at a time.
_running = BoundedSemaphore(2)


class NoProgramError(Exception):
    """There is no ffmpeg here."""


def find_program() -> str | None:
    """Return the machine's ffmpeg, else the one that is installed with us; None on few machines."""
    return shutil.which("ffmpeg") or find_bundled()


def find_bundled() -> str | None:
    try:
        return str(imageio_ffmpeg.get_ffmpeg_exe())
    except RuntimeError:  # none was built for this kind of machine
        return None


def run(
    source: Path,
    format_: Format,
    *options: str,
    log: IO[bytes] | None = None,
    start_seconds: float = 0,
) -> None:
    """Run ffmpeg on one file with options; it opens no other file.

    log            takes what it says of the file
    start_seconds  where it begins to read
    Raises  NoProgramError; subprocess.SubprocessError where it fails or takes too long
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
            env={"PATH": os.defpath},  # no key of ours
        )
