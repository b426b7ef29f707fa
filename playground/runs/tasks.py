"""The background jobs: take the step of a run that is due, send a mail that is due."""

import uuid

from django.db.models import Q
from django.tasks import task

from playground.runs import steps
from playground.runs.models import FINISHED, Status
from playground.teams import outbox

# The queues by their rank, and which runs they serve. Looking whether a task has ended is short,
# and somebody waits for it; fetching its files is long; its history can wait for all of that.
ASKING, FETCHING, TELLING = "default", "files", "history"
IS_FETCHED = Q(status=Status.SUCCEEDED, stored_at=None)
QUEUES = {
    ASKING: ~Q(status__in=FINISHED),
    FETCHING: IS_FETCHED,
    TELLING: Q(status__in=FINISHED) & ~IS_FETCHED,
}


@task()
def advance(run_id: str) -> None:
    pk = uuid.UUID(run_id)
    if steps.take(pk):
        wake(pk, FETCHING)  # the task has ended this moment


@task(queue_name="mail")
def post(mail_id: int) -> None:
    outbox.send(mail_id)


def wake(pk: uuid.UUID, queue: str = ASKING) -> None:
    """Have a run's next step taken soon. Too often does no harm: a step is taken once."""
    advance.using(queue_name=queue).enqueue(str(pk))
