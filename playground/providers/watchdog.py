"""A total timeout for a connection; socket timeouts restart with every byte."""

import contextlib
import heapq
import itertools
import os
import socket
import threading
import time
from types import TracebackType
from typing import Self


class Alarms(threading.Thread):
    """Rings watchdogs when their time is up: one thread for all of a process.

    A thread for each request would cost more than the request itself.
    """

    def __init__(self) -> None:
        super().__init__(name="watchdogs", daemon=True)
        self._changed = threading.Condition()
        self._waiting: list[tuple[float, int, Watchdog]] = []
        self._numbers = itertools.count()

    def set(self, at: float, watchdog: "Watchdog") -> None:
        with self._changed:
            heapq.heappush(self._waiting, (at, next(self._numbers), watchdog))
            if not self.ident:
                self.start()
            elif self._waiting[0][2] is watchdog:  # sooner than what the thread waits for
                self._changed.notify()

    def run(self) -> None:
        while True:
            watchdog = self._next()
            if again_at := watchdog.ring():
                self.set(again_at, watchdog)

    def _next(self) -> "Watchdog":
        """Wait for the first whose time is up; forget all before it that are done."""
        with self._changed:
            while True:
                while self._waiting and self._waiting[0][2].is_done:
                    heapq.heappop(self._waiting)
                left = self._waiting[0][0] - time.monotonic() if self._waiting else None
                if left is not None and left <= 0:
                    return heapq.heappop(self._waiting)[2]
                self._changed.wait(left)


class Watchdog:
    """Closes the connection after a total timeout, also if bytes keep arriving slowly.

    seconds          total
    silence_seconds  maximum without progress; None for no limit
    slowest_rate     in bytes per second; a faster transfer may exceed the total. None for no
                     extension
    """

    def __init__(
        self,
        seconds: float,
        silence_seconds: float | None = None,
        slowest_rate: float | None = None,
    ) -> None:
        self._silence = seconds if silence_seconds is None else silence_seconds
        self._rate = slowest_rate
        self._hard_end = time.monotonic() + seconds
        self._ends = min(self._hard_end, time.monotonic() + self._silence)
        self._lock = threading.Lock()
        self._watched: socket.socket | None = None
        self.is_done = False

    @property
    def is_over(self) -> bool:
        return time.monotonic() >= self._ends

    def seconds_left(self) -> float:
        """Raises TimeoutError when none are left."""
        if self.is_over:
            raise TimeoutError
        return self._ends - time.monotonic()

    def note_progress(self, count: int) -> None:
        """Restart the silence timeout: this many bytes arrived."""
        if self.is_over:
            return
        if self._rate:
            self._hard_end += count / self._rate
        self._ends = min(self._hard_end, time.monotonic() + self._silence)

    def watch(self, connection: socket.socket) -> None:
        with self._lock:
            self._watched = connection
        self.seconds_left()

    def ring(self) -> float | None:
        """Close the connection if its time is up; return when to ring again, None for never."""
        with self._lock:
            if self.is_done:
                return None
            if not self.is_over:  # there was progress meanwhile
                return self._ends
            if self._watched:
                with contextlib.suppress(OSError):
                    # The shutdown() of a TLS socket would break a concurrent read.
                    socket.socket.shutdown(self._watched, socket.SHUT_RDWR)
            return None

    def __enter__(self) -> Self:
        alarms.set(self._ends, self)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with self._lock:
            self.is_done = True
            self._watched = None


alarms = Alarms()


def begin_anew() -> None:
    """Have a forked process use a thread of its own: that of its parent is not there."""
    global alarms  # noqa: PLW0603 - one for the process
    alarms = Alarms()


os.register_at_fork(after_in_child=begin_anew)
