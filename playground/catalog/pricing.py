"""The likely and the highest price of a run by the catalogue.

A price is stored as {"amount", "per", "likely", "most"}. `amount` is what one of `per` costs.
`likely` and `most` are CEL expressions for the cost of a run over `self`, the inputs with the
schema's defaults, and `amount`. Without them a run costs `amount` for each that the inputs ask for.
Under the slug of a provider, as {"sandbox": {...}}, the price may be another one there.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from playground.catalog.cel import AMOUNTS, ExpressionError
from playground.catalog.inputs import fill_defaults
from playground.catalog.quantities import count_units
from playground.money import format_amount, format_number

EXPRESSIONS = ("likely", "most")
PARTS = ("amount", "per", *EXPRESSIONS)
MOST = Decimal(1_000_000)  # exclusive upper limit of an amount
PLACES = Decimal("1e-10")
AMOUNT = re.compile(r"\d{1,6}(\.\d{1,10})?")
_FIELD = re.compile(r"\bself((?:\.\??[A-Za-z_]\w*+(?!\())+)")  # no method call


PER = {
    "run": pgettext_lazy("a price per", "run"),
    "picture": pgettext_lazy("a price per", "picture"),
    "video": pgettext_lazy("a price per", "video"),
    "second": pgettext_lazy("a price per", "second"),
    "audio": pgettext_lazy("a price per", "audio file"),
}
PER_UNIT = {
    "run": gettext_lazy("%(amount)s per run"),
    "picture": gettext_lazy("%(amount)s per picture"),
    "video": gettext_lazy("%(amount)s per video"),
    "second": gettext_lazy("%(amount)s per second"),
    "audio": gettext_lazy("%(amount)s per audio file"),
}
PER_OTHER = gettext_lazy("%(amount)s per %(unit)s")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """The cost of a run, in the provider's unit; `most` is never below `likely`."""

    likely: Decimal
    most: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Pricing:
    """The price of a model with one provider.

    amount        price of one of `per`, None if unknown
    likely, most  CEL for the cost of a run, "" for none
    """

    amount: Decimal | None = None
    per: str = "run"
    likely: str = ""
    most: str = ""

    @property
    def words(self) -> str:
        """Like "$0.0315 per picture"; "" if unknown."""
        if self.amount is None:
            return _("depends on the inputs") if self.likely else ""
        facts = {"amount": f"{format_amount(self.amount)}", "unit": self.per}
        price = str(PER_UNIT.get(self.per, PER_OTHER)) % facts
        return _("from %(price)s") % {"price": price} if self.likely or self.most else price

    @property
    def fields(self) -> frozenset[str]:
        """The fields that the expressions use, as JSON Pointers."""
        found = _FIELD.findall(f"{self.likely}\n{self.most}")
        return frozenset(each.replace(".?", "/").replace(".", "/") for each in found)

    def estimate(self, schema: Any, inputs: Any) -> Cost | None:
        """Return the cost of a run; None if it is unknown. The inputs need not be valid.

        An expression that fails on the inputs is ignored.
        """
        plain = self._multiply(schema, inputs)
        filled = fill_defaults(schema, inputs)
        likely = self._evaluate(self.likely, filled)
        if likely is None:
            likely = plain.likely if plain else None
        if likely is None:
            return None
        most = self._evaluate(self.most, filled)
        if most is None:
            most = plain.most if plain else likely
        return Cost(likely=likely, most=max(likely, most))

    def weigh(self, schema: Any, inputs: Any) -> Cost:
        """Return the cost of a run relative to others of the model; both above zero.

        If the price is unknown or zero, it is the number of outputs.
        """
        stated = self.estimate(schema, inputs)
        if stated and stated.likely:
            return stated
        units = count_units("picture" if self.per == "run" else self.per, schema, inputs)
        return Cost(likely=Decimal(units.likely), most=Decimal(units.most))

    def check(self, schema: Any, inputs: Any) -> dict[str, str]:
        """Return {"likely" or "most": error} of the expressions for these inputs."""
        wrong: dict[str, str] = {}
        filled = fill_defaults(schema, inputs)
        for name in EXPRESSIONS:
            text = getattr(self, name)
            try:
                if text:
                    read_amount(AMOUNTS.evaluate(text, self_=filled, amount=self._float))
            except ExpressionError as error:
                wrong[name] = str(error)
        return wrong

    @property
    def _float(self) -> float:
        return float(self.amount or 0)

    def _multiply(self, schema: Any, inputs: Any) -> Cost | None:
        if self.amount is None:
            return None
        units = count_units(self.per, schema, inputs)
        return Cost(likely=self.amount * units.likely, most=self.amount * units.most)

    def _evaluate(self, text: str, filled: dict[str, Any]) -> Decimal | None:
        try:
            result = AMOUNTS.evaluate(text, self_=filled, amount=self._float) if text else None
            return None if result is None else read_amount(result)
        except ExpressionError:
            return None


def read_pricing(document: Any, provider: str) -> Pricing:
    """Read a stored price: the provider's own, else the general one.

    Unknown and unreadable members are ignored.
    """
    stored = find_price(document, provider)
    amount, per = stored.get("amount"), stored.get("per")
    return Pricing(
        amount=Decimal(amount) if isinstance(amount, str) and AMOUNT.fullmatch(amount) else None,
        per=per if isinstance(per, str) and per else "run",
        likely=_readable(stored.get("likely")),
        most=_readable(stored.get("most")),
    )


def find_price(document: Any, provider: str) -> Mapping[str, Any]:
    """Return the part of a stored price that applies to a provider."""
    stored = document if isinstance(document, dict) else {}
    own = stored.get(provider)
    return own if isinstance(own, dict) else stored


def write_price(
    clean: Mapping[str, Any], stored: Mapping[str, Any], provider: str
) -> dict[str, Any]:
    """Return a price in its stored form; unchanged if it is equal to the stored one.

    clean  cleaned data with "amount", "per", "likely" and "most"
    """
    amount, expressions = clean.get("amount"), [clean.get(name) for name in EXPRESSIONS]
    price: dict[str, Any] = {}
    if amount or any(expressions):
        price = {"amount": format_number(amount)} if amount else {}
        price["per"] = clean.get("per") or "run"
        price |= {name: text for name, text in zip(EXPRESSIONS, expressions, strict=True) if text}
    before = find_price(stored, provider)
    is_same = price == {name: before[name] for name in PARTS if before.get(name)}
    return dict(stored) if is_same else price


def read_amount(value: Any) -> Decimal:
    """Convert the result of an expression to an amount.

    Raises  ExpressionError if it is negative, not finite, or a million or more
    """
    amount = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
    if not amount.is_finite() or not 0 <= amount < MOST:
        words = _("The result of the expression is %(value)s, which cannot be a price.")
        raise ExpressionError(words % {"value": value})
    return amount.quantize(PLACES).normalize()


def _readable(text: Any) -> str:
    try:
        if isinstance(text, str) and text:
            AMOUNTS.check(text)
            return text
    except ExpressionError:
        pass
    return ""
