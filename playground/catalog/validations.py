"""Rules inside a schema (`x-validations`).

Like Kubernetes' x-kubernetes-validations: {"rule": CEL, "message": text, "fields": [pointer, ...]}
or "fieldPath": ".a.b", in the schema of any value, which is `self`.
Source: kubernetes.io/docs, "Validation rules", read 2026-11-22.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from playground.catalog.bundling import find_referenced, is_local
from playground.catalog.rules import Rule, RuleError, read_rule
from playground.schema import Note, pointers

KEY = "x-validations"
EACH = "*"  # in a path: any array element
_DEEPEST = 12
_MOST_RULES = 200
_MOST_PLACES = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class NestedRule:
    """A rule about a part of the inputs; an absent part is valid.

    path    keys from the root to the part, EACH for any array element
    fields  JSON Pointers from the root
    """

    rule: Rule
    path: tuple[str, ...]
    fields: tuple[str, ...]

    def check(self, value: Any) -> str | None:
        """Return the message if any matching part violates the rule, else None."""
        messages = (self.rule.check(part) for part in _parts(value, self.path))
        return next((message for message in messages if message), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Validations:
    """The valid rules of a schema, and a note for each invalid one."""

    rules: tuple[NestedRule, ...]
    notes: tuple[Note, ...]


def read_validations(schema: Any) -> Validations:
    """Read the rules in a schema, without those inside `anyOf`, `oneOf` and `if`."""
    rules: list[NestedRule] = []
    notes: list[Note] = []
    for place, path, documents in _places(schema):
        for number, document in enumerate(documents):
            pointer = pointers.join((KEY, number), place)
            try:
                rules.append(_nest(read_rule(_normal(document), schema), path))
            except RuleError as error:
                notes.append(
                    Note(
                        pointer=pointer,
                        message=_("This rule is not checked. %(problem)s") % {"problem": error},
                    )
                )
            if len(rules) + len(notes) >= _MOST_RULES:
                notes.append(Note(pointer=pointer, message=_("The rules after it are left out.")))
                return Validations(rules=tuple(rules), notes=tuple(notes))
    return Validations(rules=tuple(rules), notes=tuple(notes))


def _nest(rule: Rule, path: tuple[str, ...]) -> NestedRule:
    inside = path[: path.index(EACH)] if EACH in path else path  # errors of elements: at the array
    prefix = pointers.join(inside)
    own = () if EACH in path else rule.fields
    fields = tuple(f"{prefix}{field}" for field in own) or ((prefix,) if prefix else ())
    return NestedRule(rule=rule, path=path, fields=fields)


def _normal(document: Any) -> Any:
    """Convert the `fieldPath` of Kubernetes, ".a.b", to `fields`."""
    if not isinstance(document, dict) or "fields" in document:
        return document
    path = document.get("fieldPath")
    names = path.strip(".").split(".") if isinstance(path, str) and path.strip(".") else []
    pointer = pointers.join(names)
    message = document.get("message") or ""
    return document | {"message": message, "fields": [pointer] if pointer else []}


def _places(schema: Any) -> Iterator[tuple[str, tuple[str, ...], list[Any]]]:
    """Yield (pointer in the schema, path in the value, rules)."""
    waiting: list[tuple[str, tuple[str, ...], Any]] = [("", (), schema)]
    seen: set[tuple[int, tuple[str, ...]]] = set()
    for _step in range(_MOST_PLACES):
        if not waiting:
            return
        place, path, part = waiting.pop()
        if not isinstance(part, dict) or len(path) > _DEEPEST or (id(part), path) in seen:
            continue
        seen.add((id(part), path))
        if KEY in part:
            yield place, path, part[KEY] if isinstance(part[KEY], list) else [part[KEY]]
        waiting += reversed(list(_inside(schema, place, path, part)))


def _inside(
    schema: Any, place: str, path: tuple[str, ...], part: dict[str, Any]
) -> Iterator[tuple[str, tuple[str, ...], Any]]:
    ref, whole, properties = part.get("$ref"), part.get("allOf"), part.get("properties")
    if is_local(ref):
        yield ref[1:], path, find_referenced(schema, ref)
    for number, each in enumerate(whole if isinstance(whole, list) else ()):
        yield pointers.join(("allOf", number), place), path, each
    for name, each in properties.items() if isinstance(properties, dict) else ():
        yield pointers.join(("properties", name), place), (*path, name), each
    yield pointers.child(place, "items"), (*path, EACH), part.get("items")


def _parts(value: Any, path: tuple[str, ...]) -> Iterator[Any]:
    if not path:
        yield value
    elif path[0] == EACH and isinstance(value, list):
        for each in value:
            yield from _parts(each, path[1:])
    elif isinstance(value, dict) and path[0] in value:
        yield from _parts(value[path[0]], path[1:])
