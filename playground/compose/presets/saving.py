"""Saves, renames and overwrites presets."""

from django.db import IntegrityError, transaction

from playground.runs.files.references import find_references
from playground.runs.models import Draft, Preset, Upload
from playground.teams.models import Membership


class NameTakenError(Exception):
    """The same owner has a preset of this name for this model."""


def save_preset(membership: Membership, draft: Draft, *, name: str, is_shared: bool) -> Preset:
    """Save the values of the form under a name.

    Raises  NameTakenError
    """
    preset = Preset(
        workspace_id=membership.workspace_id,
        author_id=membership.user_id,
        slug=draft.slug,
        name=name,
        is_shared=is_shared,
    )
    fill_preset(preset, draft, membership)
    return preset


def overwrite_preset(preset: Preset, draft: Draft, membership: Membership) -> None:
    """Overwrite a preset with the values of the form; name and owner do not change."""
    fill_preset(preset, draft, membership)


def fill_preset(preset: Preset, draft: Draft, membership: Membership) -> None:
    preset.spec, preset.inputs, preset.values = draft.spec, draft.inputs, draft.values
    named = find_references(draft.inputs).values()
    with transaction.atomic():
        write_preset(preset)
        # The preset shows its reference files, so they must be visible to the member who saves it.
        preset.uploads.set(Upload.objects.visible_to(membership).filter(pk__in=named))


def rename_preset(preset: Preset, name: str) -> None:
    """Rename a preset.

    Raises  NameTakenError
    """
    preset.name = name
    write_preset(preset)


def write_preset(preset: Preset) -> None:
    try:
        with transaction.atomic():
            preset.save()
    except IntegrityError as error:
        raise NameTakenError(preset.name) from error
