"""Threads that do jobs for one step, such as to fetch several files at once.

They make no queries: the step's own thread takes what came of a job, and writes it down. As daemons
they do not hold up the end of their process, as those of `concurrent.futures` do.
"""

import itertools
import queue
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

NO_MORE = -1  # a rank before all others


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of a job.

    subject  what the job was for
    error    that it raised; None where it returned `result`
    """

    rank: int
    subject: Any
    result: Any = None
    error: Exception | None = None

    def unwrap(self) -> Any:
        """Return what the job returned, or raise what it raised."""
        if self.error is not None:
            raise self.error
        return self.result


class SideBySide:
    """Some threads. Of what waits, jobs or outcomes, those of the lowest rank come first.

    Leaving it begins no more jobs; those in hand come to their end, and nobody waits for them.

    discard  is called with the outcome of each job that nobody takes any more
    """

    def __init__(self, threads: int, discard: Callable[[Outcome], None]) -> None:
        self._threads = threads
        self._discard = discard
        self._jobs: queue.PriorityQueue[Any] = queue.PriorityQueue()
        self._outcomes: queue.PriorityQueue[Any] = queue.PriorityQueue()
        self._numbers = itertools.count()  # so that equal ranks keep their order
        self._open = 0
        self._lock = threading.Lock()
        self._is_left = False

    def __enter__(self) -> Self:
        for number in range(self._threads):
            threading.Thread(target=self._work, name=f"side-{number}", daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with self._lock:
            self._is_left = True
        for _ in range(self._threads):
            self._jobs.put((NO_MORE, next(self._numbers), None, None))
        while not self._outcomes.empty():
            self._discard(self._outcomes.get()[-1])

    def begin(self, rank: int, subject: Any, job: Callable[[], Any]) -> None:
        self._open += 1
        self._jobs.put((rank, next(self._numbers), subject, job))

    def outcomes(self) -> Iterator[Outcome]:
        """Yield what comes of jobs, those included that are begun meanwhile."""
        while self._open:
            outcome: Outcome = self._outcomes.get()[-1]
            self._open -= 1
            yield outcome

    def _work(self) -> None:
        while True:
            rank, number, subject, job = self._jobs.get()
            if rank == NO_MORE:
                return
            self._do(rank, number, subject, job)

    def _do(self, rank: int, number: int, subject: Any, job: Callable[[], Any]) -> None:
        try:
            outcome = Outcome(rank=rank, subject=subject, result=job())
        except Exception as error:  # noqa: BLE001 - whoever takes the outcome meets it
            outcome = Outcome(rank=rank, subject=subject, error=error)
        with self._lock:
            if not self._is_left:
                self._outcomes.put((rank, number, outcome))
                return
        self._discard(outcome)
