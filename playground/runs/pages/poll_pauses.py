"""Backpressure for polling: longer intervals while responses are slow.

A page polls at the interval in its HTML. A response header can ask for a longer pause, which
`static/js/frame/poll_pauses.js` respects: with many open pages, updates appear later, without
errors.
"""

import time
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpResponse

from playground.body_timeouts import find_socket
from playground.web import HtmxRequest

HEADER = "Poll-After"  # in milliseconds

# The pause is this multiple of the recent response time of polls, so at most a thirtieth of the
# open pages is in the queue at any time.
PAUSES = 30
LONGEST_PAUSE_MS = 10_000
WEIGHT = 1 / 16  # of the latest poll in the average
FORGET_SECONDS = 30.0  # without a poll

type View = Callable[..., HttpResponse]


class Slowness:
    """Moving average of the response time of polls in this process."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self._noted_at = 0.0

    def note(self, seconds: float) -> None:
        now = time.monotonic()
        if now - self._noted_at > FORGET_SECONDS:
            self.seconds = 0.0
        self._noted_at = now
        self.seconds += (seconds - self.seconds) * WEIGHT

    @property
    def pause_ms(self) -> int:
        return min(int(self.seconds * 1000 * PAUSES), LONGEST_PAUSE_MS)


slowness = Slowness()


def timed(view: View) -> View:
    """Decorator for polled views: adds the pause before the next poll."""

    @wraps(view)
    def answer(request: HtmxRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        arrived_at = arrival() or time.monotonic()
        response = view(request, *args, **kwargs)
        if request.htmx:
            slowness.note(time.monotonic() - arrived_at - waited_of(request))
            ask_for_pause(response, slowness.pause_ms)
        return response

    return answer


def ask_for_pause(response: HttpResponse, pause_ms: int) -> HttpResponse:
    """Set the minimum pause before the next poll."""
    asked = int(response.headers.get(HEADER, "0"))
    response.headers[HEADER] = str(max(asked, pause_ms))
    return response


def answer_current(request: HtmxRequest, pace_ms: int) -> HttpResponse:
    """Answer a poll that has no news; one that waited for them was a pause itself."""
    return ask_for_pause(HttpResponse(status=204), 0 if waited_of(request) else pace_ms)


def waited_of(request: HtmxRequest) -> float:
    return getattr(request, "waited_seconds", 0.0)


def arrival() -> float | None:
    """Return when the request was complete, before it waited for a thread; None if unknown."""
    paced = find_socket()
    return paced.arrived_at if paced else None
