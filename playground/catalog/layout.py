"""The order, groups and folding of a form's fields, read from and written to schema hints."""

import copy
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from playground.catalog.bundling import find_referenced, is_local
from playground.catalog.checked_form import make_form
from playground.schema import pointers
from playground.schema.tree.hints import folded, ordered, read_hints, references

HINTS = "x-playground"
_DEEPEST = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldPlacement:
    """The position of one field in its form.

    position  rank, from 1; equal ones keep their order
    group     heading, "" for none
    advanced  whether it is in the advanced section
    """

    name: str
    title: str
    position: int
    group: str = ""
    advanced: bool = False


def read_layout(schema: Any) -> tuple[FieldPlacement, ...]:
    """Return the placements of the top-level fields, in the order of the form."""
    holder = _find_holder(schema)
    if holder is None:
        return ()
    hints, properties = read_hints(holder), holder["properties"]
    needed = holder.get("required")
    groups = {name: title for title, names in reversed(hints.groups) for name in names}
    required = needed if isinstance(needed, list) else ()
    names = ordered(properties, required, holder, hints)
    form = make_form(schema)
    folds = folded(properties, required, hints)
    shown = references(properties, required, hints)
    return tuple(
        FieldPlacement(
            name=name,
            title=form.title_of(pointers.child("", name)),
            position=number,
            group=groups.get(name, ""),
            advanced=name not in shown and (read_hints(part).advanced or name in folds),
        )
        for number, name in enumerate(names, start=1)
        for part in [properties[name] if isinstance(properties[name], dict) else {}]
    )


def write_layout(schema: dict[str, Any], places: Iterable[FieldPlacement]) -> dict[str, Any]:
    """Return the schema with these placements as hints; other fields keep theirs."""
    changed = copy.deepcopy(schema)
    holder = _find_holder(changed)
    if holder is None:
        return changed
    known = [place for place in places if place.name in holder["properties"]]
    sorted_places = sorted(known, key=lambda place: place.position)
    groups: dict[str, list[str]] = {}
    for place in sorted_places:
        if place.group:
            groups.setdefault(place.group, []).append(place.name)
        _set_hint(holder["properties"][place.name], "advanced", place.advanced or None)
    _set_hint(holder, "order", [place.name for place in sorted_places])
    stated = [{"title": title, "fields": names} for title, names in groups.items()]
    _set_hint(holder, "groups", stated or None)
    return changed


def carry_layout(old: Any, new: dict[str, Any]) -> dict[str, Any]:
    """Copy the order and groups of another schema, unless the new one has its own."""
    before, changed = _find_holder(old), copy.deepcopy(new)
    after = _find_holder(changed)
    if before is None or after is None:
        return changed
    given, stated = _hints(before), _hints(after)
    for key in ("order", "groups"):
        if key in given and key not in stated:
            _set_hint(after, key, given[key])
    return changed


def _hints(schema: dict[str, Any]) -> dict[str, Any]:
    hints = schema.get(HINTS)
    return hints if isinstance(hints, dict) else {}


def _set_hint(schema: Any, key: str, value: Any) -> None:
    """Set a hint; remove it if the value is None."""
    if not isinstance(schema, dict):
        return
    changed = {name: hint for name, hint in _hints(schema).items() if name != key}
    if value is not None:
        changed[key] = value
    if changed:
        schema[HINTS] = changed
    elif isinstance(schema.get(HINTS), dict):
        del schema[HINTS]


def _find_holder(schema: Any) -> dict[str, Any] | None:
    """Return the object with the top-level fields: the root, or the target of its reference."""
    part = schema
    for _ in range(_DEEPEST):
        if not isinstance(part, dict):
            return None
        if isinstance(part.get("properties"), dict):
            return part
        ref = part.get("$ref")
        part = find_referenced(schema, ref) if is_local(ref) else None
    return None
