"""Detects the content type of a file by its bytes, never by its name or declared type."""

import errno
import re
from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext_lazy as _

from playground.texts import Words

THUMBNAIL_SIDE = 640  # a tile of 16:9 is 384 wide, and up to 1.7 times that in a short row
HEAD_BYTES = 1024

# Disk errors, not errors of the file.
FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


class BrokenFileError(ValueError):
    """The file cannot be shown; `text` says why."""

    def __init__(self, text: Words) -> None:
        super().__init__(text)
        self.text = text


class MediaKind(models.TextChoices):
    IMAGE = "image", _("Image")
    VIDEO = "video", _("Video")
    AUDIO = "audio", _("Audio")
    TEXT = "text", _("Text")
    FILE = "file", _("File")


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """A kind of file.

    suffix     file name extension: ".jpg"
    is_shown   whether browsers show or play it; others are sent as attachments
    """

    kind: MediaKind
    content_type: str
    suffix: str
    is_shown: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """The facts about an inspected file.

    width, height  in pixels, as displayed (after EXIF orientation), None if unknown
    thumbnail      WebP, at most 640 pixels on its longer side, of a video its poster frame; b""
                   where there is none
    placeholder    a 16-pixel WebP as a data URI, "" where there is no thumbnail
    perceptual_hash  see perceptual_hash.py; b"" without enough detail
    excerpt        the beginning of a text file
    """

    format: Format
    width: int | None = None
    height: int | None = None
    is_animated: bool = False
    duration_seconds: float | None = None
    thumbnail: bytes = b""
    placeholder: str = ""
    perceptual_hash: bytes = b""
    excerpt: str = ""

    @property
    def kind(self) -> MediaKind:
        return self.format.kind

    @property
    def content_type(self) -> str:
        return self.format.content_type


def picture(name: str, suffix: str, *, is_shown: bool = False) -> Format:
    return Format(
        kind=MediaKind.IMAGE, content_type=f"image/{name}", suffix=suffix, is_shown=is_shown
    )


def video(name: str, suffix: str, *, is_shown: bool = False) -> Format:
    return Format(
        kind=MediaKind.VIDEO, content_type=f"video/{name}", suffix=suffix, is_shown=is_shown
    )


def sound(name: str, suffix: str, *, is_shown: bool = False) -> Format:
    return Format(
        kind=MediaKind.AUDIO, content_type=f"audio/{name}", suffix=suffix, is_shown=is_shown
    )


def other(content_type: str, suffix: str, kind: MediaKind = MediaKind.FILE) -> Format:
    return Format(kind=kind, content_type=content_type, suffix=suffix)


JPEG = picture("jpeg", ".jpg", is_shown=True)
PNG = picture("png", ".png", is_shown=True)
GIF = picture("gif", ".gif", is_shown=True)
WEBP = picture("webp", ".webp", is_shown=True)
AVIF = picture("avif", ".avif", is_shown=True)
BMP = picture("bmp", ".bmp", is_shown=True)
ICO = picture("x-icon", ".ico", is_shown=True)
TIFF = picture("tiff", ".tiff")
HEIC = picture("heic", ".heic")
JXL = picture("jxl", ".jxl")
JPEG_2000 = picture("jp2", ".jp2")
SVG = picture("svg+xml", ".svg")
PSD = picture("vnd.adobe.photoshop", ".psd")
EXR = picture("x-exr", ".exr")
HDR = picture("vnd.radiance", ".hdr")
DDS = picture("vnd.ms-dds", ".dds")

MP4 = video("mp4", ".mp4", is_shown=True)
QUICKTIME = video("quicktime", ".mov", is_shown=True)
WEBM = video("webm", ".webm", is_shown=True)
MATROSKA = video("x-matroska", ".mkv")
AVI = video("x-msvideo", ".avi")
FLV = video("x-flv", ".flv")
WMV = video("x-ms-asf", ".wmv")
MPEG_TS = video("mp2t", ".ts")
MPEG = video("mpeg", ".mpg")

MP3 = sound("mpeg", ".mp3", is_shown=True)
WAV = sound("wav", ".wav", is_shown=True)
OGG = sound("ogg", ".ogg", is_shown=True)
FLAC = sound("flac", ".flac", is_shown=True)
M4A = sound("mp4", ".m4a", is_shown=True)
AAC = sound("aac", ".aac", is_shown=True)
AIFF = sound("aiff", ".aiff")
MIDI = sound("midi", ".mid")
AMR = sound("amr", ".amr")
CAF = sound("x-caf", ".caf")

GLB = other("model/gltf-binary", ".glb")
FBX = other("application/octet-stream", ".fbx")
PLY = other("model/ply", ".ply")
PDF = other("application/pdf", ".pdf")
ZIP = other("application/zip", ".zip")
GZIP = other("application/gzip", ".gz")
BINARY = other("application/octet-stream", ".bin")
HTML = other("text/html", ".html")
JSON = other("application/json", ".json", MediaKind.TEXT)
TEXT = other("text/plain", ".txt", MediaKind.TEXT)
SUBTITLES = other("text/vtt", ".vtt", MediaKind.TEXT)

