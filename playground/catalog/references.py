"""Resolves the references of a pasted document: pointers, `$id` and anchors.

Nothing is fetched; references to other documents are not found.
Source: JSON Schema 2020-12 Core §8.2, §9.2; RFC 3986 §5; RFC 6901 §6
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any
from urllib.parse import unquote, urljoin, urlsplit

from playground.schema import pointers

MAPS = frozenset(
    ("properties", "patternProperties", "$defs", "definitions", "dependentSchemas", "dependencies")
)
DATA = frozenset(("default", "const", "enum", "example", "examples"))  # values, not schemas
_NOWHERE = "http://document.invalid/"  # base URI of relative references; never fetched
_MOST_PLACES = 2_000_000
_OLD = ("draft-03", "draft-04")  # with `id` instead of `$id`


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferenceScope:
    """The base of the references in a part of a document.

    base    absolute URI without fragment
    root the part to which pointers are relative
    holder  the nearest container with definitions, for pointers that do not resolve from the root:
         a schema with its own `$defs` inside a larger document
    """

    base: str
    root: Any
    holder: Any = None


@dataclass(slots=True)
class _Index:
    resources: dict[str, ReferenceScope] = field(default_factory=dict)
    anchors: dict[tuple[str, str], tuple[Any, ReferenceScope]] = field(default_factory=dict)
    dynamic: dict[str, list[tuple[Any, ReferenceScope]]] = field(default_factory=dict)

    def name(self, part: dict[str, Any], scope: ReferenceScope, anchor: str) -> None:
        self.anchors.setdefault((scope.base, anchor), (part, scope))


class References:
    """The references of one document.

    home  the part to which its pointers are relative: an OpenAPI document, a schema
    """

    def __init__(self, document: Any, home: Any) -> None:
        self.document = document
        self.home = home
        schema = home.get("$schema") if isinstance(home, dict) else None
        self.is_old = isinstance(schema, str) and any(each in schema for each in _OLD)
        own = home.get("$self") if isinstance(home, dict) else None  # OpenAPI 3.2
        base = _join(_NOWHERE, own) if isinstance(own, str) else _NOWHERE
        self.scope = self.enter(home, ReferenceScope(base=base, root=home))

    def enter(self, part: Any, scope: ReferenceScope) -> ReferenceScope:
        """Return the scope inside a schema: its own where it has an `$id`."""
        if not isinstance(part, dict):
            return scope
        if any(isinstance(part.get(key), dict) for key in ("$defs", "definitions")):
            scope = replace(scope, holder=part)
        name = self.find_id(part)
        if not name or name.startswith("#"):  # the anchors of drafts 6 and 7
            return scope
        return replace(scope, base=_join(scope.base, name.partition("#")[0]), root=part)

    def find_id(self, part: Any) -> str:
        if not isinstance(part, dict):
            return ""
        name = part.get("$id", part.get("id") if self.is_old else None)
        return name if isinstance(name, str) else ""

    def find(
        self, ref: Any, scope: ReferenceScope | None = None
    ) -> tuple[Any, ReferenceScope] | None:
        """Return (target, scope inside it) of a `$ref`, or None."""
        if not isinstance(ref, str):
            return None
        scope = scope or self.scope
        address, _, fragment = ref.partition("#")
        within: ReferenceScope | None = scope
        if address and (target := _join(scope.base, address)) != scope.base:
            within = self.index.resources.get(target)
        if within is None:
            return None
        if not fragment:
            return within.root, within
        if not fragment.startswith("/"):
            return self.find_anchor(unquote(fragment), within)
        found = self.at(ref, within)
        if found is None and not address:
            roots = (scope.holder, self.home, self.document)
            others = (self.at(ref, ReferenceScope(base=scope.base, root=each)) for each in roots)
            found = next((each for each in others if each), None)
        return found

    def find_dynamic(
        self, ref: Any, scope: ReferenceScope, entry: ReferenceScope
    ) -> tuple[Any, ReferenceScope] | None:
        """Return the target of a `$dynamicRef` for validation that starts at `entry`."""
        found = self.find(ref, scope)
        name = ref.partition("#")[2] if isinstance(ref, str) else ""
        if found is None or not _is_object(found[0]) or found[0].get("$dynamicAnchor") != name:
            return found
        named = self.index.dynamic.get(name, [])
        return next((each for each in named if each[1].base == entry.base), found)

    def find_recursive(
        self, scope: ReferenceScope, entry: ReferenceScope
    ) -> tuple[Any, ReferenceScope]:
        """Return the target of `$recursiveRef: "#"` of draft 2019-09."""
        is_open = _is_object(scope.root) and scope.root.get("$recursiveAnchor") is True
        is_entry = _is_object(entry.root) and entry.root.get("$recursiveAnchor") is True
        outermost = entry if is_open and is_entry else scope
        return outermost.root, outermost

    def find_anchor(self, name: str, scope: ReferenceScope) -> tuple[Any, ReferenceScope] | None:
        found = self.index.anchors.get((scope.base, name))
        if found:
            return found
        named = [each for (_, anchor), each in self.index.anchors.items() if anchor == name]
        return named[0] if len(named) == 1 else None

    def at(self, ref: str, scope: ReferenceScope) -> tuple[Any, ReferenceScope] | None:
        """Return (target, scope inside it) of a pointer, or None."""
        part, inside = scope.root, scope
        for token in split_reference(ref):
            if isinstance(part, list) and token.isdecimal() and int(token) < len(part):
                part = part[int(token)]
            elif isinstance(part, dict) and token in part:
                part = part[token]
            else:
                return None
            inside = self.enter(part, inside)
        return part, inside

    @cached_property
    def index(self) -> _Index:
        """Every `$id` and every anchor of the document."""
        index = _Index()
        for part, scope in self._schemas():
            if self.find_id(part):
                index.resources.setdefault(scope.base, scope)
                anchor = self.find_id(part).partition("#")[2]
                if anchor and not anchor.startswith("/"):
                    index.name(part, scope, anchor)
            for key in ("$anchor", "$dynamicAnchor"):
                if isinstance(part.get(key), str):
                    index.name(part, scope, part[key])
            if isinstance(part.get("$dynamicAnchor"), str):
                index.dynamic.setdefault(part["$dynamicAnchor"], []).append((part, scope))
        index.resources.setdefault(self.scope.base, self.scope)
        return index

    def _schemas(self) -> Iterator[tuple[dict[str, Any], ReferenceScope]]:
        """Yield (possible schema, scope inside it)."""
        start = ReferenceScope(base=_NOWHERE, root=self.document)
        waiting: list[tuple[Any, ReferenceScope, bool]] = [(self.document, start, False)]
        for _ in range(_MOST_PLACES):
            if not waiting:
                return
            part, scope, is_map = waiting.pop()
            if isinstance(part, list):
                waiting += [(each, scope, False) for each in part if isinstance(each, dict | list)]
            elif is_map:
                waiting += [(each, scope, False) for each in part.values() if _is_object(each)]
            else:
                scope = self.scope if part is self.home else self.enter(part, scope)
                yield part, scope
                waiting += [
                    (each, scope, key in MAPS and _is_object(each))
                    for key, each in part.items()
                    if isinstance(each, dict | list) and key not in DATA
                ]


def split_reference(ref: str) -> list[str]:
    """Return the tokens of the pointer in "#/a~1b/c" or "file.json#/a~1b/c"."""
    return pointers.split(unquote(ref.partition("#")[2]))


def _is_object(part: Any) -> bool:
    return isinstance(part, dict)


def _join(base: str, address: str) -> str:
    try:
        joined = urljoin(base, address).partition("#")[0]
        path = urlsplit(joined).path
        return (
            urljoin(joined, path) if "/." in path else joined
        )  # what was absolute has its dots yet
    except ValueError:  # as of "http://["
        return address
