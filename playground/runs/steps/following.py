"""The middle step: ask the service how the task is getting on."""

import json
from collections.abc import Mapping

from django.utils import timezone
from django.utils.translation import gettext as _

from playground.providers import errors
from playground.providers.protocol import TaskState
from playground.runs import pace, problems, remote
from playground.runs.models import Run, Status
from playground.runs.steps.endings import Due, fail, wait
from playground.runs.steps.storing import list_outputs

# A service that knows a task may for a moment not find it; after this many answers it is lost.
LOST_TRIES = 4


def follow(run: Run) -> Due:
    """Ask the provider how the task is getting on."""
    try:
        state = remote.provider_for(run.api_key).status(run.task_id)
    except errors.Lost as error:
        return fail(run, error) if run.attempts + 1 >= LOST_TRIES else wait(run, error)
    except errors.ProviderError as error:
        return wait(run, error)  # a refused key too: what was paid for is still there
    return take_state(run, state)


def take_state(run: Run, state: TaskState) -> Due:
    costs = {
        "cost_estimate": state.cost_estimate if run.cost_estimate is None else run.cost_estimate,
        "cost_actual": state.cost_actual,
    }
    match Status(state.status):
        case Status.SUCCEEDED:
            list_outputs(run, state)
            run.move_to(Status.SUCCEEDED, **costs, **problems.NONE)
            return timezone.now()
        case Status.FAILED:
            return fail_as_told(run, state, costs)
        case Status.CANCELLED:
            run.move_to(Status.CANCELLED, **costs, **problems.NONE)
            return timezone.now()
        case Status.PROCESSING if run.status == Status.QUEUED:
            run.move_to(Status.PROCESSING, **problems.NONE)
    if run.problem:
        run.note(**problems.NONE)
    return timezone.now() + pace.next_check(run)


def fail_as_told(run: Run, state: TaskState, costs: Mapping[str, object]) -> Due:
    """End a run that the provider itself calls failed, in the provider's own words."""
    told = state.error
    run.move_to(
        Status.FAILED,
        problem="declined" if told and told.declined else "task_failed",
        problem_message=told.message if told else _("The service gave no reason."),
        problem_detail=json.dumps(state.raw, indent=2, ensure_ascii=False),
        problem_since=timezone.now(),
        **costs,
    )
    return timezone.now()
