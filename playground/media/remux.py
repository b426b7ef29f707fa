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

# What is looked at before a file is believed to be playable; to decode a film to its end would
# take a web request too long.
PROVED_SECONDS = "5"
MOST_ERRORS = "0.1"  # of the packets that are tried
LOG_BYTES = 100_000

# Of a film the first video track, which V distinguishes from a cover, and all sound; of a sound
# nothing else. What a camera writes beside them is in tracks of data, which stay behind.
TRACKS = {
    MediaKind.VIDEO: ("-map", "0:V:0", "-map", "0:a?"),
    MediaKind.AUDIO: ("-map", "0:a"),
}
NOTHING_SAID = (
    *("-map_metadata", "-1", "-map_metadata:s", "-1", "-map_chapters", "-1"),
    # No date, no random id, no version of ffmpeg: the same file becomes the same again.
    *("-fflags", "+bitexact", "-flags:v", "+bitexact", "-flags:a", "+bitexact"),
    *("-id3v2_version", "0"),
)
FOR_PLAYERS = ("-movflags", "+faststart")  # what they need to begin is before the rest

# Cameras also write place and time between the pictures, as "supplemental enhancement".
CODEC = re.compile(rb"^  Stream #0:\d+ -> #0:0 \((\w+)", re.MULTILINE)
BETWEEN_PICTURES = {b"h264": "6", b"hevc": "39|40"}

# What ffmpeg ends with where it cannot write on: from version 6.1 on the error itself, before that
# 1 for everything, and the error only in its words.
NO_ROOM_EXITS = {256 - number for number in FULL}
NO_ROOM_WORDS = [os.strerror(number).encode() for number in FULL]

WORDS = {
    MediaKind.VIDEO: texts.VIDEO_UNPLAYABLE,
    MediaKind.AUDIO: texts.SOUND_UNPLAYABLE,
}


def remux(source: Path, target: Path, format_: Format) -> None:
    """Write a file again without metadata, once its beginning has been decoded.

    Pictures and sound are copied as they are: to encode them again takes minutes, in which a
    person waits for an answer, and would make them worse.

    Source  ffmpeg.org/ffmpeg.html, "Stream copy", "-map_metadata"; bitstream filter filter_units
    Raises  BrokenFileError; OSError where there is no room for it
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
    """Have ffmpeg write a file, and distinguish a full disk from a bad file.

    Raises  NoProgramError, subprocess.SubprocessError; OSError where there is no room
    """
    with tempfile.TemporaryFile() as log:  # not where it writes: there may be no room for words
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
