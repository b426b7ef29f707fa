"""What the worker does for a run: send, follow, store. The one place that meets the provider.

A step claims its run by a lease, does one thing, and writes back only while the lease is its own.
Cut off anywhere, it is taken again when the lease runs out, and comes to the same end: the
idempotency key makes a repeated submission free, and a repeated fetch overwrites itself.
"""

import logging
import uuid
from collections.abc import Callable

from django.conf import settings
from django.utils import timezone

from playground.runs import leases, problems
from playground.runs.models import Run, Status
from playground.runs.steps.endings import Due, wait
from playground.runs.steps.following import follow
from playground.runs.steps.history import read_history
from playground.runs.steps.sending import submit
from playground.runs.steps.storing import SOMETHING_UNEXPECTED, store
from playground.teams.encryption import UndecryptableError

logger = logging.getLogger(__name__)

STEPS: dict[Status, Callable[[Run], Due]] = {
    Status.PENDING: submit,
    Status.QUEUED: follow,
    Status.PROCESSING: follow,
    Status.SUCCEEDED: store,
}


def take(pk: uuid.UUID) -> bool:
    """Take one step of a run, if one is due; True when the next is due at once."""
    run = Run.objects.lease(pk)
    return run is not None and take_step(run)


def take_claimed(pk: uuid.UUID, lease_id: uuid.UUID) -> bool:
    """Take the step of a run that was claimed in a batch, unless its lease ran out meanwhile."""
    run = Run.objects.leased(pk, lease_id)
    return run is not None and take_step(run)


def take_step(run: Run) -> bool:
    """Take one step of a run that is leased by this process; True when the next is due at once."""
    due: Due = timezone.now() + settings.LEASE
    try:
        with leases.in_hand(run):
            due = choose_step(run)(run)
    except UndecryptableError as error:
        due = wait(run, error)
    except Exception:
        # A fault of ours: kept in the log with its traceback, and tried again with patience.
        logger.exception("A step of run %s broke off", run.pk)
        due = None if run.is_settled else wait(run, problems.InternalError(SOMETHING_UNEXPECTED))
    finally:
        run.release(due)
    return due is not None and due <= timezone.now()


def choose_step(run: Run) -> Callable[[Run], Due]:
    return read_history if run.is_settled else STEPS[Status(run.status)]
