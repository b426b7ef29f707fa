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

TIMEOUT_SECONDS = 120
LEASE = timedelta(seconds=3)
CELERY = ("-m", "celery", "-A", "playground")
THREADS = ("--pool", "threads", "--concurrency", "4")


@dataclass(slots=True)
class CeleryProcesses:
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

    def start_worker_and_clock(self, *pool: str) -> None:
        """Start a worker and the clock, and wait for a heartbeat."""
        self.start(*CELERY, "worker", "--hostname", "one@tests", "--loglevel", "INFO", *pool)
        self.start("manage.py", "clock")
        wait_until(lambda: Worker.objects.alive().exists(), self.read_log)

    def count_lines(self, words: str) -> int:
        """Return how many lines of the log contain `words`."""
        return sum(words in line for line in self.read_log().splitlines())

    def run_command(self, *words: str) -> str:
        """Run one of Celery's own commands, and return what it prints."""
        done = subprocess.run(
            [sys.executable, *CELERY, *words],
            cwd=ROOT,
            env=self.environment(),
            capture_output=True,
            text=True,
            check=False,
            timeout=TIMEOUT_SECONDS,
        )
        return done.stdout + done.stderr

    def read_log(self) -> str:
        return self.log.read_text(errors="replace")

    def stop(self) -> None:
        for process in self.started:
            process.terminate()
        for process in self.started:
            process.wait(TIMEOUT_SECONDS)


def wait_until(is_so: Callable[[], object], describe: Callable[[], object]) -> None:
    give_up_at = time.monotonic() + TIMEOUT_SECONDS
    while not is_so():
        assert time.monotonic() < give_up_at, describe()
        time.sleep(0.05)


@pytest.fixture(params=["redis", pytest.param("rabbitmq", marks=pytest.mark.slow)])
def celery(
    request: pytest.FixtureRequest,
    transactional_db: None,
    sandbox: SandboxProcess,
    tmp_path: Path,
) -> Iterator[CeleryProcesses]:
    broker: RedisServer | RabbitServer
    broker = RedisServer() if request.param == "redis" else RabbitServer()
    with ExitStack() as stack:
        stack.enter_context(broker)
        celery = CeleryProcesses(broker, tmp_path, sandbox)
        stack.callback(celery.stop)
        yield celery


def publish(
    celery: CeleryProcesses, body: Any, *, serializer: str = "json", **headers: Any
) -> None:
    with Connection(celery.broker.url) as opened:
        opened.Producer().publish(
            body, routing_key="playground.default", serializer=serializer, headers=headers
        )


def test_messages_of_other_versions_are_dropped_and_their_run_is_found(
    celery: CeleryProcesses, run: Run, sandbox: SandboxProcess
) -> None:
    """An earlier version of the clock sent the run, as messages that this version does not know."""
    until = timezone.now() + timedelta(hours=1)
    Run.objects.update(lease_id=run.pk, leased_until=until)
    celery.start_worker_and_clock(*THREADS)
    arguments = [[str(run.pk)], {}, {}]
    wait_until(
        lambda: celery.count_lines("one@tests ready"), celery.read_log
    )  # its queues exist now
    known, number = tasks.advance.module_path, str(uuid.uuid4())
    publish(celery, arguments, task="playground.runs.worker.tasks.step", id=number)
    publish(celery, arguments, serializer="pickle", task=known, id=number)
    publish(celery, {"run": str(run.pk)})
    publish(celery, [[str(run.pk), "2", "3"], {}, {}], task=known, id=number)
    wait_until(lambda: celery.count_lines("was dropped") == 4, celery.read_log)
    assert sandbox.ledger()["requests"] == []
    Run.objects.update(leased_until=timezone.now())
    wait_until(lambda: Run.objects.get().is_settled, celery.read_log)
    assert len(sandbox.ledger()["charges"]) == 1
    assert "Traceback" not in celery.read_log()


@pytest.mark.slow
def test_processes_that_start_before_their_broker_say_so_once_and_go_on(
    celery: CeleryProcesses, run: Run
) -> None:
    celery.broker.kill()
    celery.start_worker_and_clock(*THREADS)
    wait_until(lambda: celery.count_lines("cannot be reached") == 1, celery.read_log)
    wait_until(lambda: celery.count_lines("The broker does not answer") == 1, celery.read_log)
    celery.broker.start()
    wait_until(lambda: Run.objects.get().is_settled, celery.read_log)
    assert (
        celery.count_lines("cannot be reached") == celery.count_lines("can be reached again") == 1
    )
    assert celery.count_lines("does not answer") == celery.count_lines("answers again") == 1


@pytest.mark.slow
def test_operators_ask_and_steer_with_what_celery_brings(celery: CeleryProcesses, run: Run) -> None:
    celery.start_worker_and_clock(*THREADS, "-E")
    wait_until(lambda: Run.objects.get().is_settled, celery.read_log)
    assert "1 node online" in celery.run_command("status")
    queues = celery.run_command("inspect", "active_queues")
    assert all(f"playground.{name}" in queues for name in settings.WORKER_THREADS)
    assert "'advance" not in celery.run_command("inspect", "reserved")
    assert "playground.runs.worker.tasks.advance" in celery.run_command("inspect", "stats")
    celery.run_command("control", "cancel_consumer", "playground.files")
    assert "playground.files" not in celery.run_command("inspect", "active_queues")
    celery.run_command("control", "shutdown")
    assert celery.started[0].wait(TIMEOUT_SECONDS) == 0


@pytest.mark.slow
def test_a_pool_of_processes_grows_with_what_waits(celery: CeleryProcesses, run: Run) -> None:
    celery.start_worker_and_clock("--pool", "prefork", "--autoscale", "3,1")
    names = ("workspace", "author", "spec", "api_key", "inputs")
    for _ in range(30):
        Run.objects.create(**{name: getattr(run, name) for name in names})
    wait_until(lambda: "Scaling up" in celery.read_log(), celery.read_log)
    wait_until(lambda: not Run.objects.exclude(next_check_at=None).exists(), celery.read_log)


@pytest.mark.slow
def test_threads_do_not_grow_and_say_so(celery: CeleryProcesses) -> None:
    output = celery.run_command("worker", *THREADS, "--autoscale", "8,2")
    assert "--autoscale goes with --pool prefork alone" in output
    assert "Traceback" not in output
