"""Accepts an experiment, or cells added to it: runs and cells in one transaction."""

import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from playground.catalog.models import ModelSpec
from playground.compose.submission import read_token
from playground.experiments.axes import Axis
from playground.experiments.models import (
    TITLE_CHARACTERS,
    Cell,
    Experiment,
    WaitingCell,
    write_place,
)
from playground.runs import batches, lifecycle
from playground.runs.batches import RunRequest
from playground.runs.costs import budgets
from playground.runs.costs.prices import Estimate
from playground.runs.models import Run
from playground.teams.models import Membership


class ExtendedMeanwhileError(Exception):
    """Another member has extended the experiment meanwhile; the message is for the user."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedCell:
    """A combination of values and its inputs.

    template  the inputs before variables were replaced, if there are any
    """

    spec: ModelSpec
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
    settings: dict[str, Any] | None = None,
) -> Experiment:
    """Accept an experiment with all its runs, without waiting for the provider.

    token   submission token of the form; makes the call idempotent
    agreed  the maximum cost that the author confirmed, or None
    Raises  NoKeyError, NotAgreedError, OverBudgetError
    """
    documents = [axis.document for axis in axes]
    token = identify_press(membership, spec, [inputs, settings or {}], documents, token)
    if known := Experiment.objects.filter(submission_token=token).first():
        return known
    try:
        with transaction.atomic():
            experiment = Experiment.objects.create(
                workspace=membership.workspace,
                author_id=membership.user_id,
                spec=spec,
                title=title[:TITLE_CHARACTERS],
                inputs=inputs,
                axes=documents,
                settings=settings or {},
                submission_token=token,
            )
            add_cells(membership, experiment, cells, token, is_shared=is_shared, agreed=agreed)
    except IntegrityError:  # a concurrent submission with the same token
        return Experiment.objects.get(submission_token=token)
    return experiment


def extend(
    membership: Membership,
    experiment: Experiment,
    *,
    axes: Sequence[Axis],
    cells: Sequence[PlannedCell],
    token: uuid.UUID,
    agreed: Decimal | None = None,
) -> None:
    """Add cells to an experiment, with the axes that it has from then on.

    experiment  as read when the cells were planned
    token       idempotency token from `identify_addition`
    Raises      ExtendedMeanwhileError, NoKeyError, NotAgreedError, OverBudgetError
    """
    with transaction.atomic():
        locked = Experiment.objects.select_for_update().get(pk=experiment.pk)
        if is_known(token):
            return
        if locked.axes != experiment.axes:
            raise ExtendedMeanwhileError(_("The experiment was changed meanwhile. Look again."))
        if len(axes) > len(locked.axes):  # existing cells get the first value of the new axis
            deepen(locked)
        locked.axes = [axis.document for axis in axes]
        locked.save(update_fields=["axes"])
        is_shared = not locked.cells.filter(run__is_shared=False).exists()
        add_cells(membership, locked, cells, token, is_shared=is_shared, agreed=agreed)


def add_cells(
    membership: Membership,
    experiment: Experiment,
    cells: Sequence[PlannedCell],
    token: uuid.UUID,
    *,
    is_shared: bool,
    agreed: Decimal | None,
) -> None:
    """Accept the runs of cells, in the caller's transaction.

    Cells beyond the budgets wait; if all are, nothing is stored.
    """
    workspace = membership.workspace
    requests = [
        RunRequest(
            spec=cell.spec,
            inputs=cell.inputs,
            template=cell.template,
            estimate=cell.estimate,
            token=uuid.uuid5(token, f"{number}"),
            is_shared=is_shared,
        )
        for number, cell in enumerate(cells)
    ]
    for spec in {cell.spec.pk: cell.spec for cell in cells}.values():
        lifecycle.find_key(workspace, spec)
    lifecycle.check_consent(workspace, batches.add_up([each.estimate for each in cells]), agreed)
    budgets.hold(membership)
    count = budgets.count_room(membership, [each.estimate.most for each in cells])
    if not count:
        budgets.check_room(membership, cells[0].estimate)
    runs = batches.accept_all(membership, requests=requests[:count], agreed=agreed)
    places = [write_place(cell.coordinates) for cell in cells]
    Cell.objects.bulk_create(
        Cell(experiment=experiment, place=place, run=run)
        for place, run in zip(places, runs, strict=False)
    )
    let_wait(membership, experiment, dict(zip(places[count:], requests[count:], strict=True)))


def let_wait(
    membership: Membership, experiment: Experiment, requests: Mapping[str, RunRequest]
) -> None:
    """Store cells that exceed the budgets as waiting cells."""
    WaitingCell.objects.bulk_create(
        WaitingCell(
            experiment=experiment,
            place=place,
            author_id=membership.user_id,
            spec=each.spec,
            inputs=each.inputs,
            template=each.template,
            is_shared=each.is_shared,
            cost_most=each.estimate.most,
            token=each.token,
        )
        for place, each in requests.items()
    )


def deepen(experiment: Experiment) -> None:
    for table in (experiment.cells, experiment.waiting):
        cells = list(table.all())
        for cell in cells:
            cell.place = f"{cell.place}-0"
        table.model.objects.bulk_update(cells, ["place"], batch_size=100)


def is_known(token: uuid.UUID) -> bool:
    """Return whether cells were added with this token already."""
    return Run.objects.filter(submission_token=uuid.uuid5(token, "0")).exists()


def identify_addition(membership: Membership, experiment: Experiment, asked: Any) -> uuid.UUID:
    """Return the idempotency token of an addition of cells.

    asked  the POST data; the same data with the same submission token gives the same token
    """
    known = sorted((name, asked.getlist(name)) for name in asked if name.startswith("vary"))
    facts = [str(experiment.pk), membership.user_id, known]
    return uuid.uuid5(read_token(asked.get("submission", "")), json.dumps(facts))


def identify_press(
    membership: Membership, spec: ModelSpec, inputs: Any, axes: Any, token: uuid.UUID
) -> uuid.UUID:
    facts = [str(membership.workspace_id), membership.user_id, str(spec.pk), inputs, axes]
    return uuid.uuid5(token, json.dumps(facts, sort_keys=True))
