"""Files that people hand in as inputs: kept at once, shown again, handed over to the provider."""

import base64
import re
import uuid
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import PurePosixPath
from typing import IO, Any

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.core.signing import BadSignature, Signer
from django.urls import reverse
from django.utils import timezone

from playground.runs import pictures
from playground.runs.models import Run, Upload
from playground.schema import FileRefused, Preview
from playground.teams.models import Workspace

REFERENCE = re.compile(r"upload:([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\Z")

# A data URI travels in the request's body: small enough for it, large enough to be a reference.
COMPACT_SIDE = 2048
COMPACT_BYTES = 1_500_000

# The provider fetches hosted files while the task waits its turn, which may take a while.
HOSTED_TIME = timedelta(days=1)
SIGNER = Signer(salt="hosted-upload")

# How media other than pictures begin: (offset, bytes, media type, file name's ending).
SIGNATURES = {
    "video": (
        (4, b"ftyp", "video/mp4", ".mp4"),
        (0, b"\x1aE\xdf\xa3", "video/webm", ".webm"),
    ),
    "audio": (
        (0, b"ID3", "audio/mpeg", ".mp3"),
        (0, b"\xff\xfb", "audio/mpeg", ".mp3"),
        (8, b"WAVE", "audio/wav", ".wav"),
        (0, b"OggS", "audio/ogg", ".ogg"),
        (0, b"fLaC", "audio/flac", ".flac"),
        (4, b"ftypM4A", "audio/mp4", ".m4a"),
    ),
}


class UploadStore:
    """Where the form engine keeps the files of one person's POST."""

    def __init__(self, workspace: Workspace, author: AbstractBaseUser) -> None:
        self.workspace = workspace
        self.author = author

    def keep(self, upload: "UploadedFile[Any]", accept: str, kind: str) -> str:
        """Store a file and return its reference, "upload:" and an id.

        kind    "image", "video" or "audio"; "" takes any of them
        Raises  FileRefused, with the reason in plain words
        """
        del accept  # what a file is, its content says; its name proves nothing
        if not upload.size:
            raise FileRefused("This file is empty.")
        if upload.size > settings.UPLOAD_LIMIT_BYTES:
            raise FileRefused(
                f"This file has {upload.size / 1e6:.0f} MB; "
                f"{settings.UPLOAD_LIMIT_BYTES / 1e6:.0f} MB are the most."
            )
        kept = Upload(
            workspace=self.workspace,
            author_id=self.author.pk,
            name=PurePosixPath(upload.name or "file").name[:255],
            size_bytes=upload.size,
        )
        self._describe(kept, upload, kind)
        kept.save()
        return kept.reference

    def preview(self, value: str) -> Preview | None:
        kept = self._find(value)
        if kept is None:
            return None
        thumbnail = reverse("upload_thumbnail", args=[kept.pk]) if kept.thumbnail else ""
        return Preview(thumbnail=thumbnail, name=kept.name)

    def find_missing(self, inputs: Any) -> Iterator[str]:
        """Yield the pointers of references to files that this workspace does not have."""
        for pointer, text in walk_texts(inputs):
            if REFERENCE.match(text) and self._find(text) is None:
                yield pointer

    def _find(self, value: str) -> Upload | None:
        reference = REFERENCE.match(value)
        if reference is None:
            return None
        return Upload.objects.filter(workspace=self.workspace, pk=reference[1]).first()

    def _describe(self, kept: Upload, upload: "UploadedFile[Any]", kind: str) -> None:
        media = find_media_type(upload, kind)
        if media is None:
            self._describe_picture(kept, upload)
            return
        kept.content_type, suffix = media
        kept.original.save(f"file{suffix}", upload, save=False)

    def _describe_picture(self, kept: Upload, upload: "UploadedFile[Any]") -> None:
        try:
            picture = pictures.read_picture(
                upload,
                limit_pixels=settings.UPLOAD_LIMIT_PIXELS,
                limit_side=settings.UPLOAD_LIMIT_SIDE,
            )
        except pictures.NotAPictureError as error:
            raise FileRefused(str(error)) from error
        kept.content_type = picture.content_type
        kept.width, kept.height = picture.width, picture.height
        kept.thumbnail.save("thumbnail.webp", ContentFile(picture.thumbnail), save=False)
        upload.seek(0)
        kept.original.save(f"file{picture.suffix}", upload, save=False)


def find_media_type(upload: IO[bytes], kind: str) -> tuple[str, str] | None:
    """Return (media type, suffix) of a video or sound, None for what has to be a picture.

    Raises  FileRefused where a video or sound is wanted and this is none
    """
    upload.seek(0)
    head = upload.read(16)
    upload.seek(0)
    for family, signatures in SIGNATURES.items():
        for offset, start, content_type, suffix in signatures if kind in {family, ""} else ():
            if head[offset:].startswith(start):
                return content_type, suffix
    if kind in SIGNATURES:
        raise FileRefused(f"This is not {'a video' if kind == 'video' else 'a sound'} we can read.")
    return None


def walk_texts(value: Any, pointer: str = "") -> Iterator[tuple[str, str]]:
    """Yield (pointer, text) for every string of a JSON value."""
    if isinstance(value, str):
        yield pointer, value
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from walk_texts(item, f"{pointer}/{index}")
    elif isinstance(value, dict):
        for key, item in value.items():
            token = key.replace("~", "~0").replace("/", "~1")
            yield from walk_texts(item, f"{pointer}/{token}")


def resolve(run: Run) -> Any:
    """Return a run's inputs as the provider gets them, with its files as addresses."""
    found = (REFERENCE.match(text) for _, text in walk_texts(run.inputs))
    ids = {uuid.UUID(reference[1]) for reference in found if reference}
    kept = Upload.objects.filter(workspace=run.workspace_id, pk__in=ids)
    expires_at = run.created_at + HOSTED_TIME
    addresses = {upload.reference: hand_over(upload, expires_at) for upload in kept}
    return replace_texts(run.inputs, addresses)


def replace_texts(value: Any, replacements: dict[str, str]) -> Any:
    if isinstance(value, str):
        return replacements.get(value, value)
    if isinstance(value, list):
        return [replace_texts(item, replacements) for item in value]
    if isinstance(value, dict):
        return {key: replace_texts(item, replacements) for key, item in value.items()}
    return value


def hand_over(upload: Upload, expires_at: datetime) -> str:
    """Return a signed address where we are reachable from outside, else a compact data URI.

    The same each time it is asked for one run: a request that is repeated under its idempotency
    key has to be the same to the letter, or the service refuses it as another one.
    """
    if settings.PUBLIC_BASE_URL:
        token = sign(upload, expires_at)
        return settings.PUBLIC_BASE_URL + reverse("hosted_upload", args=[token])
    with upload.original.open("rb") as file:
        is_large = upload.size_bytes > COMPACT_BYTES and upload.content_type.startswith("image/")
        if is_large:
            content_type, content = pictures.compact(file, side=COMPACT_SIDE)
        else:
            content_type, content = upload.content_type, file.read()
    return f"data:{content_type};base64,{base64.b64encode(content).decode()}"


def sign(upload: Upload, expires_at: datetime) -> str:
    return SIGNER.sign(f"{upload.pk}.{int(expires_at.timestamp())}")


def find_signed(token: str) -> Upload | None:
    """Return the upload that a signed, unexpired token names."""
    try:
        pk, _, expires_at = SIGNER.unsign(token).partition(".")
    except BadSignature:
        return None
    if int(expires_at) < timezone.now().timestamp():
        return None
    return Upload.objects.filter(pk=pk).first()
