"""A hard end for a connection: socket time-outs start anew with every byte, this does not."""

import contextlib
import socket
import threading
import time
from types import TracebackType
from typing import Self


class Watchdog:
    """Breaks the watched connection when its time is over: no drip of bytes outlives it."""

    def __init__(self, seconds: float) -> None:
        self._ends = time.monotonic() + seconds
        self._timer = threading.Timer(seconds, self._bark)
        self._timer.daemon = True
        self._lock = threading.Lock()
        self._watched: socket.socket | None = None

    @property
    def is_over(self) -> bool:
        return time.monotonic() >= self._ends

    def seconds_left(self) -> float:
        """Raises TimeoutError when none are left."""
        if self.is_over:
            raise TimeoutError
        return self._ends - time.monotonic()

    def watch(self, connection: socket.socket) -> None:
        with self._lock:
            self._watched = connection
        self.seconds_left()

    def _bark(self) -> None:
        with self._lock, contextlib.suppress(OSError):
            if self._watched:  # of a TLS socket, its own shutdown() would drop the cipher mid-read
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
        self._timer.cancel()
