"""Stores files once for each content, with their rows; restores missing ones."""

import uuid
from typing import Any

from django.db import IntegrityError, transaction

from playground.media import containers, texts
from playground.media.chunks import reader_of
from playground.media.content import Content, MediaKind
from playground.media.incoming import Incoming, StorageFailedError, receive
from playground.runs.files import pending_files
from playground.runs.models import MediaFile, PendingFile
from playground.runs.models.media_file import MIDDLE_SIZES, name_original, name_thumbnail

ROW_TRIES = 3  # of writing a row while another stores or deletes the same content


def find_kept(workspace_id: uuid.UUID, file: Incoming) -> MediaFile | None:
    """Return the row of a content that is stored already, and still in its place."""
    kept = MediaFile.objects.filter(workspace_id=workspace_id, sha256=file.sha256).first()
    return kept if kept and is_in_place(kept) else None


def is_in_place(kept: MediaFile) -> bool:
    return kept.original.storage.exists(kept.original.name or "")


def store_file(workspace_id: uuid.UUID, file: Incoming, content: Content) -> MediaFile:
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
                pending_files.save_file(kept.thumbnail.name, thumbnail)
        file.seek(0)
        pending_files.save_file(kept.original.name, file)
        row = write_row(kept, facts)
    except Exception:
        pending_files.discard(kept.stored_names)
        raise
    if row.original.name != kept.original.name:
        pending_files.discard(kept.stored_names)  # another stored the same content meanwhile
    return row


def read_facts(file: Incoming, content: Content) -> dict[str, Any]:
    """Return the columns that describe a file."""
    is_signed = content.kind == MediaKind.IMAGE and containers.is_signed(reader_of(file))
    return {
        "kind": content.format.kind,
        "content_type": content.format.content_type,
        "size_bytes": file.size_bytes,
        "width": content.width,
        "height": content.height,
        "is_animated": content.is_animated,
        "duration_seconds": content.duration_seconds,
        "placeholder": content.placeholder,
        "perceptual_hash": content.perceptual_hash,
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
                finish_storing(kept)
                kept.save(force_insert=True)
        except IntegrityError:  # the content has a row
            same = MediaFile.objects.filter(workspace=kept.workspace_id, sha256=kept.sha256)
            row = same.first()
            if row and (is_in_place(row) or repoint(row, kept, facts)):
                return row
        else:
            return kept
    raise StorageFailedError(texts.NO_STORAGE)


def repoint(row: MediaFile, kept: MediaFile, facts: dict[str, Any]) -> bool:
    """Let a row whose file has vanished point to files that are in place.

    False where another did so, or deleted it. What is left of its old files is deleted.
    """
    vanished = row.stored_names
    unchanged = MediaFile.objects.filter(pk=row.pk, original=row.original.name)
    names = {"original": kept.original.name, "thumbnail": kept.thumbnail.name}
    names |= dict.fromkeys(MIDDLE_SIZES, "")
    with transaction.atomic(durable=True):
        if not unchanged.update(**facts, **names, is_sized=False):
            return False
        finish_storing(kept)
        PendingFile.objects.record_discarded(vanished)
    pending_files.delete_discarded(vanished)
    row.refresh_from_db()
    return True


def finish_storing(kept: MediaFile) -> None:
    """Let files be pending no more, in the transaction by which a row points to them.

    Raises  StorageFailedError where the worker's cleanup has discarded them
    """
    if not PendingFile.objects.settle(kept.stored_names):
        raise StorageFailedError(texts.STORED_TOO_SLOWLY)
