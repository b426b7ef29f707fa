"""What the worker does for a run: submit, follow, store. The one place that meets the provider.

A step claims its run by a lease, does one thing, and writes back only while the lease is its own.
Cut off anywhere, it is taken again when the lease runs out, and comes to the same end: the
idempotency key makes a repeated submission free, and a repeated fetch overwrites itself.
"""

import json
import logging
import uuid
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

from playground.providers import errors
from playground.providers.protocol import TaskState, Ticket
from playground.runs import files, leases, pace, remote, uploads
from playground.runs.content import BrokenFileError
from playground.runs.models import Output, Run, Status

logger = logging.getLogger(__name__)

# A request that never reached the service is given up after this long.
GIVE_UP_SENDING = timedelta(hours=6)

# A file that cannot be decoded may have been cut off on its way; after this many it was made so.
BROKEN_FILE_TRIES = 3


class InternalError(Exception):
    """A fault of ours, for which a person can do nothing but wait."""


# The shortest name for each way a step can go wrong.
PROBLEMS: tuple[tuple[type[Exception], str], ...] = (
    (errors.InvalidInput, "invalid_input"),
    (errors.KeyRefused, "key_refused"),
    (errors.OutOfFunds, "out_of_funds"),
    (errors.Conflict, "conflict"),
    (errors.Declined, "declined"),
    (errors.UnknownModel, "unknown_model"),
    (errors.Lost, "lost"),
    (errors.Refused, "refused"),
    (errors.Throttled, "throttled"),
    (errors.Unavailable, "unavailable"),
    (errors.FileError, "file_unavailable"),
    (BrokenFileError, "broken_file"),
    (InternalError, "internal"),
)

type Due = datetime | None


def take(pk: uuid.UUID) -> bool:
    """Take one step of a run, if one is due; True when the next is due at once."""
    run = Run.objects.lease(pk)
    if run is None:
        return False
    due: Due = timezone.now() + settings.LEASE
    try:
        with leases.in_hand(run):
            due = STEPS[Status(run.status)](run)
    except Exception:
        # A fault of ours: kept in the log with its traceback, and tried again with patience.
        logger.exception("A step of run %s broke off", run.pk)
        due = wait(run, InternalError("Something went wrong here; it is tried again."))
    finally:
        run.release(due)
    return due is not None and due <= timezone.now()


def submit(run: Run) -> Due:
    """Send the request. The key it carries was committed with the run, before any of this."""
    if run.sent_at is None and not run.note(sent_at=timezone.now()):
        return None  # called off at this very moment
    try:
        provider = remote.provider_for(run.api_key)
        inputs = uploads.resolve(run)
        ticket = provider.submit(run.spec.slug, inputs, key=str(run.idempotency_key))
    except errors.ProviderError as error:
        return wait(run, error) if may_be_sent_again(run, error) else fail(run, error)
    return take_ticket(run, ticket)


def may_be_sent_again(run: Run, error: errors.ProviderError) -> bool:
    """Whether to send a request again after what became of it.

    An earlier try may have been charged although its answer was lost. A key that is refused or an
    account that is empty by now says nothing about that one: only the service's answer to the
    same request will.
    """
    if run.sent_at and timezone.now() - run.sent_at > GIVE_UP_SENDING:
        return False
    is_about_now = isinstance(error, errors.KeyRefused | errors.OutOfFunds)
    return isinstance(error, errors.Unavailable) or (is_about_now and run.attempts > 0)


def take_ticket(run: Run, ticket: Ticket) -> Due:
    # A repeated submission may find the task finished; following it brings what it gave.
    status = Status.PROCESSING if ticket.status == "processing" else Status.QUEUED
    run.move_to(
        status,
        task_id=ticket.task_id,
        request_id=ticket.request_id,
        cost_estimate=ticket.cost_estimate,
        accepted_at=timezone.now(),
        **NO_PROBLEM,
    )
    return timezone.now() + pace.next_check(run)


