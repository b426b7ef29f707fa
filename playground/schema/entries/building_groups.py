"""Builds the entries of objects: properties, additional keys and conditional properties."""

from dataclasses import replace
from typing import Any

from playground.schema import pointers
from playground.schema.translation import gettext as _
from playground.schema.tree.nodes import Group, Node
from playground.schema.values import ABSENT, FRESH, Value, is_clean

from .building_rows import say_too_many
from .context import Builder
from .entry import At, Entry, GroupEntry, Row
from .sources import MOST_ROWS, PostSource, free_tokens

_ROUNDS = 5  # of evaluating conditions, which can add properties that others test


def build_group(builder: Builder, node: Group, at: At) -> GroupEntry:
    """Build an object; repeat while its value meets further conditions that add properties."""
    made = _build_once(builder, node, at, base=node)
    if node.widen is None:
        return made
    last: Group | None = None
    for _round in range(_ROUNDS):
        wider = node.widen(made.value)
        if wider is last:
            break
        last = wider
        whole = replace(wider, **_outside(node)) if wider else node
        made = _build_once(builder, whole, at, base=node)
    return replace(made, stash=_stash(builder, node, made))


def _outside(node: Group) -> dict[str, Any]:
    """Return the attributes of a node that no condition inside it changes."""
    names = ("required", "nullable", "null_choice", "automatic")
    return {name: getattr(node, name) for name in names}


def _build_once(builder: Builder, node: Group, at: At, base: Group) -> GroupEntry:
    known = {child.name for child in base.children}
    children = []
    for child in node.children:
        inside = at.child(child.name, _member(at.initial, child.name))
        if isinstance(builder.source, PostSource) and child.name not in known:
            children.append(_conditional(builder, builder.source, child, inside))
        else:
            children.append(builder.build(child, inside))
    extras = _extras(node, at.initial)
    free = {key: value for key, value in extras.items() if node.free_for(key)}
    rows, problem = _free_rows(builder, node, at, free) if node.free else ((), "")
    carried = {key: value for key, value in extras.items() if key not in free}
    return GroupEntry(
        node=node,
        at=at,
        value=_value(at.initial, children, rows, {} if node.closed else carried, node),
        problem=problem,
        children=tuple(children),
        rows=rows,
        dropped=tuple(carried) if node.closed else (),
        conditional=tuple(child.name for child in node.children if child.name not in known),
    )


def _conditional(builder: Builder, source: PostSource, child: Node, at: At) -> Entry:
    """Build a property that a condition (`if`, dependency) adds.

    One that the browser did not show yet is drawn with its stashed text or default, but has no
    value until the next submission.
    """
    if source.knows(at.name):
        return builder.build(child, at)
    stash = source.read_stash(pointers.parent(at.name))
    fresh = replace(at, initial=FRESH)
    return replace(builder.with_source(source.restoring(stash)).build(child, fresh), value=ABSENT)


def _stash(builder: Builder, node: Group, made: GroupEntry) -> dict[str, list[str]]:
    """Return the texts of properties whose condition is not met."""
    if not isinstance(builder.source, PostSource):
        return {}
    own = {child.name for child in made.children}
    sent = builder.source.row_names().get(made.name, set()) - own
    stash = builder.source.read_stash(made.name)
    parts = {child.name: child for each in node.widened() for child in each.children}
    for key in sent:
        texts = builder.source.below(pointers.child(made.name, key))
        at = made.at.child(key, FRESH)
        stash |= builder.without_secrets(texts, parts[key], at) if key in parts else texts
    return stash


def _value(
    initial: Value,
    children: list[Entry],
    rows: tuple[Row, ...],
    carried: dict[str, Any],
    node: Group,
) -> Value:
    """Return the object, with its keys in the order of the initial value."""
    values: dict[str, Any] = dict(carried)
    values |= {each.node.name: each.value for each in children if each.value is not ABSENT}
    for row in rows:
        if row.key is not None and not row.key_problem and row.entry.value is not ABSENT:
            values[row.key] = row.entry.value
    order = [key for key in initial if key in values] if isinstance(initial, dict) else []
    value = {key: values[key] for key in [*order, *values]}
    if value or not node.automatic or any(child.has_problem for child in children):
        return value
    if initial == {}:
        return value
    return None if initial is None and node.nullable else ABSENT


def _free_rows(
    builder: Builder, node: Group, at: At, extras: dict[str, Any]
) -> tuple[tuple[Row, ...], str]:
    """Build the rows of additional keys; return them and their problem."""
    taken = {child.name for child in node.children}
    before = dict(zip(free_tokens(len(extras), taken), extras, strict=True))
    listed = builder.source.tokens(node, at.name, list(before), 0) or []
    tokens = [token for token in listed if token not in taken]
    rows: list[Row] = []
    used = set(taken)
    for token in tokens[:MOST_ROWS]:
        if builder.left < 0:
            break
        name = pointers.child(at.name, token)
        key = builder.source.key(name, before.get(token, ""))
        known = token in before
        blank_key = not key and not (known and before[token] == "")
        place = f"+{token}" if blank_key or key in used else key
        initial = extras[before[token]] if known else FRESH
        later = node.free_for(key) or node.free[0].node
        entry = builder.build(later(), At(name, pointers.child(at.place, place), initial))
        problem = _("This name is already used") if key in used else ""
        if not is_clean(key) and key != before.get(token):
            problem = _("This contains characters that cannot be used")
        if blank_key and entry.is_blank:
            key, problem = "", ""
        elif blank_key:
            problem = _("Enter a name")
        used.update([] if blank_key else [key])
        rows.append(Row(token=token, entry=entry, key=key, key_problem=problem))
    too_many = len(rows) < len(tokens)
    return tuple(rows), say_too_many(len(rows)) if too_many else ""


def _extras(node: Group, initial: Value) -> dict[str, Any]:
    """Return the members of the initial value that are not drawn."""
    known = {child.name for child in node.children}
    if not isinstance(initial, dict):
        return {}
    return {key: value for key, value in initial.items() if key not in known}


def _member(initial: Value, name: str) -> Value:
    return initial.get(name, ABSENT) if isinstance(initial, dict) else FRESH
