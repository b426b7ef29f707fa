"""How a step ends that did not get on: the run waits, or it has failed."""

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from playground.runs import pace, problems
from playground.runs.models import Run, Status

# When the next step is due; never for None.
type Due = datetime | None


def has_waited(run: Run, patience: timedelta) -> bool:
    """Whether the run has stood before an obstacle for longer than that."""
    return run.problem_since is not None and timezone.now() - run.problem_since > patience


def wait(run: Run, error: Exception, **changes: Any) -> Due:
    """Try the step again later, and say meanwhile what stands in the way."""
    told = problems.describe(run, error)
    if told["problem"] != run.problem:
        run.log(told["problem_message"])
    run.note(**told, attempts=run.attempts + 1, **changes)
    seconds = getattr(error, "seconds", None)
    pause = pace.next_try(run.attempts) if seconds is None else timedelta(seconds=seconds)
    return timezone.now() + pause


def fail(run: Run, error: Exception, *, name: str = "", **changes: Any) -> Due:
    """End the run with what went wrong; `name` where that is not the error's own."""
    told = problems.describe(run, error, name)
    run.log(told["problem_message"])
    run.move_to(Status.FAILED, **told, **changes)
    return timezone.now()
