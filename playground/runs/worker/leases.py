"""The leases that this process holds, so that its heartbeat renews them.

A short lease brings a run back soon after its worker was killed; renewed, it covers a long
download as well.
"""

import contextlib
import threading
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from time import monotonic as now

from django.conf import settings

from playground import database_clock
from playground.runs.models import Claim, Run

# A step that makes no progress for so long hangs, and is let go. Each piece of a file that arrives
# is progress; to decode it, and to send it to a bucket, may take some minutes.
LONGEST_SILENCE_SECONDS = 20 * 60.0

# A run that was read with its claim is not read again if its step begins so soon. The shortest
# lease is longer.
FRESH_SECONDS = 0.5

_lock = threading.Lock()
_in_hand: dict[uuid.UUID, float] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """A claim whose step has not begun.

    run  as it was read just after the claim; None where the step has to read it
    """

    claim: Claim
    run: Run | None
    read_at: float


_expected: dict[uuid.UUID, Expected] = {}


def expect(claim: Claim, run: Run | None = None) -> None:
    """Remember a claim until its step begins; its lease is not renewed before."""
    with _lock:
        _expected[claim.lease_id] = Expected(claim=claim, run=run, read_at=now())


def begin(lease_id: uuid.UUID) -> Run | None:
    """Return the run that was read with its claim, unless that was a while ago."""
    with _lock:
        expected = _expected.pop(lease_id, None)
    is_fresh = expected is not None and now() - expected.read_at < FRESH_SECONDS
    return expected.run if expected and is_fresh else None


def give_back() -> None:
    """Release the claims of this worker whose step has not begun."""
    with _lock:
        claims = [expected.claim for expected in _expected.values()]
        _expected.clear()
    if claims:
        Run.objects.give_back(claims)


@contextlib.contextmanager
def in_hand(run: Run) -> Iterator[None]:
    """Keep a claimed run's lease alive while the block runs."""
    lease_id = run.lease_id or uuid.uuid4()
    with _lock:
        _in_hand[lease_id] = now()
    try:
        yield
    finally:
        with _lock:
            del _in_hand[lease_id]


def note_progress(run: Run) -> None:
    """Say that a step in hand goes on: something of a file arrived, or it is done with."""
    with _lock:
        if run.lease_id in _in_hand:
            _in_hand[run.lease_id] = now()


def find_alive() -> list[uuid.UUID]:
    """Return the leases of the steps in hand that make progress."""
    hanging_since = now() - LONGEST_SILENCE_SECONDS
    with _lock:
        return [lease_id for lease_id, since in _in_hand.items() if since > hanging_since]


def renew() -> None:
    """Ask for as much time again for everything in hand: one query, none when idle."""
    if held := find_alive():
        until = database_clock.now_expression(settings.LEASE)
        Run.objects.filter(lease_id__in=held).update(leased_until=until)
