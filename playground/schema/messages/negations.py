"""The error messages for `not`."""

from collections.abc import Iterable, Iterator
from typing import Any

from playground.schema.lists import list_all, list_any, list_plain
from playground.schema.reading.keywords import WORDS, X_I18N, is_nothing
from playground.schema.translation import gettext as _
from playground.schema.translation import gettext_noop, spell_digits
from playground.schema.tree.choices import label_of
from playground.schema.tree.hints import capital, title_of
from playground.schema.tree.nodes import Group, Node
from playground.schema.values import JSON, Schema, compact

from . import counts

_IS_TYPE = {
    "string": gettext_noop("This must not be text"),
    "number": gettext_noop("This must not be a number"),
    "integer": gettext_noop("This must not be a whole number"),
    "boolean": gettext_noop("This must not be yes or no"),
    "array": gettext_noop("This must not be a list"),
    "object": gettext_noop("This must not be a group of fields"),
    "null": gettext_noop("This must not be empty"),
}
_NUMBERS = {
    "minimum": gettext_noop("Enter a number less than %(number)s"),
    "maximum": gettext_noop("Enter a number greater than %(number)s"),
    "exclusiveMinimum": gettext_noop("Enter a number of at most %(number)s"),
    "exclusiveMaximum": gettext_noop("Enter a number of at least %(number)s"),
    "multipleOf": gettext_noop("Enter a number that is not a multiple of %(number)s"),
}
_TEXTS = {
    "pattern": gettext_noop("This must not match the pattern %(text)s"),
    "format": gettext_noop("This must not be in the format %(text)s"),
}
_COUNTS: dict[str, counts.Counted] = {
    "minLength": counts.say_fewer_characters,
    "maxLength": counts.say_more_characters,
    "minItems": counts.say_fewer_items,
    "maxItems": counts.say_more_items,
    "minProperties": counts.say_fewer_fields,
    "maxProperties": counts.say_more_fields,
}
_ANNOTATIONS = {"title", "description", "$comment", "examples", "default", WORDS, X_I18N}


def say_nothing() -> str:
    """Return the message for a schema that accepts no value."""
    return _("No value is allowed here")


def message_for_not(schema: Schema, value: JSON, node: Node | None) -> str:
    """Return the message for a value that matches the schema of a `not`.

    schema  the value of `not`
    """
    if is_nothing({"not": schema}):
        return say_nothing()
    for case in _cases(schema, value):
        if message := _say_case(case, value, node):
            return message
    return _("Enter a different value")


def name_parts(names: Iterable[str], node: Node | None) -> list[str]:
    """Return the titles of properties, in quotes."""
    children = node.children if isinstance(node, Group) else ()
    titles = {child.name: child.title for child in children}
    known = ((titles.get(name) or capital(title_of({}, name))) for name in dict.fromkeys(names))
    return [_("“%(name)s”") % {"name": each} for each in known]


def _cases(schema: Any, value: JSON) -> Iterator[dict[str, Any]]:
    """Yield the alternatives inside a `not`, without those whose required names are missing."""
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


def _say_case(schema: dict[str, Any], value: JSON, node: Node | None) -> str:
    if _only_requires(schema):
        return _too_much(name_parts(schema["required"], node))
    keywords = set(schema) - _ANNOTATIONS
    if isinstance(value, dict) and "properties" in keywords <= {"type", "properties", "required"}:
        return _parts(schema["properties"], value, node)
    if "const" in keywords or "enum" in keywords:
        return _("This must not be %(value)s") % {"value": label_of(value)}
    if keywords == {"type"}:
        names = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
        several = gettext_noop("Enter a different kind of value")
        return _(_IS_TYPE[names[0]] if len(names) == 1 else several)
    bounds = keywords - {"type"}
    return _say_bound(bounds.pop(), schema) if len(bounds) == 1 else ""


def _say_bound(keyword: str, schema: dict[str, Any]) -> str:
    """Return the message for a `not` with a single bound; "" for any other schema."""
    bound = schema[keyword]
    if keyword in _NUMBERS:
        return _(_NUMBERS[keyword]) % {"number": spell_digits(compact(bound))}
    if keyword in _TEXTS:
        return _(_TEXTS[keyword]) % {"text": bound}
    return counts.say(_COUNTS[keyword], int(bound)) if keyword in _COUNTS else ""


def _too_much(names: list[str]) -> str:
    """Return the message for properties that exclude each other."""
    if len(names) <= 1:
        return _("Leave %(name)s empty") % {"name": names[0]} if names else ""
    if len(names) == 2:  # noqa: PLR2004 - a pair
        return _("Fill in only %(names)s") % {"names": list_any(names)}
    return _("Leave at least one of %(names)s empty") % {"names": list_all(names)}


def _parts(properties: dict[str, Any], value: dict[str, Any], node: Node | None) -> str:
    """Return the message for properties whose values exclude each other."""
    names = [
        name
        for name, schema in properties.items()
        if name in value and isinstance(schema, dict) and {"const", "enum"} & set(schema)
        if not isinstance(value[name], dict | list)
    ]
    held = [
        _("%(name)s = %(value)s") % {"name": title, "value": label_of(value[name])}
        for name, title in zip(names, name_parts(names, node), strict=True)
    ]
    if not held:
        return ""
    if len(held) == 1:
        return _("This value is not allowed: %(value)s") % {"value": held[0]}
    return _("This combination is not allowed: %(values)s") % {"values": list_plain(held)}
