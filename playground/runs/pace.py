"""How often to look: the worker at the provider, the page at the worker."""

import statistics
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import F
from django.utils import timezone

from playground.runs.models import Run, Status

SAMPLES = 20
CHECKS_ACROSS_SPREAD = 6
FASTEST_SECONDS = 0.3
SLOWEST_SECONDS = 15.0
QUICK_LOOK_SECONDS = 0.3
RETRY_SECONDS = (1, 2, 4, 8, 15, 30, 60, 60, 60, 120, 300, 900)


@dataclass(frozen=True, slots=True, kw_only=True)
class Durations:
    """How long runs of one model took before, in seconds from sent to finished.

    Tenth and ninetieth percentile, and the median; of the last 20 that succeeded.
    """

    low: float
    median: float
    high: float


def durations(run: Run) -> Durations | None:
    """Return how long such runs took before, or None where there was none."""
    finished = (
        Run.objects.filter(spec__slug=run.spec.slug, status=Status.SUCCEEDED)
        .filter(api_key__service=run.api_key.service)
        .exclude(sent_at=None)
        .order_by("-finished_at")
        .annotate(took=F("finished_at") - F("sent_at"))
        .values_list("took", flat=True)[:SAMPLES]
    )
    seconds = sorted(took.total_seconds() for took in finished)
    if not seconds:
        return None
    low = seconds[len(seconds) // 10]
    high = seconds[-1 - len(seconds) // 10]
    return Durations(low=low, median=statistics.median(seconds), high=high)


def seconds_to_next_check(elapsed: float, known: Durations | None) -> float:
    """Return how long the worker waits before it asks the provider again.

    Seldom early, often around the expected end, ever more seldom after it. The first look comes a
    little before the fastest run's time, so that faster ones are noticed too.
    """
    if known is None:
        return clamp(elapsed * 0.08, FASTEST_SECONDS)
    first_look = known.low * 0.9
    if elapsed < first_look:
        return max(first_look - elapsed, FASTEST_SECONDS)
    spread = max(known.high - first_look, 0.0)
    overdue = max(elapsed - known.high, 0.0)
    return clamp(spread / CHECKS_ACROSS_SPREAD + overdue * 0.2, FASTEST_SECONDS)


def clamp(seconds: float, fastest: float) -> float:
    return min(max(seconds, fastest), SLOWEST_SECONDS)


def next_check(run: Run) -> timedelta:
    """Return how long to wait before this run's task is asked about again."""
    elapsed = (timezone.now() - run.sent_at).total_seconds() if run.sent_at else 0.0
    return timedelta(seconds=seconds_to_next_check(elapsed, durations(run)))


def next_try(attempts: int) -> timedelta:
    """Return how long to wait after this many attempts in a row went wrong."""
    return timedelta(seconds=RETRY_SECONDS[min(attempts, len(RETRY_SECONDS)) - 1])


def seconds_to_next_look(run: Run, known: Durations | None) -> float:
    """Return how long a page waits before it asks us again about an unsettled run."""
    if run.status not in {Status.QUEUED, Status.PROCESSING} or run.sent_at is None:
        return 1.0 if run.problem else QUICK_LOOK_SECONDS
    elapsed = (timezone.now() - run.sent_at).total_seconds()
    if known is None:
        return min(max(elapsed * 0.05, QUICK_LOOK_SECONDS), 2.0)
    if elapsed < known.low * 0.9:
        return min(max(known.low * 0.9 - elapsed, QUICK_LOOK_SECONDS), 2.0)
    overdue = max(elapsed - known.high * 1.5, 0.0)
    return min(QUICK_LOOK_SECONDS + overdue * 0.1, 2.0)
