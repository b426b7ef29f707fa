"""Estimates the cost of a run, from the catalogue and from past costs.

Two amounts: what is likely, and what it is at most. What runs cost here may move the likely one,
and raises the other where a run cost more; budgets reserve the most.
"""

import statistics
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from typing import Any

from django.utils.translation import gettext as _

from playground.catalog.inputs import fill_defaults, read_choices
from playground.catalog.models import ModelSpec
from playground.catalog.pricing import PLACES
from playground.runs.costs import amounts
from playground.runs.costs.history import read_history
from playground.teams.models import Workspace


class Basis(Enum):
    """The basis of an estimate; the value is a text for people."""

    ALIKE = "The median of what such runs cost here"
    NEAR = "The median of what runs of this model cost here; none was quite like this"
    CATALOGUE = "By the price in the catalogue"
    UNKNOWN = "Not known yet: the catalogue states no price, and no run was made here"


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """The estimated cost of a run, in the provider's unit.

    The form shows it, budgets reserve its `most`, and its author agrees to that `most`.

    likely, most  None where no one knows; else most is never below likely
    samples       of how many runs it is the median
    fields        titles of the fields that the cost depends on
    """

    likely: Decimal | None
    most: Decimal | None
    basis: Basis
    samples: int = 0
    fields: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """As "about 0.126, at most 0.4725"; the second part only where the two differ."""
        if self.likely is None or self.most is None:
            return _("nobody knows how much")
        return ", ".join(filter(None, (self.likely_words, self.most_words)))

    @property
    def likely_words(self) -> str:
        """As "about 0.126"; "" where it is not known."""
        if self.likely is None:
            return ""
        return _("about %(likely)s") % {"likely": amounts.format_about(self.likely)}

    @property
    def most_words(self) -> str:
        """Return "at most 0.4725"; "" if that is the likely cost."""
        if self.likely is None or self.most is None:
            return ""
        most = amounts.format_at_most(self.most)
        is_same = most == amounts.format_about(self.likely)
        return "" if is_same else _("at most %(most)s") % {"most": most}

    @property
    def explanation(self) -> str:
        """Return "The median of what such runs cost here, of 12 with the same Resolution."."""
        words = self.basis.value
        if self.samples:
            words += f", of {self.samples}"
        if self.fields and self.basis == Basis.ALIKE:
            words += f" with the same {' and '.join(self.fields)}"
        return f"{words}."


UNKNOWN = Estimate(likely=None, most=None, basis=Basis.UNKNOWN)


def estimate(workspace: Workspace, spec: ModelSpec, inputs: Any) -> Estimate:
    """Return the estimate for a run with these inputs, which need not be valid."""
    history = read_history(workspace, spec)
    stated = spec.estimate_cost(inputs)
    alike = history.alike(spec, read_choices(fill_defaults(spec.schema, inputs)))
    if stated and not alike:
        return Estimate(likely=stated.likely, most=stated.most, basis=Basis.CATALOGUE)
    samples = alike or history.samples
    if not samples:
        return UNKNOWN
    weight = stated if stated and stated.likely else spec.weigh_cost(inputs)
    ratios = [each.ratio for each in samples]
    likely = round_amount(statistics.median(ratios) * weight.likely)
    seen = round_amount(max(ratios) * (weight.likely if stated else weight.most))
    return Estimate(
        likely=likely,
        most=max(likely, seen, stated.most if stated else Decimal()),
        basis=Basis.ALIKE if alike else Basis.NEAR,
        samples=len(samples),
        fields=tuple(spec.form.title_of(each, inputs) for each in history.fields) if alike else (),
    )


def round_amount(amount: Decimal) -> Decimal:
    return amount.quantize(PLACES).normalize()
