"""The worker's clock hands out the runs that are due, also after errors and changes of the time."""

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.tasks import task_backends
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from playground import database_clock
from playground.runs import advice
from playground.runs.models import Run, Worker
from playground.runs.worker import clock as clock_of_worker
from playground.runs.worker import leases
from playground.runs.worker.clock import Clock
from playground.teams.models import Workspace
from playground.thread_pool import pool


@pytest.fixture(autouse=True)
def idle_threads(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, int]]:
    """The number of idle threads of each queue; no thread pool runs in these tests, and no step."""
    threads = {"default": 12, "files": 4, "history": 2}
    monkeypatch.setattr(pool, "room", lambda queue, **_: threads[queue])
    yield threads
    leases._expected.clear()
    database_clock.reset_offset()


def fields_of(run: Run) -> dict[str, Any]:
    names = ("workspace", "author", "spec", "api_key", "inputs")
    return {name: getattr(run, name) for name in names}


def handed_out() -> list[str]:
    """Return the ids of the runs that were handed out, in order."""
    return [result.args[0] for result in task_backends["default"].results]  # type: ignore[attr-defined]


def test_a_due_run_is_handed_out_once(run: Run) -> None:
    clock = Clock()
    clock.tick()
    clock.tick()
    assert handed_out() == [str(run.pk)]
    run.refresh_from_db()
    assert task_backends["default"].results[0].args[1] == str(run.lease_id)  # type: ignore[attr-defined]


def test_no_more_runs_are_claimed_than_threads_are_idle(
    run: Run, idle_threads: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    copies = [Run(**fields_of(run)) for _ in range(4)]
    Run.objects.bulk_create(copies)
    idle_threads["default"] = 2
    Clock().tick()
    assert len(handed_out()) == 2
    assert Run.objects.due().count() == 3


def test_a_backlog_slows_queues_of_lower_priority(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[str, bool]] = []

    def room(queue: str, *, is_slowed: bool = False) -> int:
        asked.append((queue, is_slowed))
        return 1

    monkeypatch.setattr(pool, "room", room)
    past = timezone.now() - timedelta(seconds=1)
    done = {"status": "succeeded", "task_id": "t", "finished_at": past}
    Run.objects.create(**fields_of(run) | done)
    Run.objects.create(**fields_of(run) | done | {"stored_at": past})
    clock = Clock()
    clock.tick()
    assert asked == [("default", False), ("files", True), ("history", True)]
    asked.clear()
    Run.objects.update(leased_until=None, next_check_at=timezone.now())
    Run.objects.filter(pk=run.pk).update(next_check_at=None)
    clock.tick()
    assert asked == [("files", False), ("history", True)]


MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("due_in", "seconds"),
    [
        (None, clock_of_worker.TICK_SECONDS),
        (MINUTE, clock_of_worker.TICK_SECONDS),
        (timedelta(seconds=0.3), 0.3),
        (timedelta(), 0.0),  # one more query finds the next due time
    ],
)
def test_the_clock_sleeps_until_the_first_run_is_due(
    run: Run, due_in: timedelta | None, seconds: float
) -> None:
    Run.objects.update(next_check_at=None if due_in is None else timezone.now() + due_in)
    clock = Clock()
    clock.listener.is_listening = True
    clock.tick()
    assert clock._sleep_seconds == pytest.approx(seconds, abs=0.25)
    clock.tick()
    assert clock._sleep_seconds >= min(seconds, 0.1) or due_in == timedelta(seconds=0.3)


def test_the_clock_polls_more_often_without_wake_ups(db: None) -> None:
    clock = Clock()
    clock.tick()
    assert clock._sleep_seconds == clock_of_worker.DEAF_TICK_SECONDS


def test_a_claimed_run_does_not_wake_the_clock(run: Run) -> None:
    Run.objects.lease(run.pk)
    assert set(Run.objects.next_due().values()) == {None}
    Run.objects.update(leased_until=timezone.now() - timedelta(seconds=1))
    assert Run.objects.next_due()["default"] is not None


