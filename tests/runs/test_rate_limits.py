"""After a 429, all runs of a key wait, and are then sent one after the other."""

import itertools
from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from playground import database_clock
from playground.runs.models import Run
from playground.runs.worker import rate_limits, steps
from playground.teams.models import ApiKey
from tests.sandbox_process import SandboxProcess


class FakeClock:
    """A database clock that advances only by `advance`."""

    def __init__(self) -> None:
        self.now = timezone.now()

    def advance(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> FakeClock:
    clock = FakeClock()
    monkeypatch.setattr(database_clock, "now", lambda: clock.now)
    return clock


def reload(run: Run) -> Run:
    return Run.objects.select_related("api_key").get(pk=run.pk)


def copy_run(run: Run) -> Run:
    names = ("workspace", "author", "spec", "api_key", "inputs")
    return Run.objects.create(**{name: getattr(run, name) for name in names})


def request_slot(run: Run) -> datetime | None:
    """Ask for a slot for a request, and store it on the run as a step does."""
    run = reload(run)
    slot = rate_limits.find_slot(run)
    Run.objects.filter(pk=run.pk).update(slot_at=slot)
    return slot


def test_a_429_for_one_run_pauses_all_runs_of_its_key(run: Run, sandbox: SandboxProcess) -> None:
    others = [copy_run(run) for _ in range(5)]
    sandbox.fault("submit", "throttled", retry_after="seconds", seconds=30)
    for each in (run, *others):
        steps.run_due_step(each.pk)
    assert len(sandbox.ledger()["requests"]) == 1
    for other in others:
        other.refresh_from_db()
        assert other.problem == "throttled"
        assert (other.attempts, other.sent_at, other.lease_id) == (0, None, None)
        assert other.next_check_at
        assert 25 < (other.next_check_at - timezone.now()).total_seconds() < 35


def test_another_key_is_not_paused(run: Run, clock: FakeClock) -> None:
    rate_limits.pause(run.api_key, 30)
    other = copy_run(run)
    other.api_key = ApiKey.objects.store(run.workspace, run.api_key.provider, "mv_live_another")
    other.save()
    assert request_slot(other) is None
    assert request_slot(run) is not None


def test_after_the_pause_runs_are_sent_one_by_one_with_increasing_rate(
    run: Run, clock: FakeClock
) -> None:
    waiting = [copy_run(run) for _ in range(400)]
    rate_limits.pause(run.api_key, 30)
    over = clock.now + timedelta(seconds=30)
    slots = [request_slot(each) for each in waiting]
    seconds = [(slot - over).total_seconds() for slot in slots if slot]
    assert len(seconds) == 400
    assert seconds[:3] == [0.0, 0.5, pytest.approx(0.98, abs=0.02)]
    gaps = [later - earlier for earlier, later in itertools.pairwise(seconds)]
    assert gaps == sorted(gaps, reverse=True)
    assert gaps[-1] >= rate_limits.SHORTEST_SLOT_SECONDS * 0.99


def test_a_run_in_its_slot_sends_and_needs_another_slot_for_its_next_step(
    run: Run, clock: FakeClock
) -> None:
    rate_limits.pause(run.api_key, 30)
    first, second = request_slot(run), request_slot(copy_run(run))
    assert first
    assert second
    clock.now = first
    assert rate_limits.find_slot(reload(run)) is None
    run.release(timezone.now())
    assert request_slot(run)


def test_a_slot_from_before_a_new_pause_is_invalid(run: Run, clock: FakeClock) -> None:
    rate_limits.pause(run.api_key, 30)
    slot = request_slot(run)
    assert slot
    clock.now = slot
    rate_limits.pause(run.api_key, 10)
    again = request_slot(run)
    assert again
    assert (again - clock.now).total_seconds() == 10


def test_429s_of_concurrent_requests_count_once(run: Run, clock: FakeClock) -> None:
    for seconds in (30, 31, 29):
        rate_limits.pause(run.api_key, seconds)
    key = ApiKey.objects.get()
    assert key.slot_seconds == rate_limits.FIRST_SLOT_SECONDS
    assert key.paused_until == clock.now + timedelta(seconds=31)


def test_repeated_429s_lengthen_slots_and_success_shortens_them(run: Run, clock: FakeClock) -> None:
    rate_limits.pause(run.api_key, 1)
    lengths = []
    for _ in range(6):
        clock.advance(5)
        rate_limits.pause(run.api_key, 1)
        lengths.append(ApiKey.objects.get().slot_seconds)
    assert lengths == [1, 2, 4, 8, 8, 8]
    clock.advance(600)
    assert request_slot(run) is None
    rate_limits.pause(run.api_key, 1)
    assert ApiKey.objects.get().slot_seconds == rate_limits.FIRST_SLOT_SECONDS


def test_no_slot_is_later_than_the_longest_retry_after(run: Run, clock: FakeClock) -> None:
    rate_limits.pause(run.api_key, 30)
    ApiKey.objects.update(next_slot_at=clock.now + timedelta(hours=9))
    slot = request_slot(run)
    assert slot
    assert slot - clock.now <= rate_limits.FURTHEST


def test_a_finished_run_fetches_its_files_during_a_pause(run: Run, sandbox: SandboxProcess) -> None:
    while run.status != "succeeded":
        Run.objects.update(next_check_at=timezone.now())
        steps.run_due_step(run.pk)
        run.refresh_from_db()
    rate_limits.pause(run.api_key, 30)
    Run.objects.update(next_check_at=timezone.now())
    steps.run_due_step(run.pk)
    assert run.outputs.get().stored_at


def test_a_pause_does_not_hide_the_problem_of_a_run(run: Run, sandbox: SandboxProcess) -> None:
    sandbox.fault("submit", "server_error")
    steps.run_due_step(run.pk)
    rate_limits.pause(run.api_key, 30)
    Run.objects.update(next_check_at=timezone.now())
    steps.run_due_step(run.pk)
    run.refresh_from_db()
    assert run.problem == "unavailable"
