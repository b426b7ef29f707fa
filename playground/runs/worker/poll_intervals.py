"""Polling intervals: of the worker at the provider, and of pages at the server."""

import math
import statistics
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from django.utils import timezone

from playground.runs.models import Run, Status

SAMPLES = 20
KNOWN_SECONDS = 2.0  # so long the worker relies on what it learnt: most checks then ask nothing
FASTEST_SECONDS = 0.3
SLOWEST_SECONDS = 300.0
SET_ASIDE_SECONDS = 60.0  # no one waits any more

# The number of checks after the first look. They are at quantiles of how long past runs took, so
# they are close together around the times at which most runs ended. Where these are far apart,
# there are more, to notice an end within seconds.
USUAL_CHECKS = 6
MOST_CHECKS = 8
WIDEST_SECONDS = 2.5  # between two of these, where more checks make that possible
CLOSEST_SECONDS = 0.15  # between two of these
EARLY_SHARE = 0.9  # of the fastest runs' time: the first look, so that faster ones are noticed too
FIRST_LOOK_SECONDS = 30.0  # the first look is no later than this, or than this multiple of the
FIRST_LOOK_MULTIPLE = 3.0  # fastest run: whatever was learnt, an end is not missed for long
GAP_SHARE = 0.12  # of the elapsed time: the longest pause between two of these checks
ELAPSED_SHARE = 0.08
OVERDUE_SHARE = 0.2

# Where nothing is known, the first look is after so long, and the pauses are such a share of what
# has passed, up to some seconds: a task of six seconds is checked six times.
UNKNOWN_FIRST_SECONDS = 0.75
UNKNOWN_SHARE = 0.52
UNKNOWN_SLOWEST_SECONDS = 3.0

# How long a run took is learnt where its end was noticed in time: the look before it was no longer
# ago than that, or than that share of what it took. After an outage it says nothing.
NOTICED_SECONDS = 2.0
NOTICED_SHARE = 0.35

QUICK_LOOK_SECONDS = 0.3
RETRY_SECONDS = (1, 2, 4, 8, 15, 30, 60, 60, 60, 120, 300, 900)


@dataclass(frozen=True, slots=True, kw_only=True)
class Durations:
    """Past durations of one model's runs, in seconds from accepted to finished.

    Of the last 20 that succeeded and whose end was noticed in time.

    low, high  the tenth and the ninetieth percentile
    checks     when tasks are checked after the first look
    """

    fastest: float
    low: float
    median: float
    high: float
    checks: tuple[float, ...] = ()

    @property
    def first_look(self) -> float:
        latest = max(FIRST_LOOK_SECONDS, self.fastest * FIRST_LOOK_MULTIPLE)
        return min(self.low * EARLY_SHARE, latest)


type Model = tuple[uuid.UUID | None, str]  # whose it is, None for the installation; its slug
type RunKind = tuple[Model, str]  # the model, and the provider's slug

learnt: dict[RunKind, tuple[float, Durations | None]] = {}


class Progress(Protocol):
    """What the interval of a page's polls depends on: a run, or a glimpse of one."""

    @property
    def status(self) -> str: ...
    @property
    def problem(self) -> str: ...
    @property
    def sent_at(self) -> datetime | None: ...
    @property
    def accepted_at(self) -> datetime | None: ...


def kind_of(run: Run) -> RunKind:
    """Return the properties that runs of similar duration share.

    Another workspace may have a model of its own of the same slug, which is none of this one's.
    """
    return (run.spec.workspace_id, run.spec.slug), run.api_key.provider


