"""Merges a schema with everything that `$ref` and `allOf` add to it.

Only for drawing: what the merge drops (a second `oneOf`, a `not`) is still validated.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from playground.schema import pointers
from playground.schema.values import Schema, is_same

from .documents import Document
from .keywords import LOOSE, TYPES, WORDS, is_nothing
from .localized_texts import merge_words

# The type that each keyword implies, for schemas without `type`.
_HINTS = {
    "object": ("properties", "required", "patternProperties", "additionalProperties",
               "minProperties", "maxProperties", "propertyNames", "dependentRequired",
               "dependentSchemas"),
    "array": ("items", "prefixItems", "minItems", "maxItems", "uniqueItems", "contains"),
    "string": ("minLength", "maxLength", "pattern", "format"),
    "number": ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"),
}  # fmt: skip
_CONDITIONS = ("if", "dependentSchemas", "dependentRequired")


# A schema with none of these describes no value; it only constrains one.
SHAPES = {"type", "properties", "items", "enum", "const", "$ref", "allOf", "anyOf", "oneOf",
          "additionalProperties", "prefixItems"}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Alternatives:
    """One `anyOf` or `oneOf`.

    is_loose  a `oneOf` of which several branches may match
    """

    keyword: str
    branches: tuple[Schema, ...]
    is_loose: bool = False

    def as_schema(self) -> dict[str, Any]:
        """Return a schema with only these alternatives."""
        loose = {LOOSE: True} if self.is_loose else {}
        return {self.keyword: list(self.branches), **loose}

    def demanded(self) -> list[str]:
        """Return the names that each branch requires, if the branches describe no value."""
        branches = [branch for branch in self.branches if not is_nothing(branch)]
        names = [
            each.get("required", ()) if isinstance(each, dict) and not SHAPES & set(each) else ()
            for each in branches
        ]
        first = names[0] if names else ()
        return [name for name in dict.fromkeys(first) if all(name in each for each in names)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Flat:
    """A schema without `$ref` and `allOf`.

    keywords     merged; the outermost title, default and description take precedence
    types        from `type` or implied by keywords; () for any
    refs         every `$ref` that was followed, to detect recursion
    type_names   titles that only repeat the name of a `$ref`'s target, like a class name
    conditions   schemas with an `if` or a dependency
    impossible   no value is valid, or none that can be drawn
    """

    keywords: dict[str, Any]
    types: tuple[str, ...]
    refs: frozenset[str]
    type_names: frozenset[str]
    alternatives: tuple[Alternatives, ...]
    conditions: tuple[dict[str, Any], ...]
    impossible: bool

    def without(self, *names: str) -> dict[str, Any]:
        return {name: each for name, each in self.keywords.items() if name not in names}


def flatten(schema: Schema, document: Document) -> Flat:
    """Merge a schema with the schemas of its `$ref` and `allOf`."""
    refs: set[str] = set()
    parts = parts_of(schema, document, refs)
    merged: dict[str, Any] = {}
    alternatives: list[Alternatives] = []
    conditions: list[dict[str, Any]] = []
    impossible = False
    for part in parts:
        impossible = impossible or is_nothing(part)
        if not isinstance(part, dict):
            continue
        for keyword in ("anyOf", "oneOf"):
            if keyword in part:
                branches = tuple(part[keyword])
                loose = keyword == "oneOf" and part.get(LOOSE) is True
                alternatives.append(
                    Alternatives(keyword=keyword, branches=branches, is_loose=loose)
                )
        if any(keyword in part for keyword in _CONDITIONS):
            conditions.append(part)
        _merge(merged, part)
    for each in alternatives:
        if demanded := each.demanded():
            merged["required"] = _union(merged.get("required", ()), demanded)
    impossible = impossible or merged.get("type") == []
    return Flat(
        keywords=merged,
        types=_types(merged),
        refs=frozenset(refs),
        type_names=frozenset(_type_names(refs, document)),
        alternatives=tuple(alternatives),
        conditions=tuple(conditions),
        impossible=impossible,
    )


def parts_of(schema: Schema, document: Document, refs: set[str] | None = None) -> list[Schema]:
    """Return the schema and those of its `$ref` and `allOf`, outermost first.

    refs  every followed `$ref` is added to this set
    """
    return list(_gather(schema, document, set() if refs is None else refs))


def _gather(schema: Schema, document: Document, refs: set[str]) -> Iterator[Schema]:
    """Yield the schema, then the schemas that it refers to, outermost first."""
    yield schema
    if not isinstance(schema, dict):
        return
    ref = schema.get("$ref")
    if ref and ref not in refs:
        refs.add(ref)
        yield from _gather(document.find(ref), document, refs)
    for each in schema.get("allOf", ()):
        yield from _gather(each, document, refs)


def _type_names(refs: Iterable[str], document: Document) -> Iterator[str]:
    for ref in refs:
        target, name = document.find(ref), pointers.last(unquote(ref))
        if isinstance(target, dict) and target.get("title") == name:
            yield name


def _type_list(value: Any) -> list[str]:
    return value if isinstance(value, list) else [value]


def _merge_types(one: Any, other: Any) -> list[str]:
    ours, theirs = _type_list(one), _type_list(other)
    both = [name for name in ours if name in theirs]
    if "integer" not in both and (
        ("integer" in ours and "number" in theirs) or ("number" in ours and "integer" in theirs)
    ):
        both.append("integer")
    return both


def _merge_maps(one: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    return {**one, **{name: _both(one[name], each) if name in one else each
                      for name, each in other.items()}}  # fmt: skip


def _both(one: Schema, other: Schema) -> Schema:
    if one is True or is_nothing(other):
        return other
    if other is True or is_nothing(one) or is_same(one, other):
        return one
    return {"allOf": [one, other]}


def _union(one: Iterable[str], other: Iterable[str]) -> list[str]:
    return list(dict.fromkeys([*one, *other]))


_MERGES: dict[str, Callable[[Any, Any], Any]] = {
    "type": _merge_types,
    "enum": lambda one, other: [each for each in one if any(is_same(each, o) for o in other)],
    "required": _union,
    "properties": _merge_maps,
    "patternProperties": _merge_maps,
    "items": _both,
    "additionalProperties": _both,
    "propertyNames": _both,
    **dict.fromkeys(("minimum", "exclusiveMinimum", "minLength", "minItems"), max),
    **dict.fromkeys(("maximum", "exclusiveMaximum", "maxLength", "maxItems"), min),
    "uniqueItems": lambda one, other: one or other,
    "nullable": lambda one, other: one and other,
    "writeOnly": lambda one, other: one or other,
}
_NOT_MERGED = (LOOSE, WORDS, "$ref", "allOf", "anyOf", "oneOf", "if", "then", "else", "$defs",
               "definitions",
               "dependentSchemas", "dependentRequired")  # fmt: skip


def _merge(merged: dict[str, Any], part: dict[str, Any]) -> None:
    if WORDS in part:
        merge_words(merged, part)
    for name, value in part.items():
        if name in _NOT_MERGED:
            continue
        if name not in merged:
            merged[name] = value
        elif name in _MERGES:
            merged[name] = _MERGES[name](merged[name], value)


def _types(merged: dict[str, Any]) -> tuple[str, ...]:
    if "type" in merged:
        names = _type_list(merged["type"])
        if "number" in names:
            names = [name for name in names if name != "integer"]
        return tuple(dict.fromkeys(names))
    if "enum" in merged or "const" in merged:
        return ()
    for name in TYPES:
        if any(keyword in merged for keyword in _HINTS.get(name, ())):
            return (name,)
    return ()