# Magic numbers: (offset, bytes, format); the first match wins.
SIGNATURES = (
    (0, b"\xff\xd8\xff", JPEG),
    (0, b"\x89PNG\r\n\x1a\n", PNG),
    (0, b"GIF87a", GIF),
    (0, b"GIF89a", GIF),
    (0, b"II*\0", TIFF),
    (0, b"MM\0*", TIFF),
    (0, b"II+\0", TIFF),
    (0, b"MM\0+", TIFF),
    (0, b"\xff\x0a", JXL),
    (0, b"\0\0\0\x0cJXL \r\n\x87\n", JXL),
    (0, b"\0\0\0\x0cjP  \r\n\x87\n", JPEG_2000),
    (0, b"\xff\x4f\xff\x51", JPEG_2000),
    (0, b"8BPS", PSD),
    (0, b"v/1\x01", EXR),
    (0, b"#?RADIANCE", HDR),
    (0, b"#?RGBE", HDR),
    (0, b"DDS ", DDS),
    (0, b"\0\0\1\0", ICO),
    (0, b"\x1aE\xdf\xa3", WEBM),
    (0, b"FLV\1", FLV),
    (0, b"0&\xb2u\x8ef\xcf\x11", WMV),
    (0, b"\0\0\1\xba", MPEG),
    (0, b"ID3", MP3),
    (0, b"\xff\xfb", MP3),
    (0, b"\xff\xfa", MP3),
    (0, b"\xff\xf3", MP3),
    (0, b"\xff\xf2", MP3),
    (0, b"\xff\xe3", MP3),
    (0, b"\xff\xe2", MP3),
    (0, b"\xff\xf1", AAC),
    (0, b"\xff\xf9", AAC),
    (0, b"OggS", OGG),
    (0, b"fLaC", FLAC),
    (0, b"MThd", MIDI),
    (0, b"#!AMR", AMR),
    (0, b"caff", CAF),
    (0, b"glTF", GLB),
    (0, b"Kaydara FBX Binary", FBX),
    (0, b"ply\n", PLY),
    (0, b"ply\r\n", PLY),
    (0, b"%PDF-", PDF),
    (0, b"PK\3\4", ZIP),
    (0, b"\x1f\x8b\x08", GZIP),
    (0, b"WEBVTT", SUBTITLES),
)

# Containers with their content type at byte 8.
CONTAINERS = {
    b"RIFF": {b"WEBP": WEBP, b"WAVE": WAV, b"AVI ": AVI},
    b"FORM": {b"AIFF": AIFF, b"AIFC": AIFF},
}

# Brands of ISO base media files, most specific first: pictures list "mif1" beside their own brand,
# and real files name any of them as the major brand.
# Source  ISO/IEC 14496-12 §4.3, ISO/IEC 23008-12 §10, AVIF v1.1 §6
BRANDS = (
    ((b"avif", b"avis"), AVIF),
    ((b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs"), HEIC),
    ((b"mif1", b"msf1"), HEIC),
)
MAJOR_BRANDS = {b"qt  ": QUICKTIME, b"M4A ": M4A, b"M4B ": M4A}

BMP_HEADERS = {12, 16, 40, 52, 56, 64, 108, 124}  # header lengths of all versions
TS_PACKET, TS_MARK = 188, b"G"

WHITE = b"\xef\xbb\xbf \t\r\n"  # a byte order mark among it
SVG_START = re.compile(rb"(?:<\?xml[^>]*>|<!--.*?-->|<!DOCTYPE[^>]*>|\s)*<svg[\s>]", re.DOTALL)
WEB_PAGE = (b"<!doctype html", b"<html", b"<head", b"<body", b"<title", b"<h1", b"<!--")
CONTROLS = re.compile(rb"[\0-\x08\x0e-\x1a\x1c-\x1f]")


def find_format(head: bytes) -> Format | None:
    """Return the format of a file by its first bytes; None if they are ambiguous."""
    if head[4:8] == b"ftyp":
        return read_brands(head)
    if head[:4] in CONTAINERS:
        return CONTAINERS[head[:4]].get(head[8:12])
    if head[:2] == b"BM" and int.from_bytes(head[14:18], "little") in BMP_HEADERS:
        return BMP
    if head[:1] == head[TS_PACKET : TS_PACKET + 1] == head[2 * TS_PACKET :][:1] == TS_MARK:
        return MPEG_TS
    found = next((each for at, mark, each in SIGNATURES if head[at:].startswith(mark)), None)
    if found is WEBM and b"webm" not in head[:64]:
        return MATROSKA
    return found or find_markup(head)


def read_brands(head: bytes) -> Format:
    length = min(int.from_bytes(head[:4]), len(head))
    major = head[8:12]
    brands = {major, *(head[at : at + 4] for at in range(16, max(length, 16), 4))}
    if major in MAJOR_BRANDS:
        return MAJOR_BRANDS[major]
    return next((each for known, each in BRANDS if brands.intersection(known)), MP4)


def find_markup(head: bytes) -> Format | None:
    start = head.lstrip(WHITE)
    if SVG_START.match(start):
        return SVG
    return HTML if start.lower().startswith(WEB_PAGE) else None


def find_text(head: bytes) -> Format | None:
    """Return the format of a text file by its first bytes; None if it is not text."""
    if not head or CONTROLS.search(head):
        return None
    try:
        head.decode("utf-8")
    except UnicodeDecodeError as error:
        if error.start < len(head) - 3:  # else only a character at the end is truncated
            return None
    return JSON if head.lstrip(WHITE)[:1] in {b"{", b"["} else TEXT


KNOWN = {each.content_type: each for each in vars().copy().values() if isinstance(each, Format)}


def find_kept_format(content_type: str, kind: str, suffix: str) -> Format:
    """Return the format of a stored file by its row."""
    return KNOWN.get(content_type) or Format(
        kind=MediaKind(kind), content_type=content_type, suffix=suffix
    )