def follow(run: Run) -> Due:
    """Ask the provider how the task is getting on."""
    try:
        state = remote.provider_for(run.api_key).status(run.task_id)
    except errors.Lost as error:
        return fail(run, error)
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
            run.move_to(Status.SUCCEEDED, **costs, **NO_PROBLEM)
            return timezone.now()
        case Status.FAILED:
            return fail_as_told(run, state, costs)
        case Status.CANCELLED:
            run.move_to(Status.CANCELLED, **costs, **NO_PROBLEM)
            return None
        case Status.PROCESSING if run.status == Status.QUEUED:
            run.move_to(Status.PROCESSING, **NO_PROBLEM)
    if run.problem:
        run.note(**NO_PROBLEM)
    return timezone.now() + pace.next_check(run)


def list_outputs(run: Run, state: TaskState) -> None:
    """Write down what the task gave; links that came anew replace the earlier ones."""
    Output.objects.bulk_create(
        [
            Output(run=run, position=position, kind=file.kind, source_url=file.url)
            for position, file in enumerate(state.outputs)
        ],
        update_conflicts=True,
        unique_fields=["run", "position"],
        update_fields=["source_url"],
    )


def store(run: Run) -> Due:
    """Copy what the run gave into our storage: the provider's links expire."""
    for output in run.outputs.filter(stored_at=None, problem=""):
        try:
            files.store_output(output, trusted_origin=remote.base_url_of(run.api_key))
        except errors.Unavailable as error:
            return wait(run, error)
        except (errors.FileError, BrokenFileError) as error:
            if not is_hopeless(run, error):
                renew_links(run)  # the service may have moved, or the link was cut short
                return wait(run, error)
            output.give_up(str(error))
        run.note(**NO_PROBLEM)
    run.note(stored_at=timezone.now(), **({} if run.outputs.exists() else NO_OUTPUT))
    return None


def is_hopeless(run: Run, error: Exception) -> bool:
    """Whether a file will never come: again and again refused, or no picture."""
    is_bad = isinstance(error, errors.FileRefused | BrokenFileError)
    return is_bad and run.attempts >= BROKEN_FILE_TRIES


def renew_links(run: Run) -> None:
    """Ask for the task once more: a link may have expired, and a fresh answer bring a new one."""
    try:
        list_outputs(run, remote.provider_for(run.api_key).status(run.task_id))
    except errors.ProviderError as error:
        logger.warning("No fresh links for run %s: %s", run.pk, error)


STEPS: dict[Status, Callable[[Run], Due]] = {
    Status.PENDING: submit,
    Status.QUEUED: follow,
    Status.PROCESSING: follow,
    Status.SUCCEEDED: store,
}
NO_PROBLEM = {"problem": "", "problem_message": "", "problem_detail": "", "attempts": 0}
NO_OUTPUT = {
    "problem": "no_output",
    "problem_message": "The service says that it is done, but it sent no picture.",
}


def name_problem(error: Exception) -> str:
    return next(name for kind, name in PROBLEMS if isinstance(error, kind))


def describe(error: Exception) -> dict[str, str]:
    """Return the columns that tell of an error: its name, a sentence for people, the raw answer."""
    said = getattr(error, "said", "")
    return {
        "problem": name_problem(error),
        "problem_message": f"{error} {said}".strip() if said not in str(error) else str(error),
        "problem_detail": getattr(error, "raw", ""),
    }


def fail(run: Run, error: Exception) -> Due:
    run.move_to(Status.FAILED, **describe(error))
    return None


def fail_as_told(run: Run, state: TaskState, costs: Mapping[str, object]) -> Due:
    """End a run that the provider itself calls failed, in the provider's own words."""
    told = state.error
    run.move_to(
        Status.FAILED,
        problem="declined" if told and told.declined else "task_failed",
        problem_message=told.message if told else "The service gave no reason.",
        problem_detail=json.dumps(state.raw, indent=2, ensure_ascii=False),
        **costs,
    )
    return None


def wait(run: Run, error: Exception) -> Due:
    """Try the step again later, and say meanwhile what stands in the way."""
    run.note(**describe(error), attempts=run.attempts + 1)
    seconds = getattr(error, "seconds", None)
    pause = pace.next_try(run.attempts) if seconds is None else timedelta(seconds=seconds)
    return timezone.now() + pause
