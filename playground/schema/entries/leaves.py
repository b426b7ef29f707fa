"""Converts the value of a single control to its text, and back."""

import re
from dataclasses import dataclass

from playground.schema.json_text import JSONError, read_json
from playground.schema.numbers import NumberError, parse_number, spell_number
from playground.schema.reading.formats import read_moment
from playground.schema.translation import gettext as _
from playground.schema.tree.nodes import (
    Choice,
    Fixed,
    Lines,
    Multi,
    Node,
    Number,
    Raw,
    Switch,
    Text,
)
from playground.schema.values import (
    ABSENT,
    FRESH,
    JSON,
    Absence,
    Value,
    compact,
    is_clean,
    key_of,
    pretty,
)

from .entry import Typed

LONGEST_JSON = 1_000_000
_UNFIT = re.compile(r"[\0\ud800-\udfff]")
_MOMENT = re.compile(
    r"(\d{4}-\d\d-\d\d)[Tt](\d\d:\d\d)(?::(\d\d)(\.\d{1,3})?)?([Zz]|[+-]\d\d:\d\d)"
)
_LOCAL = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?")
_ZONE = re.compile(r"[Zz]|[+-]\d\d:?\d\d")


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """The value of a control, or the problem with its text."""

    value: Value = ABSENT
    problem: str = ""


BLANK = Meaning()


def as_sent(text: str) -> str:
    """Return a text as a browser sends it: normalised line ends, no NUL."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return _UNFIT.sub("\ufffd", text)


def spell(node: Node, value: Value) -> Typed:  # noqa: C901, PLR0911 - one for each kind
    """Return the content of a control that shows a value."""
    if isinstance(value, Absence) or (value is None and not _shows_null(node)):
        return _spell_nothing(node, value)
    if node.secret and isinstance(node, Text | Number | Raw):
        return Typed(texts=("",), zone="Z" if _is_moment(node) else "")
    match node:
        case Choice():
            option = node.by_key.get(key_of(value))
            return Typed(texts=(option.text if option else as_sent(compact(value)),))
        case Switch():
            if not isinstance(value, bool):
                return Typed(texts=(as_sent(compact(value)),), seen=True)
            return Typed(texts=("true",) if value else (), seen=True)
        case Multi():
            members = value if isinstance(value, list) else [value]
            return Typed(texts=tuple(as_sent(compact(each)) for each in members), seen=True)
        case Lines():
            return Typed(texts=(as_sent("\n".join(map(str, value))),))
        case Raw():
            return Typed(texts=(as_sent(pretty(value)),))
        case Number():
            return Typed(texts=(as_sent(spell_number(value, integer=node.integer)),))
        case Text(kind="datetime-local") if isinstance(value, str):
            return _spell_moment(value)
        case _:
            return Typed(texts=(as_sent(value if isinstance(value, str) else compact(value)),))


def _is_moment(node: Node) -> bool:
    return isinstance(node, Text) and node.kind == "datetime-local" and not node.secret


def _shows_null(node: Node) -> bool:
    """Return whether the control shows null as a text instead of blank."""
    return isinstance(node, Choice | Raw)


def _spell_nothing(node: Node, value: Value) -> Typed:
    ticked = value is None and node.null_choice
    match node:
        case Switch() if value is FRESH:
            return Typed(seen=True)
        case Multi():
            return Typed(seen=True, null=ticked)
        case Text() if _is_moment(node):
            return Typed(texts=("",), zone="Z", null=ticked)
        case Fixed():
            return Typed()
        case _:
            return Typed(texts=("",), null=ticked)


def _spell_moment(value: str) -> Typed:
    """Split an RFC 3339 date-time into the text of `datetime-local` and the time zone."""
    found = _MOMENT.fullmatch(value)
    if not found or not read_moment(value):
        return Typed(texts=(as_sent(value),), zone="")
    day, minute, second, fraction, zone = found.groups()
    fraction = (fraction or "").rstrip("0").rstrip(".")
    tail = f":{second}{fraction}" if second and (second != "00" or fraction) else ""
    return Typed(texts=(f"{day}T{minute}{tail}",), zone=zone.upper())


def understand(  # noqa: C901, PLR0911 - one for each kind
    node: Node, typed: Typed, initial: Value
) -> Meaning:
    """Parse the content of a control, given its initial value."""
    if isinstance(node, Fixed):
        return _constant(node, initial)
    if typed.is_missing:
        return BLANK
    if typed.null and node.null_choice:
        return Meaning(value=None)
    if _is_untouched(node, typed, initial):
        return Meaning(value=initial)
    if not all(map(is_clean, typed.texts)):
        return Meaning(problem=_("This contains characters that cannot be used"))
    match node:
        case Text():
            return _read_text(node, typed, initial)
        case Number():
            return _read_number(node, typed.text.strip(), initial)
        case Choice():
            return _read_choice(node, typed.text, initial)
        case Switch():
            return _read_switch(typed)
        case Multi():
            return _read_multi(node, typed, initial)
        case Lines():
            return _read_lines(node, typed.text, initial)
        case _:
            return _read_raw(node, typed.text, initial)


def _is_untouched(node: Node, typed: Typed, initial: Value) -> bool:
    """Return whether a control's content is that of its initial value, which is then kept as is."""
    if initial is FRESH or (initial is ABSENT and node.required and node.nullable):
        return False
    shown = spell(node, initial)
    return (typed.texts, typed.zone, typed.null) == (shown.texts, shown.zone, shown.null)


