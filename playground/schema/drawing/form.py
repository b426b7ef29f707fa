"""Draws the entries of a form as HTML."""

from collections.abc import Mapping, Sequence

from django.utils.safestring import SafeString

from playground.schema.entries.entry import (
    Entry,
    FileEntry,
    GroupEntry,
    Leaf,
    MaybeEntry,
    RowsEntry,
    UnionEntry,
)
from playground.schema.files import FileStore

from . import fields, groups, rows, unions
from .context import Drawing
from .frames import Around
from .html import render_template


def draw_form(
    root: Entry,
    errors: Mapping[str, Sequence[str]],
    files: FileStore,
    changed: Mapping[str, str],
) -> SafeString:
    """Return all controls of a form, the summary of its errors on top."""
    drawing = Drawing(files=files, draw=draw_entry, draw_body=draw_body, changed=dict(changed))
    drawing.place_errors(root, errors)
    if isinstance(root, GroupEntry):
        body = groups.draw_children(drawing, root, Around())
    else:
        body = drawing.entry(root, Around())
    summary = drawing.summary(root, errors)
    return render_template("form.html", errors=summary, body=body, buttons=drawing.has_buttons)


def draw_entry(drawing: Drawing, entry: Entry, around: Around) -> SafeString:
    """Return the HTML of an entry, by its kind."""
    match entry:
        case FileEntry():
            return fields.draw_files(drawing, entry, around)
        case GroupEntry():
            return groups.draw_group(drawing, entry, around)
        case RowsEntry():
            return rows.draw_rows(drawing, entry, around)
        case UnionEntry():
            return unions.draw_union(drawing, entry, around)
        case MaybeEntry():
            return groups.draw_maybe(drawing, entry, around)
        case Leaf():
            return fields.draw_leaf(drawing, entry, around)
    raise TypeError(entry)


def draw_body(drawing: Drawing, entry: Entry, around: Around) -> SafeString:
    """Return the body of a container whose heading is drawn already."""
    if isinstance(entry, GroupEntry):
        return groups.draw_children(drawing, entry, around)
    if isinstance(entry, RowsEntry):
        return rows.draw_row_list(drawing, entry, around.title)
    return drawing.entry(entry, around)
