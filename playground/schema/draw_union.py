"""Draws values that may have one of several shapes."""

from typing import TYPE_CHECKING

from django.utils.safestring import SafeString

from . import draw, pointers
from .entries import FileEntry, Leaf, UnionEntry
from .frames import Around
from .html import element, fill, joined
from .nodes import Union

if TYPE_CHECKING:
    from .draw import Drawing


def draw_union(drawing: "Drawing", entry: UnionEntry, around: Around) -> SafeString:
    """Return the choice of a shape, and the chosen shape's controls."""
    node = entry.node
    assert isinstance(node, Union)  # noqa: S101 - entries and nodes go together
    # A single control inside shows the errors itself, nearer to what has to be mended.
    has_field = isinstance(entry.chosen, Leaf | FileEntry | UnionEntry)
    held = drawing.errors.pop(entry.place, None) if has_field else None
    about = drawing.about(entry, around, suffix=f"-{node.kind('pick')}")
    if held:
        drawing.errors[entry.place] = held
        del drawing.titles[entry.place]
    body = SafeString("")
    if entry.chosen:
        label = node.branches[int(entry.pick)].label
        strict = around.strict and node.required and not node.nullable
        body = drawing.inner(entry.chosen, Around(strict=strict, title=_capital(label)))
    return fill(
        "union.html",
        **about,
        select=joined(
            draw.mark(node.kind("was"), entry.name, entry.pick),
            draw.stash(entry),
            _select(node, entry, about["id"], about["described"]),
        ),
        button=drawing.button("pick", entry.name, about["title"]),
        body=body,
    )


def _select(node: Union, entry: UnionEntry, anchor: str, described: str) -> SafeString:
    picks = [(str(number), branch.label) for number, branch in enumerate(node.branches)]
    if node.nullable:
        picks.append(("null", "None"))
    if node.can_skip or entry.pick == "":
        picks.insert(0, ("", "Not set"))
    options = [
        element("option", label, value=value, selected=value == entry.pick)
        for value, label in picks
    ]
    return element(
        "select",
        joined(*options),
        id=anchor,
        name=pointers.meta_name(node.kind("pick"), entry.name),
        aria_describedby=described or None,
        data_pick=pointers.control_name(entry.name),
    )


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
