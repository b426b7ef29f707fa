"""Files on their way into our storage: received, looked through, kept once for each content."""

import contextlib
import hashlib
import logging
import os
import tempfile
import time
import uuid
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath
from typing import IO

from django.conf import settings
from django.core.files import File

from playground.providers import errors
from playground.runs.media import pictures, videos
from playground.runs.media.content import (
    FULL,
    HEAD_BYTES,
    BrokenFileError,
    Content,
    Format,
    Kind,
    find_format,
)
from playground.runs.models import MediaFile
from playground.runs.models.media_file import name_original, name_thumbnail

logger = logging.getLogger(__name__)

WEB_PAGE = (b"<!doctype html", b"<html", b"<head", b"<body", b"<title", b"<h1", b"<!--")
BLANK = b"\xef\xbb\xbf \t\r\n"  # a byte order mark, or white space
NO_ROOM = "There is no room left to store files here."
NO_ANSWER = "The place where files are stored does not answer just now."

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


def refuse_web_page(file: Incoming) -> None:
    """Raise FileUnavailable for an HTML page: a gateway or a captive portal sent it, with a 200."""
    file.seek(0)
    start = file.read(HEAD_BYTES).lstrip(BLANK).lower()
    file.seek(0)
    if start.startswith(WEB_PAGE):
        raise errors.FileUnavailable("A web page came instead of the file.")


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


def read_content(file: Incoming, wanted: Kind, *, limit_pixels: int) -> Content:
    """Look a file through; which kind of file it is, its content decides.

    wanted  what it is called by who sends it, for the words of a refusal
    Raises  BrokenFileError
    """
    format_ = read_format(file, wanted)
    if format_.kind == Kind.IMAGE:
        return pictures.read_picture(file, limit_pixels=limit_pixels)
    if format_.kind == Kind.VIDEO:
        path = Path(file.temporary_file_path())
        return videos.read_video(file, path, format_, limit_pixels=limit_pixels)
    return Content(format=format_)


def read_format(file: Incoming, wanted: Kind) -> Format:
    """Look at a file's beginning. Raises BrokenFileError where it is none that we take."""
    file.seek(0)
    format_ = find_format(file.read(HEAD_BYTES))
    file.seek(0)
    if format_ is None:
        raise BrokenFileError(NOT_THAT[wanted])
    return format_


NOT_THAT = {
    Kind.IMAGE: "This is not a JPEG, PNG, WebP or GIF picture.",
    Kind.VIDEO: "This is not a video we can read.",
    Kind.AUDIO: "This is not a sound we can read.",
}


def find_kept(
    workspace_id: uuid.UUID, file: Incoming, *, by: uuid.UUID | None = None
) -> MediaFile | None:
    """Return the row of a content that is stored already, and still in its place.

    by  who would store it, as an output's id: what that left when it was cut off is removed
    """
    kept = MediaFile.objects.filter(workspace_id=workspace_id, sha256=file.sha256).first()
    if kept is None or not kept.original.storage.exists(kept.original.name or ""):
        return None
    if by:
        remove_leftovers(kept, by)
    return kept


def remove_leftovers(kept: MediaFile, by: uuid.UUID) -> None:
    """Remove files of a content that was stored by another before the row of them was written."""
    left = MediaFile(workspace_id=kept.workspace_id, sha256=kept.sha256)
    left.stored_by = short(by)
    suffix = PurePosixPath(kept.original.name or "").suffix
    left.original.name = name_original(left, f"original{suffix}")
    left.thumbnail.name = name_thumbnail(left, "")
    if left.original.name != kept.original.name:
        remove(left)


def short(by: uuid.UUID) -> str:
    return by.hex[:16]


def keep(
    workspace_id: uuid.UUID, file: Incoming, content: Content, *, by: uuid.UUID | None = None
) -> MediaFile:
    """Put a file and its thumbnail in their places, then write the row that points to them.

    Cut off anywhere, this leaves no row that points to nothing. Two that keep the same content
    at once end with one row, and the files of one of them.

    by  who stores it, as an output's id: cut off and done again, it overwrites what it had stored
    """
    kept = MediaFile(workspace_id=workspace_id, sha256=file.sha256)
    kept.stored_by = short(by or uuid.uuid4())
    if content.thumbnail:
        with receive([content.thumbnail]) as thumbnail:
            kept.thumbnail.save("", thumbnail, save=False)
    file.seek(0)
    kept.original.save(f"original{content.format.suffix}", file, save=False)
    facts = {
        "kind": content.format.kind,
        "content_type": content.format.content_type,
        "size_bytes": file.size_bytes,
        "width": content.width,
        "height": content.height,
        "is_animated": content.is_animated,
        "duration_seconds": content.duration_seconds,
        "original": kept.original.name,
        "thumbnail": kept.thumbnail.name,
        "placeholder": content.placeholder,
        "likeness": content.likeness,
    }
    row, is_ours = MediaFile.objects.get_or_create(
        workspace_id=workspace_id, sha256=file.sha256, defaults=facts
    )
    if is_ours or row.original.name == kept.original.name:
        return row
    if row.original.storage.exists(row.original.name or ""):
        remove(kept)  # another stored the same content meanwhile
    else:
        MediaFile.objects.filter(pk=row.pk, original=row.original.name).update(**facts)
        row.refresh_from_db()
    return row


def remove(file: MediaFile) -> None:
    """Remove what a row points to, which is gone or was never written."""
    for field in (file.original, file.thumbnail):
        if field:
            field.storage.delete(field.name or "")


def sweep_incoming() -> None:
    """Remove what processes left in the temporary folder that were killed in mid-work."""
    for path in incoming_folder().glob("*"):
        with contextlib.suppress(OSError):  # another worker sweeps, too
            if time.time() - path.stat().st_mtime > LEFTOVER_SECONDS:
                path.unlink()
