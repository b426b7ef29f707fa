"""Finds candidates for a model's input schema in an OpenAPI document."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext as _

from playground.catalog.bundling import find_schema
from playground.catalog.candidate import (
    Candidate,
    is_input_schema,
    make_candidate,
)
from playground.catalog.operations import Operation, Parameter, find_operations, resolve
from playground.catalog.references import References
from playground.schema.lists import list_plain

_METHODS = {"post": 30, "put": 15, "patch": 10, "get": -25}
_WORDS_OF_INPUT = frozenset(("prompt", "text", "input", "query"))


def is_openapi(part: dict[str, Any]) -> bool:
    named = "openapi" in part or "swagger" in part
    components = part.get("components")
    has_schemas = isinstance(components, dict) and isinstance(components.get("schemas"), dict)
    return has_schemas or (named and isinstance(part.get("paths"), dict))


def read_openapi(document: dict[str, Any], references: References) -> Iterator[Candidate]:
    for operation in find_operations(document, references):
        found = _of_operation(operation, references)
        if found:
            yield found
    holders = (document.get("components"), document)
    for holder, key in zip(holders, ("schemas", "definitions"), strict=True):
        named = holder.get(key) if isinstance(holder, dict) else None
        for name, schema in named.items() if isinstance(named, dict) else ():
            if is_input_schema(schema):
                yield make_candidate(name, schema, references, 40 if name == "Input" else 0)


def _of_operation(operation: Operation, references: References) -> Candidate | None:
    score = 40 + _METHODS[operation.method]
    schema, called = _follow(operation.body, references), ""
    if not is_input_schema(schema):
        schema, score = {"type": "object"}, score - 20
        if operation.body is not None or not any(map(_is_worth_asking, operation.parameters)):
            return None
    elif isinstance(operation.body.get("$ref"), str):
        called = f" ({operation.body['$ref'].rsplit('/', 1)[-1]})"
    found = make_candidate(f"{operation.name}{called}", schema, references, score)
    return replace(
        _with_parameters(found, operation),
        title=operation.title,
        description=operation.description,
    )


def _follow(body: Any, references: References) -> Any:
    """Return the schema that a body refers to, merged with its other keywords."""
    target = find_schema(resolve(body, references))
    if target is body or not isinstance(target, dict) or not isinstance(body, dict):
        return target
    beside = {key: each for key, each in body.items() if key in {"properties", "required"}}
    return {"allOf": [body]} if beside else target


def _is_worth_asking(parameter: Parameter) -> bool:
    """Return whether a parameter makes its request a candidate."""
    is_path = parameter.place == "path"
    return parameter.place in {"query", "formData"} or (
        is_path and parameter.name.lower() in _WORDS_OF_INPUT
    )


def _with_parameters(found: Candidate, operation: Operation) -> Candidate:
    """Add the parameters of a request to its body's schema, with notes on those not sent."""
    stated = [each for each in operation.parameters if not each.is_credential]
    own = found.raw.get("properties", {})
    in_way = {"header", "cookie"}
    taken = [e for e in stated if e.place not in in_way and e.name not in found.fields]
    left = [e for e in stated if e not in taken]
    has_envelope = "input" in found.fields
    if has_envelope:
        taken, left = [], stated
    notes = []
    beside = [each for each in taken if each.place != "formData"]
    if beside:
        notes.append(
            _(
                "Not part of the body in this document: %(names)s. A run sends all inputs in one "
                "JSON object, including these. If the provider does not accept them there, remove "
                "them from the schema."
            )
            % {"names": _name_all(beside)}
        )
    if left:
        words = _("Left out, because a run sends a single JSON object: %(names)s.")
        notes.append(words % {"names": _name_all(left)})
    if not taken:
        return replace(found, notes=tuple(notes))
    raw = {
        **found.raw,
        "properties": {**own, **{each.name: each.schema for each in taken}},
        "required": [
            *(found.raw.get("required") or ()),
            *(each.name for each in taken if each.required),
        ],
    }
    again = make_candidate(found.name, raw, found.references, 0)
    score = found.score + len(again.fields) - len(found.fields)
    return replace(again, score=max(score, again.score), notes=tuple(notes))


def _name_all(parameters: Iterable[Parameter]) -> str:
    return list_plain(f"“{each.name}” ({each.place})" for each in parameters)
