"""The engine behind `django.tasks`: threads of the worker, and no queue but in their memory.

The rows of the runs say what is due, and the worker's clock reads them ten times a second. A job
is no more than the hint to look at one of them now. It can get lost at no loss, so nothing about
it is written down; where no crew works, as in a web process, it is dropped at once.
"""

import logging
import threading
import time
from collections.abc import Callable, Mapping
from functools import partial
from queue import SimpleQueue
from typing import Any

from django.db import close_old_connections, connections
from django.tasks import Task, TaskResult, TaskResultStatus
from django.tasks.backends.base import BaseTaskBackend
from django.utils.crypto import get_random_string

logger = logging.getLogger(__name__)

type Job = Callable[[], object]


class Crew:
    """Threads that do jobs in the order in which they come, some for each queue.

    A queue that is full of long jobs never keeps those of another waiting.
    """

    def __init__(self) -> None:
        self._waiting: dict[str, SimpleQueue[Job | None]] = {}
        self._threads: list[threading.Thread] = []
        self.stopping = threading.Event()

    def start(self, threads: Mapping[str, int]) -> None:
        """Begin with so many threads for each queue."""
        self.stopping.clear()
        for queue, count in threads.items():
            self._waiting[queue] = SimpleQueue()
            for number in range(count):
                self._threads.append(
                    threading.Thread(
                        target=self._work,
                        args=(self._waiting[queue],),
                        name=f"{queue}-{number}",
                        daemon=True,
                    )
                )
        for thread in self._threads:
            thread.start()

    def take(self, queue: str, job: Job) -> None:
        if queue in self._waiting:
            self._waiting[queue].put(job)

    def stop(self, seconds: float) -> None:
        """Begin no more jobs, and give those in hand so long to come to their end."""
        self.stopping.set()
        for waiting in self._waiting.values():
            for _ in self._threads:
                waiting.put(None)
        ends = time.monotonic() + seconds
        for thread in self._threads:
            thread.join(max(ends - time.monotonic(), 0))
        self._waiting, self._threads = {}, []

    def _work(self, waiting: "SimpleQueue[Job | None]") -> None:
        while (job := waiting.get()) is not None and not self.stopping.is_set():
            try:
                job()
            except Exception:  # whatever it was: the next job may fare better
                logger.exception("A job broke off")
                close_old_connections()
            if waiting.empty():
                close_old_connections()  # in between it would cost each job a query
        connections.close_all()


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
