"""Finds contradictory keywords in a schema, which make it accept no value."""

import math
from collections.abc import Iterator
from typing import Any

from playground.schema import pointers
from playground.schema.lists import list_all, list_plain
from playground.schema.names import spaced
from playground.schema.translation import gettext as _
from playground.schema.translation import gettext_noop
from playground.schema.values import Schema, compact

from .documents import Document, Note
from .flattening import Flat, flatten, parts_of
from .keywords import is_nothing
from .patterns import find_pattern
from .validator import SchemaValidator, exact

_NO_TEXT = gettext_noop(
    "No text is accepted here: %(low)s %(least)s is more than %(high)s %(most)s."
)
_NO_LIST = gettext_noop(
    "No list is accepted here: %(low)s %(least)s is more than %(high)s %(most)s."
)
_NO_OBJECT = gettext_noop(
    "No object is accepted here: %(low)s %(least)s is more than %(high)s %(most)s."
)
_PAIRS = (
    ("minLength", "maxLength", _NO_TEXT),
    ("minItems", "maxItems", _NO_LIST),
    ("minProperties", "maxProperties", _NO_OBJECT),
    ("minContains", "maxContains", _NO_LIST),
)
_BOUNDS = ("minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum")
_SPOKEN_OF = {"allOf", "$ref", "enum", "const", "required", "properties", "additionalProperties",
              "minItems", "minContains", "minLength", "minProperties", *_BOUNDS}  # fmt: skip
_MOST_MEMBERS = 50


def find_contradictions(document: Document, validator: SchemaValidator) -> Iterator[Note]:
    """Yield a note for each contradiction."""
    messages_at: dict[str, list[str]] = {}
    for pointer, schema in document.subschemas:
        if not _SPOKEN_OF & set(schema):
            continue
        flat = flatten(schema, document)
        found = [
            *_about_values(schema, flat, validator),
            *_about_counts(flat, document),
            *_about_names(schema, document),
        ]
        for place, message in found:
            outer = messages_at.setdefault(message, [])
            if not any(pointer.startswith(f"{each}/allOf/") for each in outer):
                outer.append(pointer)
                yield Note(pointer=pointers.child(pointer, place), message=message)


def _about_values(
    schema: dict[str, Any], flat: Flat, validator: SchemaValidator
) -> Iterator[tuple[str, str]]:
    """Yield (keyword, message) for keywords that no value of the type satisfies."""
    keywords = flat.keywords
    if flat.keywords.get("type") == [] and "allOf" in schema:
        yield "allOf", _("Nothing is accepted here: its parts ask for different types.")
    for least, most, message in _PAIRS:
        if least in keywords and most in keywords and keywords[least] > keywords[most]:
            given = {"least": compact(keywords[least]), "most": compact(keywords[most])}
            yield least, _(message) % {"low": least, "high": most, **given}
    if not _has_number(keywords, integer=flat.types == ("integer",)):
        yield _BOUNDS[0], _say_no_number(keywords)
    if keywords.get("enum") == [] and "enum" in schema:
        yield "enum", _("Nothing is accepted here: the list of values is empty.")
    elif keywords.get("enum") == []:
        yield "allOf", _("Nothing is accepted here: its parts have no value in common.")
    else:
        yield from _about_members(schema, validator)


def _say_no_number(keywords: dict[str, Any]) -> str:
    """Return the note for bounds without a number between them; "" if there is one."""
    named = [
        _("%(keyword)s %(value)s") % {"keyword": name, "value": compact(keywords[name])}
        for name in _BOUNDS
        if name in keywords
    ]
    if "multipleOf" not in keywords:
        message = _("No number is accepted here: there is none between %(bounds)s.")
        return message % {"bounds": list_all(named)}
    message = _("No multiple of %(step)s is accepted here: there is none between %(bounds)s.")
    return message % {"step": compact(keywords["multipleOf"]), "bounds": list_all(named)}


def _about_members(schema: dict[str, Any], validator: SchemaValidator) -> Iterator[tuple[str, str]]:
    name = "const" if "const" in schema else "enum"
    members = [schema["const"]] if "const" in schema else schema.get("enum", ())
    refused = [each for each in members[:_MOST_MEMBERS] if not validator.accepts(each, schema)]
    if not refused:
        return
    shown = {"values": list_plain([compact(each) for each in refused[:5]])}
    if len(refused) == len(members):
        message = _("Nothing is accepted here: the rest of the schema refuses %(values)s.")
    else:
        message = _("The list of values offers %(values)s, which the rest of the schema refuses.")
    yield name, message % shown


