"""The sandbox in a separate process, for the tests of all rooms."""

import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import psutil
import requests

ROOT = Path(__file__).parents[1]
STOP_SECONDS = 20


class SandboxProcess:
    """Start a sandbox on a free port with its own folder; stop it and delete the folder at the end.

    url      its address; a restart keeps port, folder and API key
    folder   its data folder; None makes a temporary one
    """

    api_key = "mv_sandbox_test"

    def __init__(
        self, folder: Path | None = None, *, seconds: float = 0.3, control: bool = True
    ) -> None:
        self.temporary = tempfile.TemporaryDirectory() if folder is None else None
        self.folder = folder or Path(self.temporary.name if self.temporary else "")
        self.seconds = seconds
        self.control_options = ["--control"] if control else []
        self.port = 0
        self.process: subprocess.Popen[str] | None = None
        self.http = requests.Session()
        self.http.trust_env = False  # no proxy between a test and loopback

    def __enter__(self) -> Self:
        self.restart()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()
        self.http.close()
        if self.temporary:
            self.temporary.cleanup()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def restart(self) -> None:
        """Start it, also again after `kill`; return when it answers."""
        self.stop()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "playground.sandbox", *self.options()],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.port = self.port or self.read_port()
        self.wait_until_healthy()

    def options(self) -> list[str]:
        return [
            *self.control_options,
            f"--port={self.port}",
            f"--data={self.folder}",
            f"--seconds={self.seconds}",
            f"--api-key={self.api_key}",
        ]

    def read_port(self) -> int:
        """Read the port that the system chose for port 0 from the ready line."""
        assert self.process
        assert self.process.stdout
        line = self.process.stdout.readline()
        assert line.startswith("Sandbox ready at "), f"the sandbox did not start: {line!r}"
        return int(line.rsplit(":", 1)[1])

    def wait_until_healthy(self) -> None:
        while True:  # no time limit while it runs
            assert self.process
            assert self.process.poll() is None, "the sandbox ended at its start"
            try:
                self.http.get(f"{self.url}/healthz", timeout=2).raise_for_status()
            except requests.RequestException:
                time.sleep(0.02)
            else:
                return

    def kill(self) -> None:
        """Kill it with SIGKILL, whatever it is doing."""
        self.stop(signal.SIGKILL)

    def stop(self, how: int = signal.SIGTERM) -> int | None:
        """Stop it and return its exit code; None if it was not running.

        Also wait for its drawing process, which writes into the folder until it ends.
        """
        if self.process is None:
            return None
        children = find_children(self.process.pid)
        self.process.send_signal(how)
        code = self.process.wait(STOP_SECONDS)
        _, alive = psutil.wait_procs(children, STOP_SECONDS)
        assert not alive, f"still running: {alive}"
        if self.process.stdout:
            self.process.stdout.close()
        self.process = None
        return code

    def durations(
        self,
        *,
        queued: float | tuple[float, float] = 0,
        processing: float | tuple[float, float] = 0,
        **which: int | str,
    ) -> None:
        """Set how long tasks take from now on; `count=N` for the next N, `task=ID` for one.

        A pair is minimum and maximum; `seed=N` makes the random durations repeatable.
        """
        self.control("durations", queued=queued, processing=processing, **which)

    def small_pictures(self, longest_side: int = 256) -> None:
        """Draw small pictures from now on, for tests with many tasks."""
        self.control("pictures", longest_side=longest_side)

    def fault(self, seam: str, kind: str, count: int = 1, **options: float | str) -> None:
        """Inject a fault (playground/sandbox/faults.py) into the next `count` calls at a seam."""
        self.control("faults", seam=seam, kind=kind, count=count, **options)

    def clear_faults(self) -> None:
        """Remove all faults."""
        self.control("mend")

    def ledger(self) -> dict[str, Any]:
        """Return its charges, tasks and requests: lists of dicts, oldest first."""
        answer = self.http.get(f"{self.url}/control/ledger", timeout=10)
        answer.raise_for_status()
        ledger: dict[str, Any] = answer.json()
        return ledger

    def reset(self) -> None:
        """Delete tasks, charges, requests, faults, durations and other settings."""
        self.control("reset")

    def control(self, name: str, **document: Any) -> None:
        """Send a control request; AssertionError with the message if it is refused."""
        answer = self.http.post(f"{self.url}/control/{name}", json=document, timeout=10)
        assert answer.ok, answer.text


def find_children(pid: int) -> list[psutil.Process]:
    try:
        return list(psutil.Process(pid).children(recursive=True))
    except psutil.NoSuchProcess:
        return []
