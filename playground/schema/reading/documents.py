"""Normalises any JSON Schema to draft 2020-12.

Keywords of older drafts are converted, every `$ref` becomes a pointer inside the document, and
keywords with invalid values are removed with a note. OpenAPI's `nullable` is kept.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, unquote

from playground.schema import pointers
from playground.schema.translation import gettext as _
from playground.schema.values import Schema

from .keywords import CLOSING, IN_LISTS, IN_MAPS, SHAPES, SINGLE, X_I18N, is_schema
from .localized_texts import add_words
from .references import Resolver
from .type_names import meaning_of

_NUMBERS = (int, float)


class SchemaError(ValueError):
    """The document is not a JSON Schema."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A note for the author of a schema.

    pointer  JSON Pointer into the schema
    """

    pointer: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A normalised schema.

    digest     SHA-256 of the original schema with sorted keys
    subschemas (pointer, schema) of all subschemas
    """

    schema: Schema
    digest: str
    notes: tuple[Note, ...]
    subschemas: tuple[tuple[str, dict[str, Any]], ...]

    def find(self, ref: str) -> Schema:
        """Return the target of a normalised `$ref`."""
        place: Any = self.schema
        for key in pointers.split(unquote(ref[1:])):
            place = place[int(key)] if isinstance(place, list) else place[key]
        found: Schema = place
        return found


def read_document(text: str, language: str = "") -> Document:
    """Read a schema from its JSON text.

    language  language to select from the schema's `x-i18n`

    Raises  SchemaError
    """
    raw = json.loads(text)
    canonical = json.dumps(raw, sort_keys=True, separators=(",", ":"))
    cleaning = _Cleaning(raw, language)
    return Document(
        schema=cleaning.run(),
        digest=hashlib.sha256(canonical.encode()).hexdigest(),
        notes=tuple(cleaning.notes),
        subschemas=tuple(cleaning.seen.values()),
    )


