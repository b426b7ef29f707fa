"""An experiment that exceeds a budget: cells that wait, start later, or are skipped."""

from decimal import Decimal

import pytest
from django.test import Client

from playground.catalog.models import ModelSpec
from playground.experiments import waiting
from playground.experiments.models import Cell, Experiment, WaitingCell
from playground.runs.costs import budgets
from playground.runs.models import Run, Status
from playground.runs.worker import housekeeping
from playground.teams.models import Membership, Role, Workspace
from tests.experiments.test_experiments import HTMX, Post, _sandbox_key, draft, finish, post, read

__all__ = ["_sandbox_key", "draft", "post"]  # fixtures

FIVE_RUNS = {"vary-repeat": "5"}


@pytest.fixture
def highest_price(post: Post) -> Decimal:
    """The highest price of a run."""
    post(**FIVE_RUNS)
    most = Run.objects.values_list("cost_most", flat=True)[0]
    Experiment.objects.all().delete()
    Run.objects.all().delete()
    assert most
    return most


@pytest.fixture
def experiment(post: Post, workspace: Workspace, highest_price: Decimal) -> Experiment:
    """An experiment of five runs, with a budget for two."""
    set_budget(workspace, highest_price * 2)
    post(**FIVE_RUNS)
    return Experiment.objects.get()


def set_budget(workspace: Workspace, amount: Decimal | None) -> None:
    workspace.monthly_budget = amount
    workspace.save()


def do_housekeeping() -> None:
    """Do a round of the worker's housekeeping."""
    for each in housekeeping.ROUNDS:
        each()


def count_runs_and_waiting_cells() -> tuple[int, int]:
    assert Cell.objects.count() == Run.objects.count()
    return Run.objects.count(), WaitingCell.objects.count()


def test_runs_within_the_budget_are_sent_and_the_rest_waits(
    client: Client, membership: Membership, experiment: Experiment
) -> None:
    assert count_runs_and_waiting_cells() == (2, 3)
    page = read(client, experiment)
    assert "0 of 5 done" in page
    assert "3 wait for budget" in page
    assert page.count("Waits for budget") == 3
    for place in ("0", "1"):
        finish(place)
    assert 'hx-trigger="every 15000ms"' in read(client, experiment)
    assert all(status.used <= status.limit for status in budgets.list_statuses(membership))


def test_the_page_says_how_many_runs_would_wait(
    post: Post, workspace: Workspace, highest_price: Decimal
) -> None:
    set_budget(workspace, highest_price * 2)
    assert "no room for 3 of these" in post(HTMX, do="count", **FIVE_RUNS).text
    set_budget(workspace, highest_price / 2)
    assert "is left" in post(HTMX, do="count", **FIVE_RUNS).text


def test_waiting_cells_start_when_the_budget_allows(
    experiment: Experiment, membership: Membership, workspace: Workspace, highest_price: Decimal
) -> None:
    do_housekeeping()
    assert count_runs_and_waiting_cells() == (2, 3)
    set_budget(workspace, highest_price * 3)
    for _ in range(2):
        do_housekeeping()
    assert count_runs_and_waiting_cells() == (3, 2)
    finish("0", status=Status.FAILED)
    Run.objects.filter(cell__place="0").update(cost_actual=0)
    for _ in range(2):
        do_housekeeping()
    assert count_runs_and_waiting_cells() == (4, 1)
    set_budget(workspace, None)
    do_housekeeping()
    assert count_runs_and_waiting_cells() == (5, 0)
    assert set(experiment.cells.values_list("place", flat=True)) == set("01234")
    assert len(set(Run.objects.values_list("idempotency_key", flat=True))) == 5


def test_two_workers_start_a_waiting_cell_once(
    experiment: Experiment, membership: Membership, workspace: Workspace
) -> None:
    set_budget(workspace, None)
    membership = Membership.objects.get(pk=membership.pk)
    listed = list(experiment.waiting.select_related("spec"))
    assert [waiting.start(membership, listed) for _ in range(2)] == [3, 0]
    assert count_runs_and_waiting_cells() == (5, 0)


def test_waiting_cells_can_be_started_or_are_refused_for_lack_of_budget(
    client: Client, experiment: Experiment, workspace: Workspace
) -> None:
    address = f"{experiment.get_absolute_url()}start/"
    response = client.post(address)
    assert response.status_code == 422
    assert "budget" in response.text
    set_budget(workspace, None)
    assert "Started 3 runs." in client.post(address, follow=True).text
    assert count_runs_and_waiting_cells() == (5, 0)


def test_waiting_cells_can_be_skipped(
    client: Client, bo: Client, experiment: Experiment, workspace: Workspace
) -> None:
    address = f"{experiment.get_absolute_url()}leave-out/"
    bo.post(address)
    assert count_runs_and_waiting_cells() == (2, 3)
    assert "Left out 3 runs." in client.post(address, follow=True).text
    set_budget(workspace, None)
    do_housekeeping()
    assert count_runs_and_waiting_cells() == (2, 0)
    assert "0 of 2 done" in read(client, experiment)


@pytest.mark.parametrize(
    ("obstacle", "words"),
    [
        ("retired", "the model was retired"),
        ("changed", "its inputs cannot be sent"),
        ("dearer", "it costs more"),
        ("left", "no longer generates here"),
    ],
)
def test_cells_that_need_consent_are_held_back_and_named(
    client: Client, experiment: Experiment, workspace: Workspace, obstacle: str, words: str
) -> None:
    set_budget(workspace, None)
    member = Membership.objects.filter(user=experiment.author)
    if obstacle == "retired":
        ModelSpec.objects.filter(pk=experiment.spec_id).update(is_retired=True)
    elif obstacle == "changed":
        WaitingCell.objects.update(inputs={"n": "many"})
    elif obstacle == "dearer":
        WaitingCell.objects.update(cost_most=Decimal("0.000001"))
    else:
        member.update(role=Role.VIEWER)
    for _ in range(2):
        do_housekeeping()
    assert count_runs_and_waiting_cells() == (2, 3)
    page = read(client, experiment)
    assert "3 held back" in page
    assert words in page
    member.update(role=Role.OWNER)
    client.post(f"{experiment.get_absolute_url()}start/")
    assert count_runs_and_waiting_cells() == ((5, 0) if obstacle in {"dearer", "left"} else (2, 3))


def test_added_cells_wait_for_budget_too(
    client: Client, experiment: Experiment, workspace: Workspace, highest_price: Decimal
) -> None:
    set_budget(workspace, highest_price * 4)
    do_housekeeping()
    assert count_runs_and_waiting_cells() == (4, 1)
    client.post(f"{experiment.get_absolute_url()}add/", {"do": "start", "vary-repeat": "2"})
    assert count_runs_and_waiting_cells() == (4, 1)  # the budget has no room for them
    set_budget(workspace, highest_price * 6)
    do_housekeeping()
    client.post(f"{experiment.get_absolute_url()}add/", {"do": "start", "vary-repeat": "2"})
    assert count_runs_and_waiting_cells() == (6, 1)
