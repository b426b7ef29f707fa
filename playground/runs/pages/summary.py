"""A run's inputs in the words of its form, for people."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from playground.runs.files.uploads import UploadStore
from playground.runs.models import Run
from playground.schema import Preview


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One input: what it is called on the form, what was chosen, and the files among it.

    is_prompt  it is what the run is about
    """

    label: str
    text: str
    files: tuple[Preview, ...] = ()
    is_prompt: bool = False

    @property
    def file_names(self) -> str:
        """As "boat.png, mask.png"; empty where no file was chosen."""
        return ", ".join(file.name for file in self.files)


def summarize(run: Run, store: UploadStore) -> tuple[Line, ...]:
    lines = tuple(walk(run.inputs, run.spec.schema, "", store))
    return tuple(
        replace(line, is_prompt=bool(line.text) and line.text == run.headline) for line in lines
    )


def walk(value: Any, schema: Any, label: str, store: UploadStore) -> Iterator[Line]:
    """Yield a line for each leaf; objects inside give their own lines."""
    if isinstance(value, dict):
        properties = schema.get("properties", {}) if isinstance(schema, dict) else {}
        for key in sorted(value, key=lambda key: rank(key, schema)):
            part = properties.get(key, {})
            title = part.get("title") if isinstance(part, dict) else None
            yield from walk(value[key], part, title or key.replace("_", " ").capitalize(), store)
        return
    items = value if isinstance(value, list) else [value]
    files = tuple(
        preview for item in items if isinstance(item, str) and (preview := store.preview(item))
    )
    if files:
        yield Line(label=label, text="", files=files)
    else:
        yield Line(label=label, text=in_words(value))


def rank(key: str, schema: Any) -> tuple[bool, bool]:
    """Order what is required first, and what is advanced last."""
    part = schema.get("properties", {}).get(key, {}) if isinstance(schema, dict) else {}
    hints = part.get("x-playground", {}) if isinstance(part, dict) else {}
    return key not in schema.get("required", ()), bool(hints.get("advanced"))


def in_words(value: Any) -> str:
    match value:
        case None:
            return "none"
        case bool():
            return "yes" if value else "no"
        case str():
            return value
        case list() if all(isinstance(item, str) for item in value):
            return "\n".join(value)
    return json.dumps(value, ensure_ascii=False)
