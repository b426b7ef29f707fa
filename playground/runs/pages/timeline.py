"""The timeline of a run: our steps, errors, and the history that the provider returns."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from playground.runs.models import EventSource, Run


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineEntry:
    """An event.

    code        a related ID, shown as code; "" for none
    is_service  from the provider's history, not ours
    """

    at: datetime
    words: str
    code: str = ""
    is_service: bool = False


def read_timeline(run: Run) -> tuple[TimelineEntry, ...]:
    """Return the events in chronological order."""
    return tuple(sorted([*own_steps(run), *read_events(run)], key=lambda line: line.at))


def read_account(run: Run) -> str:
    """Return the provider's raw events, one on each line; "" for none."""
    return "\n".join(event.raw for event in run.events.all() if event.source == EventSource.SERVICE)


def own_steps(run: Run) -> Iterator[TimelineEntry]:
    service = run.api_key.provider_name
    pressed = _("Started by %(person)s") % {"person": run.author}
    yield TimelineEntry(at=run.created_at, words=pressed)
    if run.sent_at:
        yield TimelineEntry(at=run.sent_at, words=_("Sent to %(service)s") % {"service": service})
    if run.accepted_at:
        yield TimelineEntry(at=run.accepted_at, words=_("Accepted as"), code=run.task_id)
    if run.finished_at:
        yield TimelineEntry(at=run.finished_at, words=str(run.get_status_display()))
    if run.stored_at:
        words = _("Saved") if run.outputs.all() else _("Nothing to save")
        yield TimelineEntry(at=run.stored_at, words=words)
    if run.set_aside_at:
        yield TimelineEntry(at=run.set_aside_at, words=_("Tracking stopped"))


def read_events(run: Run) -> Iterator[TimelineEntry]:
    """Yield the events; one without a time gets that of its predecessor."""
    last = run.accepted_at or run.created_at
    for event in run.events.all():
        is_service = event.source == EventSource.SERVICE
        at = event.at or last
        if is_service:
            last = at
        yield TimelineEntry(at=at, words=str(event), is_service=is_service)
