"""Fetches the files of a run's outputs, lets pages show them, and stores them.

Three steps for each file, so that a page shows a picture before it is stored: `fetch` downloads and
inspects it, `show` writes down its preview, `store` puts it into the storage. What was fetched is
lost with the process and fetched again; what pages show of it stays until it is stored.
"""

import contextlib
import mimetypes
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.utils import timezone

from playground.media import texts as of_media
from playground.media.content import HTML, BrokenFileError, MediaKind
from playground.media.incoming import Incoming
from playground.media.inspection import Inspection, inspect
from playground.providers.errors import FileUnavailable
from playground.runs import texts
from playground.runs.files import downloads, trash
from playground.runs.files.media_files import find_kept, store_file
from playground.runs.models import MediaFile, Output
from playground.runs.models.output import Preview


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """A file of a run in the temporary folder, with what was found out about it.

    opened  holds the file; closed, it is gone
    """

    output: Output
    file: Incoming
    look: Inspection
    arrived_at: datetime
    opened: contextlib.ExitStack

    @property
    def preview(self) -> Preview | None:
        """What pages show of it for now; None for what is no picture, or may be damaged."""
        content = self.look.content
        is_picture = content.kind == MediaKind.IMAGE and content.thumbnail and not self.look.doubt
        if not is_picture or not content.width or not content.height:
            return None
        return Preview(content=content.thumbnail, width=content.width, height=content.height)


def store_output(
    output: Output, *, trusted_origin: str, note_progress: Callable[[], None] = lambda: None
) -> None:
    """Download one file of a run, inspect it, and store it with its thumbnail.

    Raises  what `fetch` and `store` raise
    """
    fetched = fetch(output, trusted_origin=trusted_origin, note_progress=note_progress)
    sync(fetched)
    store(fetched)


def fetch(output: Output, *, trusted_origin: str, note_progress: Callable[[], None]) -> Fetched:
    """Download one file of a run and inspect it. Without a query, so that any thread can do it.

    What came is kept whatever it is. Where it seems to be cut off, or to be another file than was
    called for, it is kept as well, until another try brings a better one.

    note_progress  called for each piece that arrives
    Raises  FileUnavailable, LinkExpired (try later), FileRefused (never), BrokenFileError,
            StorageFailedError (try later; the service may have to be asked for the file again)
    """
    name, limit_pixels = file_name_of(output.source_url), settings.OUTPUT_LIMIT_PIXELS
    download = downloads.download(
        output, trusted_origin=trusted_origin, note_progress=note_progress
    )
    with contextlib.ExitStack() as opened:
        file = opened.enter_context(download)
        arrived_at = timezone.now()
        if not file.size_bytes:
            raise BrokenFileError(of_media.FILE_EMPTY)
        look = inspect(file, MediaKind(output.kind), name, limit_pixels=limit_pixels)
        if look.doubt and look.content.format is HTML:
            raise FileUnavailable(texts.WEB_PAGE)
        return Fetched(
            output=output, file=file, look=look, arrived_at=arrived_at, opened=opened.pop_all()
        )


def show(fetched: Fetched) -> bool:
    """Let pages show a file that is not stored yet; whether there is anything to show."""
    fetched.output.note_arrival(fetched.arrived_at, fetched.preview)
    return fetched.preview is not None


def sync(fetched: Fetched) -> None:
    """Write a file to the disk. Without a query, as `fetch`.

    Raises  StorageFailedError
    """
    with contextlib.ExitStack() as opened:
        opened.push(fetched.opened)
        fetched.file.sync()
        opened.pop_all()  # it stays open


def store(fetched: Fetched) -> None:
    """Store a file that is on the disk.

    Raises  BrokenFileError (it is held; another try may bring a whole one), StorageFailedError
    """
    output, workspace_id = fetched.output, fetched.output.run.workspace_id
    with fetched.opened:
        kept = find_kept(workspace_id, fetched.file)
        if kept and kept.thumbnail:
            attach_file(output, kept)
            return
        kept = kept or store_file(workspace_id, fetched.file, fetched.look.content)
    if fetched.look.doubt:
        output.hold(kept)
        raise BrokenFileError(fetched.look.doubt)
    attach_file(output, kept)


def attach_file(output: Output, file: MediaFile) -> None:
    """Have an output point to its file, and let go of a damaged one that it held until now."""
    held = output.file
    output.keep(file)
    if held and held != output.file:
        trash.delete_file(held)


def file_name_of(url: str) -> str:
    """Return the file name in an address; for a data URI, its type."""
    if url[:5].lower() == "data:":
        content_type = url[5:200].partition(",")[0].partition(";")[0].strip().lower()
        return f"file{mimetypes.guess_extension(content_type) or ''}"
    try:
        return unquote(urlsplit(url).path.rpartition("/")[2])
    except ValueError:  # brackets that hold no address: fetching it says so
        return ""