def durations(kind: RunKind) -> Durations | None:
    """Return how long such runs took before, or None where there was none."""
    (workspace_id, slug), provider = kind
    finished = (
        Run.objects.filter(spec__slug=slug, spec__workspace=workspace_id)
        .filter(api_key__provider=provider, status=Status.SUCCEEDED)
        .exclude(took_seconds=None)
        .order_by("-finished_at")
        .values_list("took_seconds", flat=True)[:SAMPLES]
    )
    seconds = sorted(took for took in finished if took is not None)
    if not seconds:
        return None
    return Durations(
        fastest=seconds[0],
        low=seconds[len(seconds) // 10],
        median=statistics.median(seconds),
        high=seconds[-1 - len(seconds) // 10],
        checks=spread_checks(seconds),
    )


def spread_checks(seconds: Sequence[float]) -> tuple[float, ...]:
    """Return when to check tasks after the first look: after equal shares of past runs ended.

    seconds  how long they took, in order
    """
    last = len(seconds) - 1
    wanted = math.ceil((seconds[-1] - seconds[0]) / WIDEST_SECONDS)
    count = min(max(wanted, USUAL_CHECKS), MOST_CHECKS)
    places = [last * share / count for share in range(1, count + 1)]
    return tuple(
        seconds[int(at)] + (seconds[min(int(at) + 1, last)] - seconds[int(at)]) * (at % 1)
        for at in places
    )


def read_took(run: Run, ended_at: datetime) -> float | None:
    """Return how long a run took that is found to have ended; None where that is not known.

    An end that was noticed late says only that the run took no longer than that. This is learnt
    where it is less than what is known.
    """
    began_at = run.accepted_at or run.sent_at
    if began_at is None:
        return None
    took = (ended_at - began_at).total_seconds()
    unseen = (ended_at - max(run.checked_at or began_at, began_at)).total_seconds()
    if unseen <= max(NOTICED_SECONDS, took * NOTICED_SHARE):
        return max(took, 0.0)
    known = recent_durations(kind_of(run))
    return took if known and 0 <= took < known.fastest else None


def recent_durations(kind: RunKind) -> Durations | None:
    """Return the recent result of `durations`, from a cache."""
    if kind not in learnt or time.monotonic() - learnt[kind][0] > KNOWN_SECONDS:
        learnt[kind] = (time.monotonic(), durations(kind))
    return learnt[kind][1]


def seconds_to_next_check(elapsed: float, known: Durations | None) -> float:
    """Return how long the worker waits before it asks the provider again.

    Seldom early, often around the expected end, ever more seldom after it. A share of what has
    passed bounds the checks, whatever is known: when many runs begin at once, the first to end
    are the fastest, and represent the others badly.
    """
    if known is None:
        growing = min(elapsed * UNKNOWN_SHARE, UNKNOWN_SLOWEST_SECONDS)
        return clamp(max(growing, elapsed * ELAPSED_SHARE, UNKNOWN_FIRST_SECONDS - elapsed))
    if elapsed < known.first_look:
        return max(known.first_look - elapsed, FASTEST_SECONDS)
    checks = known.checks or spread_checks((known.low, known.median, known.high))
    later = (each - elapsed for each in checks if each > elapsed + CLOSEST_SECONDS / 2)
    if wait := next(later, 0.0):
        return max(min(wait, elapsed * GAP_SHARE), CLOSEST_SECONDS, elapsed * ELAPSED_SHARE / 2)
    overdue = (elapsed - known.high) * OVERDUE_SHARE
    return clamp(max(elapsed * ELAPSED_SHARE, overdue))


def clamp(seconds: float) -> float:
    return min(max(seconds, FASTEST_SECONDS), SLOWEST_SECONDS)


def next_check(run: Run) -> timedelta:
    """Return how long to wait before this run's task is asked about again."""
    began_at = run.accepted_at or run.sent_at
    elapsed = (timezone.now() - began_at).total_seconds() if began_at else 0.0
    seconds = seconds_to_next_check(max(elapsed, 0.0), recent_durations(kind_of(run)))
    return timedelta(seconds=max(seconds, SET_ASIDE_SECONDS) if run.set_aside_at else seconds)


def next_try(attempts: int) -> timedelta:
    """Return how long to wait after this many attempts in a row went wrong."""
    return timedelta(seconds=RETRY_SECONDS[min(attempts, len(RETRY_SECONDS)) - 1])


def seconds_to_next_look(run: Progress, known: Durations | None) -> float:
    """Return how long a page waits before it asks us again about an unsettled run."""
    began_at = run.accepted_at or run.sent_at
    if run.status not in {Status.QUEUED, Status.PROCESSING} or began_at is None:
        return 1.0 if run.problem else QUICK_LOOK_SECONDS
    elapsed = (timezone.now() - began_at).total_seconds()
    if known is None:
        return min(max(elapsed * 0.05, QUICK_LOOK_SECONDS), 2.0)
    if elapsed < known.low * 0.9:
        return min(max(known.low * 0.9 - elapsed, QUICK_LOOK_SECONDS), 2.0)
    overdue = max(elapsed - known.high * 1.5, 0.0)
    return min(QUICK_LOOK_SECONDS + overdue * 0.1, 2.0)
