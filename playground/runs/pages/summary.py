"""The inputs of a run under the titles of its form."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from django.utils.translation import gettext as _

from playground.runs.files.uploads import UploadStore
from playground.runs.models import Run
from playground.schema import OutlinePart, Preview, SchemaForm
from playground.schema.lists import list_plain

HIDDEN = "hidden"  # displayed instead of a secret


@dataclass(frozen=True, slots=True, kw_only=True)
class InputLine:
    """One input: its label on the form, its value and its files.

    is_prompt   it is the prompt
    is_default  it has the default value; not part of equality
    """

    label: str
    text: str
    files: tuple[Preview, ...] = ()
    is_prompt: bool = False
    is_default: bool = field(default=False, compare=False)

    @property
    def file_names(self) -> str:
        """As "boat.png, mask.png"; empty where no file was chosen."""
        return list_plain(file.name for file in self.files)


def summarize(run: Run, store: UploadStore) -> tuple[InputLine, ...]:
    headline = run.headline
    return tuple(
        replace(line, is_prompt=bool(line.text) and line.text == headline)
        for line in list_lines(run.inputs, run.form, store)
    )


def list_lines(inputs: Any, form: SchemaForm, store: UploadStore) -> tuple[InputLine, ...]:
    """Return a line for each input, in the order of the form; secrets without value."""
    return tuple(write_lines(form.outline(inputs, hidden=HIDDEN), store))


def write_lines(part: OutlinePart, store: UploadStore, around: str = "") -> Iterator[InputLine]:
    """Yield a line for each leaf, also in nested objects.

    around  the title of the list row that it belongs to
    """
    if isinstance(part.value, dict) or part.parts:
        is_list = isinstance(part.value, list)
        for each in part.parts:
            row = each.title if is_list and each.parts else around
            yield from write_lines(each, store, row)
        return
    label = part.title
    if around:
        label = _("%(row)s: %(field)s") % {"row": around, "field": part.title}
    items = part.value if isinstance(part.value, list) else [part.value]
    files = tuple(
        preview for item in items if isinstance(item, str) and (preview := store.preview(item))
    )
    if files:
        yield InputLine(label=label, text="", files=files)
    else:
        text = part.label or in_words(part.value)
        yield InputLine(label=label, text=text, is_default=part.is_default)


def in_words(value: Any) -> str:
    match value:
        case None:
            return _("none")
        case bool():
            return _("yes") if value else _("no")
        case str():
            return value
        case list() if all(isinstance(item, str) for item in value):
            return "\n".join(value)
    return json.dumps(value, ensure_ascii=False)
