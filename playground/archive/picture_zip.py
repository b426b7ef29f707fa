"""A zip of selected pictures, with metadata and an HTML page.

Streamed: first the pictures, then the requests and responses of their runs, last the table, the
page and the list of missing files.
"""

import unicodedata
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, tzinfo
from pathlib import PurePosixPath

from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from playground.archive import csv_table
from playground.archive.selection import Selection
from playground.archive.zip_stream import ZipEntry, open_stored, write_zip
from playground.providers.programs import write_json
from playground.runs.files.uploads import UploadStore
from playground.runs.models import Output, Run
from playground.runs.pages import exchange
from playground.runs.pages.file_counts import count_listed
from playground.runs.pages.summary import InputLine, summarize
from playground.teams.models import Workspace

MOST = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class PageEntry:
    """A picture on the page; URLs are relative, "" if there is no such file.

    inputs  without the prompt
    """

    output: Output
    headline: str
    picture: str
    thumbnail: str
    inputs: tuple[InputLine, ...]


@dataclass(slots=True)
class PictureZip:
    """The content that was written so far.

    names    file names in lower case, and how often each was requested
    missing  lines: file and error
    zone     the reader's time zone, for dates
    """

    selection: Selection
    names: dict[str, int] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)
    cards: list[PageEntry] = field(default_factory=list)
    runs: set[uuid.UUID] = field(default_factory=set)
    rows: csv_table.CsvTable = field(default_factory=csv_table.CsvTable)
    zone: tzinfo = field(default_factory=timezone.get_current_timezone)

    def entries(self) -> Iterator[ZipEntry]:
        membership = self.selection.membership
        store = UploadStore(membership)
        for output in self.selection.read():
            name = self.name(output)
            yield from self.media(output, name, store)
            if output.run_id not in self.runs:
                self.runs.add(output.run_id)
                yield from documents(output.run, store)
        yield ZipEntry(name="runs.csv", content=self.rows.write(), is_text=True)
        yield ZipEntry(
            name="index.css", content=render_document("archive/index.css", {}), is_text=True
        )
        facts = {"cards": self.cards, "membership": membership, "now": timezone.now()}
        facts |= {"missing": self.missing, "runs": len(self.runs)}
        facts["file_count"] = count_listed(card.output for card in self.cards)
        with timezone.override(self.zone):  # Django has deactivated the request's by then
            page = render_document("archive/index.html", facts)
        yield ZipEntry(name="index.html", content=page, is_text=True)
        if self.missing:
            words = "\n".join([_("Files that could not be included:"), "", *self.missing, ""])
            yield ZipEntry(name="missing.txt", content=words.encode(), is_text=True)

    def media(self, output: Output, name: str, store: UploadStore) -> Iterator[ZipEntry]:
        """Yield the file and thumbnail of an output, and add them to page and table."""
        file = output.file
        if file is None:
            return
        picture, small = f"pictures/{name}", f"thumbnails/{name}.webp"
        content = open_stored(file.original, lambda why: self.missing.append(f"{picture}: {why}"))
        if content is not None:
            yield ZipEntry(name=picture, content=content)
        tiny = None
        if file.thumbnail:
            tiny = open_stored(file.thumbnail, lambda why: self.missing.append(f"{small}: {why}"))
        if tiny is not None:
            yield ZipEntry(name=small, content=tiny)
        lines = summarize(output.run, store)
        self.cards.append(
            PageEntry(
                output=output,
                headline=output.run.headline,
                picture=picture if content is not None else "",
                thumbnail=small if tiny is not None else "",
                inputs=tuple(line for line in lines if not line.is_prompt),
            )
        )
        self.rows.add(output, picture if content is not None else "")

    def name(self, output: Output) -> str:
        """Return a unique file name, also on case-insensitive disks."""
        wanted = PurePosixPath(unicodedata.normalize("NFC", output.download_name))
        name, number = wanted.name, 1
        while name.casefold() in self.names:
            number = self.names[wanted.name.casefold()] = (
                self.names.get(wanted.name.casefold(), 1) + 1
            )
            name = f"{wanted.stem}-{number:03}{wanted.suffix}"
        self.names[name.casefold()] = 1
        return name


def write_picture_zip(selection: Selection) -> Iterator[bytes]:
    """Yield the zip of a selection."""
    return write_zip(PictureZip(selection).entries())


def documents(run: Run, store: UploadStore) -> Iterator[ZipEntry]:
    """Yield the request and responses of a run, without the API key."""
    for name, read in (
        ("request", exchange.read_request(run, store)),
        ("answers", exchange.read_answers(run)),
    ):
        text = write_json(read).encode(errors="replace")
        yield ZipEntry(name=f"runs/{run.pk}/{name}.json", content=text, is_text=True)


def render_document(template: str, facts: dict[str, object]) -> bytes:
    return render_to_string(template, facts).encode(errors="replace")


def make_file_name(workspace: Workspace, what: str, suffix: str, day: date | None = None) -> str:
    """Return the file name of a download: "studio-pictures-2026-11-28.zip"."""
    words = slugify(workspace.name, allow_unicode=True)[:60] or "workspace"
    return f"{words}-{what}-{day or timezone.localdate()}{suffix}"
