"""Finds the short choices of a form, and draws them as pills in one row.

A pill shows the value and opens a popover with the control. The control is part of the form, so
it is sent without JavaScript too.
"""

from collections.abc import Iterable
from enum import StrEnum
from typing import Any

from django.utils.safestring import SafeString

from playground.schema.entries.entry import Entry, Leaf
from playground.schema.translation import gettext as _
from playground.schema.tree.guesses import words_of
from playground.schema.tree.nodes import Choice, Node, Number

from .context import Drawing
from .controls import draw_control, icon
from .fields import list_options
from .frames import Around
from .hidden_inputs import hidden_mark, null_checkbox
from .html import ICONS, joined, render_template
from .limits import limits_to_say

MOST_PILLS = 4


class Pill(StrEnum):
    """The kinds of short choices, in the order in which pills are drawn."""

    RATIO = "ratio"
    RESOLUTION = "resolution"
    COUNT = "count"
    DURATION = "duration"


_MADE = frozenset({"image", "picture", "photo", "video", "audio", "clip", "output", "sample",
                   "result", "generation", "variation", "candidate"})  # fmt: skip
# For each kind: words of which a name needs one, and further words that it may contain.
_NAMES = {
    Pill.RATIO: (frozenset({"ratio", "aspect"}), _MADE),
    Pill.RESOLUTION: (frozenset({"resolution", "quality", "megapixel"}), _MADE),
    Pill.COUNT: (frozenset({"n", "num", "number", "count"}), _MADE | {"of", "batch"}),
    Pill.DURATION: (frozenset({"duration", "second"}), _MADE | {"in", "length"}),
}
_ICONS = {
    Pill.RATIO: "rectangle_group",
    Pill.RESOLUTION: "arrows_pointing_out",
    Pill.COUNT: "square_2_stack",
    Pill.DURATION: "clock",
}
_SIZE = frozenset({"size", "dimension", "format"})
_BATCH = frozenset({"batch", "size"})
_COUNTED = _MADE - {"output", "result"}


def pill_of(node: Node) -> Pill | None:
    """Return the kind of pill of a field: an enum or integer with a known name; else None."""
    is_number = isinstance(node, Number) and node.integer
    if not (is_number or isinstance(node, Choice)) or node.advanced or node.read_only:
        return None
    words = frozenset(word.removesuffix("s") if len(word) > 1 else word
                      for word in words_of(node.name))  # fmt: skip
    if isinstance(node, Choice):
        named = _by_size(node, words) or _by_name(words)
        return Pill.RATIO if named is Pill.RESOLUTION and _names_shapes(node) else named
    if words == _BATCH or (words and words <= _COUNTED):
        return Pill.COUNT
    named = _by_name(words)
    # A number named "quality" from 0 to 100 is the compression of a file, not a pill.
    return None if named is Pill.RATIO or "quality" in words else named


def _by_name(words: frozenset[str]) -> Pill | None:
    found = (kind for kind, (one, more) in _NAMES.items() if words & one and words <= one | more)
    return next(found, None)


def _by_size(node: Choice, words: frozenset[str]) -> Pill | None:
    """Return the kind of a field named "size": aspect ratio or resolution."""
    if words == _BATCH:
        return Pill.COUNT
    if not (words & _SIZE and words <= _SIZE | _MADE):
        return None
    if _names_shapes(node):
        return Pill.RATIO
    return Pill.RESOLUTION if "format" not in words else None


def _names_shapes(node: Choice) -> bool:
    """Return whether at least half of the options are aspect ratios, and not all the same."""
    shapes = [each.ratio[0] / each.ratio[1] for each in node.options if each.ratio]
    return len(set(shapes)) > 1 and 2 * len(shapes) >= len(node.options)


def find_pills(entries: Iterable[Entry]) -> list[tuple[Pill, Leaf]]:
    """Return the fields of an object that are drawn as pills, in the order of their kinds."""
    found = [
        (kind, entry)
        for entry in entries
        if isinstance(entry, Leaf)
        for kind in [pill_of(entry.node)]
        if kind
    ]
    kinds = list(Pill)
    return sorted(found, key=lambda each: kinds.index(each[0]))[:MOST_PILLS]


def draw_pill(drawing: Drawing, kind: Pill, leaf: Leaf, around: Around) -> SafeString:
    """Render a pill and the popover with its control."""
    node = leaf.node
    shared: dict[str, Any] = {"kind": kind.value, "icon": ICONS[_ICONS[kind]]}
    if isinstance(node, Choice):
        about = drawing.about(leaf, around)
        frame = drawing.frame(leaf, about)
        options = list_options(node, leaf, frame, shows_ratio=kind is Pill.RATIO)
        shared |= {"options": options, "mark": hidden_mark("seen", leaf.name)}
    else:
        about = drawing.about(leaf, around, limits=limits_to_say(node))
        control = draw_control(leaf, drawing.frame(leaf, about))
        shared["control"] = joined(control, null_checkbox(leaf, ticked=leaf.typed.null))
    shown, shape = _shown(kind, leaf)
    label = _("%(label)s:") % {"label": about["title"]}
    return render_template("pill.html", **about, **shared, label=label, shown=shown, shape=shape)


def _shown(kind: Pill, leaf: Leaf) -> tuple[str, SafeString]:
    """Return the text of a pill, "" for none, and the icon of its aspect ratio."""
    node, text = leaf.node, leaf.typed.text.strip()
    option = node.by_text.get(text) if isinstance(node, Choice) else None
    shape = icon(option.ratio or (1, 1)) if option and kind is Pill.RATIO else SafeString("")
    label = option.label if option else text
    if kind is Pill.DURATION and label.isascii() and label.isdigit():
        label = _("%(count)s s") % {"count": label}
    return label, shape
