"""The phases of a run's duration, from the press of Generate to its stored pictures."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from playground.runs.models import EventSource, Output, Run
from playground.runs.pages.live_updates import read_id
from playground.teams.models import Membership

# Browsers report pictures that appear on an open page. Later reports are views of an old run.
SEEN_WITHIN = timedelta(minutes=1)
MOST_SEEN = 100  # per report


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """The time at which a phase ended.

    seconds  since the press, at least 0, because the clocks of three machines may differ
    """

    words: str
    seconds: float


def read_parts(run: Run) -> tuple[Part, ...]:
    """Return the known phases of a run in order; () before it was accepted."""
    if run.accepted_at is None:
        return ()
    known = [(words, moment) for words, moment in list_moments(run) if moment]
    return tuple(
        Part(words=words, seconds=max((moment - run.created_at).total_seconds(), 0.0))
        for words, moment in known
    )


def list_moments(run: Run) -> Iterator[tuple[str, datetime | None]]:
    outputs = list(run.outputs.all())
    yield pgettext("run", "Sent"), run.sent_at
    yield _("Accepted by the provider"), run.accepted_at
    yield _("Ended, by the clock of the provider"), find_end(run)
    yield _("End noticed"), run.finished_at
    yield _("First file downloaded"), earliest(each.arrived_at for each in outputs)
    yield _("First picture ready to show"), earliest(each.previewed_at for each in outputs)
    if len(outputs) > 1:
        yield _("Last picture ready to show"), latest(each.previewed_at for each in outputs)
    yield _("Saved"), run.stored_at
    yield _("Visible in the browser"), earliest(each.seen_at for each in outputs)


def find_end(run: Run) -> datetime | None:
    """Return the time of the provider's last event; None if it is implausible as the end."""
    theirs = (each.at for each in run.events.all() if each.source == EventSource.SERVICE)
    end = latest(theirs)
    begin, noticed = run.accepted_at, run.finished_at
    return end if end and begin and noticed and begin <= end <= noticed else None


def earliest(moments: Iterable[datetime | None]) -> Any:
    return min(filter(None, moments), default=None)


def latest(moments: Iterable[datetime | None]) -> Any:
    return max(filter(None, moments), default=None)


def note_seen(membership: Membership, ids: Iterable[str]) -> None:
    """Store when outputs of the user's own runs were first displayed."""
    now = timezone.now()
    known = [pk for pk in map(read_id, list(ids)[:MOST_SEEN]) if pk]
    mine = Output.objects.filter(run__author=membership.user_id, seen_at=None)
    mine = mine.filter(run__workspace=membership.workspace_id, previewed_at__gt=now - SEEN_WITHIN)
    mine.filter(pk__in=known).update(seen_at=now)
