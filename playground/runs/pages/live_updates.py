"""Finds what changed among the runs that a page shows, and newer runs."""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Self

from django.http import QueryDict
from django.utils import timezone

from playground.runs.models import Run, RunQuerySet
from playground.runs.pages.board import PAGE, STALLED_LOOK_SECONDS, Board, make_card, watch_team
from playground.runs.pages.card import Card
from playground.runs.pages.followed import Followed
from playground.runs.pages.glimpses import Glance, glance
from playground.runs.pages.waiting import NEAR_MS
from playground.runs.worker import poll_intervals

# Maximum time until a run is committed and the response to Generate arrives.
ON_ITS_WAY = timedelta(seconds=10)

# Age limit of runs whose response got lost.
NEWER_FOR = timedelta(hours=1)
NO_REVISION = -1

# Tolerance of the poll interval, as a share.
PACE_TOLERANCE = 1.25
PACE_DIGITS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """State of a page that polls.

    seen        the revision of each run whose card can change
    pace_ms     its poll interval in milliseconds; 0 if unknown
    is_stalled  it shows that no worker is alive
    """

    seen: dict[uuid.UUID, int]
    pace_ms: int = 0
    is_stalled: bool = False

    @classmethod
    def read(cls, query: QueryDict) -> Self:
        """Parse the query string of a poll; invalid parts are ignored."""
        pace = query.get("pace", "")
        return cls(
            seen=read_seen(query.getlist("run")),
            pace_ms=int(pace) if pace.isdecimal() and len(pace) <= PACE_DIGITS else 0,
            is_stalled="stalled" in query,
        )

    def is_current(self, board: Board) -> bool:
        """Whether the page is current: no changed card, notice or poll interval (204).

        A page that polls too often is not updated for that: `Poll-After` slows it down.
        """
        has_news = board.cards or board.count is not None or board.is_stalled != self.is_stalled
        return not has_news and 0 < self.pace_ms <= board.pace_ms * PACE_TOLERANCE

    def may_wait(self, board: Board) -> bool:
        """Whether there is nothing new, and there will be soon."""
        return bool(self.seen) and board.pace_ms <= NEAR_MS and self.is_current(board)


def read_seen(texts: Iterable[str]) -> dict[uuid.UUID, int]:
    """Parse "<run id>.<revision>" of each card that can change; skip invalid ones."""
    seen = {}
    for text in texts:
        pk, _, revision = text.partition(".")
        try:
            seen[uuid.UUID(pk)] = int(revision)
        except ValueError:
            continue
    return seen


def read_changes(followed: Followed, page: Shown) -> Board:
    """Return the shown runs that changed, and the poll interval for all.

    A run that was accepted during this poll keeps the page polling.
    """
    since = timezone.now() - ON_ITS_WAY
    state = glance(followed, shown_or_fresh, page.seen, since=since)
    return read_board_changes(followed, page, state)


def shown_or_fresh(runs: RunQuerySet, values: Mapping[str, Any]) -> list[RunQuerySet]:
    fresh = runs.filter(finished_at=None, created_at__gt=values["since"])
    return [runs.filter(pk__in=values["ids"]), fresh]


def read_newer(followed: Followed, page: Shown, after: str) -> Board:
    """Return the changed runs, and those newer than the newest on the page.

    after  ID of the newest run on the page; "" if there is none
    """
    runs = followed.runs
    found = runs.filter(created_at__gt=timezone.now() - NEWER_FOR).exclude(pk__in=page.seen)
    shown = read_id(after)
    if shown and (newest := runs.filter(pk=shown).first()):
        found = found.filter(created_at__gt=newest.created_at)
    newer = found.order_by("-created_at").values_list("pk", flat=True)[:PAGE]
    unseen = dict.fromkeys(newer, NO_REVISION)
    changes = read_changes(followed, replace(page, seen={**page.seen, **unseen}))
    return replace(changes, newer=frozenset(unseen))


def read_id(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


def read_arrivals(followed: Followed, page: Shown, since: datetime) -> Board:
    """Return the changed runs, and those that colleagues started since the last poll.

    The time ranges of polls overlap, because a run becomes visible after its timestamp; pages
    ignore duplicates.
    """
    now = timezone.now()
    earliest = max(since - ON_ITS_WAY, now - NEWER_FOR)
    state = glance(followed, shown_or_arrived, page.seen, since=earliest)
    return watch_team(read_board_changes(followed, page, state, has_arrivals=True), now)


def shown_or_arrived(runs: RunQuerySet, values: Mapping[str, Any]) -> list[RunQuerySet]:
    arrived = runs.filter(created_at__gt=values["since"]).exclude(pk__in=values["ids"])
    newest = arrived.order_by("-created_at").values("pk")[:PAGE]
    return [runs.filter(pk__in=values["ids"]), Run.objects.filter(pk__in=newest)]


def read_board_changes(
    followed: Followed, page: Shown, state: Glance, *, has_arrivals: bool = False
) -> Board:
    """Return the cards of the runs that changed.

    All waiting runs change when the last worker stops or one starts again.

    has_arrivals  whether there are runs that the page does not show
    """
    reads_otherwise = state.is_stalled != page.is_stalled
    changed, newer = set(), set()
    for each in state.glimpses.values():
        seen = page.seen.get(each.pk)
        if seen is None:
            newer |= {each.pk} if has_arrivals else set()
        elif seen != each.revision or (reads_otherwise and each.is_watched):
            changed.add(each.pk)
    seconds = STALLED_LOOK_SECONDS if state.is_stalled else state.seconds_to_next_look
    return Board(
        cards=read_cards(followed.runs, changed | newer) if changed or newer else (),
        pace_ms=int(seconds * 1000),
        is_stalled=state.is_stalled,
        newer=frozenset(newer),
    )


def read_cards(runs: RunQuerySet, ids: Iterable[uuid.UUID]) -> tuple[Card, ...]:
    """Return the cards of runs, the newest first."""
    found = runs.filter(pk__in=ids).for_cards().order_by("-created_at")
    return tuple(make_card(run, poll_intervals.recent_durations) for run in found)
