"""Where the harness gets its workers from: one process that has everything loaded, and forks."""

import queue
import subprocess
import threading
from dataclasses import dataclass, field

START_SECONDS = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Worker:
    """A worker process; `fate` says where it is to die, "" nowhere."""

    pid: int
    fate: str


@dataclass(slots=True, kw_only=True)
class Nursery:
    """`python -m tests.chaos.mortal_worker`, spoken to over its standard input and output.

    Starting a worker costs its imports; a dozen of them would cost a short test most of its time.
    """

    process: subprocess.Popen[str]
    born: queue.SimpleQueue[int] = field(default_factory=queue.SimpleQueue)
    dead: set[int] = field(default_factory=set)
    reader: threading.Thread = field(init=False)

    def __post_init__(self) -> None:
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def bear(self, fate: str) -> Worker:
        assert self.process.stdin
        self.process.stdin.write(f"{fate}\n")
        self.process.stdin.flush()
        return Worker(pid=self.born.get(timeout=START_SECONDS), fate=fate)

    def _read(self) -> None:
        assert self.process.stdout
        for line in self.process.stdout:
            what, pid = line.split()
            if what == "born":
                self.born.put(int(pid))
            else:
                self.dead.add(int(pid))

    def stop(self) -> None:
        """Close its input: it kills its workers and ends, as when this process was killed."""
        if self.process.stdin:
            self.process.stdin.close()
        self.process.wait(START_SECONDS)
        self.reader.join(START_SECONDS)
        if self.process.stdout:
            self.process.stdout.close()
