"""The backend of `django.tasks`: a thread pool in the worker, with a queue in memory.

The rows of runs and mails say what is due, and the worker's clock reads them. So nothing about a
job is written down (`task_backend.py`), and none can be enqueued in a process that has no pool, as
a web process, where it would never run.
"""

import logging
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from django.db import close_old_connections, connections
from django.tasks import Task

from playground.task_backend import LossyBackend

logger = logging.getLogger(__name__)

# A thread that has had nothing to do for so long closes its connection to the database.
IDLE_SECONDS = 5.0

type Job = Callable[[], object]


class NoThreadPoolError(RuntimeError):
    """A job was enqueued in a process that runs none."""


class ThreadPool:
    """Threads that do jobs in the order in which they come.

    No queue takes more threads than its share, so that none waits behind the long jobs of another.

    nudged  set when there may be more to do at once: at the end of a job, and at a wake-up from
            another process; the worker's clock waits for it
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._shares: Mapping[str, int] = {}
        self._waiting: dict[str, deque[Job]] = {}
        self._in_hand: Counter[str] = Counter()
        self._idle: list[threading.Event] = []
        self._threads: list[threading.Thread] = []
        self.stopping = threading.Event()
        self.nudged = threading.Event()

    @property
    def is_running(self) -> bool:
        return bool(self._threads)

    def start(self, shares: Mapping[str, int]) -> None:
        """Begin with so many threads for each queue."""
        self.stopping.clear()
        self._shares = shares
        self._waiting = {queue: deque() for queue in shares}
        self._threads = [
            threading.Thread(target=self._work, name=f"pool-{number}", daemon=True)
            for number in range(sum(shares.values()))
        ]
        for thread in self._threads:
            thread.start()

    def room(self, queue: str, *, is_slowed: bool = False) -> int:
        """Return how many jobs of a queue would begin at once.

        is_slowed  by what waits in a queue of higher rank: it gets half of its share, never none
        """
        with self._lock:
            share = self._shares.get(queue, 0)
            taken = self._in_hand[queue] + len(self._waiting.get(queue, ()))
            return max(((share + 1) // 2 if is_slowed else share) - taken, 0)

    def take(self, queue: str, job: Job) -> None:
        """Have a job done. Raises NoThreadPoolError"""
        with self._lock:
            if queue not in self._waiting:
                raise NoThreadPoolError(
                    "This process runs no jobs: only `manage.py work` does. Write a row that says "
                    "what is due, and have the worker's clock look for it, as runs and mails do "
                    "(playground/runs/worker/tasks.py)."
                )
            self._waiting[queue].append(job)
            if self._idle:
                self._idle.pop().set()

    def stop(self, seconds: float) -> None:
        """Begin no more jobs, and give those in hand so long to come to their end."""
        with self._lock:
            self.stopping.set()
            for idle in self._idle:
                idle.set()
        ends = time.monotonic() + seconds
        for thread in self._threads:
            thread.join(max(ends - time.monotonic(), 0))
        self._waiting, self._threads, self._idle = {}, [], []

    def _work(self) -> None:
        while (found := self._next()) is not None:
            queue, job = found
            try:
                job()
            except Exception:  # whatever it was: the next job may fare better
                logger.exception("A job broke off")
                close_old_connections()
            finally:
                self._put_down(queue)
        connections.close_all()

    def _next(self) -> tuple[str, Job] | None:
        """Wait for a job that may begin; None when the pool stops."""
        while True:
            woken = threading.Event()
            with self._lock:
                if self.stopping.is_set():
                    return None
                if (queue := self._choose()) is not None:
                    self._in_hand[queue] += 1
                    return queue, self._waiting[queue].popleft()
                # The last to become idle is the first to be woken: it still has a connection.
                self._idle.append(woken)
            close_old_connections()  # in between it would cost each job a query
            if not woken.wait(IDLE_SECONDS):
                connections.close_all()
                woken.wait()

    def _choose(self) -> str | None:
        for queue, share in self._shares.items():
            if self._waiting[queue] and self._in_hand[queue] < share:
                return queue
        return None

    def _put_down(self, queue: str) -> None:
        with self._lock:
            self._in_hand[queue] -= 1
        self.nudged.set()  # a thread is idle, and what its job led to may be due at once


pool = ThreadPool()  # one for the process: Django makes a backend for each thread


class ThreadPoolBackend(LossyBackend):
    """Hands jobs to the pool of this process."""

    def send(self, task: "Task[Any, Any]", args: list[Any], kwargs: dict[str, Any]) -> None:
        pool.take(task.queue_name, partial(task.call, *args, **kwargs))
