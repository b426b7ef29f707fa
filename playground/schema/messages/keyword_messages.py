"""The messages for each keyword of JSON Schema, in plain words."""

from collections.abc import Callable
from typing import Any

from jsonschema import ValidationError

from playground.schema.names import spaced
from playground.schema.reading.keywords import is_nothing
from playground.schema.tree.choices import label_of
from playground.schema.tree.nodes import (
    Choice,
    Files,
    Lines,
    Multi,
    Node,
    Number,
    Raw,
    Rows,
    Switch,
    Text,
    Union,
)
from playground.schema.tree.scalars import limits_of
from playground.schema.values import JSON

from .negations import NOTHING, message_for_not

_FILES = {"image": ("picture", "pictures"), "video": ("video", "videos"),
          "audio": ("sound", "sounds")}  # fmt: skip
_TYPES = {
    "string": "Write text here",
    "number": "Write a number",
    "integer": "Write a whole number",
    "boolean": "Answer with yes or no",
    "array": "Make this a list",
    "object": "Fill in the parts of this",
    "null": "Leave this empty",
}
_FORMATS = {
    "uri": "Write a full web address, like https://example.com/picture.png",
    "url": "Write a full web address, like https://example.com/picture.png",
    "iri": "Write a full web address, like https://example.com/picture.png",
    "email": "Write an e-mail address, like anna@example.com",
    "idn-email": "Write an e-mail address, like anna@example.com",
    "date": "Write a date, like 2026-03-31",
    "time": "Write a time with its zone, like 14:30:00Z",
    "date-time": "Write a date and time with its zone, like 2026-03-31T14:30:00Z",
    "uuid": "Write a UUID, like 123e4567-e89b-12d3-a456-426614174000",
    "ipv4": "Write an IP address, like 192.0.2.1",
    "ipv6": "Write an IPv6 address, like 2001:db8::1",
    "hostname": "Write a host's name, like example.com",
    "regex": "Write a regular expression, like ^[a-z]+$",
    "duration": "Write a duration, like PT30S for half a minute",
    "uri-reference": "Write a web address or a part of one, like pictures/fox.png",
    "json-pointer": "Write a JSON pointer, like /size/width",
}


def needed(node: Node | None) -> str:  # noqa: PLR0911 - one for each kind
    """Return the message for a missing value."""
    match node:
        case Files():
            word = _FILES.get(node.kind, ("file", "files"))[0]
            return f"Add a {word}"
        case Number():
            return _number_within(node.limits) if node.limits else "Write a number"
        case Choice() | Union():
            return "Choose one of these"
        case Switch():
            return "Answer with yes or no"
        case Rows() | Multi() | Lines():
            return "Add at least one"
        case Text() | Raw():
            return "Write something here"
        case _:
            return "Fill this in"


def message_for(error: ValidationError, node: Node | None) -> str:
    """Return the validator's complaint in plain words."""
    word = _WORDS.get(str(error.validator))
    return word(error, node) if word else "This is not accepted here"


def _count(error: ValidationError) -> int:
    count: Any = error.validator_value
    return int(count)


def _things(node: Node | None, count: int, other: tuple[str, str]) -> str:
    one, many = _FILES.get(node.kind, ("file", "files")) if isinstance(node, Files) else other
    return one if count == 1 else many


def _characters(count: int) -> str:
    return "1 character" if count == 1 else f"{count:,} characters"


def _bounds(error: ValidationError, _node: Node | None) -> str:
    schema: Any = error.schema
    limits = limits_of(schema, integer=schema.get("type") == "integer")
    return _number_within(limits) if limits else "This number is out of range"


def _number_within(limits: str) -> str:
    return f"Choose a number {'of ' if limits.startswith('at ') else ''}{limits}"


def _min_length(error: ValidationError, _node: Node | None) -> str:
    if error.instance == "":
        return "Write something here"
    return f"Write at least {_characters(_count(error))}"


def _max_length(error: ValidationError, _node: Node | None) -> str:
    most, now = _count(error), len(str(error.instance))
    return f"Write at most {_characters(most)}; now there are {now:,}"


