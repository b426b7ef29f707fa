"""Web and worker processes, each of which can be killed by its id."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterable
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

import requests

from tests.chaos.fork_server import ForkServer, Worker
from tests.databases import find_migrated_file
from tests.launched import free_port
from tests.sandbox_process import SandboxProcess

ROOT = Path(__file__).parents[2]
STOP_SECONDS = 60
WEB = ("-m", "gunicorn", "playground.wsgi", "--config", "python:playground.gunicorn")
CLEANUP_SECONDS = 60


class Program:
    """Starts the web process with a new database, and workers on request; ends all of them."""

    def __init__(
        self,
        folder: Path,
        service: SandboxProcess,
        *,
        database_url: str,
        lease_seconds: float,
        broker_url: str = "",
    ) -> None:
        self.folder = folder
        self.broker_url = broker_url
        self.database_url = database_url or f"sqlite:///{folder / 'playground.sqlite3'}"
        self.journal = folder / "journal"
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        self.environment = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("MINDVIDEO_", "DJANGO_", "CHAOS_"))
        } | {
            "PORT": str(port),
            "DATA_DIR": str(folder),
            "DATABASE_URL": self.database_url,
            "MINDVIDEO_API_KEY": service.api_key,
            "MINDVIDEO_BASE_URL": service.url,
            "DEMO_LOGIN": "on",
            "LEASE_SECONDS": str(lease_seconds),
            "CHAOS_JOURNAL": str(self.journal),
        }
        if broker_url:
            self.environment["BROKER_URL"] = broker_url
        self.web: subprocess.Popen[bytes] | None = None
        self.workers: list[Worker] = []
        self.clock: Worker | None = None  # the clock of a broker
        self.groups: set[int] = set()
        self.log: IO[bytes] | None = None

    def __enter__(self) -> Self:
        self.log = (self.folder / "log").open("ab")
        if self.database_url.startswith("sqlite:"):
            shutil.copyfile(find_migrated_file(), self.database_url.removeprefix("sqlite:///"))
        try:
            released = self.start("manage.py", "release", "--verbosity=0")
            assert released.wait() == 0, self.log_end()
            self.start_web()
            self.wait_for_web()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def start(self, *words: str, **options: Any) -> subprocess.Popen[Any]:
        """Start a process in a new process group, so that its children can be killed as well."""
        process = subprocess.Popen(
            [sys.executable, *words],
            cwd=ROOT,
            env=self.environment,
            stderr=self.log,
            start_new_session=True,
            **{"stdout": self.log, **options},
        )
        self.groups.add(process.pid)
        return process

    def start_web(self) -> None:
        self.web = self.start(*WEB)

    @cached_property
    def fork_server(self) -> ForkServer:
        """The process that forks workers, started when the first one is needed."""
        pipe = subprocess.PIPE
        words = ("-m", "tests.chaos.crashing_worker")
        return ForkServer(process=self.start(*words, stdin=pipe, stdout=pipe, text=True))

    def start_worker(self, crash_point: str) -> None:
        self.workers.append(self.fork_server.fork(crash_point))

    def ensure_clock(self) -> None:
        """Start the clock that a broker needs, unless one is running."""
        if self.broker_url and (self.clock is None or self.clock.pid in self.fork_server.ended):
            self.clock = self.fork_server.fork("broker clock")

    def start_skewed_worker(self, seconds_ahead: float) -> int:
        """Start an additional worker with a wrong clock; return its id."""
        return self.fork_server.fork(f"clock {seconds_ahead}").pid

    def kill_workers(self, others: Iterable[int]) -> None:
        """Kill all workers, a broker's clock, and others; wait until they have ended."""
        known = [*self.workers, *filter(None, [self.clock])]
        pids = {*others, *(worker.pid for worker in known)} - self.fork_server.ended
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.wait_for_deaths(pids)

    def clean_up(self) -> None:
        """Do a worker's cleanup now, without its waiting times."""
        self.wait_for_deaths({self.fork_server.fork("clean up").pid})

    def wait_for_deaths(self, pids: set[int]) -> None:
        give_up_at = time.monotonic() + CLEANUP_SECONDS
        while pids - self.fork_server.ended:
            assert time.monotonic() < give_up_at, self.log_end()
            time.sleep(0.02)

    def remove_ended_workers(self) -> list[Worker]:
        """Remove the workers that have ended from the list, and return them."""
        ended = [worker for worker in self.workers if worker.pid in self.fork_server.ended]
        self.workers = [worker for worker in self.workers if worker not in ended]
        return ended

    def web_workers(self) -> list[int]:
        """Return the ids of gunicorn's workers."""
        assert self.web
        command = ["pgrep", "-P", str(self.web.pid)]
        found = subprocess.run(command, capture_output=True, text=True, check=False)
        return [int(pid) for pid in found.stdout.split()]

    def wait_for_web(self) -> None:
        while True:  # no time limit while it runs
            assert self.web
            assert self.web.poll() is None, f"no pages: {self.log_end()}"
            try:
                requests.get(f"{self.url}/healthz", timeout=5).raise_for_status()
            except requests.RequestException:
                time.sleep(0.05)
            else:
                return

    def log_end(self) -> str:
        return (self.folder / "log").read_text(errors="replace")[-4000:]

    def stop(self) -> None:
        """Kill all processes; only committed data are needed."""
        for group in self.groups:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(group, signal.SIGKILL)
        if self.web:
            self.web.wait(STOP_SECONDS)
        if "fork_server" in self.__dict__:  # it was started
            self.fork_server.stop()
        if self.log:
            self.log.close()
