"""Real videos and sounds, made by ffmpeg, with the author and the location in their metadata."""

import subprocess
from pathlib import Path

import imageio_ffmpeg

from playground import sandbox

CLIP = Path(sandbox.__file__).with_name("clip.mp4")
FFMPEG = imageio_ffmpeg.get_ffmpeg_exe()
SECRET = "anas-secret"
TONE = ("-f", "lavfi", "-i", "sine=d=1")
PICTURES = ("-i", str(CLIP), *TONE, "-t", "1")
METADATA = (
    "-metadata",
    f"title={SECRET}",
    "-metadata",
    f"artist={SECRET}",
    "-metadata:s",
    f"title={SECRET}",
)
LOCATION = (
    "-metadata",
    f"location=+48.1371+011.5754/{SECRET}",
    "-metadata:s:v",
    f"handler_name={SECRET}",
)
CHAPTER = f";FFMETADATA1\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=0\nEND=500\ntitle={SECRET}\n"

# The ffmpeg options for each kind. x264 also writes its settings between the frames.
OPTIONS_BY_SUFFIX = {
    "mp4": (*PICTURES, "-movflags", "use_metadata_tags", *LOCATION, "-metadata", f"model={SECRET}"),
    "mov": (*PICTURES, *LOCATION),
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


def run_ffmpeg(target: Path, *options: str) -> bytes:
    """Make a file with ffmpeg, of the kind of its suffix."""
    subprocess.run([FFMPEG, "-nostdin", "-v", "error", *options, "-y", str(target)], check=True)
    return target.read_bytes()


def with_metadata(folder: Path, suffix: str) -> bytes:
    """Make a file with the author and the location in all metadata that its kind supports."""
    return run_ffmpeg(folder / f"talkative.{suffix}", *OPTIONS_BY_SUFFIX[suffix], *METADATA)


def with_chapter(folder: Path, suffix: str) -> bytes:
    (folder / "chapters.txt").write_text(CHAPTER)
    (folder / f"in.{suffix}").write_bytes(with_metadata(folder, suffix))
    inputs = ("-i", str(folder / f"in.{suffix}"), "-i", str(folder / "chapters.txt"))
    return run_ffmpeg(folder / f"out.{suffix}", *inputs, "-map_chapters", "1", "-c", "copy")


def with_cover(folder: Path, cover: bytes) -> bytes:
    """Make an MP3 with a cover picture."""
    (folder / "cover.png").write_bytes(cover)
    inputs = (*TONE, "-i", str(folder / "cover.png"), "-map", "0:a", "-map", "1:v", "-c:v", "copy")
    return run_ffmpeg(folder / "cover.mp3", *inputs, "-metadata:s:v", f"title={SECRET}", *METADATA)


def digest_of(content: bytes, folder: Path) -> str:
    """Decode a whole file; return the digest of its frames and samples."""
    (folder / "heard").write_bytes(content)
    options = ("-i", str(folder / "heard"), "-map", "0:V?", "-map", "0:a?", "-f", "md5", "-")
    heard = subprocess.run([FFMPEG, "-v", "error", *options], check=True, capture_output=True)
    return heard.stdout.decode()
