"""The keywords of JSON Schema: which contain schemas, and the types of their values."""

from collections.abc import Callable
from typing import Any

SINGLE = (
    "items",
    "additionalProperties",
    "propertyNames",
    "contains",
    "not",
    "if",
    "then",
    "else",
    "unevaluatedItems",
    "unevaluatedProperties",
    "contentSchema",
)
# Keywords for which `false` means that the container has no further members.
CLOSING = ("items", "additionalProperties", "unevaluatedItems", "unevaluatedProperties")
IN_LISTS = ("allOf", "anyOf", "oneOf", "prefixItems")
IN_MAPS = ("properties", "patternProperties", "dependentSchemas", "$defs", "definitions")

TYPES = ("string", "number", "integer", "boolean", "object", "array", "null")


X_I18N = "x-i18n"  # translations of a schema's texts
WORDS = "~words"  # internal: the texts in the active language
LOOSE = "~loose"  # internal: several branches of the `oneOf` beside it may match


def is_schema(value: Any) -> bool:
    return isinstance(value, dict | bool)


def is_nothing(schema: Any) -> bool:
    """Return whether a schema is literally one that accepts no value."""
    if not isinstance(schema, dict):
        return schema is False
    unions = [schema[name] for name in ("anyOf", "oneOf") if schema.get(name)]
    return (
        schema.get("not") in (True, {})
        or any(map(is_nothing, schema.get("allOf", ())))
        or any(all(map(is_nothing, branches)) for branches in unions)
    )


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_positive(value: Any) -> bool:
    return _is_number(value) and value > 0


def _is_count(value: Any) -> bool:
    return _is_number(value) and value >= 0 and value == int(value)


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_bool(value: Any) -> bool:
    return isinstance(value, bool)


def _are_names(value: Any) -> bool:
    return isinstance(value, list) and all(map(_is_text, value))


def _is_type(value: Any) -> bool:
    names = value if isinstance(value, list) else [value]
    return bool(names) and all(isinstance(name, str) and name in TYPES for name in names)


def _is_map(value: Any) -> bool:
    return isinstance(value, dict)


def _is_list(value: Any) -> bool:
    return isinstance(value, list)


def _is_filled_list(value: Any) -> bool:
    return isinstance(value, list) and bool(value)


SHAPES: dict[str, Callable[[Any], bool]] = {
    "type": _is_type,
    "enum": _is_list,
    "$ref": _is_text,
    "$dynamicRef": _is_text,
    "$recursiveRef": _is_text,
    "$id": _is_text,
    "$anchor": _is_text,
    "$dynamicAnchor": _is_text,
    "minimum": _is_number,
    "maximum": _is_number,
    "exclusiveMinimum": _is_number,
    "exclusiveMaximum": _is_number,
    "multipleOf": _is_positive,
    "pattern": _is_text,
    "format": _is_text,
    "required": _are_names,
    "uniqueItems": _is_bool,
    "dependentRequired": lambda value: _is_map(value) and all(map(_are_names, value.values())),
    **dict.fromkeys(
        ("minLength", "maxLength", "minItems", "maxItems", "minContains", "maxContains"), _is_count
    ),
    **dict.fromkeys(("minProperties", "maxProperties"), _is_count),
    **dict.fromkeys(SINGLE, is_schema),
    **dict.fromkeys(IN_LISTS, _is_filled_list),
    **dict.fromkeys(IN_MAPS, _is_map),
}
