"""Which parts of a JSON document could be the inputs of a model."""

import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from playground.catalog.bundling import bundle, find_referenced, find_schema, is_local
from playground.catalog.operations import Operation, Parameter, find_operations, resolve
from playground.catalog.references import References

_METHODS = {"post": 30, "put": 15, "patch": 10, "get": -25}
_GOOD = re.compile(r"input|request|schema|create|generate|param|body|arg", re.IGNORECASE)
_BAD = re.compile(r"output|response|result|error|status|webhook|usage|event|health", re.IGNORECASE)
_NAMES = ("model", "model_id", "model_name", "modelId", "modelName")
# What is beside `input` in a request and says how to run the model, not what to make.
_ENVELOPE = frozenset(
    ("version", "id", "request_id", "requestId", "task_id", "taskId", "created_at",
     "idempotency_key", "idempotencyKey", "output_file_prefix",
     "webhook", "webhook_url", "webhookUrl", "webhook_events_filter", "webhook_secret",
     "callback", "callback_url", "callbackUrl", "callback_uri", *_NAMES)
)  # fmt: skip
_OF_COG = frozenset(("webhook_events_filter", "output_file_prefix"))  # whose `context` is one, too
_WORDS_OF_INPUT = frozenset(("prompt", "text", "input", "query"))
_COMBINES = ("allOf", "anyOf", "oneOf")
_OBJECTS = ("object", ["object"], ["object", "null"], ["null", "object"])
_DEEPEST = 12
_MOST_PLACES = 500_000
_MOST_CANDIDATES = 5_000
_MOST_PARTS = 200  # that one object is put together from


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A schema that may say what a model takes.

    name         what the document calls it: "POST /v1/images", "Input"; may be ""
    raw          the schema as it is written, its references naming parts of the document
    references   those of the document around it
    score        the higher, the likelier
    line         where in the text its document begins, counted from 1
    notes        what its author should know of how it was taken from the document
    hint         by what it differs from another way to take the same request, "" for the only way
    title        what the operation is called, "" where it is none
    description  what the operation does, "" where nothing says so
    model        the one model that the request can name, "" where there is none
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
        """Return the schema with everything that it refers to.

        Raises  BundleError
        """
        return bundle(self.raw, self.references)


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

    def find(ref: str, part: Any) -> Any:
        if not is_local(ref):
            return None
        found = find_referenced(part, ref)
        return find_referenced(document, ref) if found is None else found

    return _properties(find, schema, set())


def is_input_schema(schema: Any) -> bool:
    """Tell whether a part of a document reads like the schema of an object."""
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


def _walk(document: Any) -> Iterator[Candidate]:
    """Yield the schemas of a document from the outside in; a schema's own parts are no others."""
    waiting: deque[tuple[Any, str, int]] = deque([(document, "", 0)])
    for _ in range(_MOST_PLACES):
        if not waiting:
            return
        part, name, depth = waiting.popleft()
        if isinstance(part, dict) and _is_openapi(part):
            yield from _of_openapi(part, References(document, part))
        elif is_input_schema(part):
            title = part.get("title")
            called = title if isinstance(title, str) else name
            yield _candidate(called, part, References(document, part), 40)
        elif isinstance(part, dict | list) and depth < _DEEPEST:
            parts = part.items() if isinstance(part, dict) else ((name, each) for each in part)
            waiting.extend(
                (each, str(key), depth + 1) for key, each in parts if isinstance(each, dict | list)
            )


def _is_openapi(part: dict[str, Any]) -> bool:
    named = "openapi" in part or "swagger" in part
    components = part.get("components")
    has_schemas = isinstance(components, dict) and isinstance(components.get("schemas"), dict)
    return has_schemas or (named and isinstance(part.get("paths"), dict))


def _of_openapi(document: dict[str, Any], references: References) -> Iterator[Candidate]:
    for operation in find_operations(document, references):
        found = _of_operation(operation, references)
        if found:
            yield found
    holders = (document.get("components"), document)
    for holder, key in zip(holders, ("schemas", "definitions"), strict=True):
        named = holder.get(key) if isinstance(holder, dict) else None
        for name, schema in named.items() if isinstance(named, dict) else ():
            if is_input_schema(schema):
                yield _candidate(name, schema, references, 40 if name == "Input" else 0)


