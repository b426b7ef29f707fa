"""Finds an earlier run of the same inputs, so that a user does not pay twice by mistake."""

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from playground.compose.form_state import FormState
from playground.prepared_queries import load_prepared
from playground.runs import lifecycle
from playground.runs.models import Output, Run, RunQuerySet, Status
from playground.runs.models.inputs_digest import digest_inputs
from playground.schema.tree.nodes import Node, Number
from playground.teams.models import Membership

FREE_SEEDS = (None, "", -1)  # values for a random seed


class SameInputsError(Exception):
    """The same inputs were sent before; the user must confirm."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlierRun:
    """A run of the same inputs with the same model.

    digest   digest of the inputs, sent as the confirmation
    picture  its first picture; None for none
    """

    run: Run
    digest: str
    picture: Output | None


def find_earlier(state: FormState) -> EarlierRun | None:
    """Return the newest earlier run that was or may be charged; None if no confirmation is needed.

    None is needed if the form was opened from a run, to vary or repeat it, or if the seed is
    random, which gives another output.
    """
    if state.opened_from or is_seed_free(state):
        return None
    digest = digest_inputs(state.sent)
    values = {**state.membership.query_values, "slug": state.spec.slug, "digest": digest}
    for run in load_prepared("", make_same_runs, values):
        kept = run.outputs.filter(stored_at__isnull=False, trashed_at=None, file__isnull=False)
        return EarlierRun(run=run, digest=digest, picture=kept.select_related("file").first())
    return None


def make_same_runs(values: Mapping[str, Any]) -> RunQuerySet:
    """Return the newest run of the same inputs that was or may be charged."""
    person = Membership.from_query_values(values)
    same = Run.objects.visible_to(person).filter(
        inputs_digest=values["digest"], spec__slug=values["slug"]
    )
    same = same.exclude(inputs_digest="")  # else SQLite does not use the index, which is partial
    over = (Status.FAILED, Status.CANCELLED)
    return same.exclude(status__in=over).order_by("-created_at")[:1]


def check(state: FormState, token: uuid.UUID, agreed: str) -> None:
    """Check that inputs that were sent before are confirmed.

    token   submission token of the form; its own run does not count
    agreed  digest of the confirmed inputs
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
