"""Starts the whole program in separate processes, as a user does, for tests from outside."""

import os
import queue
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from types import TracebackType
from typing import Self

ROOT = Path(__file__).parents[1]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Launched:
    """Runs `python -m playground.launch` with its own data folder.

    mode     "demo", or "serve": with accounts, and nobody is logged in
    DATABASE_URL is not read from the environment: the fixture `new_database` makes a database with
                 all tables; without it an SQLite file is made and migrated, which takes seconds.
    url      the URL in its last start-up line
    seconds  time from the start to that line
    """

    def __init__(
        self, data_dir: Path, port: int | None = None, *, mode: str = "demo", **environment: str
    ) -> None:
        self.mode = mode
        self.port = port or free_port()
        self.environment = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("MINDVIDEO_", "DJANGO_", "DATABASE_"))
        }
        self.umask = -1  # -1 keeps ours
        self.environment |= {"PORT": str(self.port), "DATA_DIR": str(data_dir), **environment}
        self.lines: list[str] = []
        self.url = ""
        self.seconds = 0.0

    def __enter__(self) -> Self:
        try:
            self.begin()
            line = self.wait_for("Open http")
        except BaseException:  # including pytest's timeout: no process may stay
            self.stop()
            raise
        self.url = line.rsplit(" ", 1)[1].strip()
        self.seconds = time.monotonic() - self.started_at
        return self

    def begin(self) -> None:
        """Start it without waiting."""
        self.started_at = time.monotonic()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "playground.launch", self.mode],
            cwd=ROOT,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
            umask=self.umask,
        )
        self.unread: queue.Queue[str] = queue.Queue()
        self.reader = threading.Thread(target=self._read, args=(self.unread,), daemon=True)
        self.reader.start()

    def wait_for(self, words: str) -> str:
        """Return the next line that contains these words; there is no time limit.

        Raises  AssertionError with all its lines if it ends without that line
        """
        while words not in (line := self.unread.get()):
            assert line, f"it ended without {words!r}: {self.lines}"
        return line

    def _read(self, lines: queue.Queue[str]) -> None:
        assert self.process.stdout
        with self.process.stdout as output:
            for line in output:
                self.lines.append(line)
                lines.put(line)
        lines.put("")

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def stop(self) -> int:
        """Send SIGINT to the process group, as a terminal does at Ctrl-C."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGINT)
        code = self.process.wait(30)
        self.reader.join(5)
        return code
