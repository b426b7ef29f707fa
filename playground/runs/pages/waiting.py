"""Polls that wait for news, a few at a time.

A poll that finds nothing new may wait up to a second: a worker wakes the web processes when it
wrote what pages show (playground/wake_ups.py). Few threads of a process wait, and a page whose
news are not near does not; all other polls are answered at once, and pages poll as they always do.
"""

import threading
import time
from collections.abc import Callable

from playground.wake_ups import Listener, Topic
from playground.web import HtmxRequest

LONGEST_SECONDS = 1.0
MOST_WAITING = 2  # of the threads of a process, which has eight
NEAR_MS = 500  # a page whose next poll is no later expects news at any moment


# While polls may wait, such a page asks again so soon after an answer with news: the next are near.
QUICK_MS = 50


class News:
    """Counts the wake-ups of this process, once it listens to them."""

    def __init__(self) -> None:
        self.count = 0
        self._changed = threading.Condition()
        self._places = threading.BoundedSemaphore(MOST_WAITING)
        self._listener: Listener | None = None

    @property
    def is_listening(self) -> bool:
        return self._listener is not None and self._listener.is_listening

    def listen(self) -> None:
        """Begin to listen, in a web process that was just started."""
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
        """Wait for a wake-up after the one with that number; False where none came in time."""
        with self._changed:
            return self._changed.wait_for(lambda: self.count != since, max(seconds, 0.0))

    def take_place(self) -> bool:
        """Whether one more thread may wait; it gives its place back."""
        return self.is_listening and self._places.acquire(blocking=False)

    def give_place_back(self) -> None:
        self._places.release()


news = News()


def quicken(pace_ms: int) -> int:
    """Return how soon a page polls again after an answer with news; 0 stays 0."""
    return min(pace_ms, QUICK_MS) if pace_ms <= NEAR_MS and news.is_listening else pace_ms


def read_patiently[T](
    request: HtmxRequest, read: Callable[[], T], is_over: Callable[[T], bool]
) -> T:
    """Read what a page polls for; again at each wake-up, while it may wait for what it wants.

    is_over  whether what was read is an answer, or not worth to wait for
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
