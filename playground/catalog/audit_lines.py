"""Audit log lines about changes of models."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from playground.catalog.changes import FieldChange
from playground.catalog.models import ModelSpec
from playground.catalog.revisions import compare_versions
from playground.teams import audit
from playground.teams.audit import AuditEvent
from playground.web import HtmxRequest

MOST_CHANGES = 30


def note_model_change(
    request: HtmxRequest, event: AuditEvent, spec: ModelSpec, **facts: Any
) -> None:
    """Log the change of a model by a person.

    facts  further facts; the model and the workspace are added here
    """
    named = {"model": spec.slug, "title": spec.title, "version": spec.version, "id": spec.pk}
    audit.log_event(
        request, event, **named, whose=spec.audience, **facts, workspace=request.workspace
    )


def note_saved_model(request: HtmxRequest, before: ModelSpec | None, saved: ModelSpec) -> None:
    """Log a new version and its changes; nothing if it is no new version."""
    if before is None:
        note_model_change(request, AuditEvent.MODEL_ADDED, saved, price=saved.price_in_words)
    elif saved.pk != before.pk:
        changes = "; ".join(_in_words(compare_versions(before, saved)))
        note_model_change(request, AuditEvent.MODEL_CHANGED, saved, changes=changes)


def _in_words(changes: Iterable[FieldChange]) -> Iterator[str]:
    """Yield changed fields by pointer, and other changed facts with both values."""
    for change in islice(changes, MOST_CHANGES):
        values = [f"{each.old or 'none'} → {each.new or 'none'}" for each in change.details]
        is_field = bool(change.name) or not values
        yield (
            f"{change.name or change.title} {change.kind}"
            if is_field
            else (f"{change.title}: {', '.join(values)}")
        )
