"""Results, copied from the provider into our own storage."""

import hashlib
import os
import tempfile
from pathlib import Path
from typing import IO

from django.conf import settings
from django.core.files import File
from django.core.files.base import ContentFile
from django.utils import timezone

from playground.providers import fetch
from playground.runs import pictures
from playground.runs.models import Kind, Output

FETCH_SECONDS = 60.0
VIDEO_SUFFIXES = {"video/mp4": ".mp4", "video/webm": ".webm", "video/quicktime": ".mov"}


class Fetched(File):  # type: ignore[type-arg]  # generic for mypy only
    """A finished temporary file, which a storage on the same disk takes over by renaming it."""

    def temporary_file_path(self) -> str:
        return str(self.name)


def store_output(output: Output, *, trusted_origin: str) -> None:
    """Fetch one file of a run, prove what it is, and keep it with its thumbnail.

    Raises  FileUnavailable, LinkExpired (try later), FileRefused (never), NotAPictureError (what
            came is none; another try may bring a whole one)
    """
    folder = settings.MEDIA_ROOT / "incoming"
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=folder, delete=False) as file:
        try:
            content_type = download(output, file, trusted_origin)
            keep(output, file, content_type)
        finally:
            Path(file.name).unlink(missing_ok=True)  # kept, it has been renamed


def download(output: Output, file: IO[bytes], trusted_origin: str) -> str:
    """Write a result to `file` as it comes, never whole in memory; return its media type."""
    digest = hashlib.sha256()
    with fetch.open_file(
        output.source_url,
        trusted_origin=trusted_origin,
        limit_bytes=settings.OUTPUT_LIMIT_BYTES,
        limit_seconds=FETCH_SECONDS,
    ) as answer:
        for chunk in answer.chunks():
            digest.update(chunk)
            file.write(chunk)
        content_type = answer.content_type
    file.flush()
    os.fsync(file.fileno())
    output.sha256 = digest.hexdigest()
    output.size_bytes = file.tell()
    file.seek(0)
    return content_type


def keep(output: Output, file: IO[bytes], content_type: str) -> None:
    """Give a fetched file its place: the original first, then what is made of it."""
    if output.kind == Kind.VIDEO:
        suffix = VIDEO_SUFFIXES.get(content_type, ".mp4")
        output.content_type = content_type if content_type in VIDEO_SUFFIXES else "video/mp4"
    else:
        picture = pictures.read_picture(file, limit_pixels=settings.OUTPUT_LIMIT_PIXELS)
        suffix = picture.suffix
        output.content_type = picture.content_type
        output.width, output.height = picture.width, picture.height
        output.placeholder = picture.placeholder
        output.thumbnail.save("thumbnail.webp", ContentFile(picture.thumbnail), save=False)
    file.seek(0)
    output.original.save(f"original{suffix}", Fetched(file, name=file.name), save=False)
    output.stored_at = timezone.now()
    output.save()
