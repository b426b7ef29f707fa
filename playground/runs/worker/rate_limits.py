"""Rate limits of an API key after its provider asked for a pause, for all workers together.

A 429 with Retry-After is said to one request and meant for the key. So the pause is kept with the
key, and runs of that key ask nothing until it is over. They would come back together then and get
the next 429 at once. So each takes a slot: the first ones are half a second apart, and twice as
many fit into a second every ten seconds, until there is no limit any more. After another 429 during
that time the slots begin twice as far apart.
"""

from datetime import datetime, timedelta

from django.db import transaction

from playground import database_clock
from playground.runs.models import Run
from playground.teams.models import ApiKey

FIRST_SLOT_SECONDS = 0.5
LONGEST_SLOT_SECONDS = 8.0
SHORTEST_SLOT_SECONDS = 0.02  # closer together they are no limit
HALVED_AFTER_SECONDS = 10.0
FURTHEST = timedelta(hours=1)

COLUMNS = ("paused_until", "next_slot_at", "slot_seconds")


def pause(api_key: ApiKey, seconds: float) -> None:
    """Have no run use a key for so long: its service asked for that."""
    now = database_clock.now()
    until = now + timedelta(seconds=seconds)
    with transaction.atomic():
        kept = lock(api_key)
        if not is_limited(kept, now):
            kept.slot_seconds = FIRST_SLOT_SECONDS
        elif kept.paused_until and kept.paused_until <= now:  # the slots were too close together
            kept.slot_seconds = min(kept.slot_seconds * 2, LONGEST_SLOT_SECONDS)
        kept.paused_until = max(until, kept.paused_until or until)
        kept.next_slot_at = kept.paused_until
        kept.save(update_fields=COLUMNS)
    for name in COLUMNS:
        setattr(api_key, name, getattr(kept, name))


def find_slot(run: Run) -> datetime | None:
    """Return when a run may ask its service; None for now, which most often costs no query."""
    now = database_clock.now()
    key = run.api_key
    if not is_limited(key, now):
        return None
    if run.slot_at and key.paused_until and key.paused_until <= run.slot_at <= now:
        return None
    slot = take_slot(key, now)
    return slot if slot > now else None


def is_limited(key: ApiKey, now: datetime) -> bool:
    """Whether requests need slots: during a pause, for a while after it, and while others wait."""
    if key.paused_until is None:
        return False
    is_queued = key.next_slot_at is not None and key.next_slot_at > now
    return is_queued or slot_length(key, now) > SHORTEST_SLOT_SECONDS


def take_slot(api_key: ApiKey, now: datetime) -> datetime:
    with transaction.atomic():
        kept = lock(api_key)
        slot = max(kept.paused_until or now, kept.next_slot_at or now, now)
        slot = min(slot, max(kept.paused_until or now, now + FURTHEST))
        length = max(slot_length(kept, slot), SHORTEST_SLOT_SECONDS)
        kept.next_slot_at = slot + timedelta(seconds=length)
        kept.save(update_fields=["next_slot_at"])
    return slot


def slot_length(key: ApiKey, at: datetime) -> float:
    """Return the seconds between two requests at a moment."""
    if key.paused_until is None:
        return 0.0
    since = max((at - key.paused_until).total_seconds(), 0.0)
    return float(key.slot_seconds * 0.5 ** (since / HALVED_AFTER_SECONDS))


def lock(api_key: ApiKey) -> ApiKey:
    return ApiKey.objects.select_for_update().only(*COLUMNS).get(pk=api_key.pk)
