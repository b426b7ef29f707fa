"""A total timeout for a connection; socket timeouts restart with every byte."""

import contextlib
import socket
import threading
import time
from types import TracebackType
from typing import Self


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
        self._is_done = False
        self._timer = self._new_timer()

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

    def _new_timer(self) -> threading.Timer:
        timer = threading.Timer(max(self._ends - time.monotonic(), 0.0), self._bark)
        timer.daemon = True
        return timer

    def _bark(self) -> None:
        with self._lock:
            if self._is_done:
                return
            if not self.is_over:  # there was progress meanwhile
                self._timer = self._new_timer()
                self._timer.start()
            elif self._watched:
                with contextlib.suppress(OSError):
                    # The shutdown() of a TLS socket would break a concurrent read.
                    socket.socket.shutdown(self._watched, socket.SHUT_RDWR)

    def __enter__(self) -> Self:
        self._timer.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with self._lock:
            self._is_done = True
            self._timer.cancel()
