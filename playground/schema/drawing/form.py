"""Draws the entries of a form as HTML."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

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
from playground.schema.translation import ngettext, spell_count

from . import fields, groups, rows, unions
from .composer import Shown, draw_composer
from .context import Drawing
from .frames import Around
from .html import joined, render_template


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """A form as HTML, in pieces between which a page can insert its own HTML.

    errors  the error summary
    lead    the main text field with the media files in its box
    rest    all other fields
    """

    errors: SafeString
    lead: SafeString
    rest: SafeString

    def __str__(self) -> SafeString:
        return joined(self.errors, self.lead, self.rest)

    __html__ = __str__


def draw_form(
    root: Entry,
    errors: Mapping[str, Sequence[str]],
    files: FileStore,
    changed: Mapping[str, str],
    shown: Shown,
) -> Drawn:
    """Render all controls of a form and the error summary."""
    drawing = Drawing(files=files, draw=draw_entry, draw_body=draw_body, changed=dict(changed))
    drawing.place_errors(root, errors)
    if isinstance(root, GroupEntry):
        lead, rest = draw_composer(drawing, root, shown)
    else:
        lead, rest = SafeString(""), drawing.entry(root, Around())
    summary = drawing.summary(root, errors)
    heading = ngettext("One thing to fix:", "%(count)s things to fix:", len(summary))
    above = render_template(
        "form.html",
        errors=summary,
        heading=heading % {"count": spell_count(len(summary))},
        buttons=drawing.has_buttons,
    )
    return Drawn(errors=above, lead=lead, rest=rest)


def draw_entry(drawing: Drawing, entry: Entry, around: Around) -> SafeString:
    """Render an entry by its kind."""
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
    """Render the body of a container, without its heading."""
    if isinstance(entry, GroupEntry):
        return groups.draw_children(drawing, entry, around)
    if isinstance(entry, RowsEntry):
        return rows.draw_row_list(drawing, entry, around.title)
    return drawing.entry(entry, around)
