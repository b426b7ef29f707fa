"""Inspects a received file: format, shape, thumbnail, completeness."""

import mimetypes
import re
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from playground.media import pictures, texts, videos
from playground.media.completeness import ends_with_box, is_whole
from playground.media.content import (
    BINARY,
    HEAD_BYTES,
    HTML,
    JSON,
    MP4,
    QUICKTIME,
    BrokenFileError,
    Content,
    Format,
    MediaKind,
    find_format,
    find_text,
)
from playground.media.decoding import PLUGINS
from playground.media.incoming import Incoming
from playground.texts import Words

EXCERPT_BYTES = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspection:
    """The result of inspecting a file, which is stored in any case.

    doubt  why a new download may help: the file seems truncated, or has another type than
           requested; None if it is fine
    """

    content: Content
    doubt: Words | None = None


def inspect(file: Incoming, wanted: MediaKind, name: str, *, limit_pixels: int) -> Inspection:
    """Inspect a file, which is stored in any case; if it cannot be decoded, it has no thumbnail.

    wanted  the kind that the sender declares
    name    its name there, such as "scene.glb": a plausible extension is accepted
    """
    format_, is_known = find_any_format(file, name)
    if format_.kind in {MediaKind.TEXT, MediaKind.FILE}:
        excerpt = read_excerpt(file) if format_.kind == MediaKind.TEXT else ""
        is_meant = is_known or wanted in {MediaKind.TEXT, MediaKind.FILE} or is_called_other(name)
        return Inspection(
            content=Content(format=format_, excerpt=excerpt),
            doubt=None if is_meant else NOT_THAT[wanted],
        )
    try:
        return Inspection(content=read_known(file, format_, limit_pixels=limit_pixels))
    except BrokenFileError as error:
        is_cut = format_.is_shown and is_cut_off(file, format_)
        return Inspection(content=Content(format=format_), doubt=error.text if is_cut else None)


def is_called_other(name: str) -> bool:
    """Whether a name has the extension of another kind than picture, video or sound."""
    expected = mimetypes.guess_type(name)[0] or ""
    return bool(expected) and not expected.startswith(("image/", "video/", "audio/"))


def is_cut_off(file: Incoming, format_: Format) -> bool:
    if format_.kind == MediaKind.IMAGE:
        return not is_whole(file, format_)
    return format_ in {MP4, QUICKTIME} and not ends_with_box(file)


def find_any_format(file: Incoming, name: str) -> tuple[Format, bool]:
    """Return the format of any file, and whether its content proves it.

    An unknown format keeps the extension of its name.
    """
    file.seek(0)
    head = file.read(HEAD_BYTES)
    file.seek(0)
    if found := find_format(head):
        return found, found is not HTML
    guess = find_text(head) or BINARY
    ending = PurePosixPath(name).suffix.lower()
    if guess is not JSON and ENDING.fullmatch(ending) and ending not in HARMFUL:
        guess = replace(guess, suffix=ending)
    return guess, False


ENDING = re.compile(r"\.[a-z0-9]{1,8}")


# Extensions of executables and media: a name must not claim a type that the content is not.
HARMFUL = {
    *(".exe", ".bat", ".cmd", ".com", ".scr", ".msi", ".js", ".vbs", ".ps1", ".sh", ".lnk", ".jar"),
    *(".html", ".htm", ".xhtml", ".hta", ".svg", ".app", ".dmg", ".pkg", ".desktop", ".py", ".php"),
    *(".jpg", ".jpeg", ".png", ".gif", ".webp", ".avif", ".bmp", ".mp4", ".mov", ".webm", ".mp3"),
    *(".wav", ".ogg", ".flac", ".m4a", ".zip", ".pdf"),
}


def read_excerpt(file: Incoming) -> str:
    file.seek(0)
    text: str = file.read(EXCERPT_BYTES).decode("utf-8", "replace").replace("\0", "")
    file.seek(0)
    return text.removeprefix("\ufeff").removesuffix("\ufffd")


def read_content(file: Incoming, wanted: MediaKind, *, limit_pixels: int) -> Content:
    """Decode a picture, video or sound; its content decides which.

    wanted  the declared kind, for the error message
    Raises  BrokenFileError
    """
    format_ = read_format(file, wanted)
    is_read = format_ in PLUGINS if format_.kind == MediaKind.IMAGE else format_.is_shown
    if not is_read:
        raise BrokenFileError(NOT_THAT[wanted])
    return read_known(file, format_, limit_pixels=limit_pixels)


def read_known(file: Incoming, format_: Format, *, limit_pixels: int) -> Content:
    """Raises BrokenFileError if nothing of it can be decoded."""
    if format_.kind == MediaKind.IMAGE and format_ in PLUGINS:
        return pictures.read_picture(file, limit_pixels=limit_pixels)
    if format_.kind == MediaKind.VIDEO:
        path = Path(file.temporary_file_path())
        return videos.read_video(file, path, format_, limit_pixels=limit_pixels)
    return Content(format=format_)


def read_format(file: Incoming, wanted: MediaKind) -> Format:
    """Detect the format by the first bytes.

    Raises  BrokenFileError if it is not a picture, video or sound
    """
    file.seek(0)
    format_ = find_format(file.read(HEAD_BYTES))
    file.seek(0)
    if format_ is None or format_.kind in {MediaKind.TEXT, MediaKind.FILE}:
        raise BrokenFileError(NOT_THAT[wanted])
    return format_


NOT_THAT = {
    MediaKind.IMAGE: texts.NO_PICTURE,
    MediaKind.VIDEO: texts.NO_VIDEO,
    MediaKind.AUDIO: texts.NO_SOUND,
    MediaKind.TEXT: texts.NO_TEXT,
    MediaKind.FILE: texts.NO_FILE,
}
