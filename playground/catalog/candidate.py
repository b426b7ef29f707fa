"""A candidate for the input schema of a model, with a score."""

import re
from dataclasses import dataclass
from typing import Any

from playground.catalog.bundling import bundle, find_schema
from playground.catalog.operations import resolve
from playground.catalog.properties import resolve_properties
from playground.catalog.references import References

_GOOD = re.compile(r"input|request|schema|create|generate|param|body|arg", re.IGNORECASE)
_BAD = re.compile(r"output|response|result|error|status|webhook|usage|event|health", re.IGNORECASE)
_NAMES = ("model", "model_id", "model_name", "modelId", "modelName")
_COMBINES = ("allOf", "anyOf", "oneOf")
_OBJECTS = ("object", ["object"], ["object", "null"], ["null", "object"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A possible input schema of a model.

    name         name in the document: "POST /v1/images", "Input"; may be ""
    raw          the original schema, with references into the document
    references   references of the document
    score        the higher, the likelier
    line         first line of its document in the text, counted from 1
    notes        notes about its extraction from the document
    hint         difference to another candidate of the same request, "" for the only one
    title        title of the operation, "" for none
    description  description of the operation, "" for none
    model        the only model that the request can name, "" for none
    """

    name: str
    raw: dict[str, Any]
    references: References
    score: int
    fields: tuple[str, ...]
    line: int = 1
    notes: tuple[str, ...] = ()
    hint: str = ""
    title: str = ""
    description: str = ""
    model: str = ""

    def read_schema(self) -> dict[str, Any]:
        """Return the schema with its references bundled.

        Raises  BundleError
        """
        return bundle(self.raw, self.references)


def is_input_schema(schema: Any) -> bool:
    """Return whether a part of a document looks like the schema of an object."""
    if not isinstance(schema, dict) or schema.get("type", "object") not in _OBJECTS:
        return False
    properties = schema.get("properties")
    if isinstance(properties, dict):
        return bool(properties) and all(isinstance(e, dict | bool) for e in properties.values())
    if isinstance(schema.get("$ref"), str):
        return any(isinstance(schema.get(key), dict) for key in ("$defs", "definitions"))
    return any(
        isinstance(schema.get(key), list) and any(map(_is_part, schema[key])) for key in _COMBINES
    )


def _is_part(schema: Any) -> bool:
    return isinstance(schema, dict) and ("properties" in schema or "$ref" in schema)


def make_candidate(
    name: str, schema: dict[str, Any], references: References, score: int
) -> Candidate:
    properties = resolve_properties(schema, references)
    fields = tuple(properties)
    score += 20 * bool(_GOOD.search(name)) - 40 * bool(_BAD.search(name))
    score += min(len(fields), 10) + 15 * ("prompt" in fields)
    return Candidate(
        name=name,
        raw=schema,
        references=references,
        score=score,
        fields=fields,
        model=_find_model(properties, references),
    )


def _find_model(properties: dict[str, Any], references: References) -> str:
    """Return the only model that a request can name, or ""."""
    for name in _NAMES:
        part = unwrap_schema(properties.get(name), references)
        if isinstance(part, dict):
            members = part.get("enum", [part.get("const")])
            if isinstance(members, list) and len(members) == 1 and isinstance(members[0], str):
                return members[0].strip()
    return ""


def unwrap_schema(part: Any, references: References) -> Any:
    """Return the schema in a wrapper around a reference, as made by Pydantic and OpenAPI 3.0."""
    for _ in range(10):
        part = find_schema(resolve(part, references))
        inner: list[Any] = []
        for key in _COMBINES if isinstance(part, dict) and "properties" not in part else ():
            inner += part[key] if isinstance(part.get(key), list) else []
        inner = [each for each in inner if each != {"type": "null"}]
        if len(inner) != 1:
            return part
        part = inner[0]
    return part
