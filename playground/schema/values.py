"""JSON values, two kinds of absence, and equality."""

import json
from collections.abc import Hashable
from enum import Enum
from typing import Any, Final

type JSON = Any  # None, bool, int, float, str, list of JSON, dict of str to JSON
type Schema = dict[str, Any] | bool


class Absence(Enum):
    """The reason why there is no value."""

    ABSENT = "absent"  # the object that could hold it is there and does not hold it
    FRESH = "fresh"  # there was nothing before: defaults apply


ABSENT: Final = Absence.ABSENT
FRESH: Final = Absence.FRESH

type Value = JSON | Absence


def compact(value: JSON) -> str:
    """Return the shortest JSON text of a value."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def pretty(value: JSON) -> str:
    """Return JSON text for people to read and edit."""
    return json.dumps(value, ensure_ascii=False, indent=2)


def key_of(value: JSON) -> Hashable:
    """Return what is equal for equal JSON values: 1 is 1.0, but true is not 1."""
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
    """Return whether a text can be stored anywhere: no NUL, no half of a surrogate pair."""
    return "\0" not in text and not any("\ud800" <= letter <= "\udfff" for letter in text)
