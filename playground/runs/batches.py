"""Accepts many runs at once, of one model or several: all of them, or none."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction

from playground import database_clock, wake_ups
from playground.catalog.models import ModelSpec
from playground.runs import lifecycle
from playground.runs.costs import budgets
from playground.runs.costs.prices import Basis, Estimate
from playground.runs.files.references import attach_uploads
from playground.runs.models import Run, runs_created
from playground.teams.models import Membership

# Runs are sent in the order of their due times, so this keeps the order of a batch.
STEP = timedelta(microseconds=1)
ROWS_AT_ONCE = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRequest:
    """One run of a batch.

    token     submission token: unique in the batch, and the same if the batch is submitted again
    estimate  what it is going to cost
    template  the inputs before variables were filled in, if any
    is_shared  whether the workspace sees it
    made_from  the run that it was made from
    """

    spec: ModelSpec
    inputs: Any
    token: uuid.UUID
    estimate: Estimate
    is_shared: bool
    template: dict[str, Any] = field(default_factory=dict)
    made_from: Run | None = None


def add_up(estimates: Sequence[Estimate]) -> Estimate:
    """Return the total cost; unknown if one of them is."""
    likely = [each.likely for each in estimates]
    most = [each.most for each in estimates]
    return Estimate(
        likely=None if None in likely else sum(filter(None, likely), Decimal()),
        most=None if None in most else sum(filter(None, most), Decimal()),
        basis=estimates[0].basis if estimates else Basis.UNKNOWN,
        is_free=bool(estimates) and all(each.is_free for each in estimates),
    )


def accept_all(
    membership: Membership,
    *,
    requests: Sequence[RunRequest],
    agreed: Decimal | None = None,
) -> list[Run]:
    """Accept all requests in one transaction; they are sent in order.

    The total must fit the budgets, and the author confirms the total price once. A request with a
    known token returns the existing run.

    Raises  NoKeyError, NotAgreedError, OverBudgetError
    """
    specs = {each.spec.pk: each.spec for each in requests}
    keys = {pk: lifecycle.find_key(membership.workspace, spec) for pk, spec in specs.items()}
    known = find_known(requests)
    if len(known) < len(requests):
        new = [each for each in requests if each.token not in known]
        total = add_up([each.estimate for each in new])
        lifecycle.check_consent(membership.workspace, total, agreed)
        with transaction.atomic():
            # If the last one exists, all exist, because the batch is atomic.
            budgets.reserve(membership, total, new[-1].token)
            known = find_known(requests)
            new = [each for each in requests if each.token not in known]
            begin = database_clock.now()
            runs = [
                Run(
                    submission_token=each.token,
                    workspace=membership.workspace,
                    author_id=membership.user_id,
                    spec=each.spec,
                    api_key=keys[each.spec.pk],
                    inputs=each.inputs,
                    template=each.template,
                    made_from=each.made_from,
                    is_shared=each.is_shared,
                    cost_expected=each.estimate.likely,
                    cost_most=each.estimate.most,
                    next_check_at=begin + number * STEP,
                )
                for number, each in enumerate(new)
            ]
            write(membership, runs)
            known |= {run.submission_token: run for run in runs}
    return [known[each.token] for each in requests]


def find_known(requests: Sequence[RunRequest]) -> dict[uuid.UUID, Run]:
    tokens = [each.token for each in requests]
    return {run.submission_token: run for run in Run.objects.filter(submission_token__in=tokens)}


def write(membership: Membership, runs: list[Run]) -> None:
    Run.objects.bulk_create(runs, batch_size=ROWS_AT_ONCE)
    attach_uploads(membership, runs)
    runs_created.send(Run, runs=runs)
    wake_ups.wake_workers()
