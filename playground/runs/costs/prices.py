"""Estimates the cost of a run, from the catalogue and from past costs.

Two amounts: what is likely, and what it is at most. What runs cost here may move the likely one,
and raises the other where a run cost more; budgets reserve the most.
"""

import statistics
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import Enum
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from playground.catalog.inputs import fill_defaults, read_choices
from playground.catalog.models import ModelSpec
from playground.catalog.pricing import PLACES
from playground.money import format_about, format_amount, format_at_most
from playground.providers import registry
from playground.runs.costs.history import read_history
from playground.schema.lists import list_all, list_plain
from playground.teams.models import Workspace


class Basis(Enum):
    """What an estimate is based on."""

    ALIKE = "alike"
    NEAR = "near"
    CATALOGUE = "catalogue"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """The estimated cost of a run, in the provider's unit.

    The form shows it, budgets reserve its `most`, and its author agrees to that `most`.

    likely, most  None where no one knows; else most is never below likely
    samples       of how many runs it is the median
    is_free       a sandbox makes it, which only pretends to charge
    fields        titles of the fields that the cost depends on
    """

    likely: Decimal | None
    most: Decimal | None
    basis: Basis
    samples: int = 0
    is_free: bool = False
    fields: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """As "about $0.13, at most $0.48"; the second part only where the two differ."""
        if self.likely is None or self.most is None:
            return _("an unknown amount")
        return list_plain(filter(None, (self.likely_words, self.most_words)))

    @property
    def likely_words(self) -> str:
        """As "about $0.13"; "" where it is not known."""
        if self.likely is None:
            return ""
        return _("about %(likely)s") % {"likely": format_about(self.likely)}

    @property
    def short(self) -> str:
        """As the button shows it: "~$0.13", "free", "" where it is not known."""
        if self.is_free or self.likely is None:
            return _("free") if self.is_free else ""
        rounded = format_about(self.likely)
        is_exact = self.basis is Basis.CATALOGUE and rounded == format_amount(self.likely)
        return rounded if is_exact else f"~{rounded}"

    @property
    def most_words(self) -> str:
        """Return "at most $0.48"; "" where that is what is likely."""
        if self.likely is None or self.most is None:
            return ""
        if format_about(self.most) == format_about(self.likely):
            return ""
        return _("at most %(most)s") % {"most": format_at_most(self.most)}

    @property
    def explanation(self) -> str:
        """Return "Estimated from the median of 12 similar runs, with the same Resolution."."""
        if self.is_free:
            return _("Placeholder drawings of the sandbox cost nothing.")
        facts = {"count": self.samples, "fields": list_all(self.fields)}
        match self.basis:
            case Basis.ALIKE if self.fields:
                words = ngettext(
                    "Estimated from %(count)d similar run, with the same %(fields)s.",
                    "Estimated from the median of %(count)d similar runs, with the same "
                    "%(fields)s.",
                    self.samples,
                )
            case Basis.ALIKE:
                words = ngettext(
                    "Estimated from %(count)d similar run.",
                    "Estimated from the median of %(count)d similar runs.",
                    self.samples,
                )
            case Basis.NEAR:
                words = ngettext(
                    "Estimated from %(count)d run of this model with other inputs.",
                    "Estimated from the median of %(count)d runs of this model with other inputs.",
                    self.samples,
                )
            case Basis.CATALOGUE:
                words = _("Price from the catalogue.")
            case Basis.UNKNOWN:
                words = _("Price unknown: the catalogue states none, and no run has finished yet.")
        return words % facts


UNKNOWN = Estimate(likely=None, most=None, basis=Basis.UNKNOWN)


def estimate(workspace: Workspace, spec: ModelSpec, inputs: Any) -> Estimate:
    """Return what a run with these inputs is going to cost; they need not be valid."""
    return replace(estimate_charge(workspace, spec, inputs), is_free=is_free(spec))


def is_free(spec: ModelSpec) -> bool:
    """Whether a sandbox runs the model now."""
    return bool(registry.get(spec.provider_in_use).stands_in_for)


def estimate_charge(workspace: Workspace, spec: ModelSpec, inputs: Any) -> Estimate:
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
