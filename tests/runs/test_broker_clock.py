"""Runs as messages of a broker: each is sent once, and a lost message is sent again."""

import json
import logging
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, connections
from django.utils import timezone
from pytest_django.fixtures import Settings

from playground.broker import BrokerAwayError
from playground.health import checks
from playground.health.findings import Level
from playground.runs.models import Run, Worker
from playground.runs.worker import broker_clock, tasks
from playground.runs.worker.broker_clock import LOCK, BrokerClock
from playground.teams.models import Mail
from tests.redis_server import RedisServer
from tests.sandbox_process import SandboxProcess

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.only_on("postgresql"),
]

TIMEOUT_SECONDS = 60
CELERY_BACKEND = {
    "default": {
        "BACKEND": "playground.celery_backend.CeleryBackend",
        "QUEUES": ["default", "files", "history", "mail"],
        "OPTIONS": {
            "TASKS": ["playground.runs.worker.tasks.advance", "playground.runs.worker.tasks.post"]
        },
    }
}


@pytest.fixture(scope="module")
def redis() -> Iterator[RedisServer]:
    with RedisServer() as server:
        yield server


@pytest.fixture(autouse=True)
def celery_backend(redis: RedisServer, settings: Settings) -> Iterator[None]:
    """Send jobs to the broker, which is running and empty."""
    if connection.vendor != "postgresql":
        pytest.skip("a broker goes with PostgreSQL")
    settings.BROKER_URL = redis.url
    settings.TASKS = CELERY_BACKEND
    redis.kill()
    redis.start()
    yield
    connections["default"].close()  # this releases the lock, too


@pytest.fixture
def clock() -> Iterator[BrokerClock]:
    clock = BrokerClock()
    yield clock
    clock.broker.close()


def take_messages(queue: str = "default") -> list[Any]:
    """Remove all messages from a queue; return the arguments of each."""
    from playground.celery import app, make_queue  # noqa: PLC0415 - only with a broker

    taken = []
    with app.connection_for_read() as opened:
        waiting = make_queue(queue)(opened.default_channel)
        while message := waiting.get(accept=["json"]):
            message.ack()
            taken.append(json.loads(message.body)[0])
    return taken


def end_leases() -> None:
    Run.objects.update(leased_until=timezone.now() - timedelta(seconds=1))


def test_a_due_run_is_one_message_that_names_it(run: Run, clock: BrokerClock) -> None:
    for _ in range(3):
        clock.tick()
    assert take_messages() == [[str(run.pk)]]


def test_a_duplicate_message_is_charged_once(
    run: Run, clock: BrokerClock, sandbox: SandboxProcess
) -> None:
    clock.tick()
    for arguments in take_messages() * 2:
        tasks.advance.call(*arguments)
    assert len(sandbox.ledger()["charges"]) == 1


def test_messages_lost_by_the_broker_are_sent_again(
    run: Run, clock: BrokerClock, redis: RedisServer
) -> None:
    clock.tick()
    redis.kill()
    redis.start()
    end_leases()
    clock.tick()
    assert take_messages() == [[str(run.pk)]]


def test_a_message_older_than_its_lease_is_still_processed(
    run: Run, clock: BrokerClock, sandbox: SandboxProcess
) -> None:
    clock.tick()
    end_leases()
    (arguments,) = take_messages()
    tasks.advance.call(*arguments)
    run.refresh_from_db()
    assert run.task_id


def test_a_message_for_a_run_in_progress_does_nothing(
    run: Run, clock: BrokerClock, sandbox: SandboxProcess
) -> None:
    clock.tick()
    assert Run.objects.take_over(run.pk)
    tasks.advance.call(*take_messages()[0])
    assert sandbox.ledger()["requests"] == []


