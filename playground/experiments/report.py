"""Exports an experiment or a comparison as one self-contained HTML file.

Its pictures are data URIs; it has no scripts, makes no requests, and contains no URL of this
installation.
"""

import base64
import ipaddress
import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

from playground.catalog.models import ModelSpec, form_of
from playground.experiments.arrangement import NONE
from playground.experiments.cell_states import ShownCell
from playground.experiments.comparison import LETTERS
from playground.experiments.grid import Grid, read_grid
from playground.experiments.input_table import InputRow, read_rows
from playground.experiments.models import Experiment
from playground.experiments.voting.results import Results
from playground.media import incoming, storage
from playground.providers import registry
from playground.providers.protocol import Program
from playground.runs.files.references import find_references, replace_texts
from playground.runs.files.uploads import UploadStore
from playground.runs.models import MediaFile, Output, Run
from playground.runs.pages.exchange import name_files
from playground.runs.pages.file_counts import FileCount, count_listed
from playground.runs.pages.summary import InputLine, list_lines
from playground.schema.lists import list_plain
from playground.teams import providers_in_use
from playground.teams.models import Membership

MOST_BYTES = 15 * 2**20  # of all data URIs; mail is often limited to 20 or 25 MB
LARGEST_ORIGINAL = 400_000  # bytes of an original without a medium size
SHOWN_BY_BROWSERS = {"image/png", "image/jpeg", "image/webp", "image/gif"}
BEST = 6
PUBLIC_PLACEHOLDER = "https://<address of the service>"
DATA_URI = "data:{};base64,{}"


@dataclass(slots=True)
class Album:
    """Pictures as data URIs, within a total number of bytes.

    share     bytes per picture; of a larger one the thumbnail is used
    left_out  number of omitted pictures
    """

    share: int
    used: int = 0
    left_out: int = 0
    known: dict[Any, str] = field(default_factory=dict)

    def embed(self, output: Output) -> str:
        """Return the data URI of a picture; "" if it has none or does not fit."""
        if output.pk not in self.known:
            self.known[output.pk] = self.read(output.file) if output.file else ""
        return self.known[output.pk]

    def read(self, file: MediaFile) -> str:
        for name, content_type in list_copies(file):
            uri = read_uri(getattr(file, name), content_type)
            if uri and (len(uri) <= self.share or name == "thumbnail"):
                if self.used + len(uri) > MOST_BYTES:
                    break
                self.used += len(uri)
                return uri
        self.left_out += bool(file.thumbnail)
        return ""


def list_copies(file: MediaFile) -> Iterator[tuple[str, str]]:
    """Yield (stored name, content type) of the copies of a picture, the best first."""
    if file.medium:
        yield "medium", "image/webp"
    elif file.content_type in SHOWN_BY_BROWSERS and file.size_bytes <= LARGEST_ORIGINAL:
        yield "original", file.content_type
    if file.thumbnail:
        yield "thumbnail", "image/webp"


