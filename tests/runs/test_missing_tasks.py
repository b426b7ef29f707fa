"""Tasks that the provider does not find, or reports without files: polled for two days."""

import time
from collections.abc import Callable
from datetime import timedelta
from unittest.mock import patch

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from playground.providers import errors
from playground.providers.mindvideo import MindVideo
from playground.runs import lifecycle
from playground.runs.models import Run, Status
from playground.runs.worker import steps
from playground.runs.worker.steps import following, storing
from tests.html import read_text
from tests.sandbox_process import SandboxProcess

type WorkOff = Callable[[], None]

TWO_DAYS = timedelta(days=2)  # as in production; other tests give up earlier


@pytest.fixture(autouse=True)
def _patience(monkeypatch: pytest.MonkeyPatch, _no_retry_delays: None) -> None:
    monkeypatch.setattr(following, "LOST_PATIENCE", TWO_DAYS)
    monkeypatch.setattr(storing, "NO_OUTPUT_PATIENCE", TWO_DAYS)


def take_step(run: Run) -> Run:
    """Take the next step of a run now, whenever it is due."""
    Run.objects.filter(pk=run.pk).update(next_check_at=timezone.now())
    steps.run_due_step(run.pk)
    run.refresh_from_db()
    return run


def take_steps_until(run: Run, problem: str) -> Run:
    give_up_at = time.monotonic() + 30
    while take_step(run).problem != problem:
        assert time.monotonic() < give_up_at
    return run


FAULTS = {"lost": "not_found", "no_output": "no_output"}


@pytest.fixture(params=FAULTS)
def run_with_missing_task(request: pytest.FixtureRequest, run: Run, sandbox: SandboxProcess) -> Run:
    take_step(run)
    sandbox.fault("status", FAULTS[request.param], count=1000)
    return take_steps_until(run, request.param)


def test_a_missing_task_is_polled_for_two_days(
    run_with_missing_task: Run, sandbox: SandboxProcess
) -> None:
    problem = run_with_missing_task.problem
    for hours in (1, 12, 47):
        Run.objects.update(problem_since=timezone.now() - timedelta(hours=hours))
        assert take_step(run_with_missing_task).problem == problem
        assert not run_with_missing_task.is_settled
    Run.objects.update(problem_since=timezone.now() - timedelta(hours=49))
    take_step(run_with_missing_task)
    assert (run_with_missing_task.is_settled, run_with_missing_task.problem) == (True, problem)
    assert len(sandbox.ledger()["charges"]) == 1


def test_a_task_missing_for_hours_recovers_by_itself(
    run_with_missing_task: Run, sandbox: SandboxProcess, work_off: WorkOff
) -> None:
    Run.objects.update(problem_since=timezone.now() - timedelta(hours=20))
    take_step(run_with_missing_task)
    sandbox.clear_faults()
    work_off()
    run_with_missing_task.refresh_from_db()
    assert (run_with_missing_task.status, run_with_missing_task.problem) == (Status.SUCCEEDED, "")
    assert run_with_missing_task.outputs.get().stored_at


def test_a_missing_task_is_polled_with_growing_intervals(run_with_missing_task: Run) -> None:
    pauses = []
    for _ in range(12):
        take_step(run_with_missing_task)
        assert run_with_missing_task.next_check_at
        pauses.append((run_with_missing_task.next_check_at - timezone.now()).total_seconds())
    assert pauses[0] < 10
    assert pauses[-1] > 600
    assert pauses == sorted(pauses) or max(pauses) - pauses[-1] < 1


def test_the_page_says_that_a_missing_task_is_polled(
    client: Client, run_with_missing_task: Run
) -> None:
    page = read_text(client.get(run_with_missing_task.get_absolute_url()).text)
    assert "We keep asking the provider, less and less often, for two days" in page
    assert "Try now" in page
    assert "Try again" not in page


def test_all_lost_runs_can_be_checked_at_once(
    client: Client, run_with_missing_task: Run, sandbox: SandboxProcess, work_off: WorkOff
) -> None:
    others = [give_up_like(run_with_missing_task, number) for number in range(3)]
    Run.objects.filter(pk=run_with_missing_task.pk).update(
        problem_since=timezone.now() - timedelta(days=3)
    )
    take_step(run_with_missing_task)
    sandbox.clear_faults()
    assert (
        "Check all of these again" in client.get(run_with_missing_task.spec.get_absolute_url()).text
    )
    answer = client.post(
        f"{run_with_missing_task.get_absolute_url()}ask-all/", headers={"HX-Request": "true"}
    )
    for run in [run_with_missing_task, *others]:
        run.refresh_from_db()
        assert not run.is_settled
        assert f"run-{run.pk}" in answer.text
    assert len(sandbox.ledger()["charges"]) == 1
    client.post(f"{run_with_missing_task.get_absolute_url()}ask-all/")  # no lost run is left


def give_up_like(run: Run, number: int) -> Run:
    """Make another run of the same person that was given up like `run`."""
    return Run.objects.create(
        workspace=run.workspace,
        author=run.author,
        spec=run.spec,
        api_key=run.api_key,
        inputs=run.inputs,
        status=run.status if run.problem == "no_output" else Status.FAILED,
        task_id=f"{run.task_id}{number}",
        sent_at=run.sent_at,
        finished_at=timezone.now(),
        stored_at=timezone.now() if run.problem == "no_output" else None,
        problem=run.problem,
    )


def test_a_run_that_would_be_paid_again_is_not_checked(run_with_missing_task: Run) -> None:
    refused = give_up_like(run_with_missing_task, 1)
    Run.objects.filter(pk=refused.pk).update(problem="declined")
    assert lifecycle.check_all_again(Run.objects.all()) == []


def test_checking_all_lost_runs_checks_ones_own_only(
    client: Client, run_with_missing_task: Run
) -> None:
    other = give_up_like(run_with_missing_task, 1)
    Run.objects.filter(pk=other.pk).update(author=User.objects.create(username="bea"))
    client.post(f"{run_with_missing_task.get_absolute_url()}ask-all/")
    other.refresh_from_db()
    assert other.is_settled


@pytest.mark.parametrize("status", [403, 404])
def test_a_gateway_error_on_sending_ends_no_run(
    run: Run, sandbox: SandboxProcess, client: Client, status: int
) -> None:
    sandbox.fault("submit", "gateway", status=str(status))
    assert take_step(run).status == Status.PENDING
    page = client.get(run.get_absolute_url()).text
    assert "Model not available" not in page
    assert "API key" not in page.partition("explanation")[2].partition("</div>")[0]
    assert f"A gateway or proxy answered instead of the provider (HTTP {status})." in page


def test_missing_files_are_asked_for_with_growing_intervals(
    run: Run, sandbox: SandboxProcess
) -> None:
    Run.objects.update(inputs={"prompt": "three lighthouses", "n": 3})
    sandbox.fault("status", "fewer", count=1000)
    looks = []
    run.refresh_from_db()
    while not run.is_settled:
        take_step(run)
    while run.history_at is None:
        assert run.next_check_at
        looks.append((run.next_check_at - timezone.now()).total_seconds())
        take_step(run)
    assert len(looks) == len(storing.SHORTAGE_PAUSES)
    assert looks == sorted(looks) or looks[-1] > 800
    sandbox.clear_faults()


def test_an_unknown_task_is_never_submitted_again(run_with_missing_task: Run) -> None:
    with patch.object(MindVideo, "submit", side_effect=errors.Refused("never")) as submit:
        take_step(run_with_missing_task)
    assert not submit.called
