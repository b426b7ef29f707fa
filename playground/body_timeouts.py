"""Time limits for request bodies: a minimum rate, and a maximum of waiting threads."""

import select
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from typing import NoReturn

from django.core.exceptions import BadRequest

BODY_SECONDS = 10.0  # extra time of a body, beyond its size at the minimum rate
STALL_SECONDS = 10.0  # without a byte
# Browsers send the body right after the header, in a separate packet. A request may wait this long,
# in total, before it counts towards the limits below.
GRACE_SECONDS = 0.3
BYTES_A_SECOND = 16_000
STRANGERS_WAITING = 2  # of the threads of a process, which are eight at least
MEMBERS_WAITING = 4


class SlowBodyError(BadRequest):
    """A body is missing or too slow, or too many are being received."""

    def __init__(self, status: HTTPStatus) -> None:
        super().__init__(status.phrase)
        self.status = status


# Limits the threads of this process that wait for bodies.
STRANGERS = threading.BoundedSemaphore(STRANGERS_WAITING)
MEMBERS = threading.BoundedSemaphore(MEMBERS_WAITING)


class PacedSocket:
    """A socket with a minimum rate for request bodies.

    arrived_at  when the header of the request was complete, by the monotonic clock
    """

    def __init__(self, sock: socket.socket) -> None:
        self.sock = sock
        self.arrived_at: float | None = None
        self.begin()

    def begin(self) -> None:
        """Reset for the next request."""
        self.waiting = STRANGERS
        self.received = 0
        self.grace_left = GRACE_SECONDS
        self.began = time.monotonic()
        self.is_patient = True
        self.problem: HTTPStatus | None = None

    def recv(self, size: int) -> bytes:
        """Return the next bytes, b"" at the end.

        Raises  SlowBodyError
        """
        if self.problem:
            raise SlowBodyError(self.problem)
        allowed = self.began + BODY_SECONDS + self.received / BYTES_A_SECOND - time.monotonic()
        if allowed < 0:
            self._fail(HTTPStatus.REQUEST_TIMEOUT)
        if not self._is_soon_ready():
            self._wait(min(allowed, STALL_SECONDS))
        piece = self.sock.recv(size)
        self.received += len(piece)
        return piece

    def _is_soon_ready(self) -> bool:
        began = time.monotonic()
        is_ready = self._is_ready(max(self.grace_left, 0) if self.is_patient else 0)
        self.grace_left -= time.monotonic() - began
        return is_ready

    def _wait(self, seconds: float) -> None:
        if not self.is_patient:
            self._fail(HTTPStatus.REQUEST_TIMEOUT)
        if not self.waiting.acquire(blocking=False):
            self._fail(HTTPStatus.SERVICE_UNAVAILABLE)
        try:
            ready = self._is_ready(seconds)
        finally:
            self.waiting.release()
        if not ready:
            self._fail(HTTPStatus.REQUEST_TIMEOUT)

    def _is_ready(self, seconds: float) -> bool:
        poll = select.poll()
        poll.register(self.sock, select.POLLIN)
        return bool(poll.poll(seconds * 1000))

    def _fail(self, status: HTTPStatus) -> NoReturn:
        self.problem = status
        raise SlowBodyError(status)


_of_thread = threading.local()


@contextmanager
def reading_by(paced: PacedSocket) -> Iterator[None]:
    """Set the socket of this thread's request."""
    _of_thread.socket = paced
    try:
        yield
    finally:
        _of_thread.socket = None


def find_socket() -> PacedSocket | None:
    """Return the socket of this thread's request; None outside of our web server."""
    return getattr(_of_thread, "socket", None)
