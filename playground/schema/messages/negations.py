"""The messages for a value that the schema excludes by `not`."""

from collections.abc import Iterator
from typing import Any

from playground.schema.names import spaced
from playground.schema.reading.keywords import is_nothing
from playground.schema.tree.choices import label_of
from playground.schema.values import JSON, Schema

NOTHING = "Nothing fits here"
_OTHERWISE = "This is just what is not accepted; change it"
_KINDS = {
    "string": "text",
    "number": "a number",
    "integer": "a whole number",
    "boolean": "yes or no",
    "array": "a list",
    "object": "a group of fields",
    "null": "empty",
}
_ONE_KEYWORD = {
    "minimum": "Choose a number below {}",
    "maximum": "Choose a number above {}",
    "exclusiveMinimum": "Choose a number of at most {}",
    "exclusiveMaximum": "Choose a number of at least {}",
    "multipleOf": "Choose a number that is no multiple of {}",
    "minLength": "Write fewer than {} characters",
    "maxLength": "Write more than {} characters",
    "pattern": "This must not be written as {}",
    "format": "This must not be written as {}",
    "minItems": "Keep fewer than {} entries",
    "maxItems": "Add more than {} entries",
    "minProperties": "Fill in fewer than {} of these",
    "maxProperties": "Fill in more than {} of these",
}
_ANNOTATIONS = {"title", "description", "$comment", "examples", "default"}


def message_for_not(schema: Schema, value: JSON) -> str:
    """Return the message for a value that a `not` excludes.

    schema  the value of `not`
    """
    if is_nothing({"not": schema}):
        return NOTHING
    for case in _cases(schema, value):
        if message := _say_case(case, value):
            return message
    return _OTHERWISE


def _cases(schema: Any, value: JSON) -> Iterator[dict[str, Any]]:
    """Yield the schemas of which each alone is refused; those that name parts only if they do."""
    if not isinstance(schema, dict):
        return
    for keyword in ("anyOf", "oneOf"):
        if set(schema) - _ANNOTATIONS == {keyword}:
            for branch in schema[keyword]:
                yield from _cases(branch, value)
            return
    parts = schema.get("allOf")
    if parts and set(schema) - _ANNOTATIONS == {"allOf"} and all(_only_requires(p) for p in parts):
        schema = {"required": [name for part in parts for name in part["required"]]}
    required = schema.get("required", [])
    if not isinstance(value, dict) or all(name in value for name in required):
        yield schema


def _only_requires(schema: Any) -> bool:
    return isinstance(schema, dict) and set(schema) - _ANNOTATIONS - {"type"} == {"required"}


def _say_case(schema: dict[str, Any], value: JSON) -> str:
    if _only_requires(schema):
        return _too_much([spaced(name) for name in dict.fromkeys(schema["required"])])
    keywords = set(schema) - _ANNOTATIONS
    if isinstance(value, dict) and "properties" in keywords <= {"type", "properties", "required"}:
        return _parts(schema["properties"], value)
    if "const" in keywords or "enum" in keywords:
        return f"This must not be {label_of(value)}"
    if keywords == {"type"}:
        names = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
        return f"This must not be {' or '.join(_KINDS[name] for name in names)}"
    bounds = [name for name in _ONE_KEYWORD if name in keywords]
    if len(bounds) == 1 and keywords <= {"type", *bounds}:
        return _ONE_KEYWORD[bounds[0]].format(schema[bounds[0]])
    return ""


def _too_much(names: list[str]) -> str:
    """Return the message for parts that exclude each other."""
    if len(names) <= 1:
        return f"Leave {names[0]} empty" if names else ""
    if len(names) == 2:  # noqa: PLR2004 - a pair
        return f"Fill in only {' or '.join(names)}"
    return f"Leave at least one of {', '.join(names[:-1])} and {names[-1]} empty"


def _parts(properties: dict[str, Any], value: dict[str, Any]) -> str:
    """Return the message for values that exclude each other."""
    held = [
        f"{spaced(name)} is {label_of(value[name])}"
        for name, schema in properties.items()
        if name in value and isinstance(schema, dict) and {"const", "enum"} & set(schema)
        if not isinstance(value[name], dict | list)
    ]
    if not held:
        return ""
    return f"This is not accepted while {' and '.join(held)}"
