"""Starts cells that wait for a budget once it has room, or removes them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.db import transaction

from playground.catalog.models import ModelSpec
from playground.compose import rerun
from playground.experiments.models import Cell, Experiment, WaitingCell, WaitReason
from playground.runs import batches
from playground.runs.batches import RunRequest
from playground.runs.costs import budgets, prices
from playground.runs.costs.budgets import OverBudgetError
from playground.runs.costs.prices import Estimate
from playground.runs.lifecycle import NoKeyError
from playground.teams.models import Membership


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadyCell:
    """A cell that can be sent, and its current cost."""

    cell: WaitingCell
    estimate: Estimate

    @property
    def request(self) -> RunRequest:
        cell = self.cell
        return RunRequest(
            spec=cell.spec,
            inputs=cell.inputs,
            template=cell.template,
            estimate=self.estimate,
            token=cell.token,
            is_shared=cell.is_shared,
        )


def go_on() -> None:
    """Start waiting cells of all experiments within the budgets; called by the worker."""
    waiting = WaitingCell.objects.filter(reason="").order_by()
    for pk, author_id in waiting.values_list("experiment", "author").distinct():
        cells = waiting.filter(experiment=pk, author=author_id)
        member = find_member(pk, author_id)
        if member is None:
            cells.update(reason=WaitReason.LEFT)
            continue
        try:
            start(member, cells.select_related("spec").order_by("pk"))
        except (NoKeyError, OverBudgetError):
            continue  # the next call retries


def find_member(experiment: UUID, author_id: int) -> Membership | None:
    """Return the membership of the author of cells, if they may still generate."""
    found = Membership.objects.select_related("workspace", "user").filter(
        workspace__experiments=experiment, user=author_id
    )
    return next((each for each in found if each.can_generate), None)


def start_rest(
    experiment: Experiment, membership: Membership, *, agreed: Decimal | None = None
) -> int:
    """Start a member's waiting cells within the budget; return their number.

    A higher price than before must be confirmed, if the workspace requires that.

    Raises  NoKeyError, NotAgreedError, OverBudgetError
    """
    cells = experiment.waiting.filter(author=membership.user_id)
    cells.update(reason="")
    listed = list(cells.select_related("spec").order_by("pk"))
    count = start(membership, listed, is_asked=True, agreed=agreed)
    if not count and (left := cells.filter(reason="").select_related("spec").first()):
        estimate = prices.estimate(membership.workspace, left.spec, left.inputs)
        budgets.check_room(membership, estimate)
    return count


def leave_out(experiment: Experiment, membership: Membership) -> int:
    """Remove a member's waiting cells, for owners all visible ones; return their number."""
    cells = experiment.waiting.visible_to(membership)
    if not membership.is_owner:
        cells = cells.filter(author=membership.user_id)
    return cells.delete()[0]


def start(
    membership: Membership,
    cells: Iterable[WaitingCell],
    *,
    is_asked: bool = False,
    agreed: Decimal | None = None,
) -> int:
    """Start a member's waiting cells in order, within the budget; return their number.

    is_asked  whether the member can be asked to confirm a price; else cells that cost more than
              displayed before are not sent
    Raises    NoKeyError, NotAgreedError, OverBudgetError
    """
    listed = list(cells)
    room = budgets.count_room(membership, [each.cost_most for each in listed])
    ready = list(check(membership, listed[:room], is_asked=is_asked))
    if not is_asked:
        agreed = batches.add_up([each.estimate for each in ready]).most
    with transaction.atomic():
        locked = WaitingCell.objects.select_for_update().filter(
            pk__in=[each.cell.pk for each in ready]
        )
        kept = set(locked.values_list("pk", flat=True))  # locked for us
        budgets.hold(membership)
        wanted = [each for each in ready if each.cell.pk in kept]
        count = budgets.count_room(membership, [each.estimate.most for each in wanted])
        return send(membership, wanted[:count], agreed)


def send(membership: Membership, ready: list[ReadyCell], agreed: Decimal | None) -> int:
    if ready:
        requests = [each.request for each in ready]
        runs = batches.accept_all(membership, requests=requests, agreed=agreed)
        Cell.objects.bulk_create(
            Cell(experiment_id=each.cell.experiment_id, place=each.cell.place, run=run)
            for each, run in zip(ready, runs, strict=True)
        )
        WaitingCell.objects.filter(pk__in=[each.cell.pk for each in ready]).delete()
    return len(ready)


def check(
    membership: Membership, cells: Iterable[WaitingCell], *, is_asked: bool
) -> Iterator[ReadyCell]:
    """Yield the cells that can be sent; store the reason for the others."""
    workspace = membership.workspace
    offered = set(ModelSpec.objects.current(workspace).values_list("slug", flat=True))
    for cell in cells:
        estimate = prices.estimate(workspace, cell.spec, cell.inputs)
        is_dearer = bool(cell.cost_most and estimate.most and estimate.most > cell.cost_most)
        reason = ""
        if cell.spec.slug not in offered:
            reason = WaitReason.RETIRED
        elif rerun.find_errors(cell.spec, cell.inputs, membership):
            reason = WaitReason.CHANGED
        elif is_dearer and not is_asked:
            reason = WaitReason.DEARER
        if reason:
            WaitingCell.objects.filter(pk=cell.pk).update(reason=reason)
        else:
            yield ReadyCell(cell=cell, estimate=estimate)
