"""Accepts an experiment: its runs and its cells in one transaction."""

import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction

from playground.catalog.models import ModelSpec
from playground.experiments.axes import Axis
from playground.experiments.models import TITLE_CHARACTERS, Cell, Experiment, write_place
from playground.runs import batches
from playground.runs.batches import RunRequest
from playground.runs.costs.prices import Estimate
from playground.teams.models import Membership


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedCell:
    """A combination of values, and the inputs that it makes.

    template  what the inputs were made of, where texts had variables
    """

    coordinates: tuple[int, ...]
    inputs: Any
    estimate: Estimate
    template: dict[str, Any]


def accept(
    membership: Membership,
    *,
    spec: ModelSpec,
    title: str,
    inputs: Any,
    axes: Sequence[Axis],
    cells: Sequence[PlannedCell],
    token: uuid.UUID,
    is_shared: bool,
    agreed: Decimal | None = None,
) -> Experiment:
    """Take an experiment in, with all its runs; the answer does not wait for the provider.

    token   of the rendered form: the same experiment under it is the same press of the button, and
            gives the one that there is already
    agreed  the most that its author said yes to, where they were asked
    Raises  NoKeyError, NotAgreedError, OverBudgetError
    """
    documents = [axis.document for axis in axes]
    token = identify_press(membership, spec, inputs, documents, token)
    if known := Experiment.objects.filter(submission_token=token).first():
        return known
    requests = [
        RunRequest(
            inputs=cell.inputs,
            template=cell.template,
            estimate=cell.estimate,
            token=uuid.uuid5(token, write_place(cell.coordinates)),
        )
        for cell in cells
    ]
    try:
        with transaction.atomic():
            experiment = Experiment.objects.create(
                workspace=membership.workspace,
                author_id=membership.user_id,
                spec=spec,
                title=title[:TITLE_CHARACTERS],
                inputs=inputs,
                axes=documents,
                submission_token=token,
            )
            runs = batches.accept_all(
                membership, spec=spec, requests=requests, is_shared=is_shared, agreed=agreed
            )
            Cell.objects.bulk_create(
                Cell(experiment=experiment, place=write_place(cell.coordinates), run=run)
                for cell, run in zip(cells, runs, strict=True)
            )
    except IntegrityError:  # pressed twice, and the other press was first
        return Experiment.objects.get(submission_token=token)
    return experiment


def identify_press(
    membership: Membership, spec: ModelSpec, inputs: Any, axes: Any, token: uuid.UUID
) -> uuid.UUID:
    facts = [str(membership.workspace_id), membership.user_id, str(spec.pk), inputs, axes]
    return uuid.uuid5(token, json.dumps(facts, sort_keys=True))
