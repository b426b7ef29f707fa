"""Uploads: input files of people, stored at once and sent to the provider with a run."""

import contextlib
import re
import unicodedata
import uuid
from collections.abc import Iterator
from itertools import batched
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import unquote

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from playground.media import incoming, inspection, pictures, sanitising, storage
from playground.media import texts as of_media
from playground.media.content import GIF, JPEG, KNOWN, PNG, WEBP, BrokenFileError, Format, MediaKind
from playground.media.re_encoding import CONVERTED
from playground.runs.files import media_files
from playground.runs.files.references import (
    REFERENCE,
    find_references,
    is_written_out,
    walk_keys,
    walk_texts,
)
from playground.runs.models import MediaFile, Output, Upload
from playground.schema import Preview, UploadRefused
from playground.teams.models import Membership

NAME_CHARACTERS, ENDING_CHARACTERS = 120, 10
ESCAPED = re.compile(r"%(?:22|0[DdAa])")

FILE_IS_TEXT = _("This is a file as text, which is not accepted. Save it and choose it as a file.")

NOT_HERE = _("This picture is not stored here.")
NOT_KEPT = _("This file could not be stored. Choose it again.")
FOUND_AT_ONCE = 500
TRIES = 3  # of storing an upload whose content is deleted from the trash at that very moment

CHUNK_BYTES = 64 * 1024
# What services take as a reference, and what becomes one of these when it is handed in.
TAKEN_PICTURES = {format_.content_type for format_ in (JPEG, PNG, WEBP, GIF)}
CONVERTED_PICTURES = {format_.content_type for format_ in CONVERTED}


class UploadStore:
    """Where the form engine keeps the files of one person's POST, and finds those they may see.

    It serves one request: what it has found, or not found, it does not look up again.
    """

    def __init__(self, membership: Membership) -> None:
        self.membership = membership
        self._found: dict[uuid.UUID, Upload | None] = {}

    def keep(self, upload: "UploadedFile[Any] | Output", accept: str, kind: str) -> str:
        """Store a file and return its reference, "upload:" and an id.

        upload  what a person handed in, or a stored output, which is not stored again
        kind    "image", "video" or "audio"; "" takes any of them
        Raises  UploadRefused, with the reason in plain words
        """
        del accept  # what a file is, its content says; its name proves nothing
        wanted = MediaKind(kind) if kind in MediaKind else None
        try:
            if isinstance(upload, Output) and not needs_conversion(upload):
                return self._note(copy_output(upload, wanted), upload.download_name)
            for _ in range(TRIES):
                with contextlib.suppress(MediaFile.DoesNotExist):
                    return self._note(self._store(upload, wanted), upload_name(upload))
            raise UploadRefused(NOT_KEPT)
        except MediaFile.DoesNotExist as error:
            raise UploadRefused(NOT_HERE) from error
        except (BrokenFileError, incoming.StorageFailedError) as error:
            raise UploadRefused(str(error)) from error

    def preview(self, value: str) -> Preview | None:
        kept = self._find(value)
        if kept is None:
            return None
        has_thumbnail = bool(kept.file.thumbnail)
        thumbnail = reverse("upload_thumbnail", args=[kept.pk]) if has_thumbnail else ""
        return Preview(thumbnail=thumbnail, name=kept.name)

    def find_missing(self, inputs: Any) -> Iterator[str]:
        """Yield the pointers of references to files that are not there for this person."""
        self.look_up(inputs)
        for pointer, text in walk_texts(inputs):
            if REFERENCE.match(text) and self._find(text) is None:
                yield pointer

    @staticmethod
    def find_written_out(inputs: Any) -> Iterator[str]:
        """Yield the pointers of files that are in the inputs as text.

        Such a file would come to the service as it is: unmeasured, and with all that it says
        of where it was taken and by whom.
        """
        for pointer, text in walk_texts(inputs):
            if is_written_out(text):
                yield pointer
        for pointer, key in walk_keys(inputs):
            if is_written_out(key):
                yield pointer

    def look_up(self, inputs: Any) -> None:
        """Find all files that inputs name, with one query for many of them."""
        wanted = set(find_references(inputs).values()) - self._found.keys()
        if not wanted:
            return  # as for most inputs; the query below takes long to write
        seen = Upload.objects.visible_to(self.membership).select_related("file")
        for some in batched(wanted, FOUND_AT_ONCE):
            self._found |= dict.fromkeys(some, None) | seen.in_bulk(some)

    def _find(self, value: str) -> Upload | None:
        self.look_up(value)
        reference = REFERENCE.match(value)
        return self._found[uuid.UUID(reference[1])] if reference else None

    def _store(self, upload: "UploadedFile[Any] | Output", wanted: MediaKind | None) -> MediaFile:
        check_bytes(size_of(upload))
        with incoming.receive(read_chunks(upload)) as file:
            format_ = inspection.read_format(file, wanted or MediaKind.IMAGE)
            check_format(format_, wanted)
            with sanitising.sanitised(file, format_) as clean:
                return media_files.find_kept(
                    self.membership.workspace_id, clean
                ) or media_files.store_file(
                    self.membership.workspace_id,
                    clean,
                    inspection.read_content(
                        clean, format_.kind, limit_pixels=settings.UPLOAD_LIMIT_PIXELS
                    ),
                )

    @transaction.atomic
    def _note(self, file: MediaFile, name: str) -> str:
        """Write down an upload. Raises MediaFile.DoesNotExist where its file was just deleted."""
        kept = Upload.objects.create(
            workspace_id=self.membership.workspace_id,
            author_id=self.membership.user_id,
            name=plain_name(name),
            file=MediaFile.objects.select_for_update().get(pk=file.pk),
        )
        return kept.reference


