"""The parts of the time that a run took, from the press of Generate to its stored pictures."""

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

# Browsers tell of pictures that came to an open page. What is said later was a look at an old run.
SEEN_WITHIN = timedelta(minutes=1)
MOST_SEEN = 100  # at once


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What had happened by a moment.

    seconds  since the press, at least 0: the clocks of three machines may differ
    """

    words: str
    seconds: float


def read_parts(run: Run) -> tuple[Part, ...]:
    """Return what is known of the parts of a run, in their order; () before it was accepted."""
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
    """Return the last moment of the provider's history; None for one that can be no end."""
    theirs = (each.at for each in run.events.all() if each.source == EventSource.SERVICE)
    end = latest(theirs)
    begin, noticed = run.accepted_at, run.finished_at
    return end if end and begin and noticed and begin <= end <= noticed else None


def earliest(moments: Iterable[datetime | None]) -> Any:
    return min(filter(None, moments), default=None)


def latest(moments: Iterable[datetime | None]) -> Any:
    return max(filter(None, moments), default=None)


def note_seen(membership: Membership, ids: Iterable[str]) -> None:
    """Write down that outputs of a person's own runs became visible now, the first time alone."""
    now = timezone.now()
    known = [pk for pk in map(read_id, list(ids)[:MOST_SEEN]) if pk]
    mine = Output.objects.filter(run__author=membership.user_id, seen_at=None)
    mine = mine.filter(run__workspace=membership.workspace_id, previewed_at__gt=now - SEEN_WITHIN)
    mine.filter(pk__in=known).update(seen_at=now)
