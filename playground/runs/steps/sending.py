"""The first step: the request goes to the service, and is accepted or not."""

from typing import Any

from django.conf import settings
from django.utils import timezone

from playground.providers import errors
from playground.providers.protocol import Ticket
from playground.runs import pace, problems, remote, uploads
from playground.runs.files import StorageFailedError
from playground.runs.models import Run, Status
from playground.runs.steps.endings import Due, fail, has_waited, wait

TOO_MANY_REQUESTS = 429


def submit(run: Run) -> Due:
    """Send the request. The key it carries was committed with the run, before any of this.

    From before the first byte leaves until it is certain that nothing was accepted, `sent_at` says
    that the request may have reached the service, and so may have been charged.
    """
    was_in_doubt = run.sent_at is not None
    try:
        provider = remote.provider_for(run.api_key)
        inputs = uploads.resolve(run)
    except (errors.Unavailable, StorageFailedError) as error:
        return wait(run, error)
    except (errors.Refused, uploads.ReferenceGoneError) as error:
        return wait(run, error) if was_in_doubt else fail(run, error)
    if not was_in_doubt and not run.note(sent_at=timezone.now()):
        return None  # called off at this very moment
    try:
        ticket = provider.submit(run.spec.slug, inputs, key=str(run.idempotency_key))
    except errors.ProviderError as error:
        return take_no(run, error, is_in_doubt=is_in_doubt(error, was_in_doubt=was_in_doubt))
    return take_ticket(run, ticket)


def is_in_doubt(error: errors.ProviderError, *, was_in_doubt: bool) -> bool:
    """Whether the request may have been accepted, by this try or by an earlier one.

    A key that is refused, or an account that is empty by now, says nothing about an earlier try
    whose answer was lost. What the service says of the request itself does: had it accepted it
    before, its answer would have been the task.
    """
    says_nothing_of_earlier = (
        errors.Unreachable | errors.KeyRefused | errors.OutOfFunds | errors.Conflict
    )
    if isinstance(error, says_nothing_of_earlier) or error.status == TOO_MANY_REQUESTS:
        return was_in_doubt
    return isinstance(error, errors.Unavailable)


def take_no(run: Run, error: errors.ProviderError, *, is_in_doubt: bool) -> Due:
    """Wait or end after a try that brought no ticket."""
    sent: dict[str, Any] = {} if is_in_doubt else {"sent_at": None}
    is_refusal = isinstance(error, errors.Refused)
    if is_refusal and (not is_in_doubt or isinstance(error, errors.Conflict)):
        return fail(run, error, **sent)
    if has_waited(run, settings.GIVE_UP_SENDING):
        return fail(run, error, name="unanswered" if is_in_doubt else "never_sent", **sent)
    return wait(run, error, **sent)


def take_ticket(run: Run, ticket: Ticket) -> Due:
    # A repeated submission may find the task finished; following it brings what it gave.
    status = Status.PROCESSING if ticket.status == "processing" else Status.QUEUED
    run.move_to(
        status,
        task_id=ticket.task_id,
        request_id=ticket.request_id,
        cost_estimate=ticket.cost_estimate,
        accepted_at=timezone.now(),
        **problems.NONE,
    )
    return timezone.now() + pace.next_check(run)
