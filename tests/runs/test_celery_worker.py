"""A Celery worker and the clock as processes: dropped messages, scaling and Celery's commands."""

import os
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone
from kombu import Connection

from playground.runs.models import Run, Worker
from playground.runs.worker import tasks
from tests.launched import ROOT
from tests.postgres import find_database
from tests.rabbit_server import RabbitServer
from tests.redis_server import RedisServer
from tests.sandbox_process import SandboxProcess

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.only_on("postgresql"),
    pytest.mark.timeout(300),
]

SECONDS = 120
LEASE = timedelta(seconds=3)
CELERY = ("-m", "celery", "-A", "playground")
THREADS = ("--pool", "threads", "--concurrency", "4")


@dataclass(slots=True)
class Engine:
    """Celery's processes, with the database of the test.

    log  the output of all processes
    """

    broker: RedisServer | RabbitServer
    folder: Path
    service: SandboxProcess
    started: "list[subprocess.Popen[bytes]]" = field(default_factory=list)

    @property
    def log(self) -> Path:
        return self.folder / "log"

    def environment(self) -> dict[str, str]:
        name = str(connection.settings_dict["NAME"])
        return os.environ | {
            "DJANGO_SETTINGS_MODULE": "playground.settings",
            "DATABASE_URL": find_database(os.environ["DATABASE_URL"], name),
            "BROKER_URL": self.broker.url,
            "SANDBOX_URL": self.service.url,
            "DATA_DIR": str(self.folder),
            "MEDIA_ROOT": str(settings.MEDIA_ROOT),
            "SECRET_KEY": settings.SECRET_KEY,
            "LEASE_SECONDS": str(int(LEASE.total_seconds())),
        }

    def start(self, *words: str) -> None:
        with self.log.open("ab") as log:
            self.started.append(
                subprocess.Popen(
                    [sys.executable, *words], cwd=ROOT, env=self.environment(),
                    stdout=log, stderr=log,
                )
            )  # fmt: skip

    def begin(self, *pool: str) -> None:
        """Start a worker and the clock, and wait for a heartbeat."""
        self.start(*CELERY, "worker", "--hostname", "one@tests", "--loglevel", "INFO", *pool)
        self.start("manage.py", "clock")
        wait_until(lambda: Worker.objects.alive().exists(), self.read)

    def count(self, words: str) -> int:
        """Return how many lines of the log contain `words`."""
        return sum(words in line for line in self.read().splitlines())

    def ask(self, *words: str) -> str:
        """Run one of Celery's own commands, and return what it prints."""
        done = subprocess.run(
            [sys.executable, *CELERY, *words],
            cwd=ROOT,
            env=self.environment(),
            capture_output=True,
            text=True,
            check=False,
            timeout=SECONDS,
        )
        return done.stdout + done.stderr

    def read(self) -> str:
        return self.log.read_text(errors="replace")

    def stop(self) -> None:
        for process in self.started:
            process.terminate()
        for process in self.started:
            process.wait(SECONDS)


def wait_until(is_so: Callable[[], object], describe: Callable[[], object]) -> None:
    give_up_at = time.monotonic() + SECONDS
    while not is_so():
        assert time.monotonic() < give_up_at, describe()
        time.sleep(0.05)


@pytest.fixture(params=["redis", pytest.param("rabbitmq", marks=pytest.mark.slow)])
def engine(
    request: pytest.FixtureRequest,
    transactional_db: None,
    sandbox: SandboxProcess,
    tmp_path: Path,
) -> Iterator[Engine]:
    broker: RedisServer | RabbitServer
    broker = RedisServer() if request.param == "redis" else RabbitServer()
    with ExitStack() as stack:
        stack.enter_context(broker)
        engine = Engine(broker, tmp_path, sandbox)
        stack.callback(engine.stop)
        yield engine


def publish(engine: Engine, body: Any, *, serializer: str = "json", **headers: Any) -> None:
    with Connection(engine.broker.url) as opened:
        opened.Producer().publish(
            body, routing_key="playground.default", serializer=serializer, headers=headers
        )


def test_messages_of_other_versions_are_dropped_and_their_run_is_found(
    engine: Engine, run: Run, sandbox: SandboxProcess
) -> None:
    """An earlier version of the clock sent the run, as messages that this version does not know."""
    until = timezone.now() + timedelta(hours=1)
    Run.objects.update(lease_id=run.pk, leased_until=until)
    engine.begin(*THREADS)
    arguments = [[str(run.pk)], {}, {}]
    wait_until(lambda: engine.count("one@tests ready"), engine.read)  # its queues exist now
    known, number = tasks.advance.module_path, str(uuid.uuid4())
    publish(engine, arguments, task="playground.runs.worker.tasks.step", id=number)
    publish(engine, arguments, serializer="pickle", task=known, id=number)
    publish(engine, {"run": str(run.pk)})
    publish(engine, [[str(run.pk), "2", "3"], {}, {}], task=known, id=number)
    wait_until(lambda: engine.count("was dropped") == 4, engine.read)
    assert sandbox.ledger()["requests"] == []
    Run.objects.update(leased_until=timezone.now())
    wait_until(lambda: Run.objects.get().is_settled, engine.read)
    assert len(sandbox.ledger()["charges"]) == 1
    assert "Traceback" not in engine.read()


@pytest.mark.slow
def test_processes_that_start_before_their_broker_say_so_once_and_go_on(
    engine: Engine, run: Run
) -> None:
    engine.broker.kill()
    engine.begin(*THREADS)
    wait_until(lambda: engine.count("cannot be reached") == 1, engine.read)
    wait_until(lambda: engine.count("The broker does not answer") == 1, engine.read)
    engine.broker.start()
    wait_until(lambda: Run.objects.get().is_settled, engine.read)
    assert engine.count("cannot be reached") == engine.count("can be reached again") == 1
    assert engine.count("does not answer") == engine.count("answers again") == 1


@pytest.mark.slow
def test_operators_ask_and_steer_with_what_celery_brings(engine: Engine, run: Run) -> None:
    engine.begin(*THREADS, "-E")
    wait_until(lambda: Run.objects.get().is_settled, engine.read)
    assert "1 node online" in engine.ask("status")
    queues = engine.ask("inspect", "active_queues")
    assert all(f"playground.{name}" in queues for name in settings.WORKER_THREADS)
    assert "'advance" not in engine.ask("inspect", "reserved")
    assert "playground.runs.worker.tasks.advance" in engine.ask("inspect", "stats")
    engine.ask("control", "cancel_consumer", "playground.files")
    assert "playground.files" not in engine.ask("inspect", "active_queues")
    engine.ask("control", "shutdown")
    assert engine.started[0].wait(SECONDS) == 0


@pytest.mark.slow
def test_a_pool_of_processes_grows_with_what_waits(engine: Engine, run: Run) -> None:
    engine.begin("--pool", "prefork", "--autoscale", "3,1")
    names = ("workspace", "author", "spec", "api_key", "inputs")
    for _ in range(30):
        Run.objects.create(**{name: getattr(run, name) for name in names})
    wait_until(lambda: "Scaling up" in engine.read(), engine.read)
    wait_until(lambda: not Run.objects.exclude(next_check_at=None).exists(), engine.read)


@pytest.mark.slow
def test_threads_do_not_grow_and_say_so(engine: Engine) -> None:
    said = engine.ask("worker", *THREADS, "--autoscale", "8,2")
    assert "--autoscale goes with --pool prefork alone" in said
    assert "Traceback" not in said
