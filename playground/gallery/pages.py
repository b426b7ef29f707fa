"""Keyset pagination of outputs: newest run first, its outputs in their order.

A page starts after the cursor of the last one: page 500 costs as much as page 1, and new outputs do
not shift pages. With `through`, a page contains everything up to that cursor, so that the back
button restores the scroll position.
"""

import uuid
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from itertools import groupby

from django.db.models import Q
from django.utils import timezone

from playground.gallery.days import Day, day_heading
from playground.gallery.filters import begin_of
from playground.runs.files import trash
from playground.runs.models import Output, OutputQuerySet
from playground.runs.pages import tile_shapes
from playground.runs.pages.file_counts import FileCount, count_listed

PAGE = 60
MOST = 600  # on one restored page
MOST_OF_DAY = 1_000  # limit for counting the pictures of a day
MOST_OF_SET = 4
NEWEST_FIRST = ("-run__created_at", "-run_id", "position")
OLDEST_FIRST = ("run__created_at", "run_id", "-position")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cursor:
    """A position between two outputs: directly after or before one of them."""

    at: datetime
    run: uuid.UUID
    position: int

    def __str__(self) -> str:
        return f"{self.at.isoformat()}_{self.run}_{self.position}"

    @property
    def day(self) -> date:
        return timezone.localdate(self.at)


