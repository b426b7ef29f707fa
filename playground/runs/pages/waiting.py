"""Long polling, for a few requests at a time.

A poll without changes may wait up to a second for a wake-up by a worker (playground/wake_ups.py).
The number of waiting threads is limited, and only pages that expect a change soon wait; all other
polls are answered immediately.
"""

import threading
import time
from collections.abc import Callable

from playground.wake_ups import Listener, Topic
from playground.web import HtmxRequest

LONGEST_SECONDS = 1.0
MOST_WAITING = 2  # of the threads of a process, which has eight
NEAR_MS = 500  # a page with at most this poll interval expects a change soon


# Poll interval of such a page after a response with changes, while polls may wait.
QUICK_MS = 50


class News:
    """Counts the wake-ups of this process."""

    def __init__(self) -> None:
        self.count = 0
        self._changed = threading.Condition()
        self._places = threading.BoundedSemaphore(MOST_WAITING)
        self._listener: Listener | None = None

    @property
    def is_listening(self) -> bool:
        return self._listener is not None and self._listener.is_listening

    def listen(self) -> None:
        """Start listening, in a new web process."""
        self._listener = Listener(self.hear, Topic.NEWS)
        self._listener.start()

    def stop(self) -> None:
        if self._listener:
            self._listener.stop()

    def hear(self) -> None:
        with self._changed:
            self.count += 1
            self._changed.notify_all()

    def wait(self, since: int, seconds: float) -> bool:
        """Wait for a wake-up after number `since`; return False on timeout."""
        with self._changed:
            return self._changed.wait_for(lambda: self.count != since, max(seconds, 0.0))

    def take_place(self) -> bool:
        """Acquire a slot for a waiting thread, to be released; return False if none is free."""
        return self.is_listening and self._places.acquire(blocking=False)

    def give_place_back(self) -> None:
        self._places.release()


news = News()


def quicken(pace_ms: int) -> int:
    """Return the poll interval after a response with changes; 0 stays 0."""
    return min(pace_ms, QUICK_MS) if pace_ms <= NEAR_MS and news.is_listening else pace_ms


def read_patiently[T](
    request: HtmxRequest, read: Callable[[], T], is_over: Callable[[T], bool]
) -> T:
    """Read the state for a poll; repeat at each wake-up until `is_over` or timeout.

    is_over  whether the state is worth a response, or waiting is pointless
    """
    known, found = news.count, read()
    if is_over(found) or not news.take_place():
        return found
    began_at = time.monotonic()
    try:
        while news.wait(known, began_at + LONGEST_SECONDS - time.monotonic()):
            known, found = news.count, read()
            if is_over(found):
                break
    finally:
        news.give_place_back()
    request.waited_seconds = time.monotonic() - began_at
    return found
