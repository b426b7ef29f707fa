"""Remuxes uploaded videos and sounds without metadata, with ffmpeg."""

import errno
import os
import re
import subprocess
import tempfile
from pathlib import Path

from playground.media import ffmpeg, texts
from playground.media.content import FULL, BrokenFileError, Format, MediaKind

MUXERS = {
    ".mp4": "mp4",
    ".mov": "mov",
    ".m4a": "ipod",
    ".webm": "webm",
    ".mp3": "mp3",
    ".wav": "wav",
    ".ogg": "ogg",
    ".flac": "flac",
    ".aac": "adts",
}

# The part that is decoded to check that a file is playable; decoding all of it would take too long
# for a web request.
PROVED_SECONDS = "5"
MOST_ERRORS = "0.1"  # share of the decoded packets
LOG_BYTES = 100_000

# Streams that are kept: the first video (V excludes cover images) and all audio; of sounds only
# audio. Camera metadata are in data streams, which are dropped.
TRACKS = {
    MediaKind.VIDEO: ("-map", "0:V:0", "-map", "0:a?"),
    MediaKind.AUDIO: ("-map", "0:a"),
}
NOTHING_SAID = (
    *("-map_metadata", "-1", "-map_metadata:s", "-1", "-map_chapters", "-1"),
    # No date, random ID or ffmpeg version, so that output is deterministic.
    *("-fflags", "+bitexact", "-flags:v", "+bitexact", "-flags:a", "+bitexact"),
    *("-id3v2_version", "0"),
)
FOR_PLAYERS = ("-movflags", "+faststart")  # the index comes first, for streaming

# Cameras also write location and time between frames, as SEI messages.
CODEC = re.compile(rb"^  Stream #0:\d+ -> #0:0 \((\w+)", re.MULTILINE)
BETWEEN_PICTURES = {b"h264": "6", b"hevc": "39|40"}

# Exit codes of ffmpeg for write errors: the errno from version 6.1 on; earlier always 1, with the
# error only on stderr.
NO_ROOM_EXITS = {256 - number for number in FULL}
NO_ROOM_WORDS = [os.strerror(number).encode() for number in FULL]

WORDS = {
    MediaKind.VIDEO: texts.VIDEO_UNPLAYABLE,
    MediaKind.AUDIO: texts.SOUND_UNPLAYABLE,
}


def remux(source: Path, target: Path, format_: Format) -> None:
    """Remux a file without metadata, after decoding its beginning.

    Streams are copied without re-encoding, which would take minutes and reduce the quality.

    Source  ffmpeg.org/ffmpeg.html, "Stream copy", "-map_metadata"; bitstream filter filter_units
    Raises  BrokenFileError; OSError if the disk is full
    """
    try:
        codec = check_playable(source, format_)
        tracks = (*TRACKS[format_.kind], "-c", "copy", *drop_stream(codec))
        written = ("-f", MUXERS[format_.suffix], "-y", f"file:{target}")
        run_ffmpeg(source, format_, *tracks, *NOTHING_SAID, *FOR_PLAYERS, *written)
    except ffmpeg.NoProgramError as error:
        raise BrokenFileError(texts.NO_FFMPEG) from error
    except subprocess.SubprocessError as error:
        raise BrokenFileError(WORDS[format_.kind]) from error


def check_playable(source: Path, format_: Format) -> bytes:
    """Decode the beginning of a file; return the codec of its first track, as "h264".

    Raises  NoProgramError, subprocess.SubprocessError
    """
    decoded = (*TRACKS[format_.kind], "-t", PROVED_SECONDS, "-f", "null", "-")
    with tempfile.TemporaryFile(dir=source.parent) as log:
        ffmpeg.run(source, format_, "-max_error_rate", MOST_ERRORS, *decoded, log=log)
        log.seek(0)
        codec = CODEC.search(log.read(LOG_BYTES))
    return codec[1] if codec else b""


def run_ffmpeg(source: Path, format_: Format, *options: str) -> None:
    """Run ffmpeg to write a file; distinguishes a full disk from a bad file.

    Raises  NoProgramError, subprocess.SubprocessError; OSError if the disk is full
    """
    with tempfile.TemporaryFile() as log:  # on another disk, because that one may be full
        try:
            ffmpeg.run(source, format_, *options, log=log)
        except subprocess.CalledProcessError as error:
            log.seek(-min(log.tell(), LOG_BYTES), os.SEEK_CUR)
            output = log.read()
            if error.returncode in NO_ROOM_EXITS or any(words in output for words in NO_ROOM_WORDS):
                raise OSError(errno.ENOSPC, "ffmpeg had no room to write") from error
            raise


def drop_stream(codec: bytes) -> tuple[str, ...]:
    types = BETWEEN_PICTURES.get(codec)
    return ("-bsf:v:0", f"filter_units=remove_types={types}") if types else ()
