"""The one background job: take the steps of a run that are due."""

import uuid

from django.tasks import task

from playground.runs import steps


@task()
def advance(run_id: str) -> None:
    while steps.take(uuid.UUID(run_id)):
        pass


def wake(pk: uuid.UUID) -> None:
    """Have a run's next step taken soon. Too often does no harm: a step is taken once."""
    advance.enqueue(str(pk))
