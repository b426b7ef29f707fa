"""Starts the drawing process and hands tasks to it.

In the server's process Pillow would hold the interpreter for a tenth of a second at a time, and
every answer would wait for it.
"""

import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path


class Studio:
    """Starts the drawing process, and again when it has ended: it finds what is undone."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.lock = threading.Lock()
        self.process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        with self.lock:
            self.process = self.launch()

    def take(self, task_id: str) -> None:
        """Have this task drawn soon; it may be said twice."""
        with self.lock:
            if self.process is None or self.process.poll() is not None:
                self.process = self.launch()
            tell(self.process, task_id)

    def stop(self) -> None:
        """Let it end after the picture in hand."""
        with self.lock:
            if self.process and self.process.stdin:
                self.process.stdin.close()

    def launch(self) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "playground.sandbox.drawing", f"--data={self.folder}"],
            stdin=subprocess.PIPE,
            text=True,
        )


def tell(process: subprocess.Popen[str], task_id: str) -> None:
    """A process that has just died is no loss: the next one asks the store."""
    if process.stdin is None:
        return
    with suppress(BrokenPipeError):
        process.stdin.write(f"{task_id}\n")
        process.stdin.flush()
