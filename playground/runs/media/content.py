"""What a file is: judged by its bytes, never by its name or by what its sender calls it."""

import errno
from dataclasses import dataclass

from django.db import models

THUMBNAIL_SIDE = 384  # a tile of the gallery is 208 high
HEAD_BYTES = 64

# The disk's fault, which no file is to blame for.
FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


class BrokenFileError(ValueError):
    """The file cannot be shown; the message says why, in plain words."""


class Kind(models.TextChoices):
    IMAGE = "image"
    VIDEO = "video"
    AUDIO = "audio"


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """A kind of file that is taken.

    suffix  the file name's ending that goes with it: ".jpg"
    """

    kind: Kind
    content_type: str
    suffix: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What is known of a file once it was looked through.

    width, height  in pixels, as it is seen (after the turn its EXIF data ask for), None where
                   they cannot be told
    thumbnail      WebP, at most 384 pixels on its longer side, of a video its poster frame; b""
                   where there is none
    placeholder    a 16-pixel WebP as a data URI, "" where there is no thumbnail
    likeness       what it looks like, see likeness.py; b"" where that says little, or nothing
    """

    format: Format
    width: int | None = None
    height: int | None = None
    is_animated: bool = False
    duration_seconds: float | None = None
    thumbnail: bytes = b""
    placeholder: str = ""
    likeness: bytes = b""

    @property
    def kind(self) -> Kind:
        return self.format.kind

    @property
    def content_type(self) -> str:
        return self.format.content_type


JPEG = Format(kind=Kind.IMAGE, content_type="image/jpeg", suffix=".jpg")
PNG = Format(kind=Kind.IMAGE, content_type="image/png", suffix=".png")
GIF = Format(kind=Kind.IMAGE, content_type="image/gif", suffix=".gif")
WEBP = Format(kind=Kind.IMAGE, content_type="image/webp", suffix=".webp")
AVIF = Format(kind=Kind.IMAGE, content_type="image/avif", suffix=".avif")
MP4 = Format(kind=Kind.VIDEO, content_type="video/mp4", suffix=".mp4")
QUICKTIME = Format(kind=Kind.VIDEO, content_type="video/quicktime", suffix=".mov")
WEBM = Format(kind=Kind.VIDEO, content_type="video/webm", suffix=".webm")
MP3 = Format(kind=Kind.AUDIO, content_type="audio/mpeg", suffix=".mp3")
WAV = Format(kind=Kind.AUDIO, content_type="audio/wav", suffix=".wav")
OGG = Format(kind=Kind.AUDIO, content_type="audio/ogg", suffix=".ogg")
FLAC = Format(kind=Kind.AUDIO, content_type="audio/flac", suffix=".flac")
M4A = Format(kind=Kind.AUDIO, content_type="audio/mp4", suffix=".m4a")

# How such files begin: (offset, bytes, format); the first that fits is it.
SIGNATURES = (
    (0, b"\xff\xd8\xff", JPEG),
    (0, b"\x89PNG\r\n\x1a\n", PNG),
    (0, b"GIF87a", GIF),
    (0, b"GIF89a", GIF),
    (8, b"WEBP", WEBP),
    (4, b"ftypavif", AVIF),
    (4, b"ftypavis", AVIF),
    (4, b"ftypM4A", M4A),
    (4, b"ftypqt", QUICKTIME),
    (4, b"ftyp", MP4),
    (0, b"\x1aE\xdf\xa3", WEBM),
    (0, b"ID3", MP3),
    (0, b"\xff\xfb", MP3),
    (0, b"\xff\xfa", MP3),
    (0, b"\xff\xf3", MP3),
    (0, b"\xff\xf2", MP3),
    (0, b"\xff\xe3", MP3),
    (0, b"\xff\xe2", MP3),
    (8, b"WAVE", WAV),
    (0, b"OggS", OGG),
    (0, b"fLaC", FLAC),
)
# Still pictures in the box of a video, which no browser shows.
STRANGERS = (b"ftyphei", b"ftyphev", b"ftypmif1", b"ftypmsf1")


def find_format(head: bytes) -> Format | None:
    """Return the format of a file that begins so; None where it is none that we take."""
    if head[4:].startswith(STRANGERS):
        return None
    return next(
        (format_ for offset, mark, format_ in SIGNATURES if head[offset:].startswith(mark)), None
    )
