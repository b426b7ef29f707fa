"""Uses an output as a reference: finds the file field that accepts it and fills it."""

from django.utils.translation import gettext as _

from playground.catalog.models import ModelSpec
from playground.compose.presets import drafts
from playground.runs.files.uploads import UploadStore
from playground.runs.models import Output
from playground.schema import pointers
from playground.schema.tree.nodes import Files
from playground.teams.models import Membership


def find_field(spec: ModelSpec, output: Output) -> Files | None:
    """Return the first field of a model's form that accepts the file, except masks."""
    kind = output.file.kind if output.file else ""
    fields = [
        part for part in spec.form.parts() if isinstance(part, Files) and accepts_kind(part, kind)
    ]
    return next((each for each in fields if "mask" not in each.name), None)


def accepts_kind(field: Files, kind: str) -> bool:
    if field.kind in ("image", "video", "audio"):
        return field.kind == kind
    return not field.accept or f"{kind}/" in field.accept or "*/*" in field.accept


def name_kind(output: Output) -> str:
    """Return the common name of the output's kind."""
    kind = output.file.kind if output.file else ""
    names = {"image": _("picture"), "video": _("video"), "audio": _("sound")}
    return names.get(kind, _("file"))


def put_reference(membership: Membership, spec: ModelSpec, field: Files, output: Output) -> None:
    """Put an output into the draft: append it to a list, or replace a single value.

    Raises  UploadRefused
    """
    reference = UploadStore(membership).keep(output, field.accept, field.kind)
    held = drafts.read_draft(membership, spec).get(field.name)
    value = [*(held if isinstance(held, list) else []), reference] if field.multiple else reference
    drafts.put_into_draft(membership, spec, field.name, value)


def address_of(spec: ModelSpec, field: Files) -> str:
    """Return the URL of a form with the fragment of a field, which gets the focus."""
    return f"{spec.get_absolute_url()}#{pointers.control_id(pointers.child('', field.name))}"
