"""The board: the runs that a page shows, and the interval of its polls."""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, ClassVar
from urllib.parse import urlencode

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from playground.catalog.models import ModelSpec
from playground.prepared_queries import run_prepared
from playground.runs.models import Run, RunQuerySet, Worker
from playground.runs.pages import card_columns, kept_cards
from playground.runs.pages.card import COUNTS, GROUPED, MOST_PLACES, USUAL_GROUP, Card
from playground.runs.pages.card_columns import KeptCard
from playground.runs.pages.file_counts import FileCount, count_kinds
from playground.runs.pages.followed import Followed
from playground.runs.worker import poll_intervals
from playground.runs.worker.poll_intervals import Durations, RunKind
from playground.teams.models import Membership

PAGE = 36
IN_HERO = 3  # runs in progress in the hero row; others get a line each
MOST_COUNTED = 1_000

TEAM_LOOK_MS = 4000

# Without a worker, nothing changes; pages then poll for a worker.
STALLED_LOOK_SECONDS = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """The runs of a page.

    pace_ms     milliseconds until the next poll, 0 when nothing can change
    earlier     cursor of the earlier runs, None if there are none
    is_stalled  runs wait and no worker is alive
    newer       runs that the page has no card of
    is_newest   this is the first page
    is_team     shared runs of the team, instead of one person's
    since       start time for the next poll for runs of colleagues
    count       files of these and all earlier runs; None if not shown, or unchanged
    """

    cards: tuple[Card | KeptCard, ...]
    pace_ms: int
    earlier: datetime | None = None
    is_stalled: bool = False
    newer: frozenset[uuid.UUID] = frozenset()
    is_newest: bool = True
    is_team: bool = False
    since: datetime | None = None
    count: FileCount | None = None

    # The page shows a placeholder run before the server responds: `count_expected` of the form.
    form_names: ClassVar = {
        "counts": " ".join(f"/{name}" for name in COUNTS),
        "grouped": f"/{GROUPED}",
        "group_size": f"/{GROUPED}_options/max_images",
        "prompt": "/prompt",
    }
    usual_group: ClassVar = USUAL_GROUP
    most_places: ClassVar = MOST_PLACES

    @property
    def has_broker(self) -> bool:
        """Whether Celery takes the steps of runs, so that other processes are to be started."""
        return bool(settings.BROKER_URL)

    @property
    def hero(self) -> list[Card | KeptCard]:
        """The oldest runs in progress, and the newest finished one: shown large."""
        done = [card for card in self.cards if card.is_shown_large] if self.is_newest else []
        return [*self.in_progress[-IN_HERO:], *done[:1]]

    @property
    def lines(self) -> list[Card | KeptCard]:
        """The other runs in progress."""
        return self.in_progress[:-IN_HERO]

    @property
    def rows(self) -> list[Card | KeptCard]:
        """All others, small."""
        large = {card.run.pk for card in [*self.hero, *self.lines]}
        return [replace(card, is_large=False) for card in self.cards if card.run.pk not in large]

    @property
    def in_progress(self) -> list[Card | KeptCard]:
        return [card for card in self.cards if card.run.is_watched]

    @property
    def has_settled(self) -> bool:
        """Whether a run has just ended, so that the number of pictures changed."""
        return any(card.run.is_settled for card in self.cards)

    @property
    def pressed(self) -> list[Run]:
        """The runs whose cards requested the newer ones."""
        drawn = [card.run for card in self.cards if isinstance(card, Card)]
        made = [run.made_from for run in drawn if run.pk in self.newer and run.made_from]
        return list({run.pk: run for run in made}.values())


def read_board(runs: RunQuerySet) -> Board:
    """Return the newest of these runs."""
    return make_board(list(runs.for_cards().order_by("-created_at")[:PAGE]))