@dataclass(frozen=True, slots=True, kw_only=True)
class GalleryTile:
    """An output in the grid.

    ratio    width by height in hundredths, as in the CSS classes
    goes_at  when it is deleted from the trash
    """

    output: Output
    ratio: int
    goes_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TileGroup:
    """A block of tiles: one, or the two to four of one run.

    day    the heading above, if they are the first of a day
    ratio  aspect ratio of all of them side by side
    """

    tiles: tuple[GalleryTile, ...]
    day: Day | None
    ratio: int

    @property
    def is_set(self) -> bool:
        return len(self.tiles) > 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page of outputs, and the cursor of the next page; "" if there is none.

    is_cut  whether newer outputs were left out, as requested or by the size limit
    """

    blocks: tuple[TileGroup, ...]
    after: str
    is_cut: bool

    @property
    def tiles(self) -> tuple[GalleryTile, ...]:
        return tuple(tile for block in self.blocks for tile in block.tiles)

    @property
    def count(self) -> int | None:
        """The number of matches, if all of them are on this page."""
        return None if self.after or self.is_cut else len(self.tiles)

    @property
    def file_count(self) -> FileCount:
        """Its files in words."""
        return count_listed(tile.output for tile in self.tiles)


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
    """Read the page after a cursor.

    through  read up to this cursor and one page beyond; at most the MOST nearest to it
    """
    passed: list[Output] = []
    start, is_cut = after, after is not None
    if through and (after is None or precedes(after, through)):
        passed = list(with_facts(up_to(outputs, after, through))[: MOST + 1])
        is_cut, start = is_cut or len(passed) > MOST, through
        passed = passed[:MOST][::-1]
    found = list(with_facts(following(outputs, start))[: PAGE + 1])
    shown = passed + found[:PAGE]
    is_more = len(found) > PAGE
    counts = count_days(outputs, shown, is_more=is_more, is_cut=is_cut)
    blocks = make_blocks(shown, after.day if after else None, counts)
    return Page(
        blocks=tuple(blocks), after=str(cursor_of(shown[-1])) if is_more else "", is_cut=is_cut
    )


def count_days(
    outputs: OutputQuerySet, shown: Sequence[Output], *, is_more: bool, is_cut: bool
) -> Counter[date]:
    """Count the matches on each day of a page; its first and last day may continue beyond it."""
    counts = Counter(cursor_of(output).day for output in shown)
    ends = [*shown[:1]] * is_cut + [*shown[-1:]] * is_more
    for day in {cursor_of(output).day for output in ends}:
        within = outputs.filter(
            run__created_at__gte=begin_of(day), run__created_at__lt=begin_of(day + timedelta(1))
        )
        counts[day] = within.order_by()[: MOST_OF_DAY + 1].count()
    return counts


def make_blocks(
    shown: Sequence[Output], last_day: date | None, counts: Counter[date]
) -> Iterator[TileGroup]:
    """Group the pictures of a run into a block if they are few enough."""
    today = timezone.localdate()
    for _, run in groupby(shown, key=lambda output: output.run_id):
        own = [tile_of(output) for output in run]
        groups = [own] if len(own) <= MOST_OF_SET else [[tile] for tile in own]
        for group in groups:
            day = cursor_of(group[0].output).day
            heading = None if day == last_day else make_day(day, today, counts[day])
            last_day = day
            total = sum(tile.ratio for tile in group)
            yield TileGroup(
                tiles=tuple(group), day=heading, ratio=tile_shapes.step(total, tile_shapes.LONGEST)
            )


def make_day(day: date, today: date, count: int) -> Day:
    name, about = day_heading(day, today)
    is_more = count > MOST_OF_DAY
    return Day(date=day, name=name, about=about, count=count - is_more, is_more=is_more)


def tile_of(output: Output) -> GalleryTile:
    return GalleryTile(
        output=output, ratio=display_ratio(output), goes_at=trash.deletion_time(output)
    )


def precedes(one: Cursor, other: Cursor) -> bool:
    """Whether one cursor precedes another, newest first."""
    return (one.at, one.run.bytes, -one.position) > (other.at, other.run.bytes, -other.position)


def up_to(outputs: OutputQuerySet, after: Cursor | None, through: Cursor) -> OutputQuerySet:
    """Return the outputs between two cursors, the nearest to the second first."""
    at_or_before = replace(through, position=through.position + 1)
    found = preceding(outputs, at_or_before)
    return following(found, after).order_by(*OLDEST_FIRST) if after else found


def with_facts(outputs: OutputQuerySet) -> OutputQuerySet:
    """Load only the columns that a page shows."""
    return outputs.select_related("run__spec", "file").only(
        "id", "position", "kind", "stars", "trashed_at", "run__id", "run__inputs",
        "run__created_at", "run__is_shared", "run__spec__slug", "run__spec__is_retired",
        "file__id", "file__kind", "file__content_type", "file__original", "file__width",
        "file__height", "file__thumbnail", "file__medium", "file__large", "file__placeholder",
        "file__is_animated", "file__duration_seconds",
    )  # fmt: skip


def following(outputs: OutputQuerySet, cursor: Cursor | None) -> OutputQuerySet:
    """Return the outputs after a cursor, the nearest first."""
    ordered = outputs.order_by(*NEWEST_FIRST)
    if cursor is None:
        return ordered
    same_moment = Q(run__created_at=cursor.at)
    beyond = (
        Q(run__created_at__lt=cursor.at)
        | same_moment & Q(run_id__lt=cursor.run)
        | same_moment & Q(run_id=cursor.run, position__gt=cursor.position)
    )
    return ordered.filter(beyond, run__created_at__lte=cursor.at)  # the last one is for the index


def preceding(outputs: OutputQuerySet, cursor: Cursor) -> OutputQuerySet:
    """Return the outputs before a cursor, the nearest first."""
    same_moment = Q(run__created_at=cursor.at)
    beyond = (
        Q(run__created_at__gt=cursor.at)
        | same_moment & Q(run_id__gt=cursor.run)
        | same_moment & Q(run_id=cursor.run, position__lt=cursor.position)
    )
    return outputs.order_by(*OLDEST_FIRST).filter(beyond, run__created_at__gte=cursor.at)


def display_ratio(output: Output) -> int:
    """Return an aspect ratio that has a CSS class; a sound has that of its player."""
    file = output.file
    if file is None or not file.width or not file.height:
        return tile_shapes.MOST if file and file.kind == "audio" else 100
    return tile_shapes.step(100 * file.width / file.height)
