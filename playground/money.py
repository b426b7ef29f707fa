"""Formats amounts of money.

Amounts are numbers in the provider's unit, which the owners of a workspace can name: "$",
"credits". As with language and time zone, the unit is active during a request; outside of one, as
in a log, an amount has no unit.
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
FINEST = Decimal("0.00000001")  # SQLite adds amounts as floats, of which the last digits are noise
NO_BREAK = "\N{NO-BREAK SPACE}"

_unit: ContextVar[str] = ContextVar("unit", default="")

register = template.Library()


class UnitMiddleware:
    """Activates the unit of the current workspace."""

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
    """Format an exact amount; "" for None."""
    return "" if value is None else format_amount(value)


@register.filter
def about(value: Decimal | None) -> str:
    """Format a rounded amount; "" for None."""
    return "" if value is None else format_about(value)


@register.filter
def number(value: Decimal | None) -> str:
    """Format an amount for an input; "" for None."""
    return "" if value is None else format_number(value)


@register.simple_tag
def unit_before() -> str:
    """Return the active unit if it precedes amounts; else ""."""
    return _unit.get() if is_symbol(_unit.get()) else ""


@register.simple_tag
def unit_after() -> str:
    """Return the active unit if it follows amounts; else ""."""
    return "" if is_symbol(_unit.get()) else _unit.get()


def format_number(value: Decimal) -> str:
    """Format an amount for programs and inputs, without unit and trailing zeros: "0.0315"."""
    return f"{_round_noise(value).normalize():f}"


def format_amount(value: Decimal) -> str:
    """Format an exact amount: "$0.0315", "$1,200.00", "1,200 credits"."""
    unit = _unit.get()
    exact = _round_noise(value).normalize()
    places = max(-int(exact.as_tuple().exponent), 2 if is_currency(unit) else 0)
    digits = f"{exact:,.{places}f}"
    if is_symbol(unit):
        return f"{unit}{digits}"
    return f"{digits}{NO_BREAK}{unit}" if unit else digits


def format_about(value: Decimal) -> str:
    """Round an amount to cents, a smaller one to its first digit: "$0.03", "$0.003"."""
    return format_amount(_round(value, ROUND_HALF_EVEN))


def format_at_most(value: Decimal) -> str:
    """Round an amount up likewise: "$0.04"."""
    return format_amount(_round(value, ROUND_CEILING))


def _round_noise(value: Decimal) -> Decimal:
    return value.quantize(FINEST, ROUND_HALF_EVEN)


def _round(value: Decimal, rounding: str) -> Decimal:
    place = CENT if value >= CENT or not value else Decimal((0, (1,), value.adjusted()))
    return value.quantize(place, rounding)


def is_symbol(unit: str) -> bool:
    """Return whether a unit ends with a currency symbol, and so precedes the amount: "US$"."""
    return unit != "" and unicodedata.category(unit[-1]) == "Sc"


def is_currency(unit: str) -> bool:
    """Return whether a unit is a currency, with cents: a symbol, or an ISO 4217 code like "EUR"."""
    is_code = len(unit) == 3 and unit.isascii() and unit.isalpha() and unit.isupper()  # noqa: PLR2004 - ISO 4217
    return is_symbol(unit) or is_code
