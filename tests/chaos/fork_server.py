"""The fork server of the chaos tests: a process with all modules loaded, which forks workers."""

import queue
import subprocess
import threading
from dataclasses import dataclass, field

START_SECONDS = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Worker:
    """A worker process; `crash_point` says where it crashes, "" nowhere."""

    pid: int
    crash_point: str


@dataclass(slots=True, kw_only=True)
class ForkServer:
    """Controls `python -m tests.chaos.crashing_worker` over its standard input and output.

    Imports take most of the start of a worker; a dozen starts would dominate a short test.
    """

    process: subprocess.Popen[str]
    started: queue.SimpleQueue[int] = field(default_factory=queue.SimpleQueue)
    ended: set[int] = field(default_factory=set)
    reader: threading.Thread = field(init=False)

    def __post_init__(self) -> None:
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def fork(self, instruction: str) -> Worker:
        assert self.process.stdin
        self.process.stdin.write(f"{instruction}\n")
        self.process.stdin.flush()
        return Worker(pid=self.started.get(timeout=START_SECONDS), crash_point=instruction)

    def _read(self) -> None:
        assert self.process.stdout
        for line in self.process.stdout:
            what, pid = line.split()
            if what == "started":
                self.started.put(int(pid))
            else:
                self.ended.add(int(pid))

    def stop(self) -> None:
        """Close its input, so that it kills its workers and ends, as if we were killed."""
        if self.process.stdin:
            self.process.stdin.close()
        self.process.wait(START_SECONDS)
        self.reader.join(START_SECONDS)
        if self.process.stdout:
            self.process.stdout.close()
