"""The one background job: take the step of a run that is due."""

import uuid

from django.db.models import Q
from django.tasks import task

from playground.runs import steps
from playground.runs.models import Status

# Queues with threads of their own, and which runs they serve: fetching files takes long, and must
# keep nobody waiting who only wants to ask the provider.
ASKING, FETCHING = "default", "files"
QUEUES = {ASKING: ~Q(status=Status.SUCCEEDED), FETCHING: Q(status=Status.SUCCEEDED)}


@task()
def advance(run_id: str) -> None:
    pk = uuid.UUID(run_id)
    if steps.take(pk):
        wake(pk, FETCHING)  # due at once is only what a task that has ended gave


def wake(pk: uuid.UUID, queue: str = ASKING) -> None:
    """Have a run's next step taken soon. Too often does no harm: a step is taken once."""
    advance.using(queue_name=queue).enqueue(str(pk))
