"""Renders single controls, without labels."""

import re
from datetime import date
from decimal import Decimal

from django.utils.safestring import SafeString

from playground.schema import pointers
from playground.schema.entries.entry import Leaf
from playground.schema.numbers import is_for_number_box, spell_number
from playground.schema.translation import gettext as _
from playground.schema.tree.nodes import Choice, Lines, Multi, Number, Raw, Switch, Text
from playground.schema.tree.options import Option

from .frames import ControlFrame
from .html import Attribute, element, hidden, joined, void
from .limits import unit_beside

_FILTERED = {  # texts that each input type accepts; browsers discard others
    "date": re.compile(r"\d{4}-\d\d-\d\d"),
    "datetime-local": re.compile(
        r"\d{4}-\d\d-\d\dT(?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d{1,3})?)?", re.ASCII
    ),
    "color": re.compile(r"#[0-9a-f]{6}"),
    "url": re.compile(r"(?=[A-Za-z])\S(?:.*\S)?"),
    "email": re.compile(r"[!-~]+"),
}
_DATED = ("date", "datetime-local")
_MOST_STEPS = 1000  # of a range slider
_SCALE = 18  # length of the rectangle's longer side, in a square of 24
_SIDE = 24


def draw_control(leaf: Leaf, frame: ControlFrame) -> SafeString:  # noqa: PLR0911 - one for each kind
    """Render the control of a leaf with a single label."""
    match leaf.node:
        case Text():
            return _text(leaf.node, leaf, frame)
        case Number():
            return _number(leaf.node, leaf, frame)
        case Choice():
            return _select(leaf.node, leaf, frame)
        case Switch() if shows_select(leaf):
            return _answers(leaf, frame)
        case Switch():
            return _box(leaf, frame)
        case Lines():
            return _area(leaf, frame, leaf.node.rows)
        case Raw():
            return _area(leaf, frame, leaf.node.rows, spellcheck="false", data_json=True)
        case _:
            return element("output", leaf.typed.text, id=frame.id)


def shows_select(leaf: Leaf) -> bool:
    """Return whether a boolean is unset or unreadable, which a checkbox cannot show."""
    return bool(leaf.typed.texts) and leaf.typed.texts != ("true",)


def _area(leaf: Leaf, frame: ControlFrame, rows: int, **more: Attribute) -> SafeString:
    # HTML parsers drop one newline after <textarea>, so one is always added.
    return element("textarea", "\n" + leaf.typed.text, **frame.shared(), rows=rows, **more)


def _text(node: Text, leaf: Leaf, frame: ControlFrame) -> SafeString:
    text = leaf.typed.text
    more: dict[str, Attribute] = {
        "minlength": node.min_length or None,
        "maxlength": None if node.max_length is None else 2 * node.max_length,
        "data_max_length": node.max_length,
        "placeholder": node.example or None,
    }
    if not node.secret and (node.rows or "\n" in text):
        return _area(leaf, frame, node.rows or 2, **more)
    kind = _safe_kind(node, text)
    if kind in {"date", "datetime-local", "color"}:
        more = {"step": "1" if kind == "datetime-local" else None}
    elif kind == "text" and node.pattern:
        more["pattern"] = node.pattern
    more["autocomplete"] = "new-password" if kind == "password" else None
    offered = _suggestions(node.suggestions, frame)
    control = void(
        "input",
        type=kind,
        **frame.shared(),
        value="" if node.secret else text,
        list=f"{frame.id}-list" if offered else None,
        **more,
    )
    return joined(control, offered, _zone(node, leaf) if kind == "datetime-local" else "")


def _safe_kind(node: Text, text: str) -> str:
    """Return the input's type; "text" if the specific type would discard or change the text."""
    if node.secret:
        return "password"
    shape = _FILTERED.get(node.kind)
    if node.kind == "color":
        return "color" if shape and shape.fullmatch(text) else "text"
    if not text or not shape:
        return node.kind
    fits = shape.fullmatch(text) and (node.kind not in _DATED or _is_day(text[:10]))
    return node.kind if fits else "text"


def _is_day(text: str) -> bool:
    """Return whether the date exists; browsers discard others."""
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _zone(node: Text, leaf: Leaf) -> SafeString:
    return void(
        "input",
        type="text",
        name=pointers.meta_name("zone", leaf.name),
        value=leaf.typed.zone,
        size=6,
        aria_label=_("Time zone of %(title)s") % {"title": node.title},
        class_="field__zone",
    )


