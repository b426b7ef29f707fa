"""The form's draft: kept with each look at what is typed, so that it outlives page and device."""

from playground.catalog.models import ModelSpec
from playground.runs.entry import Entry
from playground.runs.models import Draft
from playground.schema import ABSENT
from playground.teams.models import Membership


def keep(place: Membership, spec: ModelSpec, entry: Entry) -> Draft | None:
    """Keep what stands in a form, in place of what was kept before; the later of two tabs wins.

    A form in which nothing was entered leaves no draft.
    """
    value = entry.submission.value
    if value is ABSENT or value == spec.form.initial():
        forget(place, spec)
        return None
    draft, _ = Draft.objects.update_or_create(
        workspace_id=place.workspace_id,
        author_id=place.user_id,
        slug=spec.slug,
        defaults={
            "spec": spec,
            "inputs": value,
            "values": entry.blanks.values,
            "is_shared": entry.is_shared,
            "opened_from": entry.opened_from,
        },
    )
    return draft


def forget(place: Membership, spec: ModelSpec) -> None:
    """Start anew, with the schema's defaults."""
    Draft.objects.filter(
        workspace=place.workspace_id, author=place.user_id, slug=spec.slug
    ).delete()
