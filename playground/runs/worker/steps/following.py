"""The step that polls the provider for the state of the task."""

from collections.abc import Mapping
from datetime import timedelta

from django.utils import timezone

from playground.providers import errors
from playground.providers.protocol import TaskState
from playground.runs import problems, texts
from playground.runs.models import Run, Status
from playground.runs.worker import clients, poll_intervals
from playground.runs.worker.steps.listing import list_outputs
from playground.runs.worker.steps.outcomes import BEFORE_HISTORY, Due, fail, has_waited, retry_later

# What was paid for is given up late: a service that is being moved, or whose database is away, may
# not find any task for hours. Asked for ever more seldom, up to each quarter of an hour.
LOST_PATIENCE = timedelta(days=2)

ENDS = (Status.SUCCEEDED, Status.FAILED, Status.CANCELLED)


def follow(run: Run) -> Due:
    """Ask the provider how the task is getting on."""
    try:
        state = clients.ask_provider(run, lambda provider: provider.status(run.task_id))
    except errors.Lost as error:
        return (
            fail(run, error) if has_waited(run, error, LOST_PATIENCE) else retry_later(run, error)
        )
    except errors.ProviderError as error:
        return retry_later(run, error)  # a refused key too: what was paid for is still there
    return apply_state(run, state)


def apply_state(run: Run, state: TaskState) -> Due:
    costs: dict[str, object] = {
        "cost_estimate": run.cost_estimate or state.cost_estimate,
        "cost_actual": state.cost_actual,
    }
    changes = {**costs, "task_answer": problems.write_answer(state.raw)}
    now = timezone.now()
    if Status(state.status) in ENDS or state.outputs:
        changes["took_seconds"] = poll_intervals.read_took(run, now)
    run.checked_at = now  # written down when the lease is given back
    match Status(state.status):
        case status if status == Status.SUCCEEDED or (status in ENDS and state.outputs):
            list_outputs(run, state)  # whatever it calls itself: what it gave may be paid for
            run.move_to(Status.SUCCEEDED, **changes, **problems.NONE)
            return timezone.now()
        case Status.FAILED | Status.CANCELLED as status:
            return end_run(run, Status(status), state, changes)
        case Status.PROCESSING if run.status == Status.QUEUED:
            run.move_to(Status.PROCESSING, **problems.NONE)
    news: dict[str, object] = dict(problems.NONE) if run.problem else {}
    if costs["cost_estimate"] != run.cost_estimate:
        news["cost_estimate"] = costs["cost_estimate"]
    if news:
        run.note(**news)
    return timezone.now() + poll_intervals.next_check(run)


def end_run(run: Run, status: Status, state: TaskState, facts: Mapping[str, object]) -> Due:
    """End a run that the provider itself calls failed or cancelled, in the provider's own words."""
    error = state.error
    name = "cancelled_there" if status == Status.CANCELLED else "task_failed"
    run.move_to(
        status,
        problem="declined" if error and error.declined else name,
        **problems.message_columns(error.message if error else texts.NO_REASON),
        problem_detail=problems.write_raw(state.raw),
        problem_since=timezone.now(),
        **facts,
    )
    return timezone.now() + BEFORE_HISTORY
