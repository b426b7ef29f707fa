"""The worker's steps of a run, against the sandbox over real HTTP."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from playground.runs import lifecycle
from playground.runs.models import Run, Status
from playground.runs.worker import steps
from tests.sandbox_process import SandboxProcess

type WorkOff = Callable[[], None]


def test_a_run_ends_with_its_picture_in_our_storage(
    run: Run, sandbox: SandboxProcess, work_off: Callable[[], None]
) -> None:
    sandbox.small_pictures(4096)
    work_off()
    finished = Run.objects.get()
    output = finished.outputs.get()
    assert finished.status == Status.SUCCEEDED
    assert output.file
    assert (output.file.width, output.file.height) == (2560, 1440)
    assert output.file.original.size == output.file.size_bytes
    assert output.file.thumbnail.size > 0


def test_costs_are_stored_as_reported_by_the_provider(finished: Run) -> None:
    assert finished.cost_estimate == Decimal("0.0315")
    assert finished.cost_actual == Decimal("0.0315")


def test_a_step_taken_concurrently_is_done_once(run: Run, sandbox: SandboxProcess) -> None:
    assert Run.objects.lease(run.pk) is not None
    assert Run.objects.lease(run.pk) is None
    assert sandbox.ledger()["charges"] == []


def test_an_interrupted_step_is_done_again_after_its_lease(run: Run, work_off: WorkOff) -> None:
    cut_off = Run.objects.lease(run.pk)
    assert cut_off is not None
    Run.objects.update(leased_until=timezone.now() - timedelta(seconds=1))
    work_off()
    run.refresh_from_db()
    assert run.status == Status.SUCCEEDED


def test_a_step_with_an_expired_lease_writes_nothing(run: Run) -> None:
    late = Run.objects.lease(run.pk)
    assert late is not None
    Run.objects.update(leased_until=timezone.now() - timedelta(seconds=1))
    assert Run.objects.lease(run.pk) is not None
    assert late.note(problem="late") is False


def test_a_submission_interrupted_after_the_charge_is_charged_once(
    run: Run, sandbox: SandboxProcess, work_off: WorkOff
) -> None:
    sandbox.fault("submit", "reset_after")
    work_off()
    run.refresh_from_db()
    assert run.status == Status.SUCCEEDED
    assert len(sandbox.ledger()["charges"]) == 1


@pytest.mark.parametrize(
    "kind", ["server_error", "bad_gateway", "garbage", "half_json", "html", "empty", "reset"]
)
def test_a_provider_server_error_is_retried(
    run: Run, sandbox: SandboxProcess, work_off: WorkOff, kind: str
) -> None:
    sandbox.fault("submit", kind)
    sandbox.fault("status", kind)
    work_off()
    run.refresh_from_db()
    assert run.status == Status.SUCCEEDED
    assert run.problem == ""
    assert len(sandbox.ledger()["charges"]) == 1


@pytest.mark.parametrize("kind", ["unauthorized", "payment_required"])
def test_a_rejection_after_a_lost_response_is_not_final(
    run: Run, sandbox: SandboxProcess, work_off: WorkOff, kind: str
) -> None:
    sandbox.fault("submit", "reset_after")
    steps.run_due_step(run.pk)
    sandbox.fault("submit", kind)
    work_off()
    run.refresh_from_db()
    assert run.status == Status.SUCCEEDED
    assert len(sandbox.ledger()["charges"]) == 1


def test_a_forbidden_link_is_asked_for_again(
    run: Run, sandbox: SandboxProcess, work_off: WorkOff
) -> None:
    sandbox.fault("status", "foreign_url", url="http://127.0.0.1:1/elsewhere")
    work_off()
    assert run.outputs.get().stored_at


def test_retry_after_is_respected(run: Run, sandbox: SandboxProcess) -> None:
    sandbox.fault("submit", "throttled", retry_after="seconds", seconds=7)
    steps.run_due_step(run.pk)
    run.refresh_from_db()
    assert run.next_check_at
    pause = run.next_check_at - timezone.now()
    assert run.problem == "throttled"
    assert 5 < pause.total_seconds() <= 7


def test_during_a_provider_outage_the_run_waits_and_says_so(
    run: Run, sandbox: SandboxProcess
) -> None:
    sandbox.fault("submit", "server_error")
    steps.run_due_step(run.pk)
    run.refresh_from_db()
    assert run.status == Status.PENDING
    assert run.problem == "unavailable"
    assert run.next_check_at
    assert run.next_check_at > timezone.now()


def test_a_rejected_key_fails_the_run_with_a_message(
    run: Run, sandbox: SandboxProcess, work_off: WorkOff
) -> None:
    sandbox.fault("submit", "unauthorized")
    work_off()
    run.refresh_from_db()
    assert (run.status, run.problem) == (Status.FAILED, "key_refused")
    assert run.problem_message
    assert sandbox.api_key not in run.problem_message + run.problem_detail


def test_a_task_the_provider_forgot_is_lost_and_not_succeeded(
    run: Run, sandbox: SandboxProcess, work_off: WorkOff
) -> None:
    sandbox.fault("status", "not_found", count=10)
    work_off()
    run.refresh_from_db()
    assert (run.status, run.problem) == (Status.FAILED, "lost")


def test_a_task_not_found_for_a_moment_is_not_lost(
    run: Run, sandbox: SandboxProcess, work_off: WorkOff
) -> None:
    sandbox.fault("status", "not_found")
    work_off()
    run.refresh_from_db()
    assert (run.status, run.problem) == (Status.SUCCEEDED, "")


def test_a_success_without_pictures_is_reported(
    run: Run, sandbox: SandboxProcess, work_off: WorkOff
) -> None:
    sandbox.fault("status", "no_output", count=10)
    work_off()
    run.refresh_from_db()
    assert (run.status, run.problem) == (Status.SUCCEEDED, "no_output")


def test_a_success_that_names_its_pictures_late_is_polled_again(
    run: Run, sandbox: SandboxProcess, work_off: WorkOff
) -> None:
    sandbox.fault("status", "no_output")
    work_off()
    assert run.outputs.get().stored_at


def test_a_result_that_is_no_picture_is_marked(
    run: Run, sandbox: SandboxProcess, work_off: WorkOff
) -> None:
    sandbox.fault("file", "garbage", count=10)
    work_off()
    output = run.outputs.get()
    assert output.stored_at is None
    assert "not a JPEG" in output.problem


@pytest.mark.parametrize("kind", ["truncated", "cut_off", "html", "server_error", "expired"])
def test_a_failed_download_is_fetched_again(
    run: Run, sandbox: SandboxProcess, work_off: WorkOff, kind: str
) -> None:
    sandbox.fault("file", kind)
    work_off()
    assert run.outputs.get().stored_at


def test_a_run_that_was_not_sent_can_be_cancelled_without_cost(
    run: Run, sandbox: SandboxProcess, work_off: WorkOff
) -> None:
    assert lifecycle.cancel(run)
    work_off()
    run.refresh_from_db()
    assert run.status == Status.CANCELLED
    assert sandbox.ledger()["requests"] == []


def test_a_run_that_was_sent_cannot_be_cancelled(run: Run, sandbox: SandboxProcess) -> None:
    sandbox.durations(queued=0, processing=60)
    steps.run_due_step(run.pk)
    assert lifecycle.cancel(run) is False


def test_an_illegal_state_transition_is_refused(finished: Run) -> None:
    with pytest.raises(ValueError, match="succeeded cannot become queued"):
        finished.move_to(Status.QUEUED)
