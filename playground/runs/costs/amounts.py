"""Formats amounts of money, in the unit of the provider."""

from decimal import ROUND_CEILING, ROUND_HALF_EVEN, Context, Decimal

ABOUT = Context(prec=4, rounding=ROUND_HALF_EVEN)
AT_MOST = Context(prec=4, rounding=ROUND_CEILING)


def format_amount(amount: Decimal) -> str:
    """Write an amount without needless zeros: "0.0315", "1200"."""
    return f"{amount.normalize():f}"


def format_about(amount: Decimal) -> str:
    """Write an amount in its four leading digits: "0.0315", "1235"."""
    return format_amount(ABOUT.create_decimal(amount))


def format_at_most(amount: Decimal) -> str:
    """Write an amount in its four leading digits, never less than it is: "0.0315", "1235"."""
    return format_amount(AT_MOST.create_decimal(amount))
