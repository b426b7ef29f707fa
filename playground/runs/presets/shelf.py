"""The presets of a model: kept, renamed, overwritten."""

from typing import Any

from django.db import IntegrityError, transaction

from playground.catalog.models import ModelSpec
from playground.runs.media.uploads import find_references
from playground.runs.models import Draft, Preset, Upload
from playground.teams.models import Membership


class NameTakenError(Exception):
    """The same owner has a preset of this name for this model."""


def save(place: Membership, draft: Draft, *, name: str, is_shared: bool) -> Preset:
    """Keep what stands in the form under a name.

    Raises  NameTakenError
    """
    preset = Preset(
        workspace_id=place.workspace_id,
        author_id=place.user_id,
        slug=draft.slug,
        name=name,
        is_shared=is_shared,
    )
    fill(preset, draft, place)
    return preset


def overwrite(preset: Preset, draft: Draft, place: Membership) -> None:
    """Put what stands in the form in place of what a preset held; name and owner stay."""
    fill(preset, draft, place)


def fill(preset: Preset, draft: Draft, place: Membership) -> None:
    preset.spec, preset.inputs, preset.values = draft.spec, draft.inputs, draft.values
    named = find_references(draft.inputs).values()
    with transaction.atomic():
        write(preset)
        # What a reference names is shown by the preset, so it has to be seen by who saves it.
        preset.uploads.set(Upload.objects.visible_to(place).filter(pk__in=named))


def rename(preset: Preset, name: str) -> None:
    """Give it another name.

    Raises  NameTakenError
    """
    preset.name = name
    write(preset)


def write(preset: Preset) -> None:
    try:
        with transaction.atomic():
            preset.save()
    except IntegrityError as error:
        raise NameTakenError(preset.name) from error


def fit(inputs: Any, saved_with: ModelSpec, spec: ModelSpec) -> tuple[Any, tuple[str, ...]]:
    """Return inputs as a version of the model takes them, and what those were called that it lost.

    Only what the older schema names and the newer does not is left out: that is no field any more.
    """
    if saved_with.pk == spec.pk or not isinstance(inputs, dict):
        return inputs, ()
    before, now = fields_of(saved_with), fields_of(spec)
    gone = [key for key in inputs if key in before and key not in now]
    kept = {key: value for key, value in inputs.items() if key not in gone}
    return kept, tuple(title_of(key, before[key]) for key in gone)


def fields_of(spec: ModelSpec) -> dict[str, Any]:
    schema = spec.schema if isinstance(spec.schema, dict) else {}
    found = schema.get("properties", {})
    return found if isinstance(found, dict) else {}


def title_of(key: str, part: Any) -> str:
    title = part.get("title") if isinstance(part, dict) else None
    return title if isinstance(title, str) and title else key.replace("_", " ").capitalize()
