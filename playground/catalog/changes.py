"""Compares two versions of a model field by field."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext, gettext_lazy

from playground.catalog.bundling import find_referenced, is_local
from playground.catalog.checked_form import make_form
from playground.schema import SchemaForm, pointers
from playground.schema.lists import list_plain, list_sentences
from playground.schema.pointers import ANY_ROW
from playground.schema.values import compact, is_same

_DEEPEST = 12
_MOST_FIELDS = 5_000
_MOST_PARTS = 200  # of one field, merged from references and allOf
_LONGEST = 160
_NO_MEMBER = object()
EACH = "*"  # in a pointer: any array element
_FOLLOWED = {"properties", "required", "$ref", "allOf", "$defs", "definitions"}
_GROUP = {"title", "fields"}
_LABELS = {
    "title": gettext_lazy("name"),
    "description": gettext_lazy("help"),
    "minimum": gettext_lazy("smallest"),
    "maximum": gettext_lazy("largest"),
    "exclusiveMinimum": gettext_lazy("more than"),
    "exclusiveMaximum": gettext_lazy("less than"),
    "minLength": gettext_lazy("shortest"),
    "maxLength": gettext_lazy("longest"),
    "minItems": gettext_lazy("fewest"),
    "maxItems": gettext_lazy("most"),
    "multipleOf": gettext_lazy("step"),
    "enum": gettext_lazy("options"),
    "additionalProperties": gettext_lazy("other fields"),
    "x-playground.advanced": gettext_lazy("advanced"),
    "x-playground.order": gettext_lazy("order of its fields"),
    "x-playground.groups": gettext_lazy("groups"),
    "x-validations": gettext_lazy("rules"),
}


class ChangeKind(TextChoices):
    ADDED = "added", gettext_lazy("added")
    REMOVED = "removed", gettext_lazy("removed")
    CHANGED = "changed", gettext_lazy("changed")


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeDetail:
    """One keyword of a field before and after; None for absent."""

    label: str
    old: str | None
    new: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldChange:
    """A change of one field, or of another fact about the model.

    name     the field's JSON Pointer, "*" for any array element; or a word like "Price"
    details  empty if the field was added or removed
    """

    kind: ChangeKind
    name: str
    title: str
    details: tuple[ChangeDetail, ...] = ()


def compare_schemas(old: Any, new: Any) -> tuple[FieldChange, ...]:
    """Return the changes that affect users of the form."""
    before, after = dict(_fields(old)), dict(_fields(new))
    form_before, form_after = make_form(old), make_form(new)
    gone = [name for name in before if name not in after]
    come = [name for name in after if name not in before]
    changes = [
        *(_whole(ChangeKind.REMOVED, name, before[name], form_before) for name in gone),
        *(_whole(ChangeKind.ADDED, name, after[name], form_after) for name in come),
    ]
    kept = [name for name in after if name in before]
    for name in kept:
        details = tuple(_details(before[name], after[name]))
        if details:
            title = _title(name, form_after)
            changes.append(
                FieldChange(kind=ChangeKind.CHANGED, name=name, title=title, details=details)
            )
    if not changes and kept != [name for name in before if name in after]:
        changes.append(
            FieldChange(kind=ChangeKind.CHANGED, name="", title=gettext("Order of the fields"))
        )
    return tuple(_without_insides(changes))


def compare_values(title: str, old: Any, new: Any) -> tuple[FieldChange, ...]:
    """Return the change of a fact that is not a field: price, rules."""
    if is_same(old, new):
        return ()
    detail = ChangeDetail(
        label="", old=_spell(old) if old else None, new=_spell(new) if new else None
    )
    return (FieldChange(kind=ChangeKind.CHANGED, name="", title=title, details=(detail,)),)


def compare_lists(title: str, old: Sequence[Any], new: Sequence[Any]) -> tuple[FieldChange, ...]:
    """Return the items that were added to or removed from a list."""
    gone = [each for each in old if not any(is_same(each, other) for other in new)]
    come = [each for each in new if not any(is_same(each, other) for other in old)]
    details = [ChangeDetail(label="", old=_spell(each), new=None) for each in gone]
    details += [ChangeDetail(label="", old=None, new=_spell(each)) for each in come]
    if not details:
        return ()
    return (FieldChange(kind=ChangeKind.CHANGED, name="", title=title, details=tuple(details)),)


def _fields(schema: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield (pointer, keywords) of every field, with references and `allOf` merged."""
    waiting: list[tuple[str, Any, bool, int]] = [("", schema, True, 0)]
    for _ in range(_MOST_FIELDS):
        if not waiting:
            return
        pointer, part, is_needed, depth = waiting.pop()
        merged = _merge(schema, part, set())
        facts = dict(_facts(merged))
        if pointer and is_needed:
            facts["required"] = True
        if depth < _DEEPEST:
            inside = [*_inside(pointer, merged, depth + 1)]
            waiting += reversed(inside)
            if any(name == pointers.child(pointer, EACH) for name, *_ in inside):
                facts.pop("items")
        yield pointer, facts


