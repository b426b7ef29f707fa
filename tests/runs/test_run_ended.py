"""The signal `run_ended` is sent once for each end of a run, whatever happens meanwhile."""

import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks
from pytest_django.fixtures import Settings

from playground.runs import lifecycle
from playground.runs.models import Run, run_ended
from playground.runs.worker import steps
from playground.teams.models import ApiKey
from tests.sandbox_process import SandboxProcess

END_EVENT = "The end was signalled."
UNREACHABLE_URL = "http://127.0.0.1:9"


class Killed(BaseException):
    """Simulates the kill of a process: no code under test may catch it."""


def take_step(run: Run) -> None:
    """Take the next step of a run now, whenever it is due."""
    Run.objects.filter(pk=run.pk).update(
        next_check_at=timezone.now(), lease_id=None, leased_until=None
    )
    ApiKey.objects.update(paused_until=None)
    steps.run_due_step(run.pk)


def work_to_the_end(run: Run) -> None:
    give_up_at = time.monotonic() + 30
    while not Run.objects.get(pk=run.pk).is_settled:
        assert time.monotonic() < give_up_at
        take_step(run)


def succeed(_run: Run, _sandbox: SandboxProcess, _settings: Settings) -> None:
    pass


def fail_there(_run: Run, sandbox: SandboxProcess, _settings: Settings) -> None:
    sandbox.fault("status", "failed")


def cancel_there(_run: Run, sandbox: SandboxProcess, _settings: Settings) -> None:
    sandbox.fault("status", "cancelled")


def refuse(_run: Run, sandbox: SandboxProcess, _settings: Settings) -> None:
    sandbox.fault("submit", "unauthorized", count=9)


def lose_task(_run: Run, sandbox: SandboxProcess, _settings: Settings) -> None:
    sandbox.fault("status", "not_found", count=9)


def report_no_output(_run: Run, sandbox: SandboxProcess, _settings: Settings) -> None:
    sandbox.fault("status", "no_output", count=99)


def lose_a_file(_run: Run, sandbox: SandboxProcess, _settings: Settings) -> None:
    sandbox.fault("file", "garbage", count=99)


def delete_key(run: Run, _sandbox: SandboxProcess, _settings: Settings) -> None:
    run.api_key.erase()


def stay_unreachable(_run: Run, _sandbox: SandboxProcess, settings: Settings) -> None:
    settings.SANDBOX_URL = UNREACHABLE_URL
    Run.objects.update(created_at=timezone.now() - timedelta(hours=7))


def stop_waiting(run: Run, _sandbox: SandboxProcess, settings: Settings) -> None:
    settings.SANDBOX_URL = UNREACHABLE_URL
    run.note(set_aside_at=timezone.now())


def stay_unanswered(run: Run, sandbox: SandboxProcess, _settings: Settings) -> None:
    sandbox.fault("submit", "reset_after")
    take_step(run)
    sandbox.fault("submit", "server_error", count=9)
    Run.objects.update(sent_at=timezone.now() - timedelta(hours=7))


def refuse_after_doubt(run: Run, sandbox: SandboxProcess, _settings: Settings) -> None:
    sandbox.fault("submit", "reset_after")
    take_step(run)
    sandbox.fault("submit", "not_found", count=9)
    take_step(run)
    Run.objects.update(problem_since=timezone.now() - timedelta(hours=1))


def let_provider_forget(_run: Run, _sandbox: SandboxProcess, _settings: Settings) -> None:
    Run.objects.update(sent_at=timezone.now() - timedelta(days=3))


type Prepare = Callable[[Run, SandboxProcess, Settings], None]
type End = Callable[[Run], Any]