def _has_number(keywords: dict[str, Any], *, integer: bool) -> bool:
    """Return whether a number is within the bounds."""
    bounds = {name: exact(keywords[name]) for name in _BOUNDS if name in keywords}
    lows = [bounds[name] for name in _BOUNDS[:2] if name in bounds]
    highs = [bounds[name] for name in _BOUNDS[2:] if name in bounds]
    if not lows or not highs:
        return True
    low, high = max(lows), min(highs)
    is_open = bounds.get("exclusiveMinimum") == low, bounds.get("exclusiveMaximum") == high
    step = keywords.get("multipleOf", 1 if integer else None)
    if step is None:
        return low < high or (low == high and not any(is_open))
    first = math.ceil(low / exact(step)) * exact(step)
    first += exact(step) if is_open[0] and first == low else 0
    return first < high or (first == high and not is_open[1])


def _about_counts(flat: Flat, document: Document) -> Iterator[tuple[str, str]]:
    """Yield (keyword, message) for minimum counts above what the schema allows."""
    keywords = flat.keywords
    if keywords.get("items") is False:
        room, least = len(keywords.get("prefixItems", ())), keywords.get("minItems", 0)
        if least > room:
            message = _("No list is accepted here: there is room for %(room)s of %(least)s items.")
            yield "minItems", message % {"room": room, "least": least}
    closed = keywords.get("additionalProperties") is False
    if closed and "patternProperties" not in keywords and not flat.alternatives:
        parts = [flatten(each, document) for each in keywords.get("properties", {}).values()]
        room = sum(not (each.impossible or _is_fixed_elsewhere(each)) for each in parts)
        least = keywords.get("minProperties", 0)
        if least > room:
            message = _(
                "Nothing is accepted here: there is room for %(room)s of %(least)s properties."
            )
            yield "minProperties", message % {"room": room, "least": least}


def _is_fixed_elsewhere(flat: Flat) -> bool:
    return flat.keywords.get("readOnly") is True and not {"default", "const"} & set(flat.keywords)


def _about_names(schema: dict[str, Any], document: Document) -> Iterator[tuple[str, str]]:
    """Yield (keyword, message) for properties that are required but not accepted."""
    parts = [part for part in parts_of(schema, document) if isinstance(part, dict)]
    closed = [part for part in parts if part.get("additionalProperties") is False]
    inside = [each for part in parts for each in part.get("properties", {}).values()]
    if not closed and not any(map(is_nothing, inside)):
        return
    required = {name for part in parts for name in part.get("required", ())}
    for name, inner in _named_in(parts, document).items():
        refusing = [part for part in closed if not _admits(part, name)]
        nothing = any(is_nothing(each) for each in inner)
        if not refusing and not nothing:
            continue
        if name in required:
            message = _("Nothing is accepted here: “%(name)s” is required and not accepted.")
            yield "required", message % {"name": name}
        elif refusing:
            message = _(
                "“%(name)s” can never be filled in: "
                "a part of the schema without further properties does not name it."
            )
            yield "additionalProperties", message % {"name": spaced(name)}


def _named_in(parts: list[dict[str, Any]], document: Document) -> dict[str, list[Schema]]:
    """Return {name: [schema]} of the properties in all parts of an `allOf` merge."""
    found: dict[str, list[Schema]] = {}
    for part in parts:
        for name in part.get("required", ()):
            found.setdefault(name, [])
        for keyword in ("anyOf", "oneOf"):
            for branch in part.get(keyword, ()):
                for name in flatten(branch, document).keywords.get("properties", {}):
                    found.setdefault(name, [])
        for branch in (part.get("then", True), part.get("else", True)):
            for name in flatten(branch, document).keywords.get("properties", {}):
                found.setdefault(name, [])
        for name, schema in part.get("properties", {}).items():
            found.setdefault(name, []).append(schema)
    return found


def _admits(part: dict[str, Any], name: str) -> bool:
    """Return whether an object accepts a property name; unchecked patterns accept any."""
    if name in part.get("properties", {}):
        return True
    patterns = [find_pattern(text) for text in part.get("patternProperties", {})]
    return any(pattern is None or pattern.accepts(name) for pattern in patterns)