def test_an_idle_tick_takes_one_query(
    db: None, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    clock = Clock()
    clock.tick()  # with the heartbeat and the query for emails
    with django_assert_num_queries(1):
        clock.tick()


def test_with_a_backlog_workspaces_are_served_in_turn(
    run: Run, idle_threads: dict[str, int]
) -> None:
    long_ago = timezone.now() - timedelta(hours=1)
    Run.objects.bulk_create(Run(**fields_of(run) | {"next_check_at": long_ago}) for _ in range(20))
    other = Workspace.objects.create(name="Other")
    late = Run.objects.create(**fields_of(run) | {"workspace": other})
    idle_threads["default"] = 1
    clock = Clock()
    for _ in range(4):
        clock.tick()
    assert str(late.pk) in handed_out()


def test_claimed_runs_not_begun_are_released_at_shutdown(run: Run) -> None:
    Clock().tick()
    assert Run.objects.due().count() == 0
    leases.give_back()
    assert Run.objects.due().count() == 1


def test_running_steps_are_not_released(run: Run) -> None:
    Clock().tick()
    run.refresh_from_db()
    assert run.lease_id
    leases.begin(run.lease_id)
    leases.give_back()
    assert Run.objects.due().count() == 0


def test_a_run_with_a_live_lease_is_left_alone(run: Run) -> None:
    Run.objects.lease(run.pk)
    Clock().tick()
    assert handed_out() == []


def test_a_tick_updates_the_heartbeat(db: None) -> None:
    Clock().tick()
    assert Worker.objects.alive().count() == 1


def test_the_heartbeat_renews_the_lease_of_a_running_step(run: Run) -> None:
    held = Run.objects.lease(run.pk)
    assert held is not None
    with leases.in_hand(held):
        Run.objects.update(leased_until=timezone.now() - timedelta(seconds=1))
        Clock().tick()
        assert Run.objects.lease(run.pk) is None
    assert handed_out() == []


def test_a_lease_without_an_owner_expires(run: Run) -> None:
    Run.objects.lease(run.pk)
    Run.objects.update(leased_until=timezone.now() - timedelta(seconds=1))
    Clock().tick()
    assert handed_out() == [str(run.pk)]


def test_a_locked_queue_does_not_stop_the_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    ticks: list[Clock] = []
    third = threading.Event()

    def tick(clock: Clock) -> None:
        ticks.append(clock)
        if len(ticks) > 2:
            third.set()
        raise sqlite3.OperationalError("database is locked")

    monkeypatch.setattr(Clock, "tick", tick)
    monkeypatch.setattr("playground.runs.worker.clock.TICK_SECONDS", 0.01)
    clock = Clock()
    clock.start()
    assert third.wait(10)
    clock.stopping.set()
    clock.join(10)


# The machine was suspended, or its clock was set


JUMPS = [(3600.0, True), (-7200.0, True), (11.0, True), (0.5, False), (-0.5, False)]


@pytest.mark.parametrize(("seconds", "is_looked_at"), JUMPS)
def test_after_a_pause_all_unfinished_runs_are_polled_at_once(
    run: Run,
    monkeypatch: pytest.MonkeyPatch,
    seconds: float,
    is_looked_at: bool,  # noqa: FBT001
) -> None:
    Run.objects.update(next_check_at=timezone.now() + timedelta(minutes=50))
    clock = Clock()
    clock.tick()
    wall = time.time()
    monkeypatch.setattr("playground.runs.worker.clock.time.time", lambda: wall + seconds)
    clock.tick()
    assert (handed_out() == [str(run.pk)]) is is_looked_at
    Run.objects.update(next_check_at=timezone.now() + timedelta(minutes=50))
    clock.tick()
    assert len(handed_out()) == is_looked_at


def test_a_rate_limited_run_keeps_waiting(run: Run) -> None:
    Run.objects.update(problem="throttled", next_check_at=timezone.now() + timedelta(minutes=30))
    assert Run.objects.look_now() == 0
    Run.objects.update(next_check_at=timezone.now() + timedelta(hours=9))  # by a wrong clock
    assert Run.objects.look_now() == 1


# The clocks of this machine and of the database differ


@pytest.fixture
def database_ahead(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Set how many seconds the database's clock is ahead of this machine's."""

    def set_ahead(seconds: float) -> None:
        def read() -> datetime:
            return timezone.now() + timedelta(seconds=seconds)

        monkeypatch.setattr(database_clock, "read", read)

    return set_ahead


def send_heartbeat(clock: Clock) -> None:
    clock._next_heartbeat = 0.0
    clock.tick()


@pytest.mark.parametrize("seconds", [-3600.0, -21.0, 21.0, 90_000.0])
def test_a_worker_with_a_wrong_clock_takes_no_work_and_reports_it(
    run: Run,
    database_ahead: Callable[[float], None],
    caplog: pytest.LogCaptureFixture,
    seconds: float,
) -> None:
    database_ahead(seconds)
    clock = Clock()
    send_heartbeat(clock)
    send_heartbeat(clock)
    assert handed_out() == []
    assert caplog.text.count("takes no work") == 1
    offset = Worker.objects.get().clock_offset_seconds
    assert offset == pytest.approx(seconds, abs=5)


def test_a_worker_with_a_corrected_clock_takes_work_once_it_is_steady(
    run: Run, database_ahead: Callable[[float], None]
) -> None:
    clock = Clock()
    database_ahead(3600)
    send_heartbeat(clock)
    database_ahead(0)
    send_heartbeat(clock)
    assert handed_out() == []
    send_heartbeat(clock)
    assert handed_out() == [str(run.pk)]


def test_time_follows_the_database_and_a_monotonic_clock(
    db: None, database_ahead: Callable[[float], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    database_ahead(10)
    database_clock.measure_offset()
    right = timezone.now()
    wrong = right.replace(year=2050)
    monkeypatch.setattr("django.utils.timezone.now", lambda: wrong)
    in_a_minute = database_clock.from_local(wrong + timedelta(seconds=60))
    assert (database_clock.now() - right).total_seconds() == pytest.approx(10, abs=5)
    assert (in_a_minute - right).total_seconds() == pytest.approx(70, abs=5)


def test_a_run_is_due_by_the_time_of_the_database(
    run: Run, database_ahead: Callable[[float], None]
) -> None:
    database_ahead(-15)
    database_clock.measure_offset()
    held = Run.objects.lease(run.pk)
    assert held
    held.release(timezone.now() + timedelta(seconds=60))
    run.refresh_from_db()
    assert run.next_check_at
    pause = (run.next_check_at - timezone.now()).total_seconds()
    assert pause == pytest.approx(45, abs=5)


def test_clock_skew_does_not_forget_a_request(
    run: Run, database_ahead: Callable[[float], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    Run.objects.update(sent_at=timezone.now())
    run.refresh_from_db()
    database_clock.measure_offset()
    a_day = timedelta(hours=25)
    now = timezone.now()
    monkeypatch.setattr("django.utils.timezone.now", lambda: now + a_day)
    assert not advice.is_forgotten(run)


@pytest.mark.parametrize(("minutes", "is_lost"), [(60, False), (66, True), (60 * 24, True)])
def test_a_run_due_implausibly_late_is_due_now(
    run: Run,
    minutes: int,
    is_lost: bool,  # noqa: FBT001
) -> None:
    Run.objects.update(next_check_at=timezone.now() + timedelta(minutes=minutes))
    Clock().tick()
    assert (handed_out() == [str(run.pk)]) is is_lost
