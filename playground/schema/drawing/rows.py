"""Draws arrays, and objects with additional keys."""

from typing import Any

from django.utils.safestring import SafeString

from playground.schema import pointers
from playground.schema.entries.entry import GroupEntry, Row, RowsEntry
from playground.schema.translation import gettext as _
from playground.schema.tree.nodes import Group, Rows
from playground.schema.tree.titles import key_title, row_title

from .context import Drawing
from .frames import Around
from .hidden_inputs import hidden_mark
from .html import element, joined, render_template, void


def draw_rows(drawing: Drawing, entry: RowsEntry, around: Around) -> SafeString:
    """Render an array under its heading."""
    about = drawing.about(entry, around)
    return render_template(
        "group.html", **about, body=draw_row_list(drawing, entry, about["title"])
    )


def draw_row_list(drawing: Drawing, entry: RowsEntry, title: str) -> SafeString:
    """Render the rows of an array and the "add" button."""
    node = entry.node
    assert isinstance(node, Rows)  # noqa: S101 - entries and nodes go together
    count = len(entry.rows)
    rows = [
        {
            "mark": hidden_mark("rows", entry.name, row.token),
            "body": drawing.entry(row.entry, Around(strict=False, title=_title(row, n, title))),
            "buttons": _moves(drawing, entry, row, n, _title(row, n, title)),
        }
        for n, row in enumerate(entry.rows)
    ]
    has_next = node.item is not None or count < len(node.first)
    full = node.max_items is not None and count >= node.max_items
    add = drawing.button("add", entry.name, title) if has_next and not full else ""
    return render_template("rows.html", rows=rows, add=add, mark=hidden_mark("seen", entry.name))


def _title(row: Row, number: int, title: str) -> str:
    return row_title(row.entry.node, number, title)


def _moves(
    drawing: Drawing, entry: RowsEntry, row: Row, number: int, title: str
) -> list[SafeString]:
    last = len(entry.rows) - 1
    fits = {
        "up": number > 0 and not row.fixed and not entry.rows[number - 1].fixed,
        "down": number < last and not row.fixed,
        "remove": not row.fixed or number == last,
    }
    name = pointers.child(entry.name, row.token)
    return [drawing.button(action, name, title) for action, can in fits.items() if can]


def draw_free_rows(drawing: Drawing, entry: GroupEntry) -> SafeString:
    """Render the rows of additional keys (`additionalProperties`, `patternProperties`)."""
    node = entry.node
    assert isinstance(node, Group)  # noqa: S101 - entries and nodes go together
    if not node.free:
        return SafeString("")
    rows = [
        _free_row(drawing, entry, row, key_title(node, n, row.key or ""))
        for n, row in enumerate(entry.rows)
    ]
    add = drawing.button("add", entry.name, node.title or _("item"))
    return render_template("rows.html", rows=rows, add=add, mark=hidden_mark("seen", entry.name))


def _free_row(drawing: Drawing, entry: GroupEntry, row: Row, title: str) -> dict[str, Any]:
    name = pointers.child(entry.name, row.token)
    return {
        "mark": hidden_mark("rows", entry.name, row.token),
        "key": _key(drawing, entry, row, _("Name of %(title)s") % {"title": title}),
        "body": drawing.entry(row.entry, Around(strict=False, title=title)),
        "buttons": [drawing.button("remove", name, title)],
    }


def _key(drawing: Drawing, entry: GroupEntry, row: Row, title: str) -> SafeString:
    """Render the control of a row's key, with the errors of the key."""
    node = entry.node
    assert isinstance(node, Group)  # noqa: S101 - entries and nodes go together
    name = pointers.child(entry.name, row.token)
    key = row.key or ""
    anchor = f"{pointers.control_id(name)}-key"
    errors = drawing.take(row.entry.place, row.key_problem, anchor, title)
    shared: dict[str, Any] = {
        "id": anchor,
        "name": pointers.meta_name("key", name),
        "aria_invalid": "true" if row.key_problem else None,
        "aria_describedby": f"{anchor}-error" if errors else None,
    }
    if node.keys:
        names = dict.fromkeys(["", *node.keys, key])
        options = [
            element("option", each or _("Choose…"), value=each, selected=each == key)
            for each in names
        ]
        control = element("select", joined(*options), **shared)
    elif "\n" in key or "\r" in key:  # a single-line input drops line breaks
        control = element("textarea", f"\n{key}", **shared, rows=2)
    else:
        control = void("input", type="text", value=key, **shared)
    return render_template("key.html", id=anchor, title=title, control=control, errors=errors)
