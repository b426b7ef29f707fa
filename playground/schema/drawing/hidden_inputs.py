"""Hidden inputs with the structure of a form: rows, branches, stashed texts."""

from django.utils.safestring import SafeString

from playground.schema import pointers
from playground.schema.entries.entry import Entry, GroupEntry, UnionEntry
from playground.schema.translation import gettext as _
from playground.schema.tree.nodes import Union
from playground.schema.values import compact

from .html import element, hidden, joined, void


def hidden_mark(kind: str, name: str, value: str = "1") -> SafeString:
    """Return a hidden input with metadata about a control."""
    return hidden(pointers.meta_name(kind, name), value)


def null_checkbox(entry: Entry, *, ticked: bool) -> SafeString:
    """Render the checkbox for null, for fields where null and "" differ."""
    if not entry.node.null_choice:
        return SafeString("")
    name = pointers.meta_name("null", entry.name)
    box = void("input", type="checkbox", name=name, value="1", checked=ticked)
    return element("label", joined(box, " ", _("No value")), class_="field__null")


def stashed_inputs(entry: UnionEntry | GroupEntry) -> SafeString:
    """Render the texts of parts that are not shown, so that switching back restores them."""
    if not entry.stash:
        return SafeString("")
    kind = entry.node.kind("stash") if isinstance(entry.node, Union) else "stash"
    return hidden_mark(kind, entry.name, compact(entry.stash))
