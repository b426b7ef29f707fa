"""The draft of a form, saved while the user types, for all pages and devices."""

from collections.abc import Mapping
from typing import Any

from playground.catalog.models import ModelSpec
from playground.compose import version_fit
from playground.runs.models import Draft, Run
from playground.schema import ABSENT
from playground.schema.values import Value
from playground.teams.models import Membership


def save_draft(
    membership: Membership,
    spec: ModelSpec,
    value: Value,
    *,
    values: Mapping[str, str],
    is_shared: bool,
    opened_from: Run | None,
) -> Draft | None:
    """Save the values of a form as the draft; the last of two tabs overwrites.

    An untouched form has no draft.

    values       values of the variables in its texts
    opened_from  the run that the form was opened from
    """
    if value is ABSENT or value == spec.form.untouched.value:
        delete_draft(membership, spec)
        return None
    draft = Draft(
        workspace_id=membership.workspace_id,
        author_id=membership.user_id,
        slug=spec.slug,
        spec=spec,
        inputs=value,
        values=values,
        is_shared=is_shared,
        opened_from=opened_from,
    )
    return Draft.objects.put(draft)


def read_draft(membership: Membership, spec: ModelSpec) -> dict[str, Any]:
    """Return the values of the draft, or the initial ones."""
    draft = Draft.objects.find(membership, spec.slug)
    held: Any = (
        version_fit.fit_to_version(draft.inputs, draft.spec, spec)[0]
        if draft
        else spec.form.initial()
    )
    return held if isinstance(held, dict) else {}


def put_into_draft(membership: Membership, spec: ModelSpec, name: str, value: Any) -> Draft:
    """Set one value in the draft, or in a new one."""
    inputs = {**read_draft(membership, spec), name: value}
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


def delete_draft(membership: Membership, spec: ModelSpec) -> None:
    """Delete the draft, so that the form has the schema's defaults."""
    Draft.objects.filter(
        workspace=membership.workspace_id, author=membership.user_id, slug=spec.slug
    ).delete()
