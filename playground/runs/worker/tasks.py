"""The background tasks: take a step of a claimed run, send a due mail.

The worker's clock enqueues them, and no one else does: a run that is accepted, or asked for again,
says by its row that it is due, in whichever process that is written.
"""

import uuid

from django.tasks import task

from playground.runs.models import Claim, Run
from playground.runs.worker import leases, steps
from playground.teams import outbox


@task()
def advance(run_id: str, lease_id: str = "") -> None:
    """Take a step of a run that this process claimed; without a lease, take the run over."""
    if not lease_id:
        steps.run_handed_step(uuid.UUID(run_id))
        return
    run = leases.begin(uuid.UUID(lease_id))
    steps.run_claimed_step(uuid.UUID(run_id), uuid.UUID(lease_id), run)


@task(queue_name="mail")
def post(mail_id: int) -> None:
    outbox.send(mail_id)


def enqueue(claim: Claim, queue: str, run: Run | None = None) -> None:
    """Have the step of a claimed run, as it was just read, taken by a thread of the pool."""
    leases.expect(claim, run)
    advance.using(queue_name=queue).enqueue(str(claim.run_id), str(claim.lease_id))


def hand_over(claim: Claim, queue: str) -> None:
    """Have the step of a claimed run taken by whichever process gets the message."""
    advance.using(queue_name=queue).enqueue(str(claim.run_id))
