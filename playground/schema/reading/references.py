"""Resolves `$ref` inside the same document."""

from typing import Any
from urllib.parse import unquote

from referencing import Registry
from referencing.exceptions import Unresolvable
from referencing.jsonschema import DRAFT202012

from playground.schema import pointers

_BASE = "schema:/document"  # base URI; never fetched


class Resolver:
    """Resolves the references of one document.

    Pointers are resolved directly; `$id` and `$anchor` by `referencing`, which fetches nothing.
    """

    def __init__(self, root: dict[str, Any]) -> None:
        self.root = root
        self.places: dict[int, str] = {}
        self.bases: dict[int, Any] = {}  # {id() of a schema: resolver with its base URI}
        self.has_ids = self._mark("", root, None)
        if self.has_ids:
            resource = DRAFT202012.create_resource(root)
            registry: Registry[Any] = Registry().with_resource(_BASE, resource)
            self._mark("", root, registry.resolver(_BASE))

    def find(self, ref: str, inside: dict[str, Any]) -> tuple[str, Any] | None:
        """Return (pointer, schema) of a reference's target, or None."""
        if not self.has_ids:
            place = unquote(ref[1:])
            found = self.at(place) if ref.startswith("#") else None
        else:
            found = self._look_up(ref, inside)
            place = self.places.get(id(found), "")
        if isinstance(found, bool):
            return "", found
        return (place, found) if isinstance(found, dict) else None

    def at(self, pointer: str) -> Any:
        """Return the value at a pointer in the document, or None."""
        if pointer and not pointer.startswith("/"):
            return None
        place: Any = self.root
        for key in pointers.split(pointer):
            try:
                place = place[int(key)] if isinstance(place, list) else place[key]
            except (KeyError, IndexError, ValueError, TypeError):
                return None
        return place

    def _look_up(self, ref: str, inside: dict[str, Any]) -> Any:
        try:
            return self.bases[id(inside)].lookup(ref).contents
        except (Unresolvable, ValueError, KeyError, TypeError, AttributeError):
            return None  # another document, or no target

    def _mark(self, pointer: str, place: Any, resolver: Any) -> bool:
        """Store the pointer of every object; return whether any has `$id` or `$anchor`."""
        if isinstance(place, list):
            inner = [
                self._mark(pointers.child(pointer, n), p, resolver) for n, p in enumerate(place)
            ]
            return any(inner)
        if not isinstance(place, dict):
            return False
        if resolver is not None and pointer and isinstance(place.get("$id"), str):
            resolver = resolver.in_subresource(DRAFT202012.create_resource(place))
        self.places[id(place)] = pointer
        self.bases[id(place)] = resolver
        names = ("$id", "$anchor", "$dynamicAnchor")
        own = any(isinstance(place.get(name), str) for name in names)
        return any(
            [
                own,
                *[
                    self._mark(pointers.child(pointer, key), each, resolver)
                    for key, each in place.items()
                ],
            ]
        )
