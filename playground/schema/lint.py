"""What a schema's author should know before anybody fills in the form."""

from collections.abc import Iterator
from typing import Any

from . import pointers
from .documents import Document, Note
from .patterns import find_pattern
from .validator import Judge
from .values import compact


def find_notes(document: Document, judge: Judge) -> Iterator[Note]:
    """Yield a note for each part of the schema that will not do what it seems to say."""
    for pointer, schema in document.subschemas:
        yield from _about_default(pointer, schema, judge)
        for text in (schema.get("pattern"), *schema.get("patternProperties", {})):
            if isinstance(text, str) and find_pattern(text) is None:
                yield Note(
                    pointer=pointers.child(pointer, "pattern"),
                    message=f"The pattern {text} cannot be read, or could run for ever: "
                    "it is not checked.",
                )


def _about_default(pointer: str, schema: dict[str, Any], judge: Judge) -> Iterator[Note]:
    value = schema.get("default")
    if value is not None and not judge.accepts(value, schema):
        yield Note(
            pointer=pointers.child(pointer, "default"),
            message=f"The default {compact(value)} is refused by its own schema: it is not used.",
        )