def _suggestions(texts: tuple[str, ...], frame: ControlFrame) -> str:
    if not texts:
        return ""
    options = joined(*(void("option", value=text) for text in texts))
    return element("datalist", options, id=f"{frame.id}-list")


def _number(node: Number, leaf: Leaf, frame: ControlFrame) -> SafeString:
    text = leaf.typed.text.strip()
    if not is_for_number_box(text):
        return void("input", type="text", inputmode="decimal", **frame.shared(), value=text)
    bounds: dict[str, Attribute] = {
        "min": node.minimum or None,
        "max": node.maximum or None,
        "step": node.step,
    }
    offered = _suggestions(node.suggestions, frame)
    box = void(
        "input",
        type="number",
        **frame.shared(),
        value=text,
        **bounds,
        inputmode="numeric" if node.integer else "decimal",
        placeholder=node.example or None,
        list=f"{frame.id}-list" if offered else None,
    )
    slider: str = ""
    if _has_slider(node):  # a slider cannot be blank, so it is an addition to the number input
        start = _start(node)
        slider = void("input", type="range", **bounds, value=text or start, tabindex="-1",
                      aria_hidden="true", hidden=True, data_mirrors=frame.id, data_start=start,
                      data_unset=not text)  # fmt: skip
    unit = unit_beside(node)
    shown = element("span", unit, class_="field__unit") if unit else ""
    return joined(box, shown, slider, offered)


def _has_slider(node: Number) -> bool:
    """Return whether a number has few enough steps for a slider."""
    if not (node.minimum and node.maximum):
        return False
    step = Decimal(1) if node.step in {"any", ""} else Decimal(node.step)
    width = Decimal(node.maximum) - Decimal(node.minimum)
    return 0 < width <= _MOST_STEPS * step


def _start(node: Number) -> str:
    """Return the slider's position without a value: the default, or the number nearest to 0."""
    if node.default:
        return spell_number(node.default[0], integer=node.integer)
    return str(min(max(Decimal(node.minimum), Decimal(0)), Decimal(node.maximum)))


def open_option(leaf: Leaf) -> bool:
    """Return whether a choice offers "Not set"."""
    node = leaf.node
    return not node.required or not node.default or leaf.typed.text == ""


def choices(node: Choice | Multi, leaf: Leaf) -> list[tuple[str, str, Option | None]]:
    """Return (text, label, option) of each option; a sent text that is no option comes last."""
    found: list[tuple[str, str, Option | None]] = [(o.text, o.label, o) for o in node.options]
    for text in leaf.typed.texts:
        if text and all(text != option.text for option in node.options):
            known = node.by_text.get(text)
            found.append((text, known.label if known else text, known))
    return found


def _select(node: Choice, leaf: Leaf, frame: ControlFrame) -> SafeString:
    text = leaf.typed.text
    options = [
        element(
            "option",
            label,
            value=each,
            selected=each == text,
            title=(option.token or None) if option else None,
        )
        for each, label, option in choices(node, leaf)
    ]
    if open_option(leaf):
        label = _("Choose…") if node.required else _("Not set")
        options.insert(0, element("option", label, value="", selected=not text))
    return element("select", joined(*options), **frame.shared())


def _answers(leaf: Leaf, frame: ControlFrame) -> SafeString:
    text = leaf.typed.text
    known = {"": _("Not set"), "true": _("Yes"), "false": _("No")}
    known |= {text: text} if text not in known else {}
    options = [element("option", label, value=each, selected=each == text)
               for each, label in known.items()]  # fmt: skip
    return element("select", joined(*options), **frame.shared())


def _box(leaf: Leaf, frame: ControlFrame) -> SafeString:
    ticked = leaf.typed.text == "true"
    box = void("input", type="checkbox", **frame.shared(), value="true", checked=ticked)
    return joined(hidden(pointers.meta_name("seen", leaf.name), "1"), box)


def icon(ratio: tuple[float, float]) -> SafeString:
    """Render a rectangle of the aspect ratio as inline SVG."""
    longest = max(ratio)
    width, height = (max(2.0, round(_SCALE * side / longest, 1)) for side in ratio)
    x, y = round((_SIDE - width) / 2, 2), round((_SIDE - height) / 2, 2)
    shape = void("rect", x=str(x), y=str(y), width=str(width), height=str(height), rx="1.5")
    return element(
        "svg",
        joined(shape, SafeString("</rect>")),
        class_="ratio",
        viewBox=f"0 0 {_SIDE} {_SIDE}",
        width=str(_SIDE),
        height=str(_SIDE),
        aria_hidden="true",
        focusable="false",
    )
