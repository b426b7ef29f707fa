"""The form's draft: kept with each look at what is typed, so that it outlives page and device."""

from typing import Any

from playground.catalog.models import ModelSpec
from playground.compose import version_fit
from playground.compose.submission import Entry
from playground.runs.models import Draft
from playground.schema import ABSENT
from playground.schema.values import Value
from playground.teams.models import Membership


def keep(
    membership: Membership, spec: ModelSpec, entry: Entry, value: Value = ABSENT
) -> Draft | None:
    """Keep what stands in a form, in place of what was kept before; the later of two tabs wins.

    A form in which nothing was entered leaves no draft.

    value  what is shown in place of what was sent, where that is something else
    """
    value = entry.submission.value if value is ABSENT else value
    if value is ABSENT or value == spec.form.initial():
        forget(membership, spec)
        return None
    draft, _ = Draft.objects.update_or_create(
        workspace_id=membership.workspace_id,
        author_id=membership.user_id,
        slug=spec.slug,
        defaults={
            "spec": spec,
            "inputs": value,
            "values": entry.variables.values,
            "is_shared": entry.is_shared,
            "opened_from": entry.opened_from,
        },
    )
    return draft


def read(membership: Membership, spec: ModelSpec) -> dict[str, Any]:
    """Return what stands in a form of an object, as it is kept or as it begins."""
    draft = Draft.objects.find(membership, spec.slug)
    held: Any = version_fit.fit(draft.inputs, draft.spec, spec)[0] if draft else spec.form.initial()
    return held if isinstance(held, dict) else {}


def put(membership: Membership, spec: ModelSpec, name: str, value: Any) -> Draft:
    """Put one value into the form as it is kept, or into a new one; the rest stays."""
    inputs = {**read(membership, spec), name: value}
    draft, _ = Draft.objects.update_or_create(
        workspace_id=membership.workspace_id,
        author_id=membership.user_id,
        slug=spec.slug,
        defaults={"spec": spec, "inputs": inputs},
        create_defaults={
            "spec": spec,
            "inputs": inputs,
            "is_shared": membership.workspace.shares_runs,
        },
    )
    return draft


def forget(membership: Membership, spec: ModelSpec) -> None:
    """Start anew, with the schema's defaults."""
    Draft.objects.filter(
        workspace=membership.workspace_id, author=membership.user_id, slug=spec.slug
    ).delete()
