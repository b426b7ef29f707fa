"""Finds parts of a schema that contradict each other, so that no value is accepted."""

import math
from collections.abc import Iterator
from typing import Any

from playground.schema import pointers
from playground.schema.names import spaced
from playground.schema.values import Schema, compact

from .documents import Document, Note
from .flattening import Flat, flatten, parts_of
from .keywords import is_nothing
from .patterns import find_pattern
from .validator import SchemaValidator, exact

_PAIRS = (
    ("minLength", "maxLength", "text"),
    ("minItems", "maxItems", "list"),
    ("minProperties", "maxProperties", "object"),
    ("minContains", "maxContains", "list"),
)
_BOUNDS = ("minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum")
_SPOKEN_OF = {"allOf", "$ref", "enum", "const", "required", "properties", "additionalProperties",
              "minItems", "minContains", "minLength", "minProperties", *_BOUNDS}  # fmt: skip
_MOST_MEMBERS = 50


def find_contradictions(document: Document, validator: SchemaValidator) -> Iterator[Note]:
    """Yield a note for each place where a schema asks for what it does not accept."""
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
    """Yield (keyword, message) for what no value of a type can meet."""
    keywords = flat.keywords
    if flat.keywords.get("type") == [] and "allOf" in schema:
        yield "allOf", "Nothing is accepted here: its parts ask for different types."
    for least, most, what in _PAIRS:
        if least in keywords and most in keywords and keywords[least] > keywords[most]:
            given = f"{least} {compact(keywords[least])} is more than {most}"
            message = f"No {what} is accepted here: {given} {compact(keywords[most])}."
            yield least, message
    if not _has_number(keywords, integer=flat.types == ("integer",)):
        named = [f"{name} {compact(keywords[name])}" for name in _BOUNDS if name in keywords]
        step = f" in steps of {compact(keywords['multipleOf'])}" if "multipleOf" in keywords else ""
        limits = " and ".join(named)
        yield _BOUNDS[0], f"No number is accepted here: nothing lies between {limits}{step}."
    if keywords.get("enum") == [] and "enum" in schema:
        yield "enum", "Nothing is accepted here: the list of values is empty."
    elif keywords.get("enum") == []:
        yield "allOf", "Nothing is accepted here: its parts have no value in common."
    else:
        yield from _about_members(schema, validator)


def _about_members(schema: dict[str, Any], validator: SchemaValidator) -> Iterator[tuple[str, str]]:
    name = "const" if "const" in schema else "enum"
    members = [schema["const"]] if "const" in schema else schema.get("enum", ())
    refused = [each for each in members[:_MOST_MEMBERS] if not validator.accepts(each, schema)]
    if not refused:
        return
    shown = ", ".join(compact(each) for each in refused[:5])
    if len(refused) == len(members):
        yield name, f"Nothing is accepted here: the rest of the schema refuses {shown}."
    else:
        yield name, f"The rest of the schema refuses {shown}, which its own list offers."


def _has_number(keywords: dict[str, Any], *, integer: bool) -> bool:
    """Return whether any number is within the bounds."""
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
    """Yield (keyword, message) where more is requested than there can be."""
    keywords = flat.keywords
    if keywords.get("items") is False:
        room, least = len(keywords.get("prefixItems", ())), keywords.get("minItems", 0)
        if least > room:
            yield "minItems", f"No list is accepted here: there is room for {room} of {least}."
    closed = keywords.get("additionalProperties") is False
    if closed and "patternProperties" not in keywords and not flat.alternatives:
        parts = [flatten(each, document) for each in keywords.get("properties", {}).values()]
        room = sum(not (each.impossible or _is_fixed_elsewhere(each)) for each in parts)
        least = keywords.get("minProperties", 0)
        if least > room:
            yield (
                "minProperties",
                f"Nothing is accepted here: there is room for {room} of {least} properties.",
            )


def _is_fixed_elsewhere(flat: Flat) -> bool:
    return flat.keywords.get("readOnly") is True and not {"default", "const"} & set(flat.keywords)


def _about_names(schema: dict[str, Any], document: Document) -> Iterator[tuple[str, str]]:
    """Yield (keyword, message) for names that one part asks for and another does not accept."""
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
            yield "required", f"Nothing is accepted here: “{name}” is required and not accepted."
        elif refusing:
            why = "a part of the schema without further properties does not name it."
            message = f"“{spaced(name)}” can never be filled in: {why}"
            yield "additionalProperties", message


def _named_in(parts: list[dict[str, Any]], document: Document) -> dict[str, list[Schema]]:
    """Return the names that an object's parts speak of, with what they say about each."""
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
    """Return whether a closed object may hold a name; unchecked patterns let every name pass."""
    if name in part.get("properties", {}):
        return True
    patterns = [find_pattern(text) for text in part.get("patternProperties", {})]
    return any(pattern is None or pattern.accepts(name) for pattern in patterns)
