"""Uploads in a form: storage interface and verification of the content type."""

import base64
import hashlib
import re
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any, Protocol

from .translation import gettext as _
from .translation import gettext_noop, spell_count
from .values import is_clean

MOST_BYTES = 20 * 1024 * 1024
_LONGEST_TOKEN = 2000
_HEAD = 512
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")

# Magic numbers of files: offset, bytes, content type.
_MAGIC: tuple[tuple[int, bytes, str], ...] = (
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"GIF87a", "image/gif"),
    (0, b"GIF89a", "image/gif"),
    (8, b"WEBP", "image/webp"),
    (0, b"BM", "image/bmp"),
    (0, b"II*\0", "image/tiff"),
    (0, b"MM\0*", "image/tiff"),
    (4, b"ftypavif", "image/avif"),
    (4, b"ftypheic", "image/heic"),
    (4, b"ftypheix", "image/heic"),
    (4, b"ftypmif1", "image/heif"),
    (4, b"ftypM4A", "audio/mp4"),
    (4, b"ftypqt", "video/quicktime"),
    (4, b"ftyp", "video/mp4"),
    (0, b"\x1a\x45\xdf\xa3", "video/webm"),
    (8, b"AVI ", "video/x-msvideo"),
    (8, b"WAVE", "audio/wav"),
    (0, b"ID3", "audio/mpeg"),
    (0, b"\xff\xfb", "audio/mpeg"),
    (0, b"\xff\xf3", "audio/mpeg"),
    (0, b"\xff\xf2", "audio/mpeg"),
    (0, b"OggS", "audio/ogg"),
    (0, b"fLaC", "audio/flac"),
    (0, b"%PDF-", "application/pdf"),
    (0, b"PK\x03\x04", "application/zip"),
)
_BY_ENDING = {
    ".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".gif": "image/gif",
    ".webp": "image/webp", ".bmp": "image/bmp", ".avif": "image/avif", ".heic": "image/heic",
    ".mp4": "video/mp4", ".mov": "video/quicktime", ".webm": "video/webm", ".mp3": "audio/mpeg",
    ".wav": "audio/wav", ".ogg": "audio/ogg", ".flac": "audio/flac", ".m4a": "audio/mp4",
    ".pdf": "application/pdf", ".zip": "application/zip",
}  # fmt: skip
_IS_NO = {
    "image": gettext_noop("“%(name)s” is not a picture"),
    "video": gettext_noop("“%(name)s” is not a video"),
    "audio": gettext_noop("“%(name)s” is not an audio file"),
}
_IS_OTHER = gettext_noop("“%(name)s” is not a file of the right type")


class UploadRefused(Exception):  # noqa: N818 - the name says what happened
    """The upload is refused; the message is for the user."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """The preview of a stored file.

    thumbnail  URL of a thumbnail
    """

    thumbnail: str
    name: str


class FileStore(Protocol):
    """Interface: stores uploads; the form contains only their URLs."""

    def keep(self, upload: Any, accept: str, kind: str) -> str:
        """Store an upload and return the value that represents it.

        accept, kind  allowed types, as in the schema: "image/*", "image"
        Raises        UploadRefused
        """

    def preview(self, value: str) -> Preview | None:
        """Return the preview of a value, or None if only its URL is known."""


class DataURIFiles:
    """Converts uploads to data URIs; nothing is stored."""

    def keep(self, upload: Any, accept: str, kind: str) -> str:
        if (upload.size or 0) > MOST_BYTES:
            most = spell_count(MOST_BYTES // 1024 // 1024)
            raise UploadRefused(_("This file is larger than %(count)s MB") % {"count": most})
        content = upload.read()
        mime = check_content(content, str(upload.name), accept, kind)
        return f"data:{mime};base64,{base64.b64encode(content).decode()}"

    def preview(self, value: str) -> Preview | None:
        if value.startswith("data:image/") and not value.startswith("data:image/svg"):
            return Preview(thumbnail=value, name=_("picture"))
        return None


def sniff(content: bytes) -> str:
    """Return the content type by magic number, or ""."""
    head = content[:_HEAD]
    for offset, mark, mime in _MAGIC:
        if head[offset : offset + len(mark)] == mark:
            return mime
    return ""


def check_content(content: bytes, name: str, accept: str, kind: str) -> str:
    """Verify that a file has an allowed type, and return its MIME type.

    Raises  UploadRefused
    """
    found = sniff(content)
    ending = PurePath(name).suffix.lower()
    claimed = _BY_ENDING.get(ending, "")
    if claimed and claimed.split("/")[0] != found.split("/")[0]:
        message = _("“%(name)s” is not really a %(ending)s file")
        raise UploadRefused(message % {"name": _short(name), "ending": ending})
    wanted = [each.strip().lower() for each in accept.split(",") if each.strip()]
    if kind in _IS_NO and not wanted:
        wanted = [f"{kind}/*"]
    if wanted and not any(_fits(found, ending, each) for each in wanted):
        raise UploadRefused(_(_IS_NO.get(kind, _IS_OTHER)) % {"name": _short(name)})
    return found or "application/octet-stream"


def _fits(found: str, ending: str, wanted: str) -> bool:
    if wanted in {"*", "*/*"}:
        return True
    if wanted.startswith("."):
        return ending == wanted
    return found == wanted or (wanted.endswith("/*") and found.startswith(wanted[:-1]))


def _short(name: str) -> str:
    plain = _CONTROL.sub(" ", PurePath(name.replace("\\", "/")).name)
    return plain if len(plain) <= 40 else f"{plain[:38]}…"  # noqa: PLR2004 - what fits a line


def token_for(value: str, initial: list[str]) -> str:
    """Return the token of a stored value in the form: the value, or the digest of a long one."""
    plain = len(value) <= _LONGEST_TOKEN and not _CONTROL.search(value) and is_clean(value)
    return value if plain or value not in initial else digest(value)


def digest(value: str) -> str:
    content = value.encode(errors="surrogatepass")
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def resolve(token: str, initial: list[str]) -> str:
    """Return the value of a token."""
    if _DIGEST.fullmatch(token):
        for value in initial:
            if digest(value) == token:
                return value
    return token
