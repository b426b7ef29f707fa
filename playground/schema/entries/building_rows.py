"""Builds the entries of arrays."""

from playground.schema import pointers
from playground.schema.translation import ngettext, spell_count
from playground.schema.tree.nodes import Node, Rows
from playground.schema.values import ABSENT, FRESH, Value

from .context import Builder
from .entry import At, Row, RowsEntry
from .sources import MOST_ROWS, ValueSource, free_tokens


def build_rows(builder: Builder, node: Rows, at: At) -> RowsEntry:
    """Build an array; blank rows are kept, but are not part of the value."""
    items = at.initial if isinstance(at.initial, list) else None
    before = None if items is None else [str(number) for number in range(len(items))]
    tokens = builder.source.tokens(node, at.name, before, _least(node, at.initial))
    listed = (tokens or [])[: None if node.item else len(node.first)]
    rows: list[Row] = []
    number = 0
    for position, token in enumerate(listed[:MOST_ROWS]):
        inner = node_at(node, position)
        if inner is None or builder.left < 0:
            break
        known = items is not None and token.isdecimal() and int(token) < len(items)
        initial = items[int(token)] if items is not None and known else FRESH
        name, place = pointers.child(at.name, token), pointers.child(at.place, number)
        entry = builder.build(inner, At(name, place, initial))
        fixed = position < len(node.first)
        number += fixed or not entry.is_blank
        rows.append(Row(token=token, entry=entry, fixed=fixed))
    too_many = len(rows) < len(listed)
    has_blank = any(row.entry.is_blank for row in rows)
    full = node.max_items is not None and len(rows) >= node.max_items
    shown = (
        rows
        if has_blank or too_many or full or not node.spare
        else [*rows, _spare(builder, node, at, rows, number)]
    )
    return RowsEntry(
        node=node,
        at=at,
        value=ABSENT if tokens is None else _value(node, at.initial, rows),
        problem=say_too_many(len(rows)) if too_many else "",
        rows=tuple(shown),
    )


def say_too_many(most: int) -> str:
    """Return the message for more rows than a form can have."""
    message = ngettext("Keep at most %(count)s item", "Keep at most %(count)s items", most)
    return message % {"count": spell_count(most)}


def node_at(node: Rows, position: int) -> Node | None:
    """Return the node of the row at a position, or None if the array cannot be that long."""
    if position < len(node.first):
        return node.first[position]
    return node.item() if node.item else None


def _least(node: Rows, initial: Value) -> int:
    """Return the number of rows in a new form."""
    wanted = node.required and initial is not ABSENT
    return min(len(node.first) or node.min_items, MOST_ROWS) if wanted else 0


def _value(node: Rows, initial: Value, rows: list[Row]) -> Value:
    counted = [row.entry for row in rows if row.fixed or not row.entry.is_blank]
    while counted and counted[-1].is_blank:
        counted.pop()
    # Unreadable rows become null, so that the indexes of the others do not change.
    values = [None if entry.value is ABSENT else entry.value for entry in counted]
    if values or node.required or initial == []:
        return values
    if node.default and initial is not ABSENT:
        return values
    return None if initial is None and node.nullable else ABSENT


def _spare(builder: Builder, node: Rows, at: At, rows: list[Row], number: int) -> Row:
    """Build a blank row, so that an item can be added without JavaScript."""
    assert node.item is not None  # noqa: S101 - only such arrays have spare rows
    taken = [*(row.token for row in rows), *initial_tokens(at.initial)]
    token = free_tokens(1, taken)[0]
    name, place = pointers.child(at.name, token), pointers.child(at.place, number)
    opened = builder.with_source(ValueSource())
    return Row(token=token, entry=opened.build(node.item(), At(name, place, ABSENT)))


def initial_tokens(initial: Value) -> list[str]:
    """Return the tokens of the initial rows, which new rows must not reuse."""
    count = len(initial) if isinstance(initial, list | dict) else 0
    return [str(number) for number in range(count)]
