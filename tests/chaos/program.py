"""Web and workers as processes of their own, each of which can be killed by its id."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

import requests

from tests.chaos.nursery import Nursery, Worker
from tests.databases import find_migrated_file
from tests.launched import free_port
from tests.sandbox_process import SandboxProcess

ROOT = Path(__file__).parents[2]
STOP_SECONDS = 60
WEB = ("-m", "gunicorn", "playground.wsgi", "--config", "python:playground.gunicorn")
CLEANUP_SECONDS = 60


class Program:
    """Start the web process on a fresh database; workers follow. Nothing outlives the block."""

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
        self.nursery: Nursery | None = None
        self.workers: list[Worker] = []
        self.clock: Worker | None = None  # that of a broker
        self.groups: set[int] = set()
        self.log: IO[bytes] | None = None

    def __enter__(self) -> Self:
        self.log = (self.folder / "log").open("ab")
        if self.database_url.startswith("sqlite:"):
            shutil.copyfile(find_migrated_file(), self.database_url.removeprefix("sqlite:///"))
        try:
            released = self.start("manage.py", "release", "--verbosity=0")
            assert released.wait() == 0, self.last_words()
            self.start_web()
            self.nursery = self.start_nursery()
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
        """Start a process at the head of a group of its own, to end all that it starts."""
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

    def start_nursery(self) -> Nursery:
        pipe = subprocess.PIPE
        words = ("-m", "tests.chaos.mortal_worker")
        return Nursery(process=self.start(*words, stdin=pipe, stdout=pipe, text=True))

    def start_worker(self, fate: str) -> None:
        assert self.nursery
        self.workers.append(self.nursery.bear(fate))

    def keep_clock(self) -> None:
        """Start the clock that a broker needs, where none is alive."""
        assert self.nursery
        if self.broker_url and (self.clock is None or self.clock.pid in self.nursery.dead):
            self.clock = self.nursery.bear("broker clock")

    def start_mistaken_worker(self, seconds_ahead: float) -> int:
        """Start a worker whose clock is wrong; it is none of those that do the work."""
        assert self.nursery
        return self.nursery.bear(f"clock {seconds_ahead}").pid

    def kill_workers(self, others: Iterable[int]) -> None:
        """Kill all workers, the clock of a broker, and others; wait until they are dead."""
        assert self.nursery
        known = [*self.workers, *filter(None, [self.clock])]
        pids = {*others, *(worker.pid for worker in known)} - self.nursery.dead
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.wait_for_deaths(pids)

    def clean_up(self) -> None:
        """Do at once what a worker's cleanup does in the hours to come."""
        assert self.nursery
        self.wait_for_deaths({self.nursery.bear("clean up").pid})

    def wait_for_deaths(self, pids: set[int]) -> None:
        assert self.nursery
        give_up_at = time.monotonic() + CLEANUP_SECONDS
        while pids - self.nursery.dead:
            assert time.monotonic() < give_up_at, self.last_words()
            time.sleep(0.02)

    def take_dead_workers(self) -> list[Worker]:
        """Remove the workers that are no more, and return them."""
        assert self.nursery
        dead = [worker for worker in self.workers if worker.pid in self.nursery.dead]
        self.workers = [worker for worker in self.workers if worker not in dead]
        return dead

    def web_workers(self) -> list[int]:
        """Return the ids of gunicorn's own workers."""
        assert self.web
        command = ["pgrep", "-P", str(self.web.pid)]
        found = subprocess.run(command, capture_output=True, text=True, check=False)
        return [int(pid) for pid in found.stdout.split()]

    def wait_for_web(self) -> None:
        while True:  # however long it takes, while it is alive
            assert self.web
            assert self.web.poll() is None, f"no pages: {self.last_words()}"
            try:
                requests.get(f"{self.url}/healthz", timeout=5).raise_for_status()
            except requests.RequestException:
                time.sleep(0.05)
            else:
                return

    def last_words(self) -> str:
        return (self.folder / "log").read_text(errors="replace")[-4000:]

    def stop(self) -> None:
        """Kill whatever still lives; what was committed is there, and nothing else is wanted."""
        for group in self.groups:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(group, signal.SIGKILL)
        if self.web:
            self.web.wait(STOP_SECONDS)
        if self.nursery:
            self.nursery.stop()
        if self.log:
            self.log.close()
