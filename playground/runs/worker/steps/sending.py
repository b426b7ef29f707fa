"""The step that sends the request of a run to the provider.

From before the first byte leaves until it is certain that nothing was accepted, `sent_at` says that
the request may have reached the service, and so may have been charged. Such a doubt is ended by
a ticket alone: what the service says of a later try says nothing about an earlier one whose answer
was lost, for who knows in which order it looks at the key, the inputs and the number of a request.
"""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone

from playground import database_clock
from playground.media.incoming import StorageFailedError
from playground.providers import errors
from playground.providers.protocol import ModelFacts, TaskStatus, Ticket
from playground.runs import advice, problems, texts
from playground.runs.files import references
from playground.runs.models import Run, Status
from playground.runs.worker import clients, poll_intervals
from playground.runs.worker.steps.outcomes import Due, fail, has_waited, retry_later
from playground.teams.models import ApiKey

# While in doubt, a refusal of the request itself is retried for so long.
REFUSAL_PATIENCE = timedelta(minutes=10)
LEAST_TRIES = 3
# What is missing here to send a request says nothing about an earlier try of it.
MISSING = (
    errors.KeyRefused,
    problems.KeyGoneError,
    problems.ServiceMovedError,
    references.ReferenceGoneError,
)

ENDED = {TaskStatus.SUCCEEDED, TaskStatus.FAILED, TaskStatus.CANCELLED}


def submit(run: Run) -> Due:
    """Send the request. The key it carries was committed with the run, before any of this."""
    was_in_doubt = run.sent_at is not None
    try:
        check_memory(run)
        check_key(run)
        address = check_address(run)
        client = clients.client_for(run.api_key)
        addresses = run.addresses if was_in_doubt else references.choose_addresses(run)
        inputs, facts = references.resolve(run, addresses), describe_model(run)
    except (errors.Unavailable, StorageFailedError) as error:
        return retry_later(run, error)
    except (problems.ForgottenError, *MISSING) as error:
        may_end_well = was_in_doubt and isinstance(error, MISSING)
        return stay_in_doubt(run, error) if may_end_well else fail(run, error)
    if not was_in_doubt:
        sent = {"sent_at": database_clock.now(), "sent_to": address, "addresses": addresses}
        if not run.note(**sent):
            return None  # called off at this very moment
    try:
        key = str(run.idempotency_key)
        ticket = client.submit(run.spec.slug, inputs, key=key, facts=facts)
    except errors.ProviderError as error:
        if was_in_doubt or not error.accepted_nothing:
            return stay_in_doubt(run, error)
        return handle_refusal(run, error)
    return record_ticket(run, ticket)


def describe_model(run: Run) -> ModelFacts | None:
    """Return the facts about the model that a sandbox needs; None for a real provider."""
    if run.api_key.stands_in_for is None:
        return None
    spec, cost = run.spec, run.spec.estimate_cost(run.inputs)
    return ModelFacts(
        title=spec.title,
        makes=spec.makes,
        schema=spec.schema,
        likely=cost.likely if cost else None,
        most=cost.most if cost else None,
    )


def check_memory(run: Run) -> None:
    """Repeat nothing that the service may have forgotten: it would be charged again."""
    if advice.is_forgotten(run):
        raise problems.ForgottenError(texts.LONG_UNANSWERED)


def check_key(run: Run) -> None:
    """See that the key is here; one that was deleted may have been stored again since.

    No other key will do: its account would be charged a second time.
    """
    if run.api_key.deleted_at is None:
        return
    stored_again = ApiKey.objects.kept().like(run.api_key).first() if run.sent_at else None
    if stored_again is None:
        raise problems.KeyGoneError(texts.KEY_DELETED(key=run.api_key))
    run.note(api_key=stored_again)


def check_address(run: Run) -> str:
    """Return the address of the service; see that it is the one that the request was sent to.

    Another service knows nothing of the idempotency key, and would charge for it as well. The
    sandbox, which charges no one, has another port now and then.
    """
    address = clients.base_url_of(run.api_key)
    is_sandbox = run.api_key.stands_in_for is not None
    if run.sent_at and run.sent_to not in {"", address} and not is_sandbox:
        raise problems.ServiceMovedError(texts.ADDRESS_CHANGED(before=run.sent_to, now=address))
    return address


def handle_refusal(run: Run, error: errors.ProviderError) -> Due:
    """Wait or end after a try of which it is certain that nothing was accepted."""
    if isinstance(error, errors.Refused):
        return fail(run, error, sent_at=None)
    if not run.is_watched:  # no one waits for it, and now it can be called off at no cost
        run.move_to(Status.CANCELLED, **problems.NONE, sent_at=None)
        return None
    is_late = timezone.now() - run.created_at > settings.GIVE_UP_SENDING
    if is_late and run.attempts >= LEAST_TRIES:
        return fail(run, error, name="never_sent", sent_at=None)
    return retry_later(run, error, sent_at=None)


def stay_in_doubt(run: Run, error: Exception) -> Due:
    """Wait or end after a try that may have been accepted, or followed one that may have been.

    Where something is missing here it waits until that comes back, or the service forgets.
    """
    is_of_the_request = isinstance(error, errors.Refused) and not isinstance(
        error, errors.KeyRefused | errors.OutOfFunds | errors.Conflict
    )
    if is_of_the_request and has_waited(run, error, REFUSAL_PATIENCE):
        return fail(run, error)
    if isinstance(error, MISSING):
        return retry_later(run, error)
    if run.sent_at and database_clock.now() - run.sent_at > settings.GIVE_UP_SENDING:
        return fail(run, error, name="unanswered")
    return retry_later(run, error)


def record_ticket(run: Run, ticket: Ticket) -> Due:
    # A repeated submission may find the task finished; following it brings what it gave.
    status = Status.PROCESSING if ticket.status == "processing" else Status.QUEUED
    changes: dict[str, Any] = {
        "task_id": ticket.task_id,
        "request_id": ticket.request_id,
        "cost_estimate": ticket.cost_estimate,
        "accepted_at": timezone.now(),
        "ticket_answer": problems.write_answer(ticket.raw),
    }
    run.move_to(status, **changes, **problems.NONE)
    if ticket.status in ENDED:
        return timezone.now()
    return timezone.now() + poll_intervals.next_check(run)
