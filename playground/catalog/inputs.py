"""Inputs of a model with defaults filled in, and their choices without free text."""

from typing import Any

from playground.catalog.bundling import follow_references
from playground.catalog.properties import find_properties
from playground.schema import pointers

LONGEST_CHOICE = 32  # characters; a longer string is free text, like a prompt
MOST_LEAVES = 60
_DEEPEST = 6

type Leaf = str | int | float | bool


def fill_defaults(schema: Any, inputs: Any) -> dict[str, Any]:
    """Return the inputs with the schema's defaults for absent properties.

    inputs  any JSON value; others than objects count as {}. Defaults are filled in within present
            objects too; absent objects are not added.
    """
    return _fill(schema, schema, inputs, 0)


def _fill(document: Any, schema: Any, inputs: Any, depth: int) -> dict[str, Any]:
    given = inputs if isinstance(inputs, dict) else {}
    filled: dict[str, Any] = {}
    for name, part in find_properties(document, schema).items():
        part = follow_references(document, part)  # noqa: PLW2901 - the same property, its reference followed
        if name in given and isinstance(given[name], dict) and depth < _DEEPEST:
            filled[name] = _fill(document, part, given[name], depth + 1)
        elif name not in given and isinstance(part, dict) and "default" in part:
            filled[name] = part["default"]
    return {**given, **filled}


def read_choices(inputs: Any) -> dict[str, Leaf]:
    """Return {JSON Pointer: value} of the inputs, without free text.

    Numbers, booleans and short strings; of an array its length. At most 60.
    """
    found: dict[str, Leaf] = {}
    _gather(inputs, "", found)
    return found


def _gather(value: Any, pointer: str, found: dict[str, Leaf]) -> None:
    if len(found) >= MOST_LEAVES:
        return
    match value:
        case dict():
            for key, part in value.items():
                _gather(part, pointers.child(pointer, key), found)
        case list():
            found[pointer] = len(value)
        case str() if len(value) > LONGEST_CHOICE:
            pass
        case str() | bool() | int() | float():
            found[pointer] = value


def find_part(schema: Any, pointer: str) -> Any:
    """Return the schema of a field, or None."""
    part = schema
    for name in pointers.split(pointer):
        part = follow_references(schema, find_properties(schema, part).get(name))
    return part


def is_written(schema: Any, pointer: str) -> bool:
    """Return whether a field is free text, not an enum."""
    part = find_part(schema, pointer)
    if not isinstance(part, dict):
        return True
    shapes: list[Any] = [part]
    for keyword in ("anyOf", "oneOf", "allOf"):
        inner = part.get(keyword)
        shapes += (
            [follow_references(schema, each) for each in inner] if isinstance(inner, list) else []
        )
    return not any({"enum", "const"} & set(each) for each in shapes if isinstance(each, dict))
