"""Takes one schema out of a larger document, with everything that it refers to."""

from collections import Counter
from typing import Any, TypeGuard
from urllib.parse import unquote

_DATA = {"default", "const", "enum", "example", "examples"}  # values, not schemas: left alone
_HOLDERS = {"$defs", "definitions"}  # what is needed of them is put together anew
MOST_NODES = 200_000


class BundleError(ValueError):
    """The schema and what it refers to are too large to be of use."""


def find_target(document: Any, ref: str) -> Any:
    """Return what a `$ref` like "#/components/schemas/Input" names, or None."""
    place = document
    for token in split(ref):
        if isinstance(place, list) and token.isdecimal() and int(token) < len(place):
            place = place[int(token)]
        elif isinstance(place, dict) and token in place:
            place = place[token]
        else:
            return None
    return place


def split(ref: str) -> list[str]:
    return [t.replace("~1", "/").replace("~0", "~") for t in unquote(ref[1:]).split("/")[1:]]


def follow(document: Any, schema: Any) -> Any:
    """Return what stands at the end of a chain of bare references."""
    for _ in range(20):
        if not (isinstance(schema, dict) and set(schema) <= {"$ref", "description", "summary"}):
            return schema
        ref = schema.get("$ref")
        target = find_target(document, ref) if is_local(ref) else None
        if target is None:
            return schema
        schema = target
    return schema


def is_local(ref: Any) -> TypeGuard[str]:
    return isinstance(ref, str) and (ref == "#" or ref.startswith("#/"))


def bundle(schema: dict[str, Any], document: Any) -> dict[str, Any]:
    """Return a schema that stands on its own: what it names in the document goes into `$defs`.

    Raises  BundleError
    """
    return _Bundle(schema, document).run()


class _Bundle:
    def __init__(self, schema: dict[str, Any], document: Any) -> None:
        self.schema = schema
        self.document = document
        self.names: dict[str, str] = {}
        self.counts: Counter[str] = Counter()
        self.waiting: list[str] = []
        self.nodes = 0

    def run(self) -> dict[str, Any]:
        own = {key: part for key, part in self.schema.items() if key not in _HOLDERS}
        bundled: dict[str, Any] = self.copy(own)
        definitions = {}
        while self.waiting:
            ref = self.waiting.pop()
            definitions[self.names[ref]] = self.copy(self.find(ref))
        return bundled | {"$defs": definitions} if definitions else bundled

    def find(self, ref: str) -> Any:
        """Return what is meant: inside the schema itself first, then in the document around it."""
        found = find_target(self.schema, ref)
        return find_target(self.document, ref) if found is None else found

    def copy(self, part: Any) -> Any:
        self.nodes += 1
        if self.nodes > MOST_NODES:
            raise BundleError("This schema is too large.")
        if isinstance(part, list):
            return [self.copy(each) for each in part]
        if not isinstance(part, dict):
            return part
        copied = {
            key: each if key in _DATA and not isinstance(each, dict) else self.copy(each)
            for key, each in part.items()
        }
        ref = part.get("$ref")
        if is_local(ref) and ref != "#" and self.find(ref) is not None:
            copied["$ref"] = f"#/$defs/{self.name(ref)}"
        return copied

    def name(self, ref: str) -> str:
        if ref not in self.names:
            name = "".join(c if c.isalnum() or c in "-_." else "_" for c in split(ref)[-1])
            while self.counts[name]:
                self.counts[name] += 1
                name = f"{name}_{self.counts[name]}"
            self.counts[name] = 1
            self.names[ref] = name
            self.waiting.append(ref)
        return self.names[ref]
