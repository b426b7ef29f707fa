"""The bounds of a number, and a whole message for each combination of them."""

from dataclasses import dataclass

from playground.schema.translation import gettext as _
from playground.schema.translation import gettext_noop, spell_digits

_ENTER = {
    ("from", "to"): gettext_noop("Enter a number from %(low)s to %(high)s"),
    ("from", "below"): gettext_noop("Enter a number of at least %(low)s and less than %(high)s"),
    ("from", ""): gettext_noop("Enter a number of at least %(low)s"),
    ("above", "to"): gettext_noop("Enter a number greater than %(low)s and at most %(high)s"),
    ("above", "below"): gettext_noop("Enter a number greater than %(low)s and less than %(high)s"),
    ("above", ""): gettext_noop("Enter a number greater than %(low)s"),
    ("", "to"): gettext_noop("Enter a number of at most %(high)s"),
    ("", "below"): gettext_noop("Enter a number less than %(high)s"),
}
_HINT = {
    ("from", "to"): gettext_noop("%(low)s to %(high)s"),
    ("from", "below"): gettext_noop("At least %(low)s and less than %(high)s"),
    ("from", ""): gettext_noop("At least %(low)s"),
    ("above", "to"): gettext_noop("More than %(low)s and at most %(high)s"),
    ("above", "below"): gettext_noop("More than %(low)s and less than %(high)s"),
    ("above", ""): gettext_noop("More than %(low)s"),
    ("", "to"): gettext_noop("At most %(high)s"),
    ("", "below"): gettext_noop("Less than %(high)s"),
}
_HINT_IN_UNIT = {
    ("from", "to"): gettext_noop("%(low)s to %(high)s %(unit)s"),
    ("from", "below"): gettext_noop("At least %(low)s and less than %(high)s %(unit)s"),
    ("from", ""): gettext_noop("At least %(low)s %(unit)s"),
    ("above", "to"): gettext_noop("More than %(low)s and at most %(high)s %(unit)s"),
    ("above", "below"): gettext_noop("More than %(low)s and less than %(high)s %(unit)s"),
    ("above", ""): gettext_noop("More than %(low)s %(unit)s"),
    ("", "to"): gettext_noop("At most %(high)s %(unit)s"),
    ("", "below"): gettext_noop("Less than %(high)s %(unit)s"),
}
_NAMED = {
    ("from", "to"): gettext_noop("%(label)s, from %(low)s to %(high)s"),
    ("from", "below"): gettext_noop("%(label)s, at least %(low)s and less than %(high)s"),
    ("from", ""): gettext_noop("%(label)s, at least %(low)s"),
    ("above", "to"): gettext_noop("%(label)s, more than %(low)s and at most %(high)s"),
    ("above", "below"): gettext_noop("%(label)s, more than %(low)s and less than %(high)s"),
    ("above", ""): gettext_noop("%(label)s, more than %(low)s"),
    ("", "to"): gettext_noop("%(label)s, at most %(high)s"),
    ("", "below"): gettext_noop("%(label)s, less than %(high)s"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The bounds of a number as exact digits; "" for none.

    is_above, is_below  the bound itself is excluded
    """

    low: str = ""
    high: str = ""
    is_above: bool = False
    is_below: bool = False

    def __bool__(self) -> bool:
        return bool(self.low or self.high)

    @property
    def bounds(self) -> list[str]:
        """The digits of the existing bounds."""
        return [each for each in (self.low, self.high) if each]

    def say_enter(self) -> str:
        """Return an instruction: "Enter a number from 1 to 15"."""
        return self._say(_ENTER) if self else _("Enter a number")

    def say(self, unit: str = "") -> str:
        """Return a hint: "1 to 15 seconds"; "" without limits."""
        if not self:
            return ""
        return self._say(_HINT_IN_UNIT, unit=unit) if unit else self._say(_HINT)

    def name(self, label: str) -> str:
        """Append the limits to a label: "number, at most 5"."""
        return self._say(_NAMED, label=label) if self else label

    def _say(self, messages: dict[tuple[str, str], str], **words: str) -> str:
        low = ("above" if self.is_above else "from") if self.low else ""
        high = ("below" if self.is_below else "to") if self.high else ""
        return _(messages[low, high]) % {
            "low": spell_digits(self.low),
            "high": spell_digits(self.high),
            **words,
        }


NO_LIMITS = Limits()
