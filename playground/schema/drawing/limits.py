"""Texts with limits and units beside a control, unless its description has them already."""

import re

from playground.schema.translation import gettext as _
from playground.schema.translation import ngettext, spell_count
from playground.schema.tree.nodes import Lines, Node, Number, Raw, Text

_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3})")
_LINE = re.compile(r"\bline|行", re.IGNORECASE)
_BOUND = re.compile(
    r"\b(?:max|min|most|least|up to|limit|more than|less than|within|length|range"
    r"|below|above|exceed|beyond|longer|shorter|fewer|greater|larger|smaller|over|under|between)"
    r"|最[多少大小高低长短]|[至不][多少超低高]|以[内上下]|范围|限|长度|之间",
    re.IGNORECASE,
)


def limits_to_say(node: Node) -> str:
    """Return the text with the limits of a field, "" if none is worth showing."""
    match node:
        case Number(limits=limits, unit=unit):
            if limits and not _says(node.help, limits.bounds):
                return limits.say(unit)
            is_said = limits or not unit or unit in node.help.lower()
            return "" if is_said else _("In %(unit)s") % {"unit": unit}
        case Text(max_length=int() as most) if not node.suggestions:
            message = ngettext(
                "At most %(count)s character", "At most %(count)s characters", most
            ) % {"count": spell_count(most)}
            return "" if _says(node.help, [str(most)]) else message
        case Raw():
            return _("Written as JSON")
        case Lines():
            return "" if _LINE.search(node.help) else _("One per line")
        case _:
            return ""


def unit_beside(node: Number) -> str:
    """Return the unit shown beside a number; "" if the limits' text names it."""
    return "" if node.unit in limits_to_say(node) else node.unit


def _says(text: str, bounds: list[str]) -> bool:
    """Return whether a description names the limits already."""
    plain = _THOUSANDS.sub("", text)
    whole = [rf"(?<![\d.]){re.escape(each)}(?:\.0+)?(?!\d|\.\d)" for each in bounds]
    if len(whole) == 2:  # noqa: PLR2004 - from one to another
        return bool(re.search(rf"{whole[0]}[^\d]{{1,25}}{whole[1]}", plain))
    return bool(whole and _BOUND.search(plain) and re.search(whole[0], plain))
