"""The engine behind `django.tasks`: threads of the worker, and no queue but in their memory.

The rows of the runs say what is due, and the worker's clock reads them ten times a second. A job
is no more than the hint to look at one of them now. It can get lost at no loss, so nothing about
it is written down; where no crew works, as in a web process, it is dropped at once.
"""

import logging
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from django.db import close_old_connections, connections
from django.tasks import Task, TaskResult, TaskResultStatus
from django.tasks.backends.base import BaseTaskBackend
from django.utils.crypto import get_random_string

logger = logging.getLogger(__name__)

type Job = Callable[[], object]


class Crew:
    """Threads that do jobs in the order in which they come, the queues in the order of their rank.

    No queue takes more threads than its share, so that none waits behind the long jobs of another.
    Where something of higher rank waits, a queue has half of its share: it is slowed down, never
    starved.
    """

    def __init__(self) -> None:
        self._ready = threading.Condition()
        self._shares: Mapping[str, int] = {}
        self._waiting: dict[str, deque[Job]] = {}
        self._in_hand: Counter[str] = Counter()
        self._threads: list[threading.Thread] = []
        self.stopping = threading.Event()

    def start(self, shares: Mapping[str, int]) -> None:
        """Begin with so many threads for each queue, the queue of the highest rank first."""
        self.stopping.clear()
        self._shares = shares
        self._waiting = {queue: deque() for queue in shares}
        self._threads = [
            threading.Thread(target=self._work, name=f"crew-{number}", daemon=True)
            for number in range(sum(shares.values()))
        ]
        for thread in self._threads:
            thread.start()

    def take(self, queue: str, job: Job) -> None:
        with self._ready:
            if queue in self._waiting:
                self._waiting[queue].append(job)
                self._ready.notify()

    def stop(self, seconds: float) -> None:
        """Begin no more jobs, and give those in hand so long to come to their end."""
        with self._ready:
            self.stopping.set()
            self._ready.notify_all()
        ends = time.monotonic() + seconds
        for thread in self._threads:
            thread.join(max(ends - time.monotonic(), 0))
        self._waiting, self._threads = {}, []

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
        """Wait for a job that may begin; None when the crew stops."""
        with self._ready:
            while not self.stopping.is_set():
                if (queue := self._choose()) is not None:
                    self._in_hand[queue] += 1
                    return queue, self._waiting[queue].popleft()
                close_old_connections()  # in between it would cost each job a query
                self._ready.wait()
        return None

    def _choose(self) -> str | None:
        is_first = True
        for queue, share in self._shares.items():
            may_begin = self._in_hand[queue] < (share if is_first else (share + 1) // 2)
            if self._waiting[queue]:
                if may_begin:
                    return queue
                is_first = False
        return None

    def _put_down(self, queue: str) -> None:
        with self._ready:
            self._in_hand[queue] -= 1
            self._ready.notify()


crew = Crew()  # one for the process: Django makes a backend for each thread


class CrewBackend(BaseTaskBackend):
    """Hands jobs to the crew of this process."""

    def enqueue[**P, R](
        self, task: "Task[P, R]", args: list[Any], kwargs: dict[str, Any]
    ) -> "TaskResult[P, R]":
        self.validate_task(task)
        crew.take(task.queue_name, partial(task.call, *args, **kwargs))
        return TaskResult(
            task=task,
            id=get_random_string(32),
            status=TaskResultStatus.READY,
            enqueued_at=None,
            started_at=None,
            finished_at=None,
            last_attempted_at=None,
            args=args,
            kwargs=kwargs,
            backend=self.alias,
            errors=[],
            worker_ids=[],
        )
