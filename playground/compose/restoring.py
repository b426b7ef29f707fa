"""Fills a form from the inputs that are embedded in a downloaded picture."""

from dataclasses import dataclass
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from playground.catalog.models import ModelSpec
from playground.compose.pasting import remove_pointers
from playground.compose.presets.opening import Opening, find_run, map_inputs_of, open_run
from playground.runs.files.embedded_inputs import EmbeddedInputs, read_embedded_inputs
from playground.runs.variable_entries import escape_texts
from playground.schema.lists import list_plain
from playground.teams.models import Membership

NO_FILE = gettext_lazy("Choose a picture first.")
NOTHING_IN_IT = gettext_lazy(
    "This picture contains no inputs: it was not downloaded here, or another program has saved it "
    "since. To use it as a reference, drop it on a field for pictures."
)
TOO_LONG = gettext_lazy(
    "The inputs of this picture were too long to be stored in it, and its run is not in this "
    "workspace. Open it where it was made."
)


class NothingToRestoreError(Exception):
    """The file has no embedded inputs; the message is for the user."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """The inputs restored from a picture, with notes about them."""

    opening: Opening
    notes: tuple[str, ...] = ()


def restore_inputs(
    picture: "UploadedFile[Any] | None", spec: ModelSpec, membership: Membership
) -> Restored:
    """Read the embedded inputs of a picture, for the form of a model.

    If its run exists here and is visible to the user, all of its inputs are restored, including
    files and variables. Otherwise only the embedded ones, which are untrusted.

    Raises  NothingToRestoreError
    """
    if picture is None:
        raise NothingToRestoreError(NO_FILE)
    embedded = read_embedded_inputs(lambda start, length: read_embedded(picture, start, length))
    if embedded is None:
        raise NothingToRestoreError(NOTHING_IN_IT)
    known = find_run(membership, {"from": str(embedded.run)})
    notes = list(model_title(embedded, spec, membership))
    if known is not None and known.spec.slug == embedded.model:
        opening = open_run(known, spec)
        return Restored(
            opening=opening, notes=(*notes, *opening.notes, *describe_left_out(opening))
        )
    if embedded.is_cut:
        raise NothingToRestoreError(TOO_LONG)
    if embedded.files:
        notes.append(
            _("Files are not stored in the picture. Add them again: %(names)s.")
            % {"names": list_plain(embedded.files[:20])}
        )
    value, more_notes = convert_inputs(embedded, spec, membership)
    return Restored(opening=Opening(value=value), notes=(*notes, *more_notes))


def read_embedded(picture: "UploadedFile[Any]", start: int, length: int) -> bytes:
    picture.seek(start)
    return bytes(picture.read(length))


def find_model(embedded: EmbeddedInputs, membership: Membership) -> ModelSpec | None:
    """Return the model of a picture, if the workspace has it."""
    return ModelSpec.objects.newest(membership.workspace).filter(slug=embedded.model).first()


def model_title(
    embedded: EmbeddedInputs, spec: ModelSpec, membership: Membership
) -> tuple[str, ...]:
    if embedded.model == spec.slug:
        return ()
    made_with = find_model(embedded, membership)
    title = made_with.shown_title if made_with else embedded.model
    return (_("It was made with another model, %(model)s.") % {"model": title},)


def describe_left_out(opening: Opening) -> tuple[str, ...]:
    if not opening.left_out:
        return ()
    names = list_plain(opening.left_out)
    return (_("No longer supported by the model: %(names)s.") % {"names": names},)


def convert_inputs(
    embedded: EmbeddedInputs, spec: ModelSpec, membership: Membership
) -> tuple[Any, tuple[str, ...]]:
    inputs = embedded.inputs
    if embedded.model != spec.slug:
        made_with = find_model(embedded, membership)
        value, more_notes = map_inputs_of(inputs, made_with, spec)
        return escape_texts(spec, value), more_notes
    unseen = spec.form.open(inputs).find_unseen()
    names = list_plain(spec.form.title_of(pointer, inputs)[:60] for pointer in unseen[:20])
    more_notes = (_("Not supported by this model: %(names)s.") % {"names": names},) if names else ()
    return escape_texts(spec, remove_pointers(inputs, set(unseen))), more_notes
