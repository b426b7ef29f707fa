"""What a person does to a run: accept makes one, cancel calls it off. The rest is `steps.py`."""

import json
import uuid
from typing import Any

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction

from playground.catalog.models import ModelSpec
from playground.runs import tasks
from playground.runs.models import Run, Status
from playground.teams.models import Workspace


class NoKeyError(Exception):
    """The workspace has no API key to pay a run with."""


def accept(
    *, workspace: Workspace, author: User, spec: ModelSpec, inputs: Any, token: uuid.UUID
) -> Run:
    """Take a request in and have it sent; the answer does not wait for the provider.

    token   of the rendered form: the same inputs under the same token are the same press of
            Generate (double click, reload, back button), and give the run that there is already.
            Other inputs were typed after it, and so make a run of their own.
    Raises  NoKeyError
    """
    api_key = workspace.current_key()
    if api_key is None:
        raise NoKeyError("No API key is stored here, so nothing can be sent.")
    pressed = f"{workspace.pk} {author.pk} {json.dumps(inputs, sort_keys=True)}"
    facts = {
        "submission_token": uuid.uuid5(token, pressed),
        "workspace": workspace,
        "author": author,
        "spec": spec,
        "api_key": api_key,
        "inputs": inputs,
    }
    try:
        return create(**facts)
    except IntegrityError:
        return Run.objects.get(submission_token=facts["submission_token"])


def create(**facts: Any) -> Run:
    with transaction.atomic():
        run = Run.objects.create(**facts)
        # Robust: once committed the run is accepted, whatever becomes of this wake-up call.
        transaction.on_commit(lambda: tasks.wake(run.pk), robust=True)
    return run


def cancel(run: Run) -> bool:
    """Call a run off that was not sent yet; False where it was."""
    unsent = Run.objects.filter(pk=run.pk, sent_at=None)
    with transaction.atomic():
        locked = unsent.select_for_update().filter(status=Status.PENDING).first()
        if locked is None:
            return False
        locked.move_to(Status.CANCELLED)
        locked.release(None)
    return True
