"""Template filters for amounts of money: {{ cost|amount }}, {{ price|about }}."""

from decimal import Decimal

from django import template

from playground.runs.costs import amounts

register = template.Library()


@register.filter
def amount(value: Decimal | None) -> str:
    """Write an amount in full; "" for None."""
    return "" if value is None else amounts.format_amount(value)


@register.filter
def about(value: Decimal | None) -> str:
    """Write an amount as one says it that is not sure; "" for None."""
    return "" if value is None else amounts.format_about(value)
