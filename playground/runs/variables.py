"""Variables in a text: `{{name}}`, `{{animal:cat|dog}}`, `{{count:1..9}}`.

The syntax is strict, so that other texts with braces do not change: exactly two braces on either
side, a name of letters, digits, _ and - that begins with a letter or _, and after an optional colon
either choices separated by | or two numbers separated by .. Anything else is text. A backslash
escapes a variable and is removed; other backslashes are kept. This module is independent of forms,
requests and the database.

In a text with more than MOST_PLACES pairs of braces, variables are not parsed, because parsing
takes some microseconds for each.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from playground.schema.lists import list_plain

_VARIABLE = re.compile(
    r"(?P<escape>\\?)(?<!\{)(?P<braces>\{\{[ \t]*(?P<name>[^\W\d][\w-]{0,39})[ \t]*"
    r"(?::(?P<kind>[^{}\r\n]{1,500}))?\}\})(?!\})"
)
_RANGE = re.compile(
    r"\s*(-?[0-9]{1,12}(?:\.[0-9]{1,6})?)\s*\.\.\s*(-?[0-9]{1,12}(?:\.[0-9]{1,6})?)\s*"
)
_NUMBER = re.compile(r"-?[0-9]{1,15}(?:\.[0-9]{1,15})?")
MOST_PLACES = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Literal:
    """Literal text."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Escaped:
    """An escaped variable, with a backslash before it; `text` is without the backslash."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Variable:
    """One occurrence of a variable.

    text     source text
    choices  allowed values; () for any
    low, high  minimum and maximum as written; "" if it is not a number
    """

    name: str
    text: str
    choices: tuple[str, ...] = ()
    low: str = ""
    high: str = ""

    @property
    def is_whole(self) -> bool:
        """Whether only integers are allowed: both limits are integers."""
        return "." not in self.low + self.high

    def complain(self, value: str) -> str:
        """Return the error of a value, "" for none."""
        if not value.strip():
            return _("Choose one.") if self.choices else _("Enter a value.")
        if self.choices:
            words = _("Choose one of: %(choices)s.") % {"choices": list_plain(self.choices)}
            return "" if value in self.choices else words
        if not self.low:
            return ""
        fits = _NUMBER.fullmatch(value) and Decimal(self.low) <= Decimal(value) <= Decimal(
            self.high
        )
        if not fits or (self.is_whole and "." in value):
            bounds = {"low": self.low, "high": self.high}
            if self.is_whole:
                return _("Enter a whole number from %(low)s to %(high)s.") % bounds
            return _("Enter a number from %(low)s to %(high)s.") % bounds
        return ""


type Part = Literal | Escaped | Variable


def are_too_many(texts: Iterable[str]) -> bool:
    """Whether texts have so many braces that variables are not parsed."""
    return sum(text.count("{{") for text in texts) > MOST_PLACES


def parse(text: str) -> tuple[Part, ...]:
    """Parse a text into its parts, in order; the inverse of `write_text`."""
    if are_too_many((text,)):
        return (Literal(text=text),)
    parts: list[Part] = []
    end = 0
    for found in _VARIABLE.finditer(text):
        variable = _read(found["name"], found["braces"], found["kind"])
        if variable is None:
            continue
        if found.start() > end:
            parts.append(Literal(text=text[end : found.start()]))
        parts.append(Escaped(text=found["braces"]) if found["escape"] else variable)
        end = found.end()
    if end < len(text):
        parts.append(Literal(text=text[end:]))
    return tuple(parts)


def _read(name: str, text: str, kind: str | None) -> Variable | None:
    """Parse the variable between braces; None if it is invalid."""
    if kind is None:
        return Variable(name=name, text=text)
    if found := _RANGE.fullmatch(kind):
        low, high = found.groups()
        if Decimal(low) > Decimal(high):
            return None
        return Variable(name=name, text=text, low=low, high=high)
    choices = tuple(dict.fromkeys(each.strip() for each in kind.split("|") if each.strip()))
    return Variable(name=name, text=text, choices=choices) if "|" in kind and choices else None


def write_text(parts: Iterable[Part]) -> str:
    """Return the source text of parts."""
    return "".join(f"\\{part.text}" if isinstance(part, Escaped) else part.text for part in parts)


def escape_text(text: str) -> str:
    """Escape a text, so that `fill_text` returns it unchanged."""
    return "".join(
        f"\\{part.text}" if isinstance(part, Variable)
        else f"\\\\{part.text}" if isinstance(part, Escaped)
        else part.text
        for part in parse(text)
    )  # fmt: skip


def fill_text(text: str, values: Mapping[str, str]) -> str:
    """Fill values into a text; variables without a value are kept."""
    return fill_parts(parse(text), values)


def fill_parts(parts: Iterable[Part], values: Mapping[str, str]) -> str:
    """Return the same for the parts of a text."""
    return "".join(_sent(part, values) for part in parts)


def filled_length(parts: Iterable[Part], values: Mapping[str, str]) -> int:
    """Return the length of the result of `fill_parts`."""
    return sum(len(_sent(part, values)) for part in parts)


def _sent(part: Part, values: Mapping[str, str]) -> str:
    return values.get(part.name, part.text) if isinstance(part, Variable) else part.text


def list_variables(texts: Iterable[str]) -> tuple[Variable, ...]:
    """Return each variable of some texts once, by its first typed occurrence."""
    return list_in(part for text in texts for part in parse(text))


def list_in(parts: Iterable[Part]) -> tuple[Variable, ...]:
    """Return the same for the parts of texts."""
    found: dict[str, Variable] = {}
    for part in parts:
        if isinstance(part, Variable):
            known = found.get(part.name)
            if known is None or not (known.choices or known.low):
                found[part.name] = part if part.choices or part.low or not known else known
    return tuple(found.values())
