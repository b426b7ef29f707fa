"""Finds notes for the author of a schema."""

from collections.abc import Iterator
from typing import Any

from playground.schema import pointers
from playground.schema.translation import gettext as _
from playground.schema.values import compact

from .contradictions import find_contradictions
from .documents import Document, Note
from .patterns import read_pattern
from .regex.tree import PatternError
from .validator import SchemaValidator

_MOST_SHOWN = 200  # characters of a pattern


def find_notes(document: Document, validator: SchemaValidator) -> Iterator[Note]:
    """Yield a note for each keyword that has no effect or another one than it seems."""
    for pointer, schema in document.subschemas:
        yield from _about_default(pointer, schema, validator)
        yield from _about_patterns(pointer, schema)
    yield from find_contradictions(document, validator)


def _about_patterns(pointer: str, schema: dict[str, Any]) -> Iterator[Note]:
    named = pointers.child(pointer, "patternProperties")
    places = {pointers.child(named, text): text for text in schema.get("patternProperties", {})}
    if "pattern" in schema:
        places[pointers.child(pointer, "pattern")] = schema["pattern"]
    for place, text in places.items():
        try:
            read_pattern(text)
        except PatternError as error:
            shown = text if len(text) <= _MOST_SHOWN else f"{text[:_MOST_SHOWN]}…"
            yield Note(pointer=place, message=_say_unchecked(shown, error))


def _say_unchecked(pattern: str, error: PatternError) -> str:
    message = _("The pattern %(pattern)s is not checked. %(reason)s")
    return message % {"pattern": pattern, "reason": error}


def _about_default(
    pointer: str, schema: dict[str, Any], validator: SchemaValidator
) -> Iterator[Note]:
    value = schema.get("default")
    if value is not None and not validator.accepts(value, schema):
        yield Note(
            pointer=pointers.child(pointer, "default"),
            message=_("The default %(value)s does not fit its own schema and is not used.")
            % {"value": compact(value)},
        )
