"""The form in which owners set budgets."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from playground.money import format_number
from playground.teams.models import Workspace

MOST = Decimal(1_000_000_000)


class AmountInput(forms.DecimalField):
    """An amount in the provider's unit; blank for none."""

    def __init__(self, **options: Any) -> None:
        wanted: dict[str, Any] = {
            "required": False,
            "min_value": 0,
            "max_value": MOST,
            "decimal_places": 10,
        }
        super().__init__(**(wanted | options))
        self.widget.attrs["inputmode"] = "decimal"

    def prepare_value(self, value: Any) -> Any:
        return format_number(value) if isinstance(value, Decimal) else value


class PersonBudgetForm(forms.Form):
    """The daily budget of one person; blank for the budget of each person."""

    daily_budget = AmountInput(label=_("Daily limit"))


class BudgetForm(forms.Form):
    """The budgets of a workspace, and what holds for each person in it."""

    monthly_budget = AmountInput(
        label=_("Monthly, workspace"),
        help_text=_("Leave blank for no limit. Months are in UTC."),
    )
    daily_budget = AmountInput(
        label=_("Daily, per person"), help_text=_("Leave blank for no limit.")
    )
    ask_above = AmountInput(
        label=_("Confirm runs above"),
        help_text=_("People must confirm runs above this price. Leave blank to never ask."),
    )

    def __init__(self, workspace: Workspace, *args: Any, **kwargs: Any) -> None:
        initial = {name: getattr(workspace, name) for name in self.base_fields}
        super().__init__(*args, **(kwargs | {"initial": initial}))
        self.workspace = workspace

    def list_changes(self) -> Iterator[str]:
        """Yield each changed amount with both values."""
        for name in self.changed_data:
            before = self.get_initial_for_field(self.fields[name], name)
            yield f"{name}: {format_budget(before)} → {format_budget(self.cleaned_data[name])}"

    def save(self) -> None:
        for name in self.fields:
            setattr(self.workspace, name, self.cleaned_data[name])
        self.workspace.save(update_fields=list(self.fields))


def format_budget(amount: Decimal | None) -> str:
    return "none" if amount is None else format_number(amount)