class _Cleaning:
    """Normalises a document in place."""

    def __init__(self, root: Any, language: str) -> None:
        self.root = root
        self.language = language
        self.notes: list[Note] = []
        self.seen: dict[int, tuple[str, dict[str, Any]]] = {}

    def run(self) -> Schema:
        if isinstance(self.root, bool):
            return self.root
        if not isinstance(self.root, dict):
            raise SchemaError(_("A JSON Schema is an object, like {…}, or true or false."))
        self.resolver = Resolver(self.root)
        self.visit()
        self.break_circles()
        for _pointer, schema in self.seen.values():
            for name in ("$id", "$anchor", "$dynamicAnchor", "$recursiveAnchor", "$schema"):
                schema.pop(name, None)
        return self.root

    def visit(self) -> None:
        """Normalise every schema that is reachable by a keyword or a `$ref`."""
        waiting = [("", self.root)]
        while waiting:
            pointer, schema = waiting.pop()
            if id(schema) in self.seen:
                continue
            self.seen[id(schema)] = (pointer, schema)
            self.modernise(pointer, schema)
            self.drop_nonsense(pointer, schema)
            if not add_words(schema, self.language):
                self.ignore(pointer, X_I18N)
            if target := self.point_ref(pointer, schema):
                waiting.append(target)
            waiting += reversed(list(self.children(pointer, schema)))

    def ignore(self, pointer: str, name: str) -> None:
        message = _("“%(name)s” cannot be read here and is ignored.") % {"name": name}
        self.note(pointers.child(pointer, name), message)

    def note(self, pointer: str, message: str) -> None:
        self.notes.append(Note(pointer=pointer, message=message))

    def modernise(self, pointer: str, schema: dict[str, Any]) -> None:
        """Convert keywords of older drafts and OpenAPI 3.0 to draft 2020-12."""
        for bound, exclusive in (("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")):
            says_so = isinstance(schema.get(exclusive), bool) and schema.pop(exclusive)
            if says_so and isinstance(schema.get(bound), _NUMBERS):
                schema[exclusive] = schema.pop(bound)
        self.read_type(pointer, schema)
        if isinstance(schema.get("items"), list):
            schema["prefixItems"] = schema.pop("items")
            if "additionalItems" in schema:
                schema["items"] = schema.pop("additionalItems")
        for name, requires in (_pop_dict(schema, "dependencies")).items():
            kind = "dependentRequired" if isinstance(requires, list) else "dependentSchemas"
            schema.setdefault(kind, {})[name] = requires
        if isinstance(schema.get("properties"), dict):
            self.gather_required(schema)
        if isinstance(schema.get("required"), bool) and pointer:
            del schema["required"]  # draft 3; the containing object has the name in `required` now

    def read_type(self, pointer: str, schema: dict[str, Any]) -> None:
        """Replace type names that JSON Schema does not have by the keywords that they mean."""
        if "type" not in schema or SHAPES["type"](schema["type"]):
            return
        given = schema["type"]
        names = given if isinstance(given, list) else [given]
        meanings = [meaning_of(name) for name in names]
        known = [each for each in meanings if each is not None]
        if not known or len(known) < len(meanings):
            return
        plain = all(each.keys() == {"type"} and isinstance(each["type"], str) for each in known)
        if len(known) == 1:
            meant = known[0]
        elif plain:
            meant = {"type": list(dict.fromkeys(each["type"] for each in known))}
        else:
            meant = {} if "anyOf" in schema else {"anyOf": known}
        del schema["type"]
        for name, value in meant.items():
            schema.setdefault(name, value)
        self.note(pointers.child(pointer, "type"), _say_type(given, meant))

    def gather_required(self, schema: dict[str, Any]) -> None:
        needed = [
            name
            for name, each in schema["properties"].items()
            if isinstance(each, dict) and each.get("required") is True
        ]
        if needed and isinstance(schema.get("required", []), list):
            schema["required"] = [*schema.get("required", []), *needed]

    def drop_nonsense(self, pointer: str, schema: dict[str, Any]) -> None:
        for name in [name for name, shape in SHAPES.items() if name in schema]:
            if SHAPES[name](schema[name]):
                continue
            if not pointer and name in {"type", "properties", "required", "allOf"}:
                message = _("This is not a JSON Schema: its “%(name)s” cannot be read.")
                raise SchemaError(message % {"name": name})
            del schema[name]
            self.ignore(pointer, name)

    def children(self, pointer: str, schema: dict[str, Any]) -> Iterator[tuple[str, Any]]:
        """Yield the direct subschemas, after replacing invalid ones by `true`.

        A `false` becomes `{"not": {}}`, because jsonschema reports a literal one without its path.
        """
        containers: list[tuple[str, Any, Any]] = [
            (pointer, schema, name) for name in SINGLE if name in schema
        ]
        for name in (*IN_LISTS, *IN_MAPS):
            inner = schema.get(name)
            place = pointers.child(pointer, name)
            keys = inner if isinstance(inner, dict) else range(len(inner or ()))
            containers += [(place, inner, key) for key in keys]
        for place, holder, key in containers:
            at = pointers.child(place, key)
            if holder[key] is False and not (holder is schema and key in CLOSING):
                holder[key] = {"not": {}}
            if not is_schema(holder[key]):
                holder[key] = True
                self.note(at, _("This is not a schema, so that any value is accepted here."))
            elif isinstance(holder[key], dict):
                yield at, holder[key]

    def point_ref(self, pointer: str, schema: dict[str, Any]) -> tuple[str, Any] | None:
        """Rewrite the `$ref` as a pointer inside the document; remove an unresolvable one."""
        for name in ("$dynamicRef", "$recursiveRef"):
            if name in schema:
                schema.setdefault("$ref", schema.pop(name))
        if "$ref" not in schema:
            return None
        ref = schema.pop("$ref")
        found = self.resolver.find(ref, inside=schema)
        if found is None:
            self.note(pointers.child(pointer, "$ref"), _say_lost(ref))
            return None
        where, target = found
        if isinstance(target, bool):
            schema.update({} if target else {"not": {}})
            return None
        schema["$ref"] = "#" + quote(where, safe="/~$!&'()*+,;=:@")
        return where, target

    def break_circles(self) -> None:
        """Remove a `$ref` that refers only to itself."""
        targets = {id(s): self._target(s) for _pointer, s in self.seen.values() if "$ref" in s}
        for pointer, schema in self.seen.values():
            met: set[int] = set()
            place = id(schema)
            while place in targets and place not in met:
                met.add(place)
                place = targets[place]
            if place == id(schema) and met:
                del schema["$ref"], targets[place]
                self.note(pointers.child(pointer, "$ref"), _("This refers to itself."))

    def _target(self, schema: dict[str, Any]) -> int:
        found = self.resolver.at(unquote(schema["$ref"][1:]))
        return id(found)


def _say_lost(ref: Any) -> str:
    return _("“%(reference)s” is not in this document.") % {"reference": ref}


def _say_type(given: Any, meant: dict[str, Any]) -> str:
    """Return the note for an unknown type name."""
    name = json.dumps(given, ensure_ascii=False)[:80]
    if not meant:
        return _("JSON Schema has no type %(type)s. Any value is accepted here.") % {"type": name}
    message = _("JSON Schema has no type %(type)s. It is read as %(meaning)s.")
    return message % {"type": name, "meaning": json.dumps(meant, ensure_ascii=False)}


def _pop_dict(schema: dict[str, Any], name: str) -> dict[str, Any]:
    value = schema.get(name)
    return schema.pop(name) if isinstance(value, dict) else {}
