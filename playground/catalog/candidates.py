"""Which parts of a JSON document could be the inputs of a model."""

import re
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from playground.catalog.bundling import bundle, find_target, follow, is_local

_METHODS = {"post": 30, "put": 15, "patch": 10}
_GOOD = re.compile(r"input|request|schema|create|generate|param|body|arg", re.IGNORECASE)
_BAD = re.compile(r"output|response|result|error|status|webhook|usage|event|health", re.IGNORECASE)
_ENVELOPE = {"model", "version", "webhook", "callback_url"}  # stand beside `input` in a request
_COMBINES = ("allOf", "anyOf", "oneOf")
_DEEPEST = 12
_MOST_PLACES = 200_000
_MOST_CANDIDATES = 200
_MOST_PARTS = 200  # that one object is put together from


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A schema that may say what a model takes.

    name      what the document calls it: "POST /v1/images", "Input"; may be ""
    raw       the schema as it stands, its references naming parts of the document
    document  the document around it
    score     the higher, the likelier
    line      where in the text its document begins, counted from 1
    """

    name: str
    raw: dict[str, Any]
    document: Any
    score: int
    fields: tuple[str, ...]
    line: int = 1

    def read_schema(self) -> dict[str, Any]:
        """Return the schema with everything that it refers to.

        Raises  BundleError
        """
        return bundle(self.raw, self.document)


def find_candidates(document: Any) -> list[Candidate]:
    """Return what could be a model's inputs in a document, the likeliest first."""
    best: dict[int, Candidate] = {}
    for found in _walk(document):
        for each in _unwrap(found):
            known = best.get(id(each.raw))
            if known is None or known.score < each.score:
                best[id(each.raw)] = each
        if len(best) >= _MOST_CANDIDATES:
            break
    return sorted(best.values(), key=lambda each: -each.score)


def find_properties(document: Any, schema: Any) -> dict[str, Any]:
    """Return the properties of an object, those of the parts that it is made of included."""
    return _properties(document, schema, set())


def is_input_schema(schema: Any) -> bool:
    """Tell whether a part of a document reads like the schema of an object."""
    if not isinstance(schema, dict) or schema.get("type", "object") not in ("object", ["object"]):
        return False
    properties = schema.get("properties")
    if isinstance(properties, dict):
        return bool(properties) and all(isinstance(e, dict | bool) for e in properties.values())
    if is_local(schema.get("$ref")):
        return any(isinstance(schema.get(key), dict) for key in ("$defs", "definitions"))
    return any(
        isinstance(schema.get(key), list) and any(map(_is_part, schema[key])) for key in _COMBINES
    )


def _is_part(schema: Any) -> bool:
    return isinstance(schema, dict) and ("properties" in schema or "$ref" in schema)


def _walk(document: Any) -> Iterator[Candidate]:
    """Yield the schemas of a document from the outside in; a schema's own parts are no others."""
    waiting: deque[tuple[Any, str, int]] = deque([(document, "", 0)])
    for _ in range(_MOST_PLACES):
        if not waiting:
            return
        part, name, depth = waiting.popleft()
        if isinstance(part, dict) and _is_openapi(part):
            yield from _of_openapi(part)
        elif is_input_schema(part):
            title = part.get("title")
            yield _candidate(title if isinstance(title, str) else name, part, document, 40)
        elif isinstance(part, dict | list) and depth < _DEEPEST:
            parts = part.items() if isinstance(part, dict) else ((name, each) for each in part)
            waiting.extend((each, str(key), depth + 1) for key, each in parts)


def _is_openapi(part: dict[str, Any]) -> bool:
    named = "openapi" in part or "swagger" in part
    components = part.get("components")
    has_schemas = isinstance(components, dict) and isinstance(components.get("schemas"), dict)
    return has_schemas or (named and isinstance(part.get("paths"), dict))


def _of_openapi(document: dict[str, Any]) -> Iterator[Candidate]:
    for name, body in _request_bodies(document):
        schema = follow(document, body)
        if is_input_schema(schema):
            called = body["$ref"].rsplit("/", 1)[-1] if is_local(body.get("$ref")) else ""
            method = name.split()[0].lower()
            label = f"{name} ({called})" if called else name
            yield _candidate(label, schema, document, 40 + _METHODS[method])
    holders = (document.get("components"), document)
    for holder, key in zip(holders, ("schemas", "definitions"), strict=True):
        named = holder.get(key) if isinstance(holder, dict) else None
        for name, schema in named.items() if isinstance(named, dict) else ():
            if is_input_schema(schema):
                yield _candidate(name, schema, document, 40 if name == "Input" else 0)


def _request_bodies(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield ("POST /images", schema) for everything that is sent to an API."""
    paths = document.get("paths")
    for path, item in paths.items() if isinstance(paths, dict) else ():
        for method in _METHODS:
            operation = item.get(method) if isinstance(item, dict) else None
            if not isinstance(operation, dict):
                continue
            for schema in (*_contents(document, operation), *_parameters(operation)):
                if isinstance(schema, dict):
                    yield f"{method.upper()} {path}", schema


def _contents(document: Any, operation: dict[str, Any]) -> Iterator[Any]:
    body = follow(document, operation.get("requestBody"))
    content = body.get("content") if isinstance(body, dict) else None
    for media in content.values() if isinstance(content, dict) else ():
        if isinstance(media, dict):
            yield media.get("schema")


def _parameters(operation: dict[str, Any]) -> Iterator[Any]:
    """Yield the bodies of Swagger 2, which stand among the parameters."""
    parameters = operation.get("parameters")
    for each in parameters if isinstance(parameters, list) else ():
        if isinstance(each, dict) and each.get("in") == "body":
            yield each.get("schema")


def _candidate(name: str, schema: dict[str, Any], document: Any, score: int) -> Candidate:
    fields = tuple(find_properties(document, schema))
    score += 20 * bool(_GOOD.search(name)) - 40 * bool(_BAD.search(name))
    score += min(len(fields), 10) + 15 * ("prompt" in fields)
    return Candidate(name=name, raw=schema, document=document, score=score, fields=fields)


def _unwrap(found: Candidate) -> Iterable[Candidate]:
    """Yield what a request wraps in `input` instead of the request, where there is such a thing."""
    if not _ENVELOPE & set(found.fields):
        return [found]
    inner = find_properties(found.document, found.raw).get("input")
    whole = inner.get("allOf") if isinstance(inner, dict) else None
    if isinstance(whole, list) and len(whole) == 1:  # how pydantic writes a reference with a title
        inner = whole[0]
    inner = follow(found.document, inner)
    if not is_input_schema(inner):
        return [found]
    inside = _candidate(f"{found.name}: input", inner, found.document, 0)
    return [replace(inside, score=max(inside.score, found.score + 10))]


def _properties(document: Any, schema: Any, seen: set[int]) -> dict[str, Any]:
    if not isinstance(schema, dict) or id(schema) in seen or len(seen) > _MOST_PARTS:
        return {}
    seen.add(id(schema))
    found: dict[str, Any] = {}
    if is_local(schema.get("$ref")):
        target = find_target(schema, schema["$ref"]) or find_target(document, schema["$ref"])
        found |= _properties(document, target, seen)
    whole = schema.get("allOf")
    for part in whole if isinstance(whole, list) else ():
        found |= _properties(document, part, seen)
    own = schema.get("properties")
    return found | (own if isinstance(own, dict) else {})