def test_a_second_clock_waits_until_the_first_has_ended(
    run: Run, clock: BrokerClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(broker_clock, "STANDBY_SECONDS", 0.0)
    first = connections.create_connection("default")
    with first.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
    clock.tick()
    assert take_messages() == []
    first.close()
    wait_until(lambda: is_active_after_a_tick(clock))
    assert take_messages() == [[str(run.pk)]]


def test_a_clock_that_lost_its_connection_stops_working(run: Run, clock: BrokerClock) -> None:
    clock.tick()
    assert clock.is_at_work
    connection.close()
    assert not clock.is_at_work


def test_a_long_broker_queue_gets_no_more_messages(
    run: Run, clock: BrokerClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(broker_clock.LONGEST_QUEUES, "default", 2)
    for _ in range(4):
        names = ("workspace", "author", "spec", "api_key", "inputs")
        Run.objects.create(**{name: getattr(run, name) for name in names})
    for _ in range(3):
        clock.tick()
    assert Run.objects.due().count() == 3
    assert len(take_messages()) == 2


def test_while_the_broker_is_down_runs_wait_and_it_is_logged_once(
    run: Run,
    clock: BrokerClock,
    redis: RedisServer,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(broker_clock, "AWAY_SECONDS", 0.0)
    redis.kill()
    for _ in range(3):
        clock.tick()
    run.refresh_from_db()
    assert run.lease_id is None
    with pytest.raises(BrokerAwayError):
        tasks.post.enqueue(1)
    redis.start()
    clock.tick()
    logged = [each.message for each in caplog.records if "broker" in each.message]
    assert [words.partition(":")[0] for words in logged] == [
        "This clock is at work",
        "The broker does not answer",
        "The broker answers again",
    ]
    assert take_messages() == [[str(run.pk)]]


def test_mail_is_sent_through_the_broker_too(workspace: object, clock: BrokerClock) -> None:
    mail = Mail.objects.create(template="account/email/x", address="ana@example.com")
    clock.tick()
    clock.wake()
    clock.tick()
    assert take_messages("mail") == [[mail.pk]]


def test_health_checks_name_the_missing_celery_process(redis: RedisServer, db: None) -> None:
    now = timezone.now()
    worker, ticking = (
        Worker(name="celery@one.1", seen_at=now),
        Worker(name="clock@one.2", seen_at=now),
    )
    assert checks.check_workers((worker, ticking), now).level == Level.OK
    assert "No clock is running" in checks.check_workers((worker,), now).message
    assert "No worker is running" in checks.check_workers((ticking,), now).message
    assert checks.check_broker._check().level == Level.OK
    redis.kill()
    away = checks.check_broker._check()
    assert (away.level, away.name) == (Level.WRONG, "broker")
    assert "does not answer" in away.message
    assert redis.url not in away.message  # this page needs no login


def test_pages_report_a_missing_clock_like_a_missing_worker(db: None) -> None:
    Worker.objects.create(name="celery@one.1", seen_at=timezone.now())
    assert not Worker.objects.alive().exists()
    Worker.objects.create(name="clock@one.2", seen_at=timezone.now())
    assert [each.name for each in Worker.objects.alive()] == ["celery@one.1"]


def test_a_thread_worker_does_not_start_with_a_broker(db: None) -> None:
    with pytest.raises(CommandError, match="the engine is Celery: start celery -A playground"):
        call_command("work")


def test_a_step_waits_while_the_clock_of_its_host_is_wrong(
    run: Run, sandbox: SandboxProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    from playground.runs.worker import celery_worker, deliveries  # noqa: PLC0415 - with a broker

    beating = celery_worker.Beating()
    monkeypatch.setattr(celery_worker, "_beating", beating)
    right = timezone.now
    monkeypatch.setattr(timezone, "now", lambda: right() + timedelta(hours=1))
    beating.beat()
    beating.leaving.set()  # otherwise it would wait forever
    deliveries.advance(str(run.pk))
    assert sandbox.ledger()["requests"] == []
    monkeypatch.setattr(timezone, "now", right)
    for _ in range(2):  # the first call notices that the clock was set
        beating.beat()
    deliveries.advance(str(run.pk))
    assert len(sandbox.ledger()["charges"]) == 1


@pytest.mark.parametrize(
    "arguments", [(), ("no-uuid",), (3,), ("a", "b", "c"), (str(Path()), None)], ids=str
)
def test_a_message_of_another_version_is_dropped_and_logged(
    run: Run, caplog: pytest.LogCaptureFixture, arguments: tuple[Any, ...]
) -> None:
    from playground.runs.worker import deliveries  # noqa: PLC0415 - with a broker

    caplog.set_level(logging.WARNING)
    deliveries.advance(*arguments)
    (line,) = caplog.messages
    assert "was dropped, because this version does not know its form" in line


def is_active_after_a_tick(clock: BrokerClock) -> bool:
    clock.tick()
    return clock.is_at_work


def wait_until(is_so: Callable[[], object]) -> None:
    give_up_at = time.monotonic() + TIMEOUT_SECONDS
    while not is_so():
        assert time.monotonic() < give_up_at
        time.sleep(0.02)
