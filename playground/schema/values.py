"""JSON values, the two kinds of absent values, and equality."""

import json
from collections.abc import Hashable
from enum import Enum
from typing import Any, Final

type JSON = Any  # None, bool, int, float, str, list of JSON, dict of str to JSON
type Schema = dict[str, Any] | bool


class Absence(Enum):
    """The reason why there is no value."""

    ABSENT = "absent"  # its object exists without it
    FRESH = "fresh"  # its object does not exist either: defaults apply


ABSENT: Final = Absence.ABSENT
FRESH: Final = Absence.FRESH

type Value = JSON | Absence


def compact(value: JSON) -> str:
    """Return a value as JSON without whitespace."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def pretty(value: JSON) -> str:
    """Return a value as indented JSON."""
    return json.dumps(value, ensure_ascii=False, indent=2)


def key_of(value: JSON) -> Hashable:
    """Return a hashable key, the same for equal JSON values: 1 equals 1.0, but true is not 1."""
    if isinstance(value, bool) or value is None:
        return ("is", value)
    if isinstance(value, list):
        return ("list", tuple(map(key_of, value)))
    if isinstance(value, dict):
        return ("dict", frozenset((name, key_of(each)) for name, each in value.items()))
    return value if isinstance(value, Hashable) else repr(value)


def is_same(one: Value, other: Value) -> bool:
    """Return whether two values are equal as JSON."""
    return key_of(one) == key_of(other)


def is_clean(text: str) -> bool:
    """Return whether a text can be stored in any database: no NUL, no lone surrogate."""
    return "\0" not in text and not any("\ud800" <= letter <= "\udfff" for letter in text)
