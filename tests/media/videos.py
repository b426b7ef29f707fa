"""Real videos and sounds, made by ffmpeg, with the author and the location in their metadata."""

import subprocess
from pathlib import Path

import imageio_ffmpeg

from playground import sandbox

CLIP = Path(sandbox.__file__).with_name("clip.mp4")
FFMPEG = imageio_ffmpeg.get_ffmpeg_exe()
MARK = "anas-secret"
TONE = ("-f", "lavfi", "-i", "sine=d=1")
PICTURES = ("-i", str(CLIP), *TONE, "-t", "1")
TOLD = ("-metadata", f"title={MARK}", "-metadata", f"artist={MARK}", "-metadata:s", f"title={MARK}")
PLACE = ("-metadata", f"location=+48.1371+011.5754/{MARK}", "-metadata:s:v", f"handler_name={MARK}")
CHAPTER = f";FFMETADATA1\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=0\nEND=500\ntitle={MARK}\n"

# The ffmpeg options for each kind. x264 also writes its settings between the frames.
TALKATIVE = {
    "mp4": (*PICTURES, "-movflags", "use_metadata_tags", *PLACE, "-metadata", f"model={MARK}"),
    "mov": (*PICTURES, *PLACE),
    "webm": (*PICTURES, "-deadline", "realtime", "-cpu-used", "8"),
    "mp3": TONE,
    "wav": TONE,
    "ogg": TONE,
    "flac": TONE,
    "m4a": TONE,
}
MEDIA_TYPES = {
    "mp4": "video/mp4",
    "mov": "video/quicktime",
    "webm": "video/webm",
    "mp3": "audio/mpeg",
    "wav": "audio/wav",
    "ogg": "audio/ogg",
    "flac": "audio/flac",
    "m4a": "audio/mp4",
}


def film(target: Path, *options: str) -> bytes:
    """Make a file with ffmpeg, of the kind of its suffix."""
    subprocess.run([FFMPEG, "-nostdin", "-v", "error", *options, "-y", str(target)], check=True)
    return target.read_bytes()


def talkative(folder: Path, suffix: str) -> bytes:
    """Make a file with the author and the location in all metadata that its kind supports."""
    return film(folder / f"talkative.{suffix}", *TALKATIVE[suffix], *TOLD)


def with_chapter(folder: Path, suffix: str) -> bytes:
    (folder / "chapters.txt").write_text(CHAPTER)
    (folder / f"in.{suffix}").write_bytes(talkative(folder, suffix))
    inputs = ("-i", str(folder / f"in.{suffix}"), "-i", str(folder / "chapters.txt"))
    return film(folder / f"out.{suffix}", *inputs, "-map_chapters", "1", "-c", "copy")


def with_cover(folder: Path, cover: bytes) -> bytes:
    """Make an MP3 with a cover picture."""
    (folder / "cover.png").write_bytes(cover)
    inputs = (*TONE, "-i", str(folder / "cover.png"), "-map", "0:a", "-map", "1:v", "-c:v", "copy")
    return film(folder / "cover.mp3", *inputs, "-metadata:s:v", f"title={MARK}", *TOLD)


def listen(content: bytes, folder: Path) -> str:
    """Decode a whole file; return the digest of its frames and samples."""
    (folder / "heard").write_bytes(content)
    options = ("-i", str(folder / "heard"), "-map", "0:V?", "-map", "0:a?", "-f", "md5", "-")
    heard = subprocess.run([FFMPEG, "-v", "error", *options], check=True, capture_output=True)
    return heard.stdout.decode()
