"""Files on their way into our storage: received, looked through, kept once for each content."""

import contextlib
import hashlib
import logging
import mimetypes
import os
import re
import tempfile
import time
import uuid
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import IO, Any

from django.conf import settings
from django.core.files import File
from django.db import IntegrityError, transaction

from playground.media import containers, pictures, videos
from playground.media.completeness import ends_with_box, is_whole
from playground.media.content import (
    BINARY,
    FULL,
    HEAD_BYTES,
    HTML,
    JSON,
    MP4,
    QUICKTIME,
    BrokenFileError,
    Content,
    Format,
    Kind,
    find_format,
    find_text,
)
from playground.media.decoding import PLUGINS
from playground.runs.files import pending_files
from playground.runs.models import MediaFile, PendingFile
from playground.runs.models.media_file import name_original, name_thumbnail

logger = logging.getLogger(__name__)

EXCERPT_BYTES = 20_000
NO_ROOM = "There is no room left to store files here."
NO_ANSWER = "The place where files are stored does not answer just now."
TOO_SLOW = "The file could not be stored in time."
ROW_TRIES = 3  # of writing a row while another stores or deletes the same content

# A file stays in the temporary folder for the minutes that a download takes; what is older was
# left by a process that was killed.
LEFTOVER_SECONDS = 60 * 60


class StorageFailedError(Exception):
    """Nothing can be stored just now; the message says why, for people."""


class Incoming(File):  # type: ignore[type-arg]  # generic for mypy only
    """A file in the temporary folder, whole and synced; a storage on disk takes it by renaming."""

    def __init__(self, file: IO[bytes], *, sha256: str, size_bytes: int) -> None:
        super().__init__(file, name=file.name)
        self.sha256 = sha256
        self.size_bytes = size_bytes

    def temporary_file_path(self) -> str:
        return str(self.name)


@contextlib.contextmanager
def receive(chunks: Iterable[bytes]) -> Iterator[Incoming]:
    """Write a file into the temporary folder as it comes, never whole in memory.

    Raises  StorageFailedError, also from the body where a storage fails in there
    """
    with storage_faults_named():
        folder = incoming_folder()
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=folder, delete=False) as file:
            try:
                digest = hashlib.sha256()
                for chunk in chunks:
                    digest.update(chunk)
                    file.write(chunk)
                file.flush()
                os.fsync(file.fileno())
                yield Incoming(file, sha256=digest.hexdigest(), size_bytes=file.tell())
            finally:
                Path(file.name).unlink(missing_ok=True)  # kept on disk, it has been renamed


def incoming_folder() -> Path:
    """Beside the stored files, so that a file gets its place by being renamed."""
    return Path(settings.MEDIA_ROOT) / "incoming"


@contextlib.contextmanager
def storage_faults_named(*, but: tuple[type[OSError], ...] = ()) -> Iterator[None]:
    """Raise StorageFailedError for what a storage or a disk raises, `but` for these."""
    try:
        yield
    except but:
        raise
    except OSError as error:
        logger.warning("Nothing can be stored: %s", error)
        if error.errno in FULL:
            raise StorageFailedError(NO_ROOM) from error
        raise StorageFailedError(NO_ANSWER) from error


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What came of looking through a file that is kept whatever it is.

    doubt  why another try may bring a better one: it seems to be cut off, or to be another file
           than was called for; "" where there is no doubt
    """

    content: Content
    doubt: str = ""


def look_through(file: Incoming, wanted: Kind, name: str, *, limit_pixels: int) -> Look:
    """Look a file through that is to be kept; what cannot be decoded has no thumbnail.

    wanted  what it is called by who sends it
    name    how it is called there, as "scene.glb": what goes with it is believed to be it
    """
    format_, is_known = find_any_format(file, name)
    if format_.kind in {Kind.TEXT, Kind.FILE}:
        excerpt = read_excerpt(file) if format_.kind == Kind.TEXT else ""
        is_meant = is_known or wanted in {Kind.TEXT, Kind.FILE} or is_called_other(name)
        return Look(
            content=Content(format=format_, excerpt=excerpt),
            doubt="" if is_meant else NOT_THAT[wanted],
        )
    try:
        return Look(content=read_known(file, format_, limit_pixels=limit_pixels))
    except BrokenFileError as error:
        is_cut = format_.is_shown and is_cut_off(file, format_)
        return Look(content=Content(format=format_), doubt=str(error) if is_cut else "")


def is_called_other(name: str) -> bool:
    """Whether a name says that the file is no picture, video or sound."""
    expected = mimetypes.guess_type(name)[0] or ""
    return bool(expected) and not expected.startswith(("image/", "video/", "audio/"))


def is_cut_off(file: Incoming, format_: Format) -> bool:
    if format_.kind == Kind.IMAGE:
        return not is_whole(file, format_)
    return format_ in {MP4, QUICKTIME} and not ends_with_box(file)


def find_any_format(file: Incoming, name: str) -> tuple[Format, bool]:
    """Return the format of any file, and whether its content tells it.

    What nobody knows keeps the ending that it is called by.
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
# What a system would run, or a media file's: a name must not say what the content does not.
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


def read_content(file: Incoming, wanted: Kind, *, limit_pixels: int) -> Content:
    """Look a picture, video or sound through; which of them it is, its content decides.

    wanted  what it is called by who sends it, for the words of a refusal
    Raises  BrokenFileError
    """
    format_ = read_format(file, wanted)
    is_read = format_ in PLUGINS if format_.kind == Kind.IMAGE else format_.is_shown
    if not is_read:
        raise BrokenFileError(NOT_THAT[wanted])
    return read_known(file, format_, limit_pixels=limit_pixels)


