"""Decides which parts of a value are secret.

A schema is secret by `writeOnly`, the format "password", or the hint for a password field. The
schema decides, not the form's controls, because JSON text fields can contain secrets too.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from playground.schema import pointers
from playground.schema.values import JSON, Schema

from .documents import Document
from .flattening import parts_of
from .keywords import IN_LISTS, SINGLE
from .patterns import find_pattern
from .validator import SchemaValidator

HIDDEN = "<hidden>"  # replaces a secret
_CONTENTS = ("properties", "patternProperties", "dependentSchemas")
_MOST_SCHEMAS = 500  # for one value


def is_secret(keywords: Any) -> bool:
    """Return whether a schema's own keywords make its value secret."""
    if not isinstance(keywords, dict):
        return False
    hints = keywords.get("x-playground")
    widget = hints.get("widget") if isinstance(hints, dict) else None
    is_password = "password" in (keywords.get("format"), widget)
    return is_password or keywords.get("writeOnly") is True


def has_secrets(document: Document) -> bool:
    """Return whether a document has any secret schema."""
    return any(is_secret(schema) for _, schema in document.subschemas)


def holds_secrets(document: Document, schema: Schema) -> bool:
    """Return whether a schema, or one of its possible parts, is secret."""
    waiting: list[Any] = [schema]
    seen = set[int]()
    while waiting:
        part = waiting.pop()
        if not isinstance(part, dict) or id(part) in seen:
            continue
        seen.add(id(part))
        if is_secret(part):
            return True
        waiting += [document.find(part["$ref"])] if "$ref" in part else []
        waiting += [part[keyword] for keyword in SINGLE if keyword in part]
        waiting += [each for keyword in IN_LISTS for each in part.get(keyword, ())]
        waiting += [each for keyword in _CONTENTS for each in part.get(keyword, {}).values()]
    return False


def find_secrets(document: Document, validator: SchemaValidator, value: JSON) -> Iterator[str]:
    """Yield the pointers of the outermost secret parts of a value.

    Of a union, the branches that accept the value count; all of them if none does. Conditional
    schemas always count: hiding too much is the smaller mistake.
    """
    waiting: list[tuple[str, list[Schema], JSON]] = [("", [document.schema], value)]
    while waiting:
        pointer, schemas, part = waiting.pop()
        if part is None:
            continue
        parts = list(_all_parts(document, validator, schemas, part))
        if any(map(is_secret, parts)):
            yield pointer
        elif isinstance(part, dict):
            for key, each in part.items():
                waiting.append((pointers.child(pointer, key), list(_member(parts, key)), each))
        elif isinstance(part, list):
            for number, each in enumerate(part):
                waiting.append((pointers.child(pointer, number), list(_item(parts, number)), each))


def hide(value: JSON, secrets: frozenset[str], pointer: str = "", instead: str = HIDDEN) -> JSON:
    """Return a value with each secret replaced by a word."""
    if not secrets:
        return value
    if pointer in secrets:
        return instead
    match value:
        case dict():
            return {
                key: hide(each, secrets, pointers.child(pointer, key), instead)
                for key, each in value.items()
            }
        case list():
            return [
                hide(each, secrets, pointers.child(pointer, number), instead)
                for number, each in enumerate(value)
            ]
    return value


def _all_parts(
    document: Document, validator: SchemaValidator, schemas: Iterable[Schema], value: JSON
) -> Iterator[dict[str, Any]]:
    """Yield every schema that applies to a value, following references and branches."""
    waiting, seen = list(schemas), set[int]()
    while waiting and len(seen) < _MOST_SCHEMAS:
        for part in parts_of(waiting.pop(), document):
            if not isinstance(part, dict) or id(part) in seen:
                continue
            seen.add(id(part))
            yield part
            for keyword in ("anyOf", "oneOf"):
                branches = part.get(keyword, [])
                fitting = [each for each in branches if validator.accepts(value, each)]
                waiting += fitting or branches
            waiting += [part[keyword] for keyword in ("then", "else") if keyword in part]
            waiting += part.get("dependentSchemas", {}).values()


def _member(parts: Iterable[dict[str, Any]], key: str) -> Iterator[Schema]:
    for part in parts:
        named = [part["properties"][key]] if key in part.get("properties", {}) else []
        for text, schema in part.get("patternProperties", {}).items():
            pattern = find_pattern(text)
            named += [schema] if pattern is None or pattern.accepts(key) else []
        yield from named
        for keyword in () if named else ("additionalProperties", "unevaluatedProperties"):
            yield part.get(keyword, True)


def _item(parts: Iterable[dict[str, Any]], number: int) -> Iterator[Schema]:
    for part in parts:
        first = part.get("prefixItems", [])
        if number < len(first):
            yield first[number]
        else:
            yield from (part.get(keyword, True) for keyword in ("items", "unevaluatedItems"))