def plain_name(name: str) -> str:
    """Return a file name without folders, invisible characters and direction marks.

    Browsers write quotes and line ends in it as %22, %0D and %0A (HTML Standard, "multipart form
    data"). A long name keeps its ending.
    """
    last = ESCAPED.sub(lambda found: unquote(found[0]), name)
    last = last.replace("\\", "/").rpartition("/")[2]
    seen = "".join(letter for letter in last if unicodedata.category(letter)[0] != "C")
    plain = " ".join(seen.split()).strip(" .")
    stem, ending = PurePosixPath(plain).stem, PurePosixPath(plain).suffix[:ENDING_CHARACTERS]
    if len(plain) > NAME_CHARACTERS:
        plain = stem[: NAME_CHARACTERS - len(ending)].rstrip(" .") + ending
    return plain or "file"


def upload_name(upload: "UploadedFile[Any] | Output") -> str:
    name = upload.download_name if isinstance(upload, Output) else upload.name
    return name or "file"


def size_of(upload: "UploadedFile[Any] | Output") -> int:
    if isinstance(upload, Output):
        return upload.file.size_bytes if upload.file else 0
    return upload.size or 0


def read_chunks(upload: "UploadedFile[Any] | Output") -> Iterator[bytes]:
    """Yield the content of a file piece by piece. Raises BrokenFileError where it is gone."""
    if not isinstance(upload, Output):
        yield from upload.chunks()
        return
    if upload.file is None:
        raise BrokenFileError(NOT_HERE)
    try:
        with storage.open_part(upload.file.original, 0, None) as opened:
            while chunk := opened.read(CHUNK_BYTES):
                yield chunk
    except FileNotFoundError as error:
        raise BrokenFileError(NOT_HERE) from error


def needs_conversion(output: Output) -> bool:
    """Whether an output is a picture that services do not read."""
    return output.file is not None and output.file.content_type in CONVERTED_PICTURES


def copy_output(output: Output, wanted: MediaKind | None) -> MediaFile:
    if output.file is None:
        raise BrokenFileError(NOT_HERE)
    check_bytes(output.file.size_bytes)
    check_fit(output.file, wanted)
    return output.file


def check_bytes(size_bytes: int) -> None:
    if not size_bytes:
        raise BrokenFileError(of_media.FILE_EMPTY)
    if size_bytes > settings.UPLOAD_LIMIT_BYTES:
        raise BrokenFileError(
            of_media.FILE_TOO_LARGE(
                size=f"{size_bytes / 1e6:.0f}", most=f"{settings.UPLOAD_LIMIT_BYTES / 1e6:.0f}"
            )
        )


def check_fit(file: MediaFile, wanted: MediaKind | None) -> None:
    """Refuse files of another kind than wanted, and files that are too large.

    Raises  BrokenFileError
    """
    check_format(file, wanted)
    if file.kind == MediaKind.IMAGE:
        pictures.check_size(
            (file.width or 0, file.height or 0),
            limit_pixels=settings.UPLOAD_LIMIT_PIXELS,
            limit_side=settings.UPLOAD_LIMIT_SIDE,
        )


def check_format(file: Format | MediaFile, wanted: MediaKind | None) -> None:
    if wanted and file.kind != wanted:
        raise BrokenFileError(inspection.NOT_THAT[wanted])
    if (
        file.kind == MediaKind.IMAGE
        and file.content_type not in TAKEN_PICTURES | CONVERTED_PICTURES
    ):
        raise BrokenFileError(inspection.NOT_THAT[MediaKind.IMAGE])
    is_other = file.content_type not in KNOWN or not KNOWN[file.content_type].is_shown
    if file.kind != MediaKind.IMAGE and is_other:
        raise BrokenFileError(inspection.NOT_THAT[MediaKind(file.kind)])
