"""Structural edits of a form: add, remove and move rows, add and remove optional parts."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum

from playground.schema import pointers
from playground.schema.files import FileStore
from playground.schema.tree.nodes import Group, Maybe, Rows
from playground.schema.values import FRESH

from .building import start_building
from .building_rows import initial_tokens, node_at
from .entry import At, Entry, GroupEntry, MaybeEntry, Row, RowsEntry, UnionEntry
from .numbering import number_rows
from .sources import MOST_ROWS, PostSource, ValueSource, free_tokens


class EditAction(StrEnum):
    """The kinds of edits of a form."""

    ADD = "add"
    REMOVE = "remove"
    UP = "up"
    DOWN = "down"
    PICK = "pick"


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """A requested edit.

    pointer  the array or object to add to, the row to move or remove, or the switched union
    """

    action: EditAction
    pointer: str


def read_edit(source: PostSource) -> Edit | None:
    """Return the edit of the button that submitted the POST, or None."""
    texts = source.texts("~do")
    action, _, where = (texts[-1] if texts else "").partition(" ")
    if action not in set(EditAction):
        return None
    return Edit(action=EditAction(action), pointer=pointers.decode(where))


def apply(entry: Entry, edit: Edit, files: FileStore) -> Entry:
    """Return the form with the edit applied; unchanged if the edit does not fit it."""
    changed = _apply(entry, edit, files)
    return entry if changed is entry else number_rows(changed)


def _apply(entry: Entry, edit: Edit, files: FileStore) -> Entry:
    name = edit.pointer
    if edit.action is EditAction.PICK:
        return entry  # the builder has read the branch from the same POST
    if edit.action is EditAction.ADD:
        return _change(entry, name, lambda found: _add(found, files))
    opened = _change(entry, name, lambda found: _switch_off(found, edit.action))
    holder, token = pointers.parent(name), pointers.last(name)
    return _change(opened, holder, lambda found: _move(found, token, edit.action))


def _change(  # noqa: PLR0911 - one for each kind
    entry: Entry, name: str, change: Callable[[Entry], Entry]
) -> Entry:
    """Return the tree with one entry changed: the outermost of that name that can take the edit."""
    if entry.name == name:
        changed = change(entry)
        if changed is not entry:
            return changed
    if name != entry.name and not name.startswith(f"{entry.name}/"):
        return entry
    match entry:
        case GroupEntry():
            children = tuple(_change(child, name, change) for child in entry.children)
            return replace(entry, children=children, rows=_change_rows(entry.rows, name, change))
        case RowsEntry():
            return replace(entry, rows=_change_rows(entry.rows, name, change))
        case UnionEntry() if entry.chosen:
            return replace(entry, chosen=_change(entry.chosen, name, change))
        case MaybeEntry() if entry.inner:
            return replace(entry, inner=_change(entry.inner, name, change))
        case _:
            return entry


def _change_rows(
    rows: tuple[Row, ...], name: str, change: Callable[[Entry], Entry]
) -> tuple[Row, ...]:
    return tuple(replace(row, entry=_change(row.entry, name, change)) for row in rows)


def _add(entry: Entry, files: FileStore) -> Entry:
    builder = start_building(ValueSource(), files)
    match entry:
        case MaybeEntry(node=Maybe() as node) if not entry.on:
            fresh = replace(entry.at, initial=FRESH)
            inner = entry.inner or builder.build(node.inner(), fresh)
            return replace(entry, on=True, inner=inner)
        case RowsEntry(node=Rows() as node) if len(entry.rows) < MOST_ROWS:
            position = len(entry.rows)
            inner_node = node_at(node, position)
            if inner_node is None:
                return entry
            token = _new_token(entry, [])
            name, place = pointers.child(entry.name, token), pointers.child(entry.place, position)
            added = builder.build(inner_node, At(name, place, FRESH))
            fixed = position < len(node.first)
            return replace(entry, rows=(*entry.rows, Row(token=token, entry=added, fixed=fixed)))
        case GroupEntry(node=Group() as node) if node.free and len(entry.rows) < MOST_ROWS:
            token = _new_token(entry, [child.name for child in node.children])
            name, place = (
                pointers.child(entry.name, token),
                pointers.child(entry.place, f"+{token}"),
            )
            added = builder.build(node.free[0].node(), At(name, place, FRESH))
            return replace(entry, rows=(*entry.rows, Row(token=token, entry=added, key="")))
        case _:
            return entry


def _new_token(entry: RowsEntry | GroupEntry, taken: list[str]) -> str:
    used = [*taken, *(row.token for row in entry.rows), *initial_tokens(entry.initial)]
    return free_tokens(1, used)[0]


def _switch_off(entry: Entry, action: EditAction) -> Entry:
    if isinstance(entry, MaybeEntry) and entry.on and action is EditAction.REMOVE:
        return replace(entry, on=False, inner=None)
    return entry


def _move(entry: Entry, token: str, action: EditAction) -> Entry:
    if not isinstance(entry, RowsEntry | GroupEntry):
        return entry
    rows = list(entry.rows)
    found = next((n for n, row in enumerate(rows) if row.token == token), None)
    if found is None:
        return entry
    if action is EditAction.REMOVE:
        del rows[found]
    else:
        target = found + (1 if action is EditAction.DOWN else -1)
        if 0 <= target < len(rows) and not rows[found].fixed and not rows[target].fixed:
            rows[found], rows[target] = rows[target], rows[found]
    return replace(entry, rows=tuple(rows))
