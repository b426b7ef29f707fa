"""Bundles a schema of a larger document with everything that it references."""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any, TypeGuard

from django.utils.translation import gettext as _

from playground.catalog.references import DATA, MAPS, References, ReferenceScope, split_reference

_HOLDERS = ("$defs", "definitions")  # replaced by new ones in a bundle
_NAMES = ("$id", "$anchor", "$dynamicAnchor", "$recursiveAnchor")  # all references become pointers
_PLAIN_NAME = re.compile(r"[\w.-]+")
_SCHEMAS = "#/components/schemas/"
MOST_NODES = 200_000


class BundleError(ValueError):
    """The bundled schema is too large."""


def find_referenced(document: Any, ref: str) -> Any:
    """Return the target of a `$ref` such as "#/components/schemas/Input", or None."""
    place = document
    for token in split_reference(ref):
        if isinstance(place, list) and token.isdecimal() and int(token) < len(place):
            place = place[int(token)]
        elif isinstance(place, dict) and token in place:
            place = place[token]
        else:
            return None
    return place


def follow_references(document: Any, schema: Any) -> Any:
    """Follow a chain of schemas that are only a reference; return its end."""
    for _step in range(20):
        if not (isinstance(schema, dict) and set(schema) <= {"$ref", "description", "summary"}):
            return schema
        ref = schema.get("$ref")
        target = find_referenced(document, ref) if is_local(ref) else None
        if target is None:
            return schema
        schema = target
    return schema


def is_local(ref: Any) -> TypeGuard[str]:
    return isinstance(ref, str) and (ref == "#" or ref.startswith("#/"))


def bundle(schema: dict[str, Any], references: References) -> dict[str, Any]:
    """Return a self-contained schema, with the targets of its references in `$defs`.

    Raises  BundleError
    """
    return _Bundle(schema, references).run()


def find_schema(part: Any) -> Any:
    """Return the schema inside a parameter, body or header that is referenced like a schema."""
    if not isinstance(part, dict) or {"type", "properties", "$ref", "allOf"} & set(part):
        return part
    content = part.get("content")
    if isinstance(content, dict):
        part = next((each for each in content.values() if isinstance(each, dict)), {})
    return part.get("schema", part)


