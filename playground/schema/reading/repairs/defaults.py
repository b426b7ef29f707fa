"""Repairs defaults of the wrong JSON type: `"5"` for an enum of 5 and 10."""

from collections.abc import Iterator
from typing import Any

from playground.schema import pointers
from playground.schema.numbers import NumberError, parse_number
from playground.schema.reading.documents import Document, Note
from playground.schema.reading.flattening import Flat, flatten
from playground.schema.reading.validator import SchemaValidator
from playground.schema.translation import gettext as _
from playground.schema.values import ABSENT, JSON, Schema, Value, compact, is_same

_ANSWERS = {"true": True, "false": False}
_DEEPEST = 4


def read_again(document: Document, validator: SchemaValidator) -> Iterator[Note]:
    """Convert each default that is valid except for its type; yield a note for each."""
    for pointer, schema in document.subschemas:
        given = schema.get("default")
        if given is None or validator.accepts(given, schema):
            continue
        meant = _meaning(document, schema, given)
        if meant is ABSENT or not validator.accepts(meant, schema):
            continue
        schema["default"] = meant
        yield Note(
            pointer=pointers.child(pointer, "default"),
            message=_(
                "The default %(value)s does not fit its own schema. %(meaning)s is used instead."
            )
            % {"value": compact(given), "meaning": compact(meant)},
        )


def _text(value: JSON) -> str:
    return value if isinstance(value, str) else compact(value)


def _meaning(document: Document, schema: Schema, given: JSON, depth: int = 0) -> Value:
    """Return the only valid value with the same text as `given`, or ABSENT."""
    flat = flatten(schema, document)
    if depth > _DEEPEST or given is None:
        return ABSENT
    if isinstance(given, list | dict):
        return _inside(document, flat, given, depth)
    members = [flat.keywords["const"]] if "const" in flat.keywords else flat.keywords.get("enum")
    if members is not None:
        return _only([each for each in members if _text(each).strip() == _text(given).strip()])
    found = [_read(name, given) for name in flat.types]
    for alternatives in flat.alternatives:
        found += [_meaning(document, each, given, depth + 1) for each in alternatives.branches]
    return _only([value for value in found if value is not ABSENT])


def _inside(document: Document, flat: Flat, given: Any, depth: int) -> Value:
    """Return a list or object with each part converted, or ABSENT."""
    parts: Any = dict(enumerate(given)) if isinstance(given, list) else dict(given)
    properties, items = flat.keywords.get("properties", {}), flat.keywords.get("items", True)
    for key, value in parts.items():
        schema = items if isinstance(given, list) else properties.get(key, True)
        meant = _meaning(document, schema, value, depth + 1)
        if meant is not ABSENT:
            parts[key] = meant
    made = list(parts.values()) if isinstance(given, list) else parts
    return ABSENT if is_same(made, given) else made


def _only(values: list[Any]) -> Value:
    """Return the value if all are equal, or ABSENT."""
    first = values[0] if values else ABSENT
    return first if all(is_same(first, each) for each in values) else ABSENT


def _read(kind: str, given: JSON) -> Value:
    text = _text(given).strip()
    if kind == "string" and isinstance(given, int | float) and not isinstance(given, bool):
        return text
    if kind == "boolean":
        return _ANSWERS.get(text.lower(), ABSENT)
    if kind in {"number", "integer"} and isinstance(given, str):
        try:
            return parse_number(text, integer=kind == "integer")
        except NumberError:
            return ABSENT
    return ABSENT
