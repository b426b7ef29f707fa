"""Parses and formats the numbers of number inputs, without loss of precision."""

import math
import re

from playground.schema.translation import gettext as _
from playground.schema.translation import ngettext, spell_count
from playground.schema.values import JSON, compact

LONGEST = 64
_EXACT = 2**53  # up to here a float represents every integer exactly
_EXPONENTS = range(-324, 309)  # of floats, subnormal ones included
_NUMBER = re.compile(r"-?(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?:[eE]([+-]?[0-9]+))?")


class NumberError(ValueError):
    """The text is not a number; the message is for the user."""


def parse_number(text: str, *, integer: bool) -> int | float:
    """Parse a number; an int if it is written as one, or if `integer` and integral.

    Raises  NumberError
    """
    found = _NUMBER.fullmatch(text) if len(text) <= LONGEST else None
    if not found:
        raise NumberError(_complaint(text))
    if found.group(1) is None and "." not in text:
        return int(text)
    is_float = int(found.group(1) or 0) in _EXPONENTS and math.isfinite(float(text))
    if not is_float or (not float(text) and re.match("[^eE]*[1-9]", text)):
        raise NumberError(_("This number is too large, or too close to zero"))
    return _integral(text) if integer else float(text)


def _integral(text: str) -> int | float:
    """Return the exact int for an integral text, "1e3" or "1.0"; else a float."""
    mantissa, _e, exponent = text.lower().partition("e")
    whole, _point, fraction = mantissa.partition(".")
    shift = int(exponent or 0) - len(fraction)
    digits = int((whole + fraction) or 0) if whole not in {"", "-"} else int(whole + fraction)
    if shift >= 0:
        return digits * int(10**shift)
    whole_part, rest = divmod(digits, int(10**-shift))
    return float(text) if rest else whole_part


def _complaint(text: str) -> str:
    if "," in text:
        return _("Enter the number without commas; use a point for decimals")
    if len(text) > LONGEST:
        message = ngettext(
            "Enter a number of at most %(count)s character",
            "Enter a number of at most %(count)s characters",
            LONGEST,
        )
        return message % {"count": spell_count(LONGEST)}
    return _("Enter a number, using digits only")


def spell_number(value: JSON, *, integer: bool = False) -> str:
    """Return the text of a number, or of any other value in its place.

    integer  the schema's type is "integer": 3.0 is shown as 3
    """
    if (
        integer
        and isinstance(value, float)
        and value.is_integer()
        and value
        and abs(value) < _EXACT
    ):
        return str(int(value))
    if isinstance(value, str):
        return value
    return repr(value) if isinstance(value, float) else compact(value)


def is_for_number_box(text: str) -> bool:
    """Return whether a number input shows the text; it discards invalid texts."""
    if not text:
        return True
    return bool(_NUMBER.fullmatch(text)) and math.isfinite(float(text))
