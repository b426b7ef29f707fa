"""Finds an earlier run of the same inputs, so that nobody pays twice without meaning to."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from playground.compose.form_state import FormState
from playground.runs import lifecycle
from playground.runs.models import Output, Run, Status
from playground.runs.models.inputs_digest import digest_inputs
from playground.schema.tree.nodes import Node, Number

FREE_SEEDS = (None, "", -1)  # what leaves it to the service


class SameInputsError(Exception):
    """The same inputs were sent before: the author is asked once more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlierRun:
    """A run of the same inputs with the same model.

    digest   of the inputs: who presses again says so by it
    picture  the first that came of it; None while there is none
    """

    run: Run
    digest: str
    picture: Output | None


def find_earlier(state: FormState) -> EarlierRun | None:
    """Return the newest earlier run that was or may be paid; None where it need not be said.

    That is: where the form was opened from a run, to vary or repeat it; and where it leaves the
    seed to the service, so that something else comes of it.
    """
    if state.opened_from or is_seed_free(state):
        return None
    digest = digest_inputs(state.sent)
    same = Run.objects.visible_to(state.membership).filter(
        inputs_digest=digest, spec__slug=state.spec.slug
    )
    over = (Status.FAILED, Status.CANCELLED)
    run = same.exclude(status__in=over).order_by("-created_at").first()
    if run is None:
        return None
    kept = run.outputs.filter(stored_at__isnull=False, trashed_at=None, file__isnull=False)
    return EarlierRun(run=run, digest=digest, picture=kept.select_related("file").first())


def check(state: FormState, token: uuid.UUID, agreed: str) -> None:
    """See that inputs which were sent before are meant to be sent once more.

    token   of the form: the same press again is no other run
    agreed  the digest of the inputs that the person has said so of
    Raises  SameInputsError
    """
    earlier = find_earlier(state)
    if earlier is None or agreed == earlier.digest:
        return
    press = lifecycle.identify_press(state.membership, state.inputs, token)
    if not Run.objects.filter(submission_token=press).exists():
        raise SameInputsError(earlier)


def is_seed_free(state: FormState) -> bool:
    held: Any = state.sent if isinstance(state.sent, dict) else {}
    return any(held.get(each.name) in FREE_SEEDS for each in find_seeds(state.spec.form.parts()))


def find_seeds(nodes: Any) -> Iterator[Node]:
    for node in nodes:
        if isinstance(node, Number) and "seed" in node.name.lower():
            yield node
