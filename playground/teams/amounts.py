"""How amounts of money are written. They are in the provider's own unit, which it does not name."""

from decimal import ROUND_HALF_EVEN, Context, Decimal

ABOUT = Context(prec=3, rounding=ROUND_HALF_EVEN)


def write(amount: Decimal) -> str:
    """Write an amount without needless zeros: "0.0315", "1200"."""
    return f"{amount.normalize():f}"


def write_about(amount: Decimal) -> str:
    """Write an amount in its three leading digits: "0.0315", "1230"."""
    return write(ABOUT.create_decimal(amount))