def _constant(node: Fixed, initial: Value) -> Meaning:
    if initial is FRESH:
        return Meaning(value=node.value) if node.emitted else BLANK
    if initial is ABSENT:
        return Meaning(value=node.value) if node.required else BLANK
    return Meaning(value=initial if key_of(initial) == key_of(node.value) else node.value)


def _nothing(node: Node, initial: Value) -> Meaning:
    """Return the meaning of a blank control for types without the value ""."""
    if node.secret and not isinstance(initial, Absence):
        return Meaning(value=initial)
    if node.nullable and (initial is None or node.required) and not node.null_choice:
        return Meaning(value=None)
    return BLANK


def _read_text(node: Text, typed: Typed, initial: Value) -> Meaning:
    text = typed.text
    if text == "":
        if initial is None and node.nullable:
            return _nothing(node, initial)
        if initial == "" or (node.names_blank and node.required):
            return Meaning(value="")
        meaning = _nothing(node, initial)
        clears = (
            node.takes_blank and not node.required and bool(node.default) and node.default != ("",)
        )
        if meaning == BLANK and clears and initial is not ABSENT:
            return Meaning(value="")
        return meaning
    if node.kind == "datetime-local":
        return _read_moment(text.strip(), typed.zone.strip())
    return Meaning(value=text)


def _read_moment(text: str, zone: str) -> Meaning:
    if not _LOCAL.fullmatch(text):
        return Meaning(value=text)  # the validator reports invalid texts
    if not _ZONE.fullmatch(zone):
        return Meaning(problem=_("Add the time zone, such as Z or +02:00"))
    zone = zone.upper() if len(zone) != len("+0200") else f"{zone[:3]}:{zone[3:]}"
    seconds = "" if text.count(":") > 1 else ":00"
    return Meaning(value=f"{text}{seconds}{zone}")


def _read_number(node: Number, text: str, initial: Value) -> Meaning:
    if text == "":
        return _nothing(node, initial)
    try:
        return Meaning(value=parse_number(text, integer=node.integer))
    except NumberError as error:
        return Meaning(problem=str(error))


def _read_choice(node: Choice, text: str, initial: Value) -> Meaning:
    if text == "":
        return _nothing(node, initial)
    option = node.by_text.get(text)
    return (
        Meaning(value=option.value) if option else Meaning(problem=_("Choose one of the options"))
    )


_ANSWERS = {"true": True, "on": True, "false": False}


def _read_switch(typed: Typed) -> Meaning:
    if not typed.texts:
        return Meaning(value=False)
    if typed.text == "":
        return BLANK
    if typed.text not in _ANSWERS:
        return Meaning(problem=_("Choose yes or no"))
    return Meaning(value=_ANSWERS[typed.text])


def _read_multi(node: Multi, typed: Typed, initial: Value) -> Meaning:
    texts = set(typed.texts)
    if not texts <= node.by_text.keys():
        return Meaning(problem=_("Choose from the options"))
    if isinstance(initial, list) and texts == set(spell(node, initial).texts):
        return Meaning(value=initial)  # keeps the order of the initial value
    chosen = [option.value for option in node.options if option.text in texts]
    return _list_or_nothing(node, chosen, initial)


def _list_or_nothing(node: Node, items: list[JSON], initial: Value) -> Meaning:
    """Return a list; an empty one only if it differs in meaning from no value."""
    keeps = node.required or bool(node.default) or initial == []
    if items or (keeps and initial is not ABSENT) or node.required:
        return Meaning(value=items)
    return Meaning(value=None) if initial is None and node.nullable else BLANK


def _read_lines(node: Lines, text: str, initial: Value) -> Meaning:
    return _list_or_nothing(node, [line for line in text.split("\n") if line.strip()], initial)


def _read_raw(node: Node, text: str, initial: Value) -> Meaning:
    if not text.strip():
        return _nothing(node, initial)
    if len(text) > LONGEST_JSON:
        return Meaning(problem=_("This is too long"))
    try:
        return Meaning(value=read_json(text))
    except JSONError as error:
        message = _("This cannot be read as JSON. %(problem)s") % {"problem": error}
        return Meaning(problem=message.rstrip(".。"))