def _min_items(error: ValidationError, node: Node | None) -> str:
    least = _count(error)
    verb = "Pick" if isinstance(node, Multi) else "Add"
    return f"{verb} at least {least} {_things(node, least, ('entry', 'entries'))}"


def _max_items(error: ValidationError, node: Node | None) -> str:
    most = _count(error)
    verb = "Pick" if isinstance(node, Files | Multi) else "Keep"
    return f"{verb} at most {most} {_things(node, most, ('entry', 'entries'))}"


def _type(error: ValidationError, _node: Node | None) -> str:
    wanted: Any = error.validator_value
    names = [wanted] if isinstance(wanted, str) else [n for n in wanted if n != "null"]
    if len(names) != 1:
        return "This is not the right kind of value"
    if names == ["integer"] and isinstance(error.instance, float):
        return "Write a whole number"
    return _TYPES[names[0]]


def _format(error: ValidationError, _node: Node | None) -> str:
    return _FORMATS.get(str(error.validator_value), f"Write this as {error.validator_value}")


def _multiple(error: ValidationError, _node: Node | None) -> str:
    step: Any = error.validator_value
    return "Write a whole number" if step == 1 else f"Choose a multiple of {step}"


def _const(error: ValidationError, _node: Node | None) -> str:
    value: JSON = error.validator_value
    return "Leave this empty" if value is None else f"This must be {label_of(value)}"


def _enum(_error: ValidationError, node: Node | None) -> str:
    return "Tick this to go on" if isinstance(node, Switch) else "Choose one of the options"


def _pattern(error: ValidationError, node: Node | None) -> str:
    if isinstance(node, Text) and node.check and node.example and node.check.accepts(node.example):
        return f"This is not written as expected; write it like {node.example}"
    return f"This is not written as expected, which is {error.validator_value}"


def _min_properties(error: ValidationError, _node: Node | None) -> str:
    return f"Fill in at least {_count(error)} of these"


def _max_properties(error: ValidationError, _node: Node | None) -> str:
    return f"Fill in at most {_count(error)} of these"


def _unknown(error: ValidationError, _node: Node | None) -> str:
    name = error.path[-1] if error.path else ""
    return f"“{name}” is not known here" if name else "Something here is not known"


def is_about_nothing(error: ValidationError) -> bool:
    """Return whether an error says that no value at all is accepted at its place."""
    if error.validator in {"anyOf", "oneOf"} and error.context:
        return all(map(is_about_nothing, error.context))
    return error.validator == "not" and is_nothing({"not": error.validator_value})


def _none_fits(error: ValidationError, _node: Node | None) -> str:
    if error.context and all(map(is_about_nothing, error.context)):
        return NOTHING
    demands = _demands(error)
    if demands:
        return f"Fill in {' or '.join(demands)}"
    return "This fits none of the kinds that are accepted here"


def more_than_one(error: ValidationError) -> str:
    """Return the message for a value that fits several branches of a `oneOf`."""
    demands = _demands(error)
    if demands:
        return f"Fill in only {' or '.join(demands)}"
    return "This fits more than one of the kinds; fill in what sets them apart"


def _demands(error: ValidationError) -> list[str]:
    """Return the requirements of each branch, if branches only require parts."""
    branches: Any = error.validator_value
    if not all(
        isinstance(b, dict) and b.keys() == {"required"} and b["required"] for b in branches
    ):
        return []
    return [" and ".join(spaced(name) for name in each["required"]) for each in branches]


def _not(error: ValidationError, _node: Node | None) -> str:
    refused: Any = error.validator_value
    return message_for_not(refused, error.instance)


def _always(text: str) -> Callable[[ValidationError, Node | None], str]:
    return lambda _error, _node: text


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
    "uniqueItems": _always("Each entry may be there only once"),
    "contains": _always("One of the entries that this needs is missing"),
    "propertyNames": _always("A name here is not accepted"),
    "unevaluatedProperties": _always("Something here is not accepted"),
    "unevaluatedItems": _always("An entry here is not accepted"),
    "not": _not,
    "anyOf": _none_fits,
    "oneOf": _none_fits,
}  # fmt: skip
TOO_DEEP = "This is nested too deeply"
TOO_MUCH = "This is too much to be checked at once; leave something out"
