"""Draws the tiles of the gallery.

The template is drawn once for each shape of a tile, with slots for the texts that are another in
each tile: addresses, words, sizes. A tile then fills the slots of its shape. Nothing that is kept
names a picture, and all that a tile says is read for it.
"""

from dataclasses import dataclass, field

from django.template import Context
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import get_language

from playground import kept_html, moments
from playground.addresses import address_of
from playground.gallery.filters import Filters
from playground.gallery.pages import GalleryTile
from playground.kept_html import Drawing
from playground.media.content import MediaKind
from playground.runs.models.media_file import MediaFile
from playground.schema.kept import Kept
from playground.teams.models import Membership

TEMPLATE = "gallery/gallery/tile.html"
WORDS, SHORT_WORDS = 120, 60
REM = 14  # the width in rem that a square tile has at the most usual height of a row

SLOTS = (
    "output_id", "run_id", "ratio", "address", "placeholder", "thumbnail", "sources", "rem",
    "width", "height", "words", "short_words", "original", "goes", "vary",
)  # fmt: skip

kept: Kept[Drawing] = Kept(most=200)


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """What the tiles of a page have in common.

    query     of the filters, with which a picture is opened; "" for none
    is_trash  the page shows the trash
    is_plain  tiles cannot be selected
    """

    can_generate: bool
    query: str = ""
    is_trash: bool = False
    is_plain: bool = False
    language: str = field(default_factory=get_language)

    @classmethod
    def of(cls, membership: Membership, filters: Filters) -> "Grid":
        can_generate = membership.can_generate
        return cls(can_generate=can_generate, query=filters.query, is_trash=filters.trash)


@dataclass(frozen=True, slots=True, kw_only=True)
class TileShape:
    """All that the template of a tile branches on."""

    part_of_set: bool
    is_plain: bool
    kind: str
    has_thumbnail: bool
    has_placeholder: bool
    has_holes: bool
    has_player: bool
    seconds: int
    is_shared: bool
    says_trashed: bool
    says_when_it_goes: bool
    stars: int
    has_acts: bool
    can_vary: bool


def draw_tile(tile: GalleryTile, grid: Grid, *, part_of_set: bool = False) -> SafeString:
    """Return the HTML of a tile.

    part_of_set  whether it is in the block of its run
    """
    shape = read_shape(tile, grid, part_of_set=part_of_set)
    drawing = kept.find_or_make(
        (shape, grid.language),
        lambda: kept_html.draw(TEMPLATE, read_context(shape), SLOTS),
    )
    return kept_html.fill(drawing, texts=read_texts(tile, grid))


def read_shape(tile: GalleryTile, grid: Grid, *, part_of_set: bool) -> TileShape:
    output, run, file = tile.output, tile.output.run, tile.output.file or MediaFile()
    return TileShape(
        part_of_set=part_of_set,
        is_plain=grid.is_plain,
        kind=file.kind,
        has_thumbnail=bool(file.thumbnail),
        has_placeholder=bool(file.placeholder),
        has_holes=file.has_holes,
        has_player=file.kind == "audio" and file.is_playable,
        seconds=max(round(file.duration_seconds), 1) if file.duration_seconds else 0,
        is_shared=run.is_shared,
        says_trashed=output.trashed_at is not None and not grid.is_trash,
        says_when_it_goes=output.trashed_at is not None and grid.is_trash,
        stars=output.stars,
        has_acts=output.trashed_at is None and not grid.is_plain,
        can_vary=grid.can_generate and not run.spec.is_retired,
    )


def read_context(shape: TileShape) -> dict[str, object]:
    """Return the context of the template; its badge is that of the cards, and has their names."""
    file = {
        "kind": shape.kind,
        "get_kind_display": MediaKind(shape.kind).label if shape.kind else "",
        "thumbnail": shape.has_thumbnail,
        "is_playable": shape.has_player,
        "duration_seconds": shape.seconds,
    }
    output = {"stars": shape.stars, "trashed_at": shape.says_trashed}
    return {"shape": shape, "file": file, "output": output, "run": {"is_shared": shape.is_shared}}


def read_texts(tile: GalleryTile, grid: Grid) -> dict[str, object]:
    """Return the texts for the slots of a tile."""
    output, run, file = tile.output, tile.output.run, tile.output.file or MediaFile()
    query = f"?{grid.query}" if grid.query else ""
    words = shorten(run.headline, WORDS)
    return {
        "output_id": output.pk,
        "run_id": run.pk,
        "ratio": tile.ratio,
        "address": address_of("picture", output.pk) + query,
        "placeholder": file.placeholder,
        "thumbnail": output.thumbnail_url,
        "sources": output.sources,
        "rem": round(tile.ratio / 100 * REM),
        "width": file.width,
        "height": file.height,
        "words": words,
        "short_words": shorten(words, SHORT_WORDS),
        "original": output.get_absolute_url() if file.kind == "audio" else "",
        "goes": moments.moment(Context(), tile.goes_at, "day") if grid.is_trash else "",
        "vary": f"{run.spec.get_absolute_url()}?from={run.pk}",
    }


def shorten(words: str, most: int) -> str:
    return words if len(words) <= most else Truncator(words).chars(most)
