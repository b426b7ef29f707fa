"""Starts the drawing process and sends tasks to it.

In the server's process Pillow would hold the GIL for a tenth of a second at a time and delay all
responses.
"""

import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path


class Studio:
    """Starts the drawing process, and restarts it after it ended; it finds unfinished tasks."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.lock = threading.Lock()
        self.process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        with self.lock:
            self.process = self.launch()

    def take(self, task_id: str) -> None:
        """Enqueue a task for drawing. Idempotent."""
        with self.lock:
            if self.process is None or self.process.poll() is not None:
                self.process = self.launch()
            tell(self.process, task_id)

    def stop(self) -> None:
        """Stop the process after the current picture."""
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
    """Send a task id; ignore a dead process, because the next one reads the store."""
    if process.stdin is None:
        return
    with suppress(BrokenPipeError):
        process.stdin.write(f"{task_id}\n")
        process.stdin.flush()
