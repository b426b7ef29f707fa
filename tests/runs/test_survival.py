"""Charged once or not at all, and never lost: what a run does when the service lets it down."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django.fixtures import Settings

from playground.runs import lifecycle, steps
from playground.runs.models import Run, Status
from playground.runs.steps import following, storing
from tests.sandbox_process import SandboxProcess

type WorkOff = Callable[[], None]


def take(run: Run) -> Run:
    """Take one step of a run, as if its time had come."""
    Run.objects.filter(pk=run.pk).update(next_check_at=timezone.now())
    steps.take(run.pk)
    run.refresh_from_db()
    return run


def charges(sandbox: SandboxProcess) -> int:
    return len(sandbox.ledger()["charges"])


def test_what_never_left_can_be_called_off(run: Run, settings: Settings) -> None:
    settings.SANDBOX_URL = "http://127.0.0.1:9"
    assert take(run).problem == "unavailable"
    assert run.sent_at is None
    assert lifecycle.cancel(run)


@pytest.mark.parametrize("kind", ["reset", "server_error", "half_json", "reset_after"])
def test_what_may_have_arrived_cannot(run: Run, sandbox: SandboxProcess, kind: str) -> None:
    sandbox.fault("submit", kind)
    assert take(run).sent_at
    assert not lifecycle.cancel(run)


def test_a_plain_refusal_leaves_no_doubt(run: Run, sandbox: SandboxProcess) -> None:
    sandbox.fault("submit", "unauthorized")
    assert take(run).status == Status.FAILED
    assert run.sent_at is None


def test_too_many_requests_leave_no_doubt(run: Run, sandbox: SandboxProcess) -> None:
    sandbox.fault("submit", "throttled")
    assert take(run).status == Status.PENDING
    assert run.sent_at is None


@pytest.mark.parametrize("kind", ["unauthorized", "payment_required", "throttled", "unavailable"])
def test_a_later_refusal_does_not_end_a_doubt(
    run: Run, sandbox: SandboxProcess, work_off: WorkOff, kind: str
) -> None:
    sandbox.fault("submit", "reset_after")
    take(run)
    sandbox.fault("submit", kind)
    assert take(run).sent_at
    work_off()
    run.refresh_from_db()
    assert (run.status, charges(sandbox)) == (Status.SUCCEEDED, 1)


def test_a_worker_killed_while_sending_leaves_a_doubt(
    run: Run, sandbox: SandboxProcess, work_off: WorkOff
) -> None:
    cut_off = Run.objects.lease(run.pk)
    assert cut_off
    assert cut_off.note(sent_at=timezone.now())
    Run.objects.update(leased_until=timezone.now() - timedelta(seconds=1))
    sandbox.fault("submit", "unauthorized")
    assert take(run).status == Status.PENDING
    work_off()
    run.refresh_from_db()
    assert (run.status, charges(sandbox)) == (Status.SUCCEEDED, 1)


def test_a_request_that_never_left_is_given_up_in_the_end(run: Run, settings: Settings) -> None:
    settings.SANDBOX_URL = "http://127.0.0.1:9"
    take(run)
    Run.objects.update(problem_since=timezone.now() - timedelta(hours=7))
    assert take(run).problem == "never_sent"
    assert (run.status, run.sent_at) == (Status.FAILED, None)


def test_a_request_without_an_answer_can_be_asked_for_again(
    run: Run, sandbox: SandboxProcess, work_off: WorkOff
) -> None:
    sandbox.fault("submit", "reset_after")
    take(run)
    sandbox.fault("submit", "server_error")
    Run.objects.update(problem_since=timezone.now() - timedelta(hours=7))
    assert take(run).problem == "unanswered"
    assert lifecycle.ask_again(run)
    work_off()
    run.refresh_from_db()
    assert (run.status, charges(sandbox)) == (Status.SUCCEEDED, 1)


def test_a_lost_run_can_be_asked_for_again(
    run: Run, sandbox: SandboxProcess, work_off: WorkOff
) -> None:
    sandbox.fault("status", "not_found", count=following.LOST_TRIES)
    work_off()
    run.refresh_from_db()
    assert run.problem == "lost"
    assert lifecycle.ask_again(run)
    work_off()
    assert run.outputs.get().stored_at


def test_a_happy_end_cannot_be_asked_for_again(finished: Run) -> None:
    assert not lifecycle.ask_again(finished)


def test_a_file_that_was_given_up_can_be_fetched_again(
    run: Run, sandbox: SandboxProcess, work_off: WorkOff
) -> None:
    sandbox.fault("file", "html", count=storing.BROKEN_FILE_TRIES)
    work_off()
    run.refresh_from_db()
    assert run.problem == "output_missing"
    assert lifecycle.ask_again(run)
    work_off()
    run.refresh_from_db()
    assert run.outputs.get().stored_at
    assert run.problem == ""


def test_other_failures_do_not_count_as_broken_files(
    run: Run, sandbox: SandboxProcess, work_off: WorkOff
) -> None:
    while take(run).status != Status.SUCCEEDED:
        pass
    sandbox.fault("file", "server_error", count=5)
    for _ in range(5):
        take(run)
    sandbox.fault("file", "truncated")
    take(run)
    assert run.stored_at is None
    work_off()
    assert run.outputs.get().stored_at


def test_a_late_worker_cannot_give_up_a_file_that_another_stored(finished: Run) -> None:
    output = finished.outputs.get()
    output.give_up("it never came")
    output.refresh_from_db()
    assert output.problem == ""


def test_one_bad_file_does_not_hold_up_the_others(
    run: Run, sandbox: SandboxProcess, work_off: WorkOff
) -> None:
    Run.objects.update(inputs={"prompt": "three lighthouses", "n": 3})
    while take(run).status != Status.SUCCEEDED:
        pass
    sandbox.fault("file", "html")
    take(run)
    assert run.outputs.exclude(stored_at=None).count() == 2
    work_off()
    assert run.outputs.exclude(stored_at=None).count() == 3


def test_pictures_that_are_told_late_are_fetched_too(
    run: Run, sandbox: SandboxProcess, work_off: WorkOff
) -> None:
    Run.objects.update(inputs={"prompt": "three lighthouses", "n": 3})
    sandbox.fault("status", "fewer")
    work_off()
    assert run.outputs.exclude(stored_at=None).count() == 3


def test_a_run_that_nobody_waits_for_still_brings_its_picture(
    run: Run, sandbox: SandboxProcess, work_off: WorkOff
) -> None:
    take(run)
    lifecycle.set_aside(run)
    work_off()
    assert run.outputs.get().stored_at


def test_sending_again_is_a_new_run_and_pressed_twice_one(
    run: Run, sandbox: SandboxProcess, work_off: WorkOff
) -> None:
    sandbox.fault("submit", "unauthorized")
    work_off()
    again = lifecycle.send_again(run, run.author)
    assert lifecycle.send_again(run, run.author) == again
    work_off()
    again.refresh_from_db()
    assert (again.status, charges(sandbox)) == (Status.SUCCEEDED, 1)


def test_the_services_own_account_is_kept(finished: Run) -> None:
    told = [event.words for event in finished.events.filter(source="service")]
    assert told == ["Task accepted.", "Generation started.", "Generation finished."]


@pytest.mark.parametrize("kind", ["not_found", "garbage", "html", "empty", "json_list"])
def test_an_account_that_cannot_be_read_does_no_harm(
    run: Run, sandbox: SandboxProcess, work_off: WorkOff, kind: str
) -> None:
    sandbox.fault("events", kind)
    work_off()
    run.refresh_from_db()
    assert (run.status, run.problem) == (Status.SUCCEEDED, "")


def test_a_reference_that_is_gone_is_said_and_not_sent(run: Run, sandbox: SandboxProcess) -> None:
    gone = "upload:00000000-0000-0000-0000-000000000000"
    Run.objects.update(inputs={"prompt": "a lighthouse", "image_urls": [gone]})
    assert take(run).problem == "reference_gone"
    assert (run.status, charges(sandbox)) == (Status.FAILED, 0)
