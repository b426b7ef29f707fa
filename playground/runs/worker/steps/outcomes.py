"""The outcomes of a step that did not get on: the run waits, or it has failed."""

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from playground import database_clock
from playground.runs import problems
from playground.runs.models import Run, Status
from playground.runs.worker import poll_intervals

# When the next step is due; never for None.
type Due = datetime | None

# The service's account of a run can wait until the person who waits for the run itself has got it.
BEFORE_HISTORY = timedelta(seconds=0.5)


def has_waited(run: Run, error: Exception, patience: timedelta) -> bool:
    """Whether the run has stood before this same obstacle for longer than that."""
    if run.problem_since is None or run.problem != problems.problem_name(error):
        return False
    return timezone.now() - run.problem_since > patience


def retry_later(run: Run, error: Exception, **changes: Any) -> Due:
    """Retry the step later, and store the problem meanwhile."""
    columns = problems.columns_of(run, error)
    is_news = columns["problem"] != run.problem
    seconds = getattr(error, "seconds", None)
    attempts = run.attempts + 1
    pause = poll_intervals.next_try(attempts) if seconds is None else timedelta(seconds=seconds)
    due = timezone.now() + pause
    at = database_clock.from_local(due)
    if run.note(**columns, **changes, attempts=attempts, next_check_at=at) and is_news:
        run.log(problems.words_of(error))
    return due


def fail(run: Run, error: Exception, *, name: str = "", **changes: Any) -> Due:
    """End the run as failed; `name` overrides the name of the error."""
    columns = problems.columns_of(run, error, name)
    if run.move_to(Status.FAILED, **columns, **changes):
        run.log(problems.words_of(error))
    return timezone.now() + BEFORE_HISTORY
