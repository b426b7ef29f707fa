"""The step that reads the history of an ended task from the provider."""

from datetime import timedelta

from django.utils import timezone

from playground.providers import errors
from playground.providers.protocol import TaskEvent
from playground.runs.models import Event, EventSource, Run
from playground.runs.worker import clients
from playground.runs.worker.steps.outcomes import Due
from playground.runs.worker.steps.storing import has_more, wait_for_more

# It is worth a few tries, and nothing depends on it.
PAUSE = timedelta(seconds=30)
GIVE_UP = timedelta(minutes=10)


def read_history(run: Run) -> Due:
    """Keep the provider's own account of the task, once it has ended; nothing depends on it."""
    if run.history_at is not None or not run.task_id:
        return None
    if has_more(run):
        run.note(stored_at=None)
        return timezone.now()
    if due := wait_for_more(run):
        return due
    try:
        events = clients.ask_provider(run, lambda provider: provider.events(run.task_id))
    except errors.Unavailable:
        if run.finished_at and timezone.now() - run.finished_at < GIVE_UP:
            return timezone.now() + PAUSE
        events = ()
    except errors.Refused:
        events = ()
    write_history(run, events)
    took = run.took_seconds if run.took_seconds is not None else read_span(events)
    run.note(history_at=timezone.now(), took_seconds=took)
    return None


def read_span(events: tuple[TaskEvent, ...]) -> float | None:
    """Return the seconds from the first to the last event, by the service's own clock.

    None where fewer than two events say when they were.
    """
    moments = [event.at for event in events if event.at]
    if len(moments) < 2 or moments[0] >= moments[-1]:  # noqa: PLR2004 - from one to another
        return None
    return (max(moments) - min(moments)).total_seconds()


def write_history(run: Run, events: tuple[TaskEvent, ...]) -> None:
    Event.objects.bulk_create(
        [
            Event(
                run=run,
                source=EventSource.SERVICE,
                position=position,
                at=event.at,
                words=event.message or event.type or event.raw,
                raw=event.raw,
            )
            for position, event in enumerate(events)
        ],
        ignore_conflicts=True,
    )
