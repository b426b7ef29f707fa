"""Type names that are not in JSON Schema, and their meaning.

Found in published documents: Python's and TypeScript's names, Gemini's in capitals, OpenAPI's
formats used as types, Swagger 2's `file`.
"""

import re
from typing import Any

from .keywords import TYPES

_NAMES: tuple[tuple[str, dict[str, Any]], ...] = (
    ("str text char varchar", {"type": "string"}),
    ("int int32 int64 uint uint32 uint64 long short bigint", {"type": "integer"}),
    ("float float32 float64 double decimal numeric real", {"type": "number"}),
    ("bool", {"type": "boolean"}),
    ("list tuple sequence", {"type": "array"}),
    ("set frozenset", {"type": "array", "uniqueItems": True}),
    ("dict map mapping record struct json", {"type": "object"}),
    ("none nonetype nil undefined", {"type": "null"}),
    ("file binary bytes blob", {"type": "string", "format": "binary"}),
    ("image", {"type": "string", "format": "binary", "contentMediaType": "image/*"}),
    ("video", {"type": "string", "format": "binary", "contentMediaType": "video/*"}),
    ("audio", {"type": "string", "format": "binary", "contentMediaType": "audio/*"}),
    ("uri url link", {"type": "string", "format": "uri"}),
    ("datetime date-time timestamp", {"type": "string", "format": "date-time"}),
    ("date", {"type": "string", "format": "date"}),
    ("time", {"type": "string", "format": "time"}),
    ("email", {"type": "string", "format": "email"}),
    ("uuid", {"type": "string", "format": "uuid"}),
    ("password", {"type": "string", "format": "password"}),
    ("color", {"type": "string", "format": "color"}),
    ("any unknown mixed enum type_unspecified", {}),
)
_MEANINGS = {name: meaning for names, meaning in _NAMES for name in names.split()}
_LIST = re.compile(
    r"(?:(?:list|array|sequence|tuple|set)\s*[\[<](.+)[\]>]|(.+)\[\])", re.IGNORECASE
)
_OPTIONAL = re.compile(r"(?:optional\[(.+)\]|([^|]+)\?)", re.IGNORECASE)
_LONGEST = 60
_DEEPEST = 4


def meaning_of(name: Any) -> dict[str, Any] | None:
    """Return the keywords that a type name means; None if it is unknown."""
    if not isinstance(name, str) or len(name) > _LONGEST:
        return None
    return _mean(name.strip(), 0)


def _mean(name: str, depth: int) -> dict[str, Any] | None:
    plain = name.lower()
    if plain in TYPES:
        return {"type": plain}
    if plain in _MEANINGS:
        return dict(_MEANINGS[plain])
    if depth > _DEEPEST:
        return None
    if found := _OPTIONAL.fullmatch(name):
        return _any_of([found[1] or found[2], "null"], depth)
    if found := _LIST.fullmatch(name):
        items = _mean((found[1] or found[2]).strip(), depth + 1)
        return None if items is None else {"type": "array", "items": items}
    return _any_of(name.split("|"), depth) if "|" in name else None


def _any_of(names: list[str], depth: int) -> dict[str, Any] | None:
    meanings = [_mean(name.strip(), depth + 1) for name in names]
    known = [each for each in meanings if each is not None]
    if len(known) < len(meanings):
        return None
    if all(each.keys() == {"type"} and isinstance(each["type"], str) for each in known):
        return {"type": list(dict.fromkeys(each["type"] for each in known))}
    return {"anyOf": known}