def read_kept_board(followed: Followed, before: datetime | None) -> Board:
    """Return the newest of the followed runs, or the newest before a time.

    Loads only the runs whose cards are not cached.
    """
    found = card_columns.read_runs(followed, before, PAGE + 1)
    shown = tuple(KeptCard(run=run) for run in found[:PAGE])
    known = Board(cards=shown, pace_ms=0, is_newest=before is None)
    drawn = [card for card in [*known.hero, *known.rows] if is_kept(card, followed.membership)]
    missing = {card.run.pk for card in shown} - {card.run.pk for card in drawn}
    loaded = Run.objects.filter(pk__in=missing).for_cards().in_bulk() if missing else {}
    board = make_board(list(loaded.values()), found[PAGE - 1].created_at if found[PAGE:] else None)
    cards = {card.run.pk: card for card in board.cards}
    mixed = tuple(cards.get(card.run.pk, card) for card in shown)
    return replace(board, cards=mixed, is_newest=known.is_newest)


def is_kept(card: Card | KeptCard, membership: Membership) -> bool:
    return isinstance(card, KeptCard) and kept_cards.is_kept(card, membership)


def read_page(
    membership: Membership, spec: ModelSpec, before: datetime | None, *, team: bool
) -> Board:
    """Return the board of a page: its runs, the number of files, what to poll."""
    followed = Followed(membership=membership, team=team, slug=spec.slug)
    found = read_kept_board(followed, before)
    board = replace(found, count=count_outputs(followed))
    return watch_team(board, timezone.now()) if team and board.is_newest else board


def read_moment(text: str) -> datetime | None:
    try:
        moment = parse_datetime(text)
        return moment.astimezone(UTC) if moment and moment.tzinfo else None
    except (ValueError, OverflowError):
        return None


def watch_team(board: Board, since: datetime) -> Board:
    """Make a page keep polling for runs of colleagues, also if nothing is in progress."""
    pace_ms = min(board.pace_ms or TEAM_LOOK_MS, TEAM_LOOK_MS)
    return replace(board, is_team=True, since=since, pace_ms=pace_ms)


def count_outputs(followed: Followed) -> FileCount:
    """Count the files of followed runs, up to a limit, by the index of the runs."""

    def make_query(samples: Mapping[str, Any]) -> QuerySet[Run, Any]:
        runs = followed.replaced(samples).runs.filter(dismissed_at=None)
        found = runs.filter(outputs__trashed_at=None, outputs__file__isnull=False).order_by()
        return found.values_list("outputs__file__kind")[: MOST_COUNTED + 1]

    rows = run_prepared(followed.kind, make_query, followed.values)
    return count_kinds([kind for (kind,) in rows], MOST_COUNTED)


def make_board(runs: list[Run], earlier: datetime | None = None) -> Board:
    usual = cache(poll_intervals.durations)
    watched = [run for run in runs if run.is_watched]
    paces = [
        poll_intervals.seconds_to_next_look(run, usual(poll_intervals.kind_of(run)))
        for run in watched
    ]
    stalled = bool(paces) and not Worker.objects.alive().exists()
    seconds = STALLED_LOOK_SECONDS if stalled else min(paces, default=0)
    return Board(
        cards=tuple(make_card(run, usual) for run in runs),
        pace_ms=int(seconds * 1000),
        earlier=earlier,
        is_stalled=stalled,
    )


def make_card(run: Run, durations: Callable[[RunKind], Durations | None]) -> Card:
    """Make the card of a run.

    durations  of similar earlier runs
    """
    usual = durations(poll_intervals.kind_of(run)) if run.is_watched else None
    return Card(run=run, usual_seconds=usual.median if usual else None)


def runs_shown_to(membership: Membership, *, team: bool = False) -> RunQuerySet:
    """Return the runs of the board: the person's own; for the team, all visible ones."""
    return Followed(membership=membership, team=team).runs


def runs_on_page(membership: Membership, spec: ModelSpec, *, team: bool = False) -> RunQuerySet:
    """Return the runs beside a model's form, of all its versions."""
    followed = Followed(membership=membership, team=team, slug=spec.slug)
    return followed.runs.filter(dismissed_at=None)


def find_page(membership: Membership, run: Run) -> str:
    """Return the URL of the board page that shows a run."""
    is_theirs = run.author_id != membership.user_id
    query = {"whose": "team"} if is_theirs and membership.can_generate else {}
    later = runs_on_page(membership, run.spec, team=is_theirs).filter(created_at__gt=run.created_at)
    if later.count() >= PAGE:
        query["before"] = (run.created_at + timedelta(microseconds=1)).isoformat()
    address = run.spec.get_absolute_url()
    return f"{address}?{urlencode(query)}" if query else address
