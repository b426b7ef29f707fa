"""Applies OpenAPI's `discriminator`: the property whose value selects the branch of a union.

The branches often declare that property as a plain string, so that the schema alone does not
distinguish them. Each branch gets its value as a `const`, which the form sends without a control.
Source: OpenAPI 3.1.1, Discriminator Object
"""

from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

from playground.schema import pointers
from playground.schema.reading.documents import Document, Note
from playground.schema.reading.flattening import flatten
from playground.schema.translation import gettext as _
from playground.schema.values import JSON, is_same

_UNIONS = ("oneOf", "anyOf")


def apply_discriminators(document: Document) -> Iterator[Note]:
    """Add the discriminator values to the branches; yield a note for each ambiguity."""
    if not any("discriminator" in schema for _, schema in document.subschemas):
        return
    for pointer, schema in document.subschemas:
        for keyword in _UNIONS:
            if keyword in schema:
                yield from _obey(document, pointer, schema, schema[keyword])


def _obey(
    document: Document, pointer: str, schema: dict[str, Any], branches: list[Any]
) -> Iterator[Note]:
    discriminator = _find(document, schema, branches)
    name = discriminator.get("propertyName")
    if not isinstance(name, str):
        return
    mapping = discriminator.get("mapping")
    mapping = mapping if isinstance(mapping, dict) else {}
    named = {value: _target(document, where) for value, where in mapping.items()}
    for value, target in named.items():
        if target is None:
            place = pointers.child(pointer, "discriminator")
            yield Note(
                pointer=pointers.child(pointers.child(place, "mapping"), value),
                message=_("“%(reference)s” is not in this document.")
                % {"reference": mapping[value]},
            )
    for branch in branches:
        if isinstance(branch, dict):
            _tell(document, branch, name, named)


def _find(document: Document, schema: dict[str, Any], branches: list[Any]) -> dict[str, Any]:
    """Return the discriminator of a union: its own, or that of a common base of all branches."""
    given = schema.get("discriminator")
    if isinstance(given, dict):
        return given
    bases = [flatten(branch, document).keywords.get("discriminator") for branch in branches]
    base = bases[0] if bases else None
    return base if isinstance(base, dict) and all(is_same(base, each) for each in bases) else {}


def _target(document: Document, where: Any) -> Any:
    """Return the schema of a mapping's value: a reference or a schema name."""
    if not isinstance(where, str):
        return None
    name = pointers.last(f"/{unquote(where).rpartition('#')[2].lstrip('/')}").removesuffix(".json")
    for place in (
        where,
        f"#/$defs/{name}",
        f"#/definitions/{name}",
        f"#/components/schemas/{name}",
    ):
        if place.startswith("#"):
            try:
                return document.find(place)
            except (KeyError, IndexError, ValueError, TypeError):
                continue
    return None


def _tell(document: Document, branch: dict[str, Any], name: str, named: dict[str, Any]) -> None:
    """Add the property's values to a branch, unless it has a `const` or other values."""
    flat = flatten(branch, document)
    own = flatten(flat.keywords.get("properties", {}).get(name, True), document)
    if "const" in own.keywords or own.impossible or (own.types and "string" not in own.types):
        return
    target = document.find(branch["$ref"]) if "$ref" in branch else branch
    values: list[JSON] = [value for value, each in named.items() if each is target]
    members = own.keywords.get("enum")
    if members is None and not values and "$ref" in branch:
        values = [pointers.last(unquote(branch["$ref"]))]  # the implicit value
    if members is not None:
        values = [value for value in values if value in members]
    if not values or (members is not None and len(members) == 1):
        return
    known = {"const": values[0]} if len(values) == 1 else {"enum": values}
    part = {"type": "object", "properties": {name: known}, "required": [name]}
    branch["allOf"] = [*branch.get("allOf", ()), part]
