"""The worker's clock wakes what is due, whatever goes wrong around it."""

import sqlite3
import threading
import time
from datetime import timedelta

import pytest
from django.tasks import task_backends
from django.utils import timezone

from playground.runs import leases
from playground.runs.clock import Clock
from playground.runs.models import Run, Worker


def woken() -> list[str]:
    """Return the runs that the engine was asked to wake, in order."""
    return [result.args[0] for result in task_backends["default"].results]  # type: ignore[attr-defined]


def test_a_run_that_is_due_is_woken_once(run: Run) -> None:
    clock = Clock()
    clock.tick()
    clock.tick()
    assert woken() == [str(run.pk)]


def test_a_run_whose_job_was_lost_is_woken_again(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("playground.runs.clock.LOST_SECONDS", 0.0)
    clock = Clock()
    clock.tick()
    clock.tick()
    assert woken() == [str(run.pk)] * 2


def test_a_run_that_somebody_is_at_work_on_is_left_alone(run: Run) -> None:
    Run.objects.lease(run.pk)
    Clock().tick()
    assert woken() == []


def test_a_tick_is_a_sign_of_life(db: None) -> None:
    Clock().tick()
    assert Worker.objects.alive().count() == 1


def test_a_step_in_hand_keeps_its_lease_by_the_heartbeat(run: Run) -> None:
    held = Run.objects.lease(run.pk)
    assert held is not None
    with leases.in_hand(held):
        Run.objects.update(leased_until=timezone.now() - timedelta(seconds=1))
        Clock().tick()
        assert Run.objects.lease(run.pk) is None
    assert woken() == []


def test_a_lease_that_nobody_holds_any_more_runs_out(run: Run) -> None:
    Run.objects.lease(run.pk)
    Run.objects.update(leased_until=timezone.now() - timedelta(seconds=1))
    Clock().tick()
    assert woken() == [str(run.pk)]


def test_a_queue_that_is_locked_does_not_stop_the_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    ticks: list[Clock] = []
    third = threading.Event()

    def tick(clock: Clock) -> None:
        ticks.append(clock)
        if len(ticks) > 2:
            third.set()
        raise sqlite3.OperationalError("database is locked")

    monkeypatch.setattr(Clock, "tick", tick)
    monkeypatch.setattr("playground.runs.clock.TICK_SECONDS", 0.01)
    clock = Clock()
    clock.start()
    assert third.wait(10)
    clock.stopping.set()
    clock.join(10)


# What happens when this machine sleeps, or its clock is set


JUMPS = [(3600.0, True), (-7200.0, True), (11.0, True), (0.5, False), (-0.5, False)]


@pytest.mark.parametrize(("seconds", "is_looked_at"), JUMPS)
def test_after_a_pause_everything_under_way_is_looked_at_once(
    run: Run,
    monkeypatch: pytest.MonkeyPatch,
    seconds: float,
    is_looked_at: bool,  # noqa: FBT001
) -> None:
    Run.objects.update(next_check_at=timezone.now() + timedelta(hours=2))
    clock = Clock()
    clock.tick()
    wall = time.time()
    monkeypatch.setattr("playground.runs.clock.time.time", lambda: wall + seconds)
    clock.tick()
    assert (woken() == [str(run.pk)]) is is_looked_at
    Run.objects.update(next_check_at=timezone.now() + timedelta(hours=2))
    clock.tick()
    assert len(woken()) == is_looked_at


def test_a_run_that_the_service_asked_to_wait_goes_on_waiting(run: Run) -> None:
    Run.objects.update(problem="throttled", next_check_at=timezone.now() + timedelta(minutes=30))
    assert Run.objects.look_now() == 0
    Run.objects.update(next_check_at=timezone.now() + timedelta(hours=9))  # by a clock gone wrong
    assert Run.objects.look_now() == 1
