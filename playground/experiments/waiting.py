"""Starts cells that wait for a budget, as soon as there is room; or leaves them out."""

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
    """A cell that can be sent, and what it costs now."""

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
    """Start what there is room for by now, of every experiment; the worker calls this."""
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
            continue  # another round comes


def find_member(experiment: UUID, author_id: int) -> Membership | None:
    """Return who started cells, where they still may; their budgets pay."""
    found = Membership.objects.select_related("workspace", "user").filter(
        workspace__experiments=experiment, user=author_id
    )
    return next((each for each in found if each.can_generate), None)


def start_rest(
    experiment: Experiment, membership: Membership, *, agreed: Decimal | None = None
) -> int:
    """Start those cells of a person that there is room for; return how many.

    What costs more by now is asked about, where the workspace asks.

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
    """Forget the cells that wait: one's own, of an owner all that they see; return how many."""
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
    """Start those of a person's cells that there is room for, in their order; return how many.

    is_asked  whether the person is there to be asked about a price; else nothing is sent that
              costs more than they knew
    Raises  NoKeyError, NotAgreedError, OverBudgetError
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
        kept = set(locked.values_list("pk", flat=True))  # no one else has started or removed it
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
    """Yield the cells that can be sent; the others say from now on why they cannot."""
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