def read_uri(stored: Any, content_type: str) -> str:
    """Return a stored file as a data URI; "" if it is missing.

    Raises  StorageFailedError
    """
    try:
        with (
            incoming.storage_faults_named(but=(FileNotFoundError,)),
            storage.open_part(stored, 0, None) as opened,
        ):
            content = opened.read() or b""
    except FileNotFoundError:
        return ""
    return DATA_URI.format(content_type, base64.b64encode(content).decode())


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """An output in a report.

    uri     data URI; "" if omitted
    letter  letter in a comparison
    """

    output: Output
    uri: str
    name: str
    letter: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportCell:
    cell: ShownCell
    uri: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportTable:
    """A table of the grid, for one combination of the axes that are not rows or columns."""

    title: str
    column_heads: Sequence[str]
    rows: list[tuple[str, list[ReportCell]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgramsOf:
    """Code snippets of a run; of an experiment, with its shared inputs."""

    title: str
    programs: tuple[Program, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExperimentReport:
    experiment: Experiment
    grid: Grid
    tables: list[ReportTable]
    best: list[Picture]
    results: list[Results]
    lines: list[InputLine]
    codes: list[ProgramsOf]
    left_out: int

    @property
    def title(self) -> str:
        return self.experiment.title

    @property
    def cost(self) -> Decimal:
        return self.grid.cost


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparisonReport:
    title: str
    pictures: list[Picture]
    rows: list[InputRow]
    codes: list[ProgramsOf]
    left_out: int

    @property
    def file_count(self) -> FileCount:
        return count_listed(each.output for each in self.pictures)

    @property
    def cost(self) -> Decimal:
        """The total cost of the distinct runs."""
        runs = {each.output.run_id: each.output.run for each in self.pictures}
        return sum((run.cost_counted or Decimal() for run in runs.values()), Decimal())


def report_on_experiment(membership: Membership, experiment: Experiment) -> ExperimentReport:
    """Make the report. Raises StorageFailedError."""
    grid = read_grid(membership, experiment, {})
    album = Album(share=MOST_BYTES // max(grid.done_count, 1))
    tables = list(make_tables(grid, album))
    votings = experiment.votings.filter(votes__isnull=False).distinct()
    store, spec = UploadStore(membership), experiment.spec
    held = experiment.inputs if isinstance(experiment.inputs, dict) else {}
    return ExperimentReport(
        experiment=experiment,
        grid=grid,
        tables=tables,
        best=[name_picture(each, album) for each in find_best(grid)],
        results=[Results(voting=each, membership=membership) for each in votings],
        lines=[
            line
            for line in list_lines(held, form_of(experiment.spec_id), store)
            if line.text or line.files
        ],
        codes=[ProgramsOf(title=spec.shown_title, programs=write_code(spec, held, store))],
        left_out=album.left_out,
    )


def make_tables(grid: Grid, album: Album) -> Iterator[ReportTable]:
    """Yield a table for each combination of the axes that are not rows or columns."""
    others = [axis for axis in range(len(grid.axes)) if axis in grid.view.chosen]
    for values in itertools.product(*(grid.numbers(axis) for axis in others)):
        chosen = dict(zip(others, values, strict=True))
        part = replace(grid, view=replace(grid.view, chosen=chosen))
        titles = (
            f"{grid.axes[axis].title}: {grid.axes[axis].values[at].label}"
            for axis, at in chosen.items()
            if at != NONE
        )
        yield ReportTable(
            title=list_plain(titles),
            column_heads=part.column_heads,
            rows=[
                (head, [ReportCell(cell=cell, uri=embed_cell(cell, album)) for cell in cells])
                for head, _, cells in part.rows
            ],
        )


def embed_cell(cell: ShownCell, album: Album) -> str:
    return album.embed(cell.output) if cell.output else ""


def find_best(grid: Grid) -> list[Output]:
    """Return the rated outputs with the most stars."""
    runs = [state.run for state in grid.states.values()]
    rated = Output.objects.filter(run__in=runs, stars__gt=0, trashed_at=None, file__isnull=False)
    found = rated.select_related("run__spec", "file").order_by(
        "-stars", "run__cell__id", "position"
    )
    return list(found[:BEST])


def name_picture(output: Output, album: Album, letter: str = "") -> Picture:
    return Picture(
        output=output, uri=album.embed(output), name=output.run.headline[:200], letter=letter
    )


def report_on_comparison(membership: Membership, outputs: Sequence[Output]) -> ComparisonReport:
    """Make the report. Raises StorageFailedError."""
    album, store = Album(share=MOST_BYTES // len(outputs)), UploadStore(membership)
    return ComparisonReport(
        title=outputs[0].run.headline[:200],
        pictures=[
            name_picture(output, album, letter)
            for output, letter in zip(outputs, LETTERS, strict=False)
        ],
        rows=read_rows([output.run for output in outputs], membership),
        codes=[
            write_code_of(output.run, letter, store)
            for output, letter in zip(outputs, LETTERS, strict=False)
        ],
        left_out=album.left_out,
    )


def write_code_of(run: Run, letter: str, store: UploadStore) -> ProgramsOf:
    return ProgramsOf(title=letter, programs=write_code(run.spec, run.inputs, store))


def write_code(spec: ModelSpec, inputs: Any, store: UploadStore) -> tuple[Program, ...]:
    """Return code snippets for the real provider, without API key and our URLs."""
    held = form_of(spec.pk).hide_secrets(inputs)
    provider = registry.get(spec.provider_in_use)
    real = registry.get(provider.stands_in_for or provider.slug)
    address = providers_in_use.address_of(real)
    links = {reference: f"<link to {name}>" for reference, name in name_files(held, store).items()}
    linked = replace_texts(held, links)
    return real.write_programs(
        address if is_public(address) else PUBLIC_PLACEHOLDER,
        spec.slug,
        linked,
        has_files=bool(find_references(held)),
    )


def is_public(address: str) -> bool:
    """Return whether a URL may be in an exported file."""
    parts = urlsplit(address)
    host = parts.hostname or ""
    if parts.username or parts.password or "." not in host:
        return False
    try:
        return ipaddress.ip_address(host).is_global
    except ValueError:
        return not host.endswith((".local", ".internal", ".lan", ".localhost", ".home.arpa"))