def _of_operation(operation: Operation, references: References) -> Candidate | None:
    score = 40 + _METHODS[operation.method]
    schema, called = _follow(operation.body, references), ""
    if not is_input_schema(schema):
        schema, score = {"type": "object"}, score - 20
        if operation.body is not None or not any(map(_is_worth_asking, operation.parameters)):
            return None
    elif isinstance(operation.body.get("$ref"), str):
        called = f" ({operation.body['$ref'].rsplit('/', 1)[-1]})"
    found = _candidate(f"{operation.name}{called}", schema, references, score)
    return replace(
        _with_parameters(found, operation),
        title=operation.title,
        description=operation.description,
    )


def _follow(body: Any, references: References) -> Any:
    """Return the schema that a body refers to, with what is stated beside the reference."""
    target = find_schema(resolve(body, references))
    if target is body or not isinstance(target, dict) or not isinstance(body, dict):
        return target
    beside = {key: each for key, each in body.items() if key in {"properties", "required"}}
    return {"allOf": [body]} if beside else target


def _is_worth_asking(parameter: Parameter) -> bool:
    """Tell whether one such parameter is enough to offer a request as a model."""
    is_path = parameter.place == "path"
    return parameter.place in {"query", "formData"} or (
        is_path and parameter.name.lower() in _WORDS_OF_INPUT
    )


def _with_parameters(found: Candidate, operation: Operation) -> Candidate:
    """Add what a request has beside its body, and say what that means for a run."""
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
            f"{_name_all(beside)}: no part of the body in this document. A run sends all inputs in "
            "one JSON object, these among them. Where the service does not take them there, take "
            "them out of the schema."
        )
    if left:
        notes.append(f"Left out, because a run sends one JSON object alone: {_name_all(left)}.")
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
    again = _candidate(found.name, raw, found.references, 0)
    score = found.score + len(again.fields) - len(found.fields)
    return replace(again, score=max(score, again.score), notes=tuple(notes))


def _name_all(parameters: Iterable[Parameter]) -> str:
    return ", ".join(f"“{each.name}” ({each.place})" for each in parameters)


def _candidate(name: str, schema: dict[str, Any], references: References, score: int) -> Candidate:
    properties = _found_properties(schema, references)
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
        part = _unfold(properties.get(name), references)
        if isinstance(part, dict):
            members = part.get("enum", [part.get("const")])
            if isinstance(members, list) and len(members) == 1 and isinstance(members[0], str):
                return members[0].strip()
    return ""


def _unfold(part: Any, references: References) -> Any:
    """Return the schema itself of a property that wraps one, as Pydantic and OpenAPI 3.0 do."""
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


def _unwrap(found: Candidate) -> Iterable[Candidate]:
    """Yield what a request wraps in `input` instead of the request, or beside it.

    The request itself stays where it has more than that, or nothing that tells an envelope.
    """
    properties = _found_properties(found.raw, found.references)
    inner = _unfold(properties.get("input"), found.references)
    if not is_input_schema(inner):
        return [found]
    envelope = _ENVELOPE | ({"context"} if _OF_COG & set(found.fields) else set())
    others = [name for name in found.fields if name != "input" and name not in envelope]
    inside = _candidate(
        f"{found.name}: input" if found.name else "input", inner, found.references, 0
    )
    inside = replace(
        inside,
        score=max(inside.score, found.score + 10),
        notes=found.notes,
        title=found.title,
        description=found.description,
        model=found.model or inside.model,
    )
    if not others:
        return [inside] if len(found.fields) > 1 else [inside, found]
    names = ", ".join(f"“{name}”" for name in others)
    left = f"Only what is in “input”. The request has beside it, and this leaves out: {names}."
    whole = "The whole request, with “input” as one of its fields."
    return [
        replace(found, score=inside.score + 1, hint=whole),
        replace(inside, notes=(*inside.notes, left), hint=left),
    ]


def _found_properties(schema: Any, references: References) -> dict[str, Any]:
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
