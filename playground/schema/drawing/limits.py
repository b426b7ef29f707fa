"""Limits and units beside a control, unless its description names them already."""

import re

from playground.schema.tree.nodes import Lines, Node, Number, Raw, Text

_DIGITS = re.compile(r"-?\d+(?:\.\d+)?")
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3})")
_LARGE = re.compile(r"(?<![\d.])\d{5,}(?=\D|$)")
_LINE = re.compile(r"\bline", re.IGNORECASE)
_BOUND = re.compile(
    r"\b(?:max|min|most|least|up to|limit|more than|less than|within|length|range"
    r"|below|above|exceed|beyond|longer|shorter|fewer|greater|larger|smaller|over|under|between)",
    re.IGNORECASE,
)


def limits_to_say(node: Node) -> str:
    """Return the limits that are worth saying before anybody goes beyond them."""
    match node:
        case Number(limits=limits, unit=unit):
            shown = limits.removeprefix("from ")
            if not shown or _says(node.help, shown):
                return f"In {unit}" if unit and unit not in node.help.lower() and not shown else ""
            shown = f"{_LARGE.sub(_in_thousands, shown)} {unit}".strip()
        case Text(max_length=int() as most) if not node.suggestions:
            shown = f"at most {most:,} characters"
            if _says(node.help, shown):
                return ""
        case Raw():
            return "Written as JSON"
        case Lines():
            return "" if _LINE.search(node.help) else "One on each line"
        case _:
            return ""
    return shown[:1].upper() + shown[1:]


def _in_thousands(found: re.Match[str]) -> str:
    return f"{int(found[0]):,}"


def unit_beside(node: Number) -> str:
    """Return the unit to write beside a number; "" where the limits name it."""
    return "" if node.unit in limits_to_say(node) else node.unit


def _says(text: str, limits: str) -> bool:
    """Return whether a description names the limits already."""
    plain = _THOUSANDS.sub("", text)
    numbers = [re.escape(each) for each in _DIGITS.findall(_THOUSANDS.sub("", limits))]
    whole = [rf"(?<![\d.]){each}(?:\.0+)?(?!\d|\.\d)" for each in numbers]
    if len(numbers) == 2:  # noqa: PLR2004 - from one to another
        return bool(re.search(rf"{whole[0]}[^\d]{{1,25}}{whole[1]}", plain))
    return bool(numbers and _BOUND.search(plain) and re.search(whole[0], plain))
