"""The error messages for each keyword of JSON Schema."""

from collections.abc import Callable
from typing import Any

from jsonschema import ValidationError

from playground.schema.lists import list_all, list_any
from playground.schema.reading.keywords import is_nothing
from playground.schema.translation import gettext as _
from playground.schema.translation import gettext_noop, ngettext, spell_count, spell_digits
from playground.schema.tree.choices import label_of
from playground.schema.tree.known_fields import find_known
from playground.schema.tree.nodes import (
    Choice,
    Files,
    Lines,
    Multi,
    Node,
    Number,
    Rows,
    Switch,
    Text,
    Union,
)
from playground.schema.tree.scalars import limits_of
from playground.schema.values import JSON

from . import counts
from .negations import message_for_not, name_parts, say_nothing

_MISSING_FILE = {
    "image": gettext_noop("Add a picture"),
    "video": gettext_noop("Add a video"),
    "audio": gettext_noop("Add an audio file"),
}
_TYPES = {
    "string": gettext_noop("Enter text"),
    "number": gettext_noop("Enter a number"),
    "integer": gettext_noop("Enter a whole number"),
    "boolean": gettext_noop("Choose yes or no"),
    "array": gettext_noop("Enter a list"),
    "object": gettext_noop("Fill in these fields"),
    "null": gettext_noop("Leave this empty"),
}
_WEB_ADDRESS = gettext_noop("Enter a full web address, such as https://example.com/picture.png")
_EMAIL = gettext_noop("Enter an email address, such as anna@example.com")
_FORMATS = {
    **dict.fromkeys(("uri", "url", "iri"), _WEB_ADDRESS),
    **dict.fromkeys(("email", "idn-email"), _EMAIL),
    "date": gettext_noop("Enter a date, such as 2026-03-31"),
    "time": gettext_noop("Enter a time with its time zone, such as 14:30:00Z"),
    "date-time": gettext_noop(
        "Enter a date and time with the time zone, such as 2026-03-31T14:30:00Z"
    ),
    "uuid": gettext_noop("Enter a UUID, such as 123e4567-e89b-12d3-a456-426614174000"),
    "ipv4": gettext_noop("Enter an IP address, such as 192.0.2.1"),
    "ipv6": gettext_noop("Enter an IPv6 address, such as 2001:db8::1"),
    "hostname": gettext_noop("Enter a host name, such as example.com"),
    "regex": gettext_noop("Enter a regular expression, such as ^[a-z]+$"),
    "duration": gettext_noop("Enter a duration, such as PT30S for 30 seconds"),
    "uri-reference": gettext_noop("Enter a full or partial web address, such as pictures/fox.png"),
    "json-pointer": gettext_noop("Enter a JSON pointer, such as /size/width"),
}


def needed(node: Node | None) -> str:  # noqa: PLR0911 - one for each kind
    """Return the message for a missing value."""
    match node:
        case Files():
            return _(_MISSING_FILE.get(node.kind, gettext_noop("Add a file")))
        case Number():
            return node.limits.say_enter()
        case Choice() | Union():
            return _("Choose an option")
        case Switch():
            return _("Choose yes or no")
        case Rows() | Multi() | Lines():
            return _("Add at least one")
        case Text():
            known = find_known(node.name)
            return _(known.missing if known and known.missing else gettext_noop("Enter a value"))
        case _:
            return _("Enter a value")


def message_for(error: ValidationError, node: Node | None) -> str:
    """Return the message for a validation error."""
    word = _WORDS.get(str(error.validator))
    return word(error, node) if word else _("Enter a different value")


def _count(error: ValidationError) -> int:
    count: Any = error.validator_value
    return int(count)


def _bounds(error: ValidationError, _node: Node | None) -> str:
    schema: Any = error.schema
    limits = limits_of(schema, integer=schema.get("type") == "integer")
    return limits.say_enter() if limits else _("This number is out of range")


def _min_length(error: ValidationError, node: Node | None) -> str:
    if error.instance == "":
        return needed(node) if isinstance(node, Text) else _("Enter a value")
    return counts.say(counts.say_least_characters, _count(error))


def _max_length(error: ValidationError, _node: Node | None) -> str:
    most = _count(error)
    message = ngettext(
        "Enter at most %(count)s character; now there are %(now)s",
        "Enter at most %(count)s characters; now there are %(now)s",
        most,
    )
    return message % {"count": spell_count(most), "now": spell_count(len(str(error.instance)))}


def _kind(node: Node | None) -> str:
    """Return the kind of a list's items, a key of the tables in counts.py."""
    if isinstance(node, Files):
        return node.kind if node.kind in _MISSING_FILE else "file"
    return "option" if isinstance(node, Multi) else "item"


def _min_items(error: ValidationError, node: Node | None) -> str:
    return counts.say(counts.LEAST_ITEMS[_kind(node)], _count(error))


