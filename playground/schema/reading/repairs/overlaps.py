"""Relaxes a `oneOf` to `anyOf` semantics if no value can match exactly one branch.

If every value of one branch matches another too, that branch can never be the only one: the URL
and the base64 content of a picture are both strings. Then one matching branch is enough.
"""

from collections.abc import Callable, Iterator
from itertools import permutations
from typing import Any

from playground.schema import pointers
from playground.schema.reading.documents import Document, Note
from playground.schema.reading.flattening import SHAPES, Alternatives, Flat, flatten
from playground.schema.reading.formats import CHECKS
from playground.schema.reading.keywords import LOOSE
from playground.schema.reading.validator import SchemaValidator, is_multiple
from playground.schema.translation import gettext as _
from playground.schema.values import Schema, is_same

_MOST_BRANCHES = 40
_DEEPEST = 6
_NOT_COMPARED = ("not", "contains", "patternProperties", "propertyNames", "dependentRequired",
                 "unevaluatedProperties", "unevaluatedItems", "prefixItems")  # fmt: skip
_AT_LEAST = ("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties")
_AT_MOST = ("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties")


def relax_one_of(document: Document, validator: SchemaValidator) -> Iterator[Note]:
    """Mark each `oneOf` with overlapping branches as loose; yield a note for each."""
    compare = _Comparing(document, validator)
    for pointer, schema in document.subschemas:
        branches = schema.get("oneOf", ())
        if not 1 < len(branches) <= _MOST_BRANCHES:
            continue
        if not any(isinstance(each, dict) and SHAPES & set(each) for each in branches):
            continue  # the branches only require properties, which the user can enter
        if any(compare.covers(one, other) for one, other in permutations(branches, 2)):
            schema[LOOSE] = True
            yield Note(
                pointer=pointers.child(pointer, "oneOf"),
                message=_(
                    "A value that fits one branch fits another too, so that it never fits exactly "
                    "one. One branch that fits is enough here."
                ),
            )


class _Comparing:
    """Compares schemas by the keywords that it supports; other schemas differ."""

    def __init__(self, document: Document, validator: SchemaValidator) -> None:
        self.document = document
        self.validator = validator

    def covers(self, wide: Schema, narrow: Schema, depth: int = 0) -> bool:
        """Return whether each value that the form produces for `narrow` is valid for `wide`.

        wide, narrow  the more general schema, and the more specific one
        """
        if wide is True or depth > _DEEPEST:
            return wide is True
        general, special = flatten(wide, self.document), flatten(narrow, self.document)
        if general.impossible or special.impossible:
            return False
        if is_same(wide, narrow):
            return True
        if general.conditions or any(name in general.keywords for name in _NOT_COMPARED):
            return False
        if special.alternatives:
            branches = special.alternatives[0].branches
            return all(self.covers(wide, branch, depth + 1) for branch in branches)
        alternatives = general.alternatives
        return self._covers_plainly(general, special, wide, depth) and all(
            self._is_in(each, narrow, depth) for each in alternatives
        )

    def _is_in(self, alternatives: Alternatives, narrow: Schema, depth: int) -> bool:
        found = [self.covers(branch, narrow, depth + 1) for branch in alternatives.branches]
        return any(found) and (alternatives.keyword == "anyOf" or alternatives.is_loose)

    def _covers_plainly(self, general: Flat, special: Flat, wide: Schema, depth: int) -> bool:
        wanted, given = general.keywords, special.keywords
        members = [given["const"]] if "const" in given else given.get("enum")
        if members is not None:
            return all(self.validator.accepts(member, wide) for member in members)
        if "const" in wanted or "enum" in wanted or not _types_fit(wanted, given):
            return False
        return all(check(wanted, given) for check in _CHECKS) and all(
            (
                self._properties_fit(wanted, given, depth),
                "items" not in wanted
                or self.covers(wanted["items"], given.get("items", True), depth + 1),
            )
        )

    def _properties_fit(self, wanted: dict[str, Any], given: dict[str, Any], depth: int) -> bool:
        """Compare properties; a form only produces those that its branch declares."""
        known, parts = wanted.get("properties", {}), given.get("properties", {})
        extra, free = wanted.get("additionalProperties", True), given.get("additionalProperties")
        if not set(wanted.get("required", ())) <= set(given.get("required", ())):
            return False
        if isinstance(free, dict) and (known or extra is not True):
            return False
        return all(
            self.covers(known.get(name, extra), part, depth + 1)
            if known.get(name, extra) is not False
            else False
            for name, part in parts.items()
        )


def _types(keywords: dict[str, Any]) -> set[str] | None:
    given = keywords.get("type")
    if given is None:
        return None
    names = set(given if isinstance(given, list) else [given])
    if keywords.get("nullable") is True:
        names.add("null")
    return names | ({"integer"} if "number" in names else set())


def _types_fit(wanted: dict[str, Any], given: dict[str, Any]) -> bool:
    ours, theirs = _types(wanted), _types(given)
    return ours is None or (theirs is not None and theirs <= ours)


def _bounds_fit(wanted: dict[str, Any], given: dict[str, Any]) -> bool:
    return all(
        name not in wanted or (name in given and given[name] >= wanted[name]) for name in _AT_LEAST
    ) and all(
        name not in wanted or (name in given and given[name] <= wanted[name]) for name in _AT_MOST
    )


def _spellings_fit(wanted: dict[str, Any], given: dict[str, Any]) -> bool:
    form = wanted.get("format")
    return ("pattern" not in wanted or wanted["pattern"] == given.get("pattern")) and (
        form not in CHECKS or form == given.get("format")
    )


def _steps_fit(wanted: dict[str, Any], given: dict[str, Any]) -> bool:
    step = wanted.get("multipleOf")
    whole = step is None or ("multipleOf" in given and is_multiple(given["multipleOf"], step))
    return whole and (wanted.get("uniqueItems") is not True or given.get("uniqueItems") is True)


_CHECKS: tuple[Callable[[dict[str, Any], dict[str, Any]], bool], ...] = (
    _bounds_fit,
    _spellings_fit,
    _steps_fit,
)
