"""Formats all amounts of money for people.

Amounts are numbers in the providers' unit, for which the owners of a workspace have a name: "$",
"credits", or none. As with the language and the time zone, the unit of a request is active while it
is answered; outside of one, as in a log, an amount has no unit.
"""

import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from decimal import ROUND_CEILING, ROUND_HALF_EVEN, Decimal
from typing import Any

from django import template
from django.http import HttpRequest, HttpResponse

CENT = Decimal("0.01")
NO_BREAK = "\N{NO-BREAK SPACE}"

_unit: ContextVar[str] = ContextVar("unit", default="")

register = template.Library()


class UnitMiddleware:
    """Writes amounts in the unit of the workspace in which a person is."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with in_unit(""):
            return self.get_response(request)

    def process_view(self, request: HttpRequest, *_: Any) -> None:
        if workspace := getattr(request, "workspace", None):
            _unit.set(workspace.unit)


@contextmanager
def in_unit(unit: str) -> Iterator[None]:
    token = _unit.set(unit)
    try:
        yield
    finally:
        _unit.reset(token)


def current_unit() -> str:
    return _unit.get()


@register.filter
def amount(value: Decimal | None) -> str:
    """Write an amount in full; "" for None."""
    return "" if value is None else format_amount(value)


@register.filter
def about(value: Decimal | None) -> str:
    """Write an amount roughly; "" for None."""
    return "" if value is None else format_about(value)


@register.filter
def number(value: Decimal | None) -> str:
    """Write an amount as people type it into a field; "" for None."""
    return "" if value is None else format_number(value)


@register.simple_tag
def unit_before() -> str:
    """Return the unit where it is written before an amount; else ""."""
    return _unit.get() if is_symbol(_unit.get()) else ""


@register.simple_tag
def unit_after() -> str:
    """Return the unit where it is written behind an amount; else ""."""
    return "" if is_symbol(_unit.get()) else _unit.get()


def format_number(value: Decimal) -> str:
    """Write an amount for programs and fields, without unit or needless zeros: "0.0315"."""
    return f"{value.normalize():f}"


def format_amount(value: Decimal) -> str:
    """Write an amount in full: "$0.0315", "$1,200.00", "1,200 credits"."""
    unit = _unit.get()
    exact = value.normalize()
    places = max(-int(exact.as_tuple().exponent), 2 if is_currency(unit) else 0)
    digits = f"{exact:,.{places}f}"
    if is_symbol(unit):
        return f"{unit}{digits}"
    return f"{digits}{NO_BREAK}{unit}" if unit else digits


def format_about(value: Decimal) -> str:
    """Write an amount in cents, a smaller one in its first digit: "$0.03", "$0.003"."""
    return format_amount(_round(value, ROUND_HALF_EVEN))


def format_at_most(value: Decimal) -> str:
    """Write an amount as roughly, and never less than it is: "$0.04"."""
    return format_amount(_round(value, ROUND_CEILING))


def _round(value: Decimal, rounding: str) -> Decimal:
    place = CENT if value >= CENT or not value else Decimal((0, (1,), value.adjusted()))
    return value.quantize(place, rounding)


def is_symbol(unit: str) -> bool:
    """Whether a unit is a sign of a currency, which is written before the amount: "$", "US$"."""
    return unit != "" and unicodedata.category(unit[-1]) == "Sc"


def is_currency(unit: str) -> bool:
    """Whether amounts in a unit have cents: a sign, or a code such as "EUR"."""
    is_code = len(unit) == 3 and unit.isascii() and unit.isalpha() and unit.isupper()  # noqa: PLR2004 - ISO 4217
    return is_symbol(unit) or is_code
