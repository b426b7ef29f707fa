"""The backend of `django.tasks`: a thread pool in the worker, with a queue in memory.

The database rows of runs and mails are the queue, which the worker's clock reads. Jobs are not
stored (`task_backend.py`), and cannot be enqueued in a process without a pool, like a web process.
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

# An idle thread closes its database connection after this time.
IDLE_SECONDS = 5.0

type Job = Callable[[], object]


class NoThreadPoolError(RuntimeError):
    """A job was enqueued in a process without a thread pool."""


class ThreadPool:
    """A pool of threads with a FIFO queue.

    Each queue has a maximum of threads, so that none waits behind the long jobs of another.

    nudged  event for which the worker's clock waits; set when more may be due: at the end of a job,
            and at a wake-up from another process
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
        """Start the threads. `shares` is {queue: maximum of threads}."""
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
        """Return the number of jobs of a queue that could start now.

        is_slowed  halves its share, to at least 1, because jobs of a queue of higher rank wait
        """
        with self._lock:
            share = self._shares.get(queue, 0)
            taken = self._in_hand[queue] + len(self._waiting.get(queue, ()))
            return max(((share + 1) // 2 if is_slowed else share) - taken, 0)

    def take(self, queue: str, job: Job) -> None:
        """Enqueue a job. Raises NoThreadPoolError."""
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
        """Start no more jobs, and wait up to `seconds` for the running ones."""
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
            except Exception:  # the thread continues with the next job
                logger.exception("A job broke off")
                close_old_connections()
            finally:
                self._put_down(queue)
        connections.close_all()

    def _next(self) -> tuple[str, Job] | None:
        """Wait for a job that may start; return None when the pool stops."""
        while True:
            woken = threading.Event()
            with self._lock:
                if self.stopping.is_set():
                    return None
                if (queue := self._choose()) is not None:
                    self._in_hand[queue] += 1
                    return queue, self._waiting[queue].popleft()
                # The thread that became idle last is woken first, as it still has a connection.
                self._idle.append(woken)
            close_old_connections()  # after each job it would cost a query
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
        self.nudged.set()  # a thread is idle, and the job may have made another due


pool = ThreadPool()  # one per process, as Django makes a backend for each thread


class ThreadPoolBackend(LossyBackend):
    """Enqueues jobs in this process's pool."""

    def send(self, task: "Task[Any, Any]", args: list[Any], kwargs: dict[str, Any]) -> None:
        pool.take(task.queue_name, partial(task.call, *args, **kwargs))
