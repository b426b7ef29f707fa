"""Finds what changed among the runs that a page shows, and newer runs."""

import uuid
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from django.db.models import Q
from django.utils import timezone

from playground.runs.models import FINISHED, RunQuerySet
from playground.runs.pages.board import PAGE, Board, make_board, watch_team

# An answer to Generate reaches its page well within this, and a run is committed so soon.
ON_ITS_WAY = timedelta(seconds=10)

# Who looks for a run whose answer got lost pressed for it not long ago.
NEWER_FOR = timedelta(hours=1)
NO_REVISION = -1


def read_seen(texts: Iterable[str]) -> dict[uuid.UUID, int]:
    """Read "<run id>.<revision>" of each card that may still change; skip invalid ones."""
    seen = {}
    for text in texts:
        pk, _, revision = text.partition(".")
        try:
            seen[uuid.UUID(pk)] = int(revision)
        except ValueError:
            continue
    return seen


def read_changes(
    runs: RunQuerySet, seen: dict[uuid.UUID, int], *, was_stalled: bool = False
) -> Board:
    """Return those among the seen runs that changed since, and the pace for all of them.

    A run that was accepted while this look was on its way keeps the page looking. When the last
    worker goes, or one comes back, whatever waits reads otherwise than it was seen.
    """
    moment_ago = timezone.now() - ON_ITS_WAY
    fresh = runs.filter(~Q(status__in=FINISHED), created_at__gt=moment_ago).exclude(pk__in=seen)
    watched = list(runs.filter(pk__in=seen).for_cards().order_by("-created_at"))
    board = make_board([*watched, *fresh.for_cards()[:PAGE]])
    reads_otherwise = board.is_stalled != was_stalled
    changed = (
        card
        for card in board.cards
        if (card.run.pk in seen and card.run.is_watched and reads_otherwise)
        or seen.get(card.run.pk, card.run.revision) != card.run.revision
    )
    return replace(board, cards=tuple(changed))


def read_newer(
    runs: RunQuerySet, seen: dict[uuid.UUID, int], after: str, *, was_stalled: bool = False
) -> Board:
    """Return the changed runs, and those newer than the newest on the page.

    after  the id of that one; "" where the page shows none
    """
    found = runs.filter(created_at__gt=timezone.now() - NEWER_FOR).exclude(pk__in=seen)
    shown = read_id(after)
    if shown and (newest := runs.filter(pk=shown).first()):
        found = found.filter(created_at__gt=newest.created_at)
    newer = found.order_by("-created_at").values_list("pk", flat=True)[:PAGE]
    unseen = dict.fromkeys(newer, NO_REVISION)
    changes = read_changes(runs, {**seen, **unseen}, was_stalled=was_stalled)
    return replace(changes, newer=frozenset(unseen))


def read_id(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


def read_arrivals(
    runs: RunQuerySet, seen: dict[uuid.UUID, int], since: datetime, *, was_stalled: bool = False
) -> Board:
    """Return the changed runs, and those that colleagues started since the last poll.

    Looks overlap, for a run is seen a moment after the time that it has: a page leaves out what it
    shows already.
    """
    now = timezone.now()
    found = runs.filter(created_at__gt=max(since - ON_ITS_WAY, now - NEWER_FOR))
    newer = found.exclude(pk__in=seen).order_by("-created_at").values_list("pk", flat=True)[:PAGE]
    unseen = dict.fromkeys(newer, NO_REVISION)
    changes = read_changes(runs, {**seen, **unseen}, was_stalled=was_stalled)
    return watch_team(replace(changes, newer=frozenset(unseen)), now)
