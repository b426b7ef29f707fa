"""Bulk actions on the runs of an experiment."""

import uuid
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction

from playground.catalog.models import ModelSpec
from playground.compose import rerun
from playground.experiments.models import Cell, Experiment
from playground.runs import batches, lifecycle
from playground.runs.batches import RunRequest
from playground.runs.costs import prices
from playground.runs.models import Run, Status
from playground.teams.models import Membership


@dataclass(frozen=True, slots=True, kw_only=True)
class Retried:
    """The numbers of failed runs that were sent again and that could not be.

    retired  titles of retired models
    """

    sent: int
    refused: int
    retired: tuple[str, ...] = ()


def stop(experiment: Experiment, membership: Membership) -> int:
    """Cancel unsent runs, stop tracking sent ones; return the number of runs.

    Only owners can stop runs of other members.
    """
    runs = Run.objects.visible_to(membership).filter(cell__experiment=experiment)
    if not membership.is_owner:
        runs = runs.filter(author=membership.user_id)
    running = [run for run in runs.filter(stored_at=None) if run.is_watched]
    for run in running:
        lifecycle.set_aside(run)
    return len(running)


def retry_failed(
    experiment: Experiment, membership: Membership, *, agreed: Decimal | None = None
) -> Retried:
    """Send the failed runs again, as new runs that replace them in their cells.

    Idempotent, because a second call finds the new runs in the cells.
    Raises  NoKeyError, NotAgreedError, OverBudgetError
    """
    cells = experiment.cells.filter(run__in=Run.objects.visible_to(membership))
    failed = list(cells.filter(run__status=Status.FAILED).select_related("run__spec"))
    current = ModelSpec.objects.current(membership.workspace)
    offered = set(current.values_list("slug", flat=True))
    usable = [
        cell
        for cell in failed
        if cell.run.spec.slug in offered
        and not rerun.find_errors(cell.run.spec, cell.run.inputs, membership)
    ]
    if usable:
        requests = [
            RunRequest(
                spec=cell.run.spec,
                inputs=cell.run.inputs,
                template=cell.run.template,
                estimate=prices.estimate(membership.workspace, cell.run.spec, cell.run.inputs),
                token=uuid.uuid5(cell.run.pk, "cell"),
                is_shared=cell.run.is_shared,
                made_from=cell.run,
            )
            for cell in usable
        ]
        with transaction.atomic():
            runs = batches.accept_all(membership, requests=requests, agreed=agreed)
            for cell, run in zip(usable, runs, strict=True):
                cell.run = run
            Cell.objects.bulk_update(usable, ["run"], batch_size=100)
    titles = (cell.run.spec.shown_title for cell in failed if cell.run.spec.slug not in offered)
    refused = len(failed) - len(usable)
    return Retried(sent=len(usable), refused=refused, retired=tuple(dict.fromkeys(titles)))