class _Bundle:
    """Copies a schema and, transitively, the definitions that it references.

    lost  whether a reference is unresolvable, so that the needed definitions are unknown
    """

    def __init__(self, schema: dict[str, Any], references: References) -> None:
        self.schema = schema
        self.references = references
        self.entry = references.enter(schema, references.scope)
        if schema is references.home:
            self.entry = references.scope
        self.names: dict[int, str] = {}
        self.counts: Counter[str] = Counter()
        self.waiting: list[tuple[str, Any, ReferenceScope]] = []
        self.nodes = 0
        self.lost = False

    def run(self) -> dict[str, Any]:
        bundled: dict[str, Any] = self.copy(self.schema, self.entry)
        definitions: dict[str, Any] = {}
        self.copy_waiting(definitions)
        if self.lost:
            for name, part in self.own_definitions():
                self.name(part, self.references.enter(part, self.entry), name)
            self.copy_waiting(definitions)
        return bundled | {"$defs": definitions} if definitions else bundled

    def copy_waiting(self, definitions: dict[str, Any]) -> None:
        while self.waiting:
            name, part, scope = self.waiting.pop()
            definitions[name] = self.copy(part, scope)

    def own_definitions(self) -> Iterator[tuple[str, Any]]:
        for key in _HOLDERS:
            held = self.schema.get(key)
            yield from held.items() if isinstance(held, dict) else ()

    def copy(self, part: Any, scope: ReferenceScope) -> Any:
        """Copy a schema, or any value in its place; `scope` is the scope inside it."""
        self.count()
        if isinstance(part, list):
            return [self.copy(each, self.references.enter(each, scope)) for each in part]
        if not isinstance(part, dict):
            return part
        copied: dict[str, Any] = {}
        for key, each in part.items():
            is_name = key in _NAMES and isinstance(each, str | bool)
            if (key in _HOLDERS and isinstance(each, dict)) or (
                is_name and part is not self.schema
            ):
                continue
            if key in DATA:
                copied[key] = each
            elif key in MAPS and isinstance(each, dict):
                self.count()
                copied[key] = {
                    name: self.copy(inner, self.references.enter(inner, scope))
                    for name, inner in each.items()
                }
            else:
                copied[key] = self.copy(each, self.references.enter(each, scope))
        self.point(part, copied, scope)
        self.map_kinds(part, copied, scope)
        return copied

    def count(self) -> None:
        self.nodes += 1
        if self.nodes > MOST_NODES:
            raise BundleError(_("This schema is too large, including everything it refers to."))

    def point(self, part: dict[str, Any], copied: dict[str, Any], scope: ReferenceScope) -> None:
        """Rewrite all resolvable references of a schema as pointers into `$defs`."""
        found = {
            "$ref": self.references.find(part["$ref"], scope) if "$ref" in part else None,
            "$dynamicRef": self.references.find_dynamic(part["$dynamicRef"], scope, self.entry)
            if "$dynamicRef" in part
            else None,
            "$recursiveRef": self.references.find_recursive(scope, self.entry)
            if part.get("$recursiveRef") == "#"
            else None,
        }
        for key, target in found.items():
            if not isinstance(part.get(key), str):
                continue
            pointer = self.pointer(part[key], target)
            if pointer is None:
                self.lost = True
                continue
            del copied[key]
            if "$ref" in copied and key != "$ref":
                copied["allOf"] = [*copied.get("allOf", ()), {"$ref": pointer}]
            else:
                copied["$ref"] = pointer

    def pointer(self, ref: str, target: tuple[Any, ReferenceScope] | None) -> str | None:
        """Return the pointer in the bundle of a reference's target, or None."""
        if target is None:
            return None
        part, scope = target
        schema = find_schema(part)
        if schema is not part:
            scope = self.references.enter(schema, scope)
        is_whole = schema is self.references.home or schema is self.references.document
        if schema is self.schema or (is_whole and ref == "#"):
            return "#"
        if not isinstance(schema, dict | bool):
            return None
        return f"#/$defs/{self.name(schema, scope, _last(ref))}"

    def map_kinds(
        self, part: dict[str, Any], copied: dict[str, Any], scope: ReferenceScope
    ) -> None:
        """Rewrite the mapping of OpenAPI's `discriminator` for the bundle."""
        stated = part.get("discriminator")
        if not (isinstance(stated, dict) and isinstance(stated.get("propertyName"), str)):
            return
        mapping = stated.get("mapping")
        kinds = {
            value: self.pointer(kind, self.find_kind(kind, scope)) or kind
            for value, kind in (mapping.items() if isinstance(mapping, dict) else ())
            if isinstance(kind, str)
        }
        for key in ("oneOf", "anyOf"):
            before, after = part.get(key), copied.get(key)
            if isinstance(before, list) and isinstance(after, list):
                kinds |= _renamed(before, after, set(kinds.values()))
        copied["discriminator"] = {**stated, "mapping": kinds} if kinds else stated

    def find_kind(self, kind: str, scope: ReferenceScope) -> tuple[Any, ReferenceScope] | None:
        """Return the target of a mapping: the name of a schema in OpenAPI, or a reference."""
        named = _PLAIN_NAME.fullmatch(kind) and self.references.find(_SCHEMAS + kind, scope)
        return named or self.references.find(kind, scope)

    def name(self, part: Any, scope: ReferenceScope, wanted: str) -> str:
        """Return the name of a definition in the bundle."""
        if isinstance(part, bool):
            self.waiting.append((str(part), part, scope))
            return str(part)
        if id(part) not in self.names:
            plain = "".join(c if c.isalnum() or c in "-_." else "_" for c in wanted) or "schema"
            name = plain
            while name in self.counts:
                self.counts[plain] += 1
                name = f"{plain}_{self.counts[plain]}"
            self.counts[name] = 1
            self.names[id(part)] = name
            self.waiting.append((name, part, scope))
        return self.names[id(part)]


def _last(ref: str) -> str:
    """Return the last name in a reference: "Size" of "#/$defs/Size", "a/Size.json"."""
    address, _, fragment = ref.partition("#")
    if not fragment:
        return address.rstrip("/").rsplit("/", 1)[-1].removesuffix(".json")
    return split_reference(ref)[-1] if fragment.startswith("/") else fragment


def _renamed(before: list[Any], after: list[Any], mapped: set[str]) -> dict[str, str]:
    """Return a mapping for branches that were selected by schema names that have changed."""
    pairs = [
        (each["$ref"], new["$ref"])
        for each, new in zip(before, after, strict=True)
        if isinstance(each, dict) and isinstance(each.get("$ref"), str) and "$ref" in new
    ]
    return {
        _last(ref): new
        for ref, new in pairs
        if new not in mapped and new.startswith("#/") and _last(ref) != _last(new)
    }