def read_known(file: Incoming, format_: Format, *, limit_pixels: int) -> Content:
    """Raises BrokenFileError where nothing of it can be decoded."""
    if format_.kind == Kind.IMAGE and format_ in PLUGINS:
        return pictures.read_picture(file, limit_pixels=limit_pixels)
    if format_.kind == Kind.VIDEO:
        path = Path(file.temporary_file_path())
        return videos.read_video(file, path, format_, limit_pixels=limit_pixels)
    return Content(format=format_)


def read_format(file: Incoming, wanted: Kind) -> Format:
    """Look at a file's beginning.

    Raises  BrokenFileError where it is no picture, video or sound
    """
    file.seek(0)
    format_ = find_format(file.read(HEAD_BYTES))
    file.seek(0)
    if format_ is None or format_.kind in {Kind.TEXT, Kind.FILE}:
        raise BrokenFileError(NOT_THAT[wanted])
    return format_


NOT_THAT = {
    Kind.IMAGE: pictures.NO_PICTURE,
    Kind.VIDEO: "This is not a video we can read.",
    Kind.AUDIO: "This is not a sound we can read.",
    Kind.TEXT: "This is not a text we can read.",
    Kind.FILE: "This is not a file we can read.",
}


def find_kept(workspace_id: uuid.UUID, file: Incoming) -> MediaFile | None:
    """Return the row of a content that is stored already, and still in its place."""
    kept = MediaFile.objects.filter(workspace_id=workspace_id, sha256=file.sha256).first()
    return kept if kept and is_in_place(kept) else None


def is_in_place(kept: MediaFile) -> bool:
    return kept.original.storage.exists(kept.original.name or "")


def keep(workspace_id: uuid.UUID, file: Incoming, content: Content) -> MediaFile:
    """Put a file and its thumbnail in their places, then write the row that points to them.

    Killed anywhere, this leaves no row that points to nothing, and no file that is not recorded as
    pending. Two that keep the same content at once end with one row, and the files of one of them.

    Raises  StorageFailedError, OSError
    """
    facts = read_facts(file, content)
    kept = MediaFile(workspace_id=workspace_id, sha256=file.sha256, **facts)
    kept.attempt = uuid.uuid4().hex
    kept.original.name = name_original(kept, f"original{content.format.suffix}")
    kept.thumbnail.name = name_thumbnail(kept, "") if content.thumbnail else ""
    pending_files.record(kept.stored_names)
    try:
        if content.thumbnail:
            with receive([content.thumbnail]) as thumbnail:
                pending_files.save(kept.thumbnail.name, thumbnail)
        file.seek(0)
        pending_files.save(kept.original.name, file)
        row = write_row(kept, facts)
    except Exception:
        pending_files.discard(kept.stored_names)
        raise
    if row.original.name != kept.original.name:
        pending_files.discard(kept.stored_names)  # another stored the same content meanwhile
    return row


def read_facts(file: Incoming, content: Content) -> dict[str, Any]:
    """Return the columns that tell what a file is."""
    is_signed = content.kind == Kind.IMAGE and containers.is_signed(part_reader(file))
    return {
        "kind": content.format.kind,
        "content_type": content.format.content_type,
        "size_bytes": file.size_bytes,
        "width": content.width,
        "height": content.height,
        "is_animated": content.is_animated,
        "duration_seconds": content.duration_seconds,
        "placeholder": content.placeholder,
        "likeness": content.likeness,
        "excerpt": content.excerpt,
        "is_signed": is_signed,
    }


def write_row(kept: MediaFile, facts: dict[str, Any]) -> MediaFile:
    """Write the row of files that are in place; return that of another who was faster.

    Raises  StorageFailedError where the files are not pending any more: this took too long
    """
    for _ in range(ROW_TRIES):
        try:
            with transaction.atomic(durable=True):
                settle(kept)
                kept.save(force_insert=True)
        except IntegrityError:  # the content has a row
            same = MediaFile.objects.filter(workspace=kept.workspace_id, sha256=kept.sha256)
            row = same.first()
            if row and (is_in_place(row) or repoint(row, kept, facts)):
                return row
        else:
            return kept
    raise StorageFailedError(NO_ANSWER)


def repoint(row: MediaFile, kept: MediaFile, facts: dict[str, Any]) -> bool:
    """Let a row whose file has vanished point to files that are in place.

    False where another did so, or deleted it. What is left of its old files is deleted.
    """
    vanished = row.stored_names
    unchanged = MediaFile.objects.filter(pk=row.pk, original=row.original.name)
    names = {"original": kept.original.name, "thumbnail": kept.thumbnail.name}
    with transaction.atomic(durable=True):
        if not unchanged.update(**facts, **names):
            return False
        settle(kept)
        PendingFile.objects.record_discarded(vanished)
    pending_files.delete(vanished)
    row.refresh_from_db()
    return True


def settle(kept: MediaFile) -> None:
    """Let files be pending no more, in the transaction by which a row points to them.

    Raises  StorageFailedError where the worker's cleanup has discarded them
    """
    if not PendingFile.objects.settle(kept.stored_names):
        raise StorageFailedError(TOO_SLOW)


def part_reader(file: Incoming) -> Callable[[int, int], bytes]:
    def read(start: int, length: int) -> bytes:
        file.seek(start)
        return bytes(file.read(length))

    return read


def sweep_incoming() -> None:
    """Remove what processes left in the temporary folder that were killed in mid-work."""
    for path in incoming_folder().glob("*"):
        with contextlib.suppress(OSError):  # another worker sweeps, too
            if time.time() - path.stat().st_mtime > LEFTOVER_SECONDS:
                path.unlink()
