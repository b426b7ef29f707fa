"""The properties of an object schema, including those that `$ref` and `allOf` add."""

from collections.abc import Callable
from typing import Any

from playground.catalog.bundling import find_referenced, find_schema, is_local
from playground.catalog.references import References

_MOST_PARTS = 200  # of one object, merged from references and allOf


def find_properties(document: Any, schema: Any) -> dict[str, Any]:
    """Return the properties of an object, including those of `$ref` and `allOf`."""

    def find(ref: str, part: Any) -> Any:
        if not is_local(ref):
            return None
        found = find_referenced(part, ref)
        return find_referenced(document, ref) if found is None else found

    return _properties(find, schema, set())


def resolve_properties(schema: Any, references: References) -> dict[str, Any]:
    def find(ref: str, part: Any) -> Any:
        del part
        found = references.find(ref)
        return find_schema(found[0]) if found else None

    return _properties(find, schema, set())


def _properties(find: Callable[[str, Any], Any], schema: Any, seen: set[int]) -> dict[str, Any]:
    if not isinstance(schema, dict) or id(schema) in seen or len(seen) > _MOST_PARTS:
        return {}
    seen.add(id(schema))
    found: dict[str, Any] = {}
    if isinstance(schema.get("$ref"), str):
        found |= _properties(find, find(schema["$ref"], schema), seen)
    whole = schema.get("allOf")
    for part in whole if isinstance(whole, list) else ():
        found |= _properties(find, part, seen)
    own = schema.get("properties")
    return found | (own if isinstance(own, dict) else {})