def _max_items(error: ValidationError, node: Node | None) -> str:
    return counts.say(counts.MOST_ITEMS[_kind(node)], _count(error))


def _type(error: ValidationError, _node: Node | None) -> str:
    wanted: Any = error.validator_value
    names = [wanted] if isinstance(wanted, str) else [n for n in wanted if n != "null"]
    if len(names) != 1:
        return _("Enter a different kind of value")
    return _(_TYPES[names[0]])


def _format(error: ValidationError, _node: Node | None) -> str:
    name = str(error.validator_value)
    if name in _FORMATS:
        return _(_FORMATS[name])
    return _("Enter this in the format %(format)s") % {"format": name}


def _multiple(error: ValidationError, _node: Node | None) -> str:
    step: Any = error.validator_value
    if step == 1:
        return _("Enter a whole number")
    return _("Enter a multiple of %(number)s") % {"number": spell_digits(str(step))}


def _const(error: ValidationError, _node: Node | None) -> str:
    value: JSON = error.validator_value
    if value is None:
        return _("Leave this empty")
    return _("This must be %(value)s") % {"value": label_of(value)}


def _enum(_error: ValidationError, node: Node | None) -> str:
    if isinstance(node, Switch):
        return _("Check this box to continue")
    return _("Choose one of the options")


def _pattern(error: ValidationError, node: Node | None) -> str:
    if isinstance(node, Text) and node.check and node.example and node.check.accepts(node.example):
        return _("Enter this in the expected format, such as %(example)s") % {
            "example": node.example
        }
    pattern = str(error.validator_value)
    return _("Enter this in the expected format: %(pattern)s") % {"pattern": pattern}


def _min_properties(error: ValidationError, _node: Node | None) -> str:
    return counts.say(counts.say_least_fields, _count(error))


def _max_properties(error: ValidationError, _node: Node | None) -> str:
    return counts.say(counts.say_most_fields, _count(error))


def _unknown(error: ValidationError, _node: Node | None) -> str:
    name = error.path[-1] if error.path else ""
    return _("Unknown field “%(name)s”") % {"name": name} if name else _("Unknown field")


def is_about_nothing(error: ValidationError) -> bool:
    """Return whether an error means that its schema accepts no value."""
    if error.validator in {"anyOf", "oneOf"} and error.context:
        return all(map(is_about_nothing, error.context))
    return error.validator == "not" and is_nothing({"not": error.validator_value})


def _none_fits(error: ValidationError, node: Node | None) -> str:
    if error.context and all(map(is_about_nothing, error.context)):
        return say_nothing()
    demands = _demands(error, node)
    if demands:
        return _("Fill in %(names)s") % {"names": list_any(demands)}
    return _("This does not match any of the options")


def more_than_one(error: ValidationError, node: Node | None) -> str:
    """Return the message for a value that matches several branches of a `oneOf`."""
    demands = _demands(error, node)
    if demands:
        return _("Fill in only %(names)s") % {"names": list_any(demands)}
    return _("This matches more than one option; fill in what tells them apart")


def _demands(error: ValidationError, node: Node | None) -> list[str]:
    """Return the requirements of each branch, if the branches only have `required`."""
    branches: Any = error.validator_value
    if not all(
        isinstance(b, dict) and b.keys() == {"required"} and b["required"] for b in branches
    ):
        return []
    return [list_all(name_parts(each["required"], node)) for each in branches]


def _not(error: ValidationError, node: Node | None) -> str:
    refused: Any = error.validator_value
    return message_for_not(refused, error.instance, node)


def _always(message: str) -> Callable[[ValidationError, Node | None], str]:
    return lambda _error, _node: _(message)


_WORDS: dict[str, Callable[[ValidationError, Node | None], str]] = {
    **dict.fromkeys(("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"), _bounds),
    "minLength": _min_length,
    "maxLength": _max_length,
    "minItems": _min_items,
    "maxItems": _max_items,
    "type": _type,
    "format": _format,
    "multipleOf": _multiple,
    "const": _const,
    "pattern": _pattern,
    "enum": _enum,
    "minProperties": _min_properties,
    "maxProperties": _max_properties,
    "additionalProperties": _unknown,
    "uniqueItems": _always(gettext_noop("Remove the duplicates")),
    "contains": _always(gettext_noop("A required item is missing")),
    "maxContains": _always(gettext_noop("There are too many items of one kind")),
    "propertyNames": _always(gettext_noop("A name here is not allowed")),
    "unevaluatedProperties": _always(gettext_noop("A field here is not allowed")),
    "unevaluatedItems": _always(gettext_noop("An item here is not allowed")),
    "not": _not,
    "anyOf": _none_fits,
    "oneOf": _none_fits,
}


def say_too_deep() -> str:
    return _("This is nested too deeply")


def say_too_much() -> str:
    return _("This is too large to be checked; remove something")
