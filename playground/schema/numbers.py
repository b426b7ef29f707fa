"""Parses and formats numbers of browsers, exactly."""

import math
import re

from playground.schema.translation import gettext as _
from playground.schema.translation import ngettext, spell_count
from playground.schema.values import JSON, compact

LONGEST = 64
_EXACT = 2**53  # up to here a float says each digit of an integer
_EXPONENTS = range(-324, 309)  # of floats, those with fewer digits included
_NUMBER = re.compile(r"-?(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?:[eE]([+-]?[0-9]+))?")


class NumberError(ValueError):
    """The text is no number; the message says so to the person who typed it."""


def parse_number(text: str, *, integer: bool) -> int | float:
    """Return the number that a text names: an int wherever it is written or meant as one.

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
    """Return 1000 for "1e3" and 1 for "1.0", exactly; a fraction stays one."""
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
    """Return the text for a number, or for any other value where a number should be.

    integer  the schema wants one: 3.0 is shown as 3
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
    """Return whether a browser's number control would show the text, not blank it."""
    if not text:
        return True
    return bool(_NUMBER.fullmatch(text)) and math.isfinite(float(text))
