"""Reads the operations of an OpenAPI document: bodies, forms and parameters.

Source: OpenAPI 3.1 §4.8.9 to §4.8.14; Swagger 2.0, "Parameter Object"; read 2026-11-30
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from playground.catalog.bundling import find_schema
from playground.catalog.references import References

METHODS = ("post", "put", "patch", "get")
_OF_PARAMETERS = frozenset(  # schema keywords in a Swagger 2 parameter
    ("type", "format", "items", "default", "enum", "maximum", "minimum", "exclusiveMaximum",
     "exclusiveMinimum", "maxLength", "minLength", "pattern", "maxItems", "minItems",
     "uniqueItems", "multipleOf")
)  # fmt: skip
_CREDENTIALS = frozenset(("authorization", "content-type", "accept", "user-agent", "cookie"))
_SECRET = ("api-key", "apikey", "api_key", "token", "idempotency")
_JSON = "application/json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """One input outside of the body.

    place  as OpenAPI's `in`: "query", "path", "header", "cookie", "formData"
    """

    name: str
    place: str
    schema: Any
    required: bool

    @property
    def is_credential(self) -> bool:
        """Whether it is a credential, which is sent automatically or stored as a key."""
        name = self.name.lower()
        return self.place in {"header", "cookie"} and (
            name in _CREDENTIALS or any(word in name for word in _SECRET)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One operation of an API.

    body        its original schema, possibly a reference; None for no body
    media       media type of the body if there are several, else ""
    parameters  inputs outside of the body
    """

    method: str
    path: str
    title: str
    description: str
    body: Any
    media: str
    parameters: tuple[Parameter, ...]

    @property
    def name(self) -> str:
        kind = f" as {self.media}" if self.media else ""
        return f"{self.method.upper()} {self.path}{kind}"


def find_operations(document: dict[str, Any], references: References) -> Iterator[Operation]:
    """Yield the operations of an API, one for each media type."""
    paths = document.get("paths")
    for path, stated in paths.items() if isinstance(paths, dict) else ():
        item = resolve(stated, references)
        for method in METHODS:
            operation = item.get(method) if isinstance(item, dict) else None
            if isinstance(operation, dict):
                yield from _kinds(str(path), method, item, operation, references)


def resolve(part: Any, references: References) -> Any:
    """Follow a chain of references, ignoring sibling keywords; return its end."""
    for _ in range(20):
        if not (isinstance(part, dict) and isinstance(part.get("$ref"), str)):
            return part
        found = references.find(part["$ref"])
        if found is None:
            return part
        part = found[0]
    return part


def _kinds(
    path: str, method: str, item: Any, operation: dict[str, Any], references: References
) -> Iterator[Operation]:
    stated = [
        *_parameters(item.get("parameters"), references),
        *_parameters(operation.get("parameters"), references),
    ]
    bodies = [("", each.schema) for each in stated if each.place == "body"]
    bodies += _contents(operation.get("requestBody"), references)
    known = {(each.name, each.place): each for each in stated if each.place != "body"}
    for media, body in bodies or [("", None)]:
        yield Operation(
            method=method,
            path=path,
            title=_text(operation, "summary") or _text(item, "summary"),
            description=_text(operation, "description"),
            body=body,
            media=media if len(bodies) > 1 else "",
            parameters=tuple(known.values()),
        )


def _contents(body: Any, references: References) -> list[tuple[str, Any]]:
    """Return (media type, schema) of a body, JSON first; each schema once."""
    body = resolve(body, references)
    content = body.get("content") if isinstance(body, dict) else None
    found: list[tuple[str, Any]] = []
    for media, stated in content.items() if isinstance(content, dict) else ():
        part = resolve(stated, references)
        schema = part.get("schema") if isinstance(part, dict) else None
        if isinstance(schema, dict) and not any(schema == other for _, other in found):
            found.append((str(media), schema))
    return sorted(found, key=lambda each: not each[0].startswith(_JSON))


def _parameters(stated: Any, references: References) -> Iterator[Parameter]:
    for each in stated if isinstance(stated, list) else ():
        part = resolve(each, references)
        if not isinstance(part, dict):
            continue
        place, name = part.get("in"), part.get("name")
        if isinstance(place, str) and isinstance(name, str):
            yield Parameter(
                name=name,
                place=place,
                schema=part.get("schema") if place == "body" else _schema_of(part),
                required=part.get("required") is True,
            )


def _schema_of(parameter: dict[str, Any]) -> dict[str, Any]:
    """Return a parameter's schema with the parameter's description."""
    stated = find_schema(parameter)
    if stated is parameter:  # Swagger 2
        stated = {key: each for key, each in parameter.items() if key in _OF_PARAMETERS}
        if stated.get("type") == "file":
            stated |= {"type": "string", "format": "binary"}
    schema = dict(stated) if isinstance(stated, dict) else {}
    for key in ("description", "deprecated", "example"):
        if key in parameter:
            schema.setdefault(key, parameter[key])
    return schema


def _text(part: Any, key: str) -> str:
    text = part.get(key) if isinstance(part, dict) else None
    return text.strip() if isinstance(text, str) else ""