def _facts(merged: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield (name, value) of each fact about a field, each hint separately."""
    for key, value in merged.items():
        if key == "x-playground" and isinstance(value, dict):
            yield from ((f"{key}.{name}", hint) for name, hint in value.items())
        elif key not in _FOLLOWED:
            yield key, value


def _inside(
    pointer: str, merged: dict[str, Any], depth: int
) -> Iterator[tuple[str, Any, bool, int]]:
    needed = merged.get("required", ())
    for name, part in merged.get("properties", {}).items():
        yield pointers.child(pointer, name), part, name in needed, depth
    if isinstance(merged.get("items"), dict):
        yield pointers.child(pointer, EACH), merged["items"], False, depth


def _merge(root: Any, part: Any, seen: set[int]) -> dict[str, Any]:
    """Merge a schema's keywords with those of its references; its own take precedence."""
    if not isinstance(part, dict):
        return {"never": True} if part is False else {}
    if id(part) in seen or len(seen) > _MOST_PARTS:
        return {}
    seen.add(id(part))
    merged: dict[str, Any] = {}
    sources = [find_referenced(root, part["$ref"])] if is_local(part.get("$ref")) else []
    whole = part.get("allOf")
    sources += whole if isinstance(whole, list) else []
    for source in sources:
        merged = _join(merged, _merge(root, source, seen))
    return _join(merged, {key: each for key, each in part.items() if key not in {"$ref", "allOf"}})


def _join(one: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    joined = one | other
    for key, kind in (("properties", dict), ("required", list)):
        parts = [each[key] for each in (one, other) if isinstance(each.get(key), kind)]
        if not parts:
            joined.pop(key, None)
        elif kind is dict:
            joined[key] = {name: part for each in parts for name, part in each.items()}
        else:
            joined[key] = [name for each in parts for name in each]
    return joined


def _details(old: dict[str, Any], new: dict[str, Any]) -> Iterator[ChangeDetail]:
    for key in dict.fromkeys((*old, *new)):
        before, after = old.get(key, _NO_MEMBER), new.get(key, _NO_MEMBER)
        if before is not _NO_MEMBER and after is not _NO_MEMBER and is_same(before, after):
            continue
        label = str(_LABELS.get(key, key))
        if key == "enum" and isinstance(before, list) and isinstance(after, list):
            yield from _members(label, before, after)
        else:
            yield ChangeDetail(label=label, old=_state(before), new=_state(after))


def _members(label: str, old: list[Any], new: list[Any]) -> Iterator[ChangeDetail]:
    gone = [each for each in old if not any(is_same(each, other) for other in new)]
    come = [each for each in new if not any(is_same(each, other) for other in old)]
    if gone or come:
        before, after = (list_plain(map(_spell, each)) or None for each in (gone, come))
        yield ChangeDetail(label=label, old=before, new=after)
    else:
        ordered = gettext("order of %(label)s") % {"label": label}
        yield ChangeDetail(label=ordered, old=_spell(old), new=_spell(new))


def _state(value: Any) -> str | None:
    return None if value is _NO_MEMBER else _spell(value)


def _spell(value: Any) -> str:
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    text = _in_words(value)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def _in_words(value: Any) -> str:
    match value:
        case str() if value:
            return value
        case [_, *_] if all(isinstance(each, str | int | float) for each in value):
            return list_plain(each if isinstance(each, str) else compact(each) for each in value)
        case [_, *_] if all(isinstance(each, dict) and set(each) == _GROUP for each in value):
            groups = ((each["title"], _in_words(each["fields"])) for each in value)
            pattern = gettext("%(label)s: %(name)s")
            return list_sentences(pattern % {"label": title, "name": of} for title, of in groups)
    return compact(value)


def _whole(kind: ChangeKind, name: str, facts: dict[str, Any], form: SchemaForm) -> FieldChange:
    details: tuple[ChangeDetail, ...] = ()
    if kind is ChangeKind.ADDED and facts.get("required"):
        details = (ChangeDetail(label=gettext("required"), old=None, new=gettext("yes")),)
    return FieldChange(kind=kind, name=name, title=_title(name, form), details=details)


def _title(name: str, form: SchemaForm) -> str:
    keys = pointers.split(name)
    rows = pointers.join(ANY_ROW if key == EACH else key for key in keys)
    if keys and keys[-1] == EACH:
        field = form.title_of(pointers.parent(rows))
        return gettext("Each entry of %(field)s") % {"field": field}
    return form.title_of(rows) or gettext("The whole form")


def _without_insides(changes: Iterable[FieldChange]) -> Iterator[FieldChange]:
    """Omit changes inside an added or removed field."""
    whole: set[tuple[ChangeKind, str]] = set()
    for change in changes:
        if change.kind is not ChangeKind.CHANGED:
            if (change.kind, pointers.parent(change.name)) in whole:
                whole.add((change.kind, change.name))
                continue
            whole.add((change.kind, change.name))
        yield change