# What prepares the end, what ends the run, and its status and problem afterwards.
ENDS: dict[str, tuple[Prepare, End, str, str]] = {
    "succeeded": (succeed, work_to_the_end, "succeeded", ""),
    "failed at the provider": (fail_there, work_to_the_end, "failed", "declined"),
    "cancelled at the provider": (cancel_there, work_to_the_end, "cancelled", "cancelled_there"),
    "refused": (refuse, work_to_the_end, "failed", "key_refused"),
    "lost": (lose_task, work_to_the_end, "failed", "lost"),
    "no output": (report_no_output, work_to_the_end, "succeeded", "no_output"),
    "a missing file": (lose_a_file, work_to_the_end, "succeeded", "output_missing"),
    "a deleted key": (delete_key, work_to_the_end, "failed", "key_gone"),
    "never sent": (stay_unreachable, work_to_the_end, "failed", "never_sent"),
    "waiting stopped": (stop_waiting, work_to_the_end, "cancelled", ""),
    "never answered": (stay_unanswered, work_to_the_end, "failed", "unanswered"),
    "refused after a doubt": (refuse_after_doubt, work_to_the_end, "failed", "unknown_model"),
    "forgotten by the provider": (let_provider_forget, work_to_the_end, "failed", "forgotten"),
    "cancelled before it was sent": (succeed, lifecycle.cancel, "cancelled", ""),
    "waiting stopped before it was sent": (succeed, lifecycle.set_aside, "cancelled", ""),
}


@pytest.fixture(autouse=True)
def log_each_end() -> Iterator[None]:
    """Log an event for each `run_ended`, in its transaction."""

    def write(run: Run, **_: Any) -> None:
        run.log(END_EVENT)

    run_ended.connect(write)
    yield
    run_ended.disconnect(write)


def count_ends(run: Run) -> int:
    return run.events.filter(words=END_EVENT).count()


@pytest.mark.parametrize("case", ENDS)
def test_each_end_of_a_run_is_signalled_once(
    run: Run, sandbox: SandboxProcess, settings: Settings, case: str
) -> None:
    prepare, end, status, problem = ENDS[case]
    prepare(run, sandbox, settings)
    end(run)
    take_step(run)
    lifecycle.set_aside(run)
    lifecycle.cancel(run)
    run.refresh_from_db()
    assert (run.status, run.problem) == (status, problem)
    assert count_ends(run) == 1


@pytest.mark.parametrize("case", ENDS)
def test_an_end_is_signalled_once_despite_a_kill(
    run: Run, sandbox: SandboxProcess, settings: Settings, case: str
) -> None:
    def kill(**_: Any) -> None:
        raise Killed

    prepare, end, _status, _problem = ENDS[case]
    prepare(run, sandbox, settings)
    run_ended.connect(kill)
    try:
        with pytest.raises(Killed):
            end(run)
    finally:
        run_ended.disconnect(kill)
    assert not Run.objects.get(pk=run.pk).is_settled
    assert count_ends(run) == 0
    # A request that was being sent at the kill may have arrived: the run may end differently now.
    settings.SANDBOX_URL = sandbox.url
    sandbox.clear_faults()
    work_to_the_end(run)
    assert count_ends(run) == 1


def test_a_failing_receiver_leaves_the_run_to_be_ended_later(run: Run) -> None:
    def fail(**_: Any) -> None:
        raise RuntimeError("no room")

    run_ended.connect(fail)
    try:
        while Run.objects.get(pk=run.pk).problem != "internal":
            take_step(run)
    finally:
        run_ended.disconnect(fail)
    assert count_ends(run) == 0
    work_to_the_end(run)
    assert count_ends(run) == 1


def test_a_run_that_ends_again_is_signalled_again(run: Run, sandbox: SandboxProcess) -> None:
    sandbox.fault("status", "not_found", count=9)
    work_to_the_end(run)
    sandbox.clear_faults()
    assert lifecycle.check_again(run)
    assert count_ends(run) == 1
    work_to_the_end(run)
    assert count_ends(run) == 2


def test_a_late_worker_signals_nothing(run: Run) -> None:
    late = Run.objects.lease(run.pk)
    assert late
    work_to_the_end(run)
    assert late.note(stored_at=timezone.now()) is False
    assert count_ends(run) == 1


def test_the_cost_of_a_run_is_logged_once(
    run: Run,
    caplog: pytest.LogCaptureFixture,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    caplog.set_level("INFO", logger="playground.costs")
    with django_capture_on_commit_callbacks(execute=True):
        work_to_the_end(run)
        take_step(run)
    (line,) = [record.getMessage() for record in caplog.records if "settled" in record.msg]
    assert f'run="{run.pk}"' in line
    assert 'status="succeeded" estimate="0.0315' in line
    assert 'charged="0.0315' in line
