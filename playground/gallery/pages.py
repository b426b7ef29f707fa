"""Outputs in their order, a page at a time: the newest run first, its pictures as they came.

A page begins where the last one ended (keyset): page 500 costs what page 1 costs, and what is made
meanwhile shifts nothing. A page that says how far it goes through holds all up to that place, so
that a person who comes back finds what they had scrolled past.
"""

import uuid
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

from django.db.models import Q
from django.utils import timezone

from playground.runs.files import trash
from playground.runs.models import Output, OutputQuerySet

PAGE = 60
MOST = 600  # on one page, of what was scrolled past
NEWEST_FIRST = ("-run__created_at", "-run_id", "position")
OLDEST_FIRST = ("run__created_at", "run_id", "-position")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cursor:
    """A place between two outputs: just after one of them, or just before it."""

    at: datetime
    run: uuid.UUID
    position: int

    def __str__(self) -> str:
        return f"{self.at.isoformat()}_{self.run}_{self.position}"

    @property
    def day(self) -> date:
        return timezone.localdate(self.at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    """An output in the grid.

    day      where it is the first of its day, in the reader's time: that day; else None
    ratio    width by height in hundredths, as the style sheet knows them
    goes_at  in the trash: when it goes for good
    """

    output: Output
    day: date | None
    ratio: int
    goes_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Some outputs, and where those after them begin; "" where there are none.

    is_cut  whether there are later ones than were asked for, or than one page can hold
    """

    tiles: tuple[Tile, ...]
    after: str
    is_cut: bool


def cursor_of(output: Output) -> Cursor:
    return Cursor(at=output.run.created_at, run=output.run_id, position=output.position)


def read_cursor(text: str) -> Cursor | None:
    try:
        at, run, position = text.split("_")
        moment = datetime.fromisoformat(at)
        moment = moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
        return Cursor(at=moment, run=uuid.UUID(run), position=min(int(position), 2**31 - 2))
    except (ValueError, OverflowError):
        return None


def read_page(outputs: OutputQuerySet, after: Cursor | None, through: Cursor | None = None) -> Page:
    """Read the outputs that follow a place.

    through  as far as that place, and a page beyond; of more than MOST the nearest to it
    """
    passed: list[Output] = []
    start, is_cut = after, after is not None
    if through and (after is None or precedes(after, through)):
        passed = list(with_facts(up_to(outputs, after, through))[: MOST + 1])
        is_cut, start = is_cut or len(passed) > MOST, through
        passed = passed[:MOST][::-1]
    found = list(with_facts(following(outputs, start))[: PAGE + 1])
    shown = passed + found[:PAGE]
    tiles, day = [], after.day if after else None
    for output in shown:
        own = cursor_of(output).day
        tiles.append(tile_of(output, own if own != day else None))
        day = own
    more = str(cursor_of(shown[-1])) if len(found) > PAGE else ""
    return Page(tiles=tuple(tiles), after=more, is_cut=is_cut)


def tile_of(output: Output, day: date | None) -> Tile:
    return Tile(output=output, day=day, ratio=ratio_of(output), goes_at=trash.goes_at(output))


def precedes(one: Cursor, other: Cursor) -> bool:
    """Whether one place comes before another, newest first."""
    return (one.at, one.run.bytes, -one.position) > (other.at, other.run.bytes, -other.position)


def up_to(outputs: OutputQuerySet, after: Cursor | None, through: Cursor) -> OutputQuerySet:
    """Return what comes after one place as far as another, the nearest to that one first."""
    at_or_before = replace(through, position=through.position + 1)
    found = preceding(outputs, at_or_before)
    return following(found, after).order_by(*OLDEST_FIRST) if after else found


def with_facts(outputs: OutputQuerySet) -> OutputQuerySet:
    """Load with each what a page shows of it, and nothing large."""
    return outputs.select_related("run", "file").only(
        "id", "position", "kind", "stars", "trashed_at", "run__id", "run__inputs", "run__spec",
        "run__created_at", "run__is_shared", "file__id", "file__kind", "file__width",
        "file__height", "file__thumbnail", "file__placeholder", "file__is_animated",
        "file__duration_seconds",
    )  # fmt: skip


def following(outputs: OutputQuerySet, cursor: Cursor | None) -> OutputQuerySet:
    """Return what comes after a place, the nearest first."""
    ordered = outputs.order_by(*NEWEST_FIRST)
    if cursor is None:
        return ordered
    same_moment = Q(run__created_at=cursor.at)
    beyond = (
        Q(run__created_at__lt=cursor.at)
        | same_moment & Q(run_id__lt=cursor.run)
        | same_moment & Q(run_id=cursor.run, position__gt=cursor.position)
    )
    return ordered.filter(beyond, run__created_at__lte=cursor.at)  # the last is for the index


def preceding(outputs: OutputQuerySet, cursor: Cursor) -> OutputQuerySet:
    """Return what comes before a place, the nearest first."""
    same_moment = Q(run__created_at=cursor.at)
    beyond = (
        Q(run__created_at__gt=cursor.at)
        | same_moment & Q(run_id__gt=cursor.run)
        | same_moment & Q(run_id=cursor.run, position__lt=cursor.position)
    )
    return outputs.order_by(*OLDEST_FIRST).filter(beyond, run__created_at__gte=cursor.at)


LEAST_RATIO, MOST_RATIO, STEP = 40, 300, 5


def ratio_of(output: Output) -> int:
    """Return a shape that the style sheet knows; a sound has the shape of its player."""
    file = output.file
    if file is None or not file.width or not file.height:
        return MOST_RATIO if file and file.kind == "audio" else 100
    exact = 100 * file.width / file.height
    return min(max(round(exact / STEP) * STEP, LEAST_RATIO), MOST_RATIO)
