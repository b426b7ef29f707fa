"""The steps of a run: send, follow, store, read the history. Only they call the provider.

A step claims its run by a lease, does one thing, and writes back only while the lease is its own.
Cut off anywhere, it is taken again when the lease runs out, and comes to the same end: the
idempotency key makes a repeated submission free, and a repeated fetch overwrites itself.
"""

import logging
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

from playground import database_clock, wake_ups
from playground.providers.errors import Throttled
from playground.runs import problems, texts
from playground.runs.models import Run, Status
from playground.runs.worker import leases, rate_limits
from playground.runs.worker.steps.following import follow
from playground.runs.worker.steps.history import read_history
from playground.runs.worker.steps.outcomes import Due, retry_later
from playground.runs.worker.steps.sending import submit
from playground.runs.worker.steps.storing import store
from playground.teams.encryption import UndecryptableError

# A shorter wait for other runs of the same key is not shown.
WORTH_TELLING_SECONDS = 5.0

logger = logging.getLogger(__name__)

STEPS: dict[Status, Callable[[Run], Due]] = {
    Status.PENDING: submit,
    Status.QUEUED: follow,
    Status.PROCESSING: follow,
    Status.SUCCEEDED: store,
}


def run_due_step(pk: uuid.UUID) -> bool:
    """Take one step of a run, if one is due; True when the next is due at once."""
    run = Run.objects.lease(pk)
    return run is not None and run_step(run)


def run_claimed_step(pk: uuid.UUID, lease_id: uuid.UUID, run: Run | None = None) -> bool:
    """Take the step of a run that was claimed in a batch, unless its lease ran out meanwhile.

    run  as it was just read; without it, it is read here
    """
    run = run or Run.objects.leased(pk, lease_id)
    return run is not None and run_step(run)


def run_handed_step(pk: uuid.UUID) -> bool:
    """Take the step of a run that a message named, unless another process took it."""
    run = Run.objects.take_over(pk)
    return run is not None and run_step(run)


def run_step(run: Run) -> bool:
    """Take one step of a run that is leased by this process; True when the next is due at once."""
    step, known = choose_step(run), run.revision
    if step is not store and (slot := rate_limits.find_slot(run)):
        postpone(run, slot)
        return False
    due: Due = timezone.now() + settings.LEASE
    try:
        with leases.in_hand(run):
            due = step(run)
    except UndecryptableError as error:
        due = retry_later(run, error)
    except Exception:
        # A fault of ours: kept in the log with its traceback, and tried again with patience.
        logger.exception("A step of run %s broke off", run.pk)
        fault = problems.InternalError(texts.SOMETHING_UNEXPECTED)
        due = None if run.is_settled else retry_later(run, fault)
    finally:
        run.release(due)
        if run.revision != known:
            wake_ups.tell_pages()
    return due is not None and due <= timezone.now()


def postpone(run: Run, slot: datetime) -> None:
    """Have a run wait for its turn after its service asked for a pause of its key."""
    seconds = (slot - database_clock.now()).total_seconds()
    if seconds > WORTH_TELLING_SECONDS and not run.problem and not run.is_settled:
        error = Throttled(texts.of_providers.BUSY, seconds=seconds)
        run.note(**problems.columns_of(run, error))
    run.release(timezone.now() + timedelta(seconds=seconds), slot_at=slot)


def choose_step(run: Run) -> Callable[[Run], Due]:
    return read_history if run.is_settled else STEPS[Status(run.status)]
