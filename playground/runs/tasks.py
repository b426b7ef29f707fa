"""The one background job: take the step of a run that is due."""

import uuid

from django.db.models import Q
from django.tasks import task

from playground.runs import steps
from playground.runs.models import FINISHED

# Queues with threads of their own, and which runs they serve: fetching files takes long, and must
# not keep the checks of other runs waiting.
ASKING, FETCHING = "default", "files"
QUEUES = {ASKING: ~Q(status__in=FINISHED), FETCHING: Q(status__in=FINISHED)}


@task()
def advance(run_id: str) -> None:
    pk = uuid.UUID(run_id)
    if steps.take(pk):
        wake(pk, FETCHING)  # what is due at once comes after the task's end


def wake(pk: uuid.UUID, queue: str = ASKING) -> None:
    """Have a run's next step taken soon. Too often does no harm: a step is taken once."""
    advance.using(queue_name=queue).enqueue(str(pk))
