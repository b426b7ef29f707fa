"""How seldom pages poll: more seldom while answers are slow, so that many pages do no harm.

A page polls by the interval in its HTML. An answer may ask for a longer pause by a header, which
`static/js/frame/poll_pauses.js` keeps to: with many pages open they show news later, and none
meets an error.
"""

import time
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpResponse

from playground.body_timeouts import find_socket
from playground.web import HtmxRequest

HEADER = "Poll-After"  # in milliseconds

# A page waits this many times as long as polls took lately, from their arrival to their answer:
# so at most a thirtieth of the pages that are open is ever in the queue.
PAUSES = 30
LONGEST_PAUSE_MS = 10_000
WEIGHT = 1 / 16  # of the latest poll in the average
FORGET_SECONDS = 30.0  # without a poll

type View = Callable[..., HttpResponse]


class Slowness:
    """How long the polls of this process took lately."""

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
    """Have a view that pages poll say how long they have to wait before the next poll."""

    @wraps(view)
    def answer(request: HtmxRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        arrived_at = arrival() or time.monotonic()
        response = view(request, *args, **kwargs)
        if request.htmx:
            slowness.note(time.monotonic() - arrived_at)
            ask_for_pause(response, slowness.pause_ms)
        return response

    return answer


def ask_for_pause(response: HttpResponse, pause_ms: int) -> HttpResponse:
    """Have the page wait for so long at least."""
    asked = int(response.headers.get(HEADER, "0"))
    response.headers[HEADER] = str(max(asked, pause_ms))
    return response


def arrival() -> float | None:
    """Return when the request was complete, before it waited for a thread; None if unknown."""
    paced = find_socket()
    return paced.arrived_at if paced else None
