"""Plans an experiment: the inputs of each cell, which of them are refused, and what all cost."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from playground.catalog.inputs import LONGEST_CHOICE
from playground.catalog.models import ModelSpec
from playground.compose import validation, version_fit
from playground.compose.form_state import FormState
from playground.experiments import axes as axes_module
from playground.experiments.acceptance import PlannedCell
from playground.experiments.axes import Axis, AxisKind
from playground.runs import batches
from playground.runs.costs import budgets, prices
from playground.runs.costs.budgets import OverBudgetError
from playground.runs.costs.prices import UNKNOWN, Estimate
from playground.runs.models import Preset, Run
from playground.runs.variable_entries import VariableEntries, find_variables, replace_texts
from playground.runs.worker import poll_intervals
from playground.schema import OpenedForm, pointers
from playground.schema.lists import list_plain

# While a person types, only so many cells are checked: in their order these have each value of
# each axis, unless an axis has more. All are checked before anything is sent.
CHECKED_WHILE_TYPING = 40
MOST_NAMED = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedCell:
    """A combination that cannot be sent: its values, and why."""

    name: str
    problem: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What an experiment would send.

    count    of all cells, those that are refused included
    cells    that can be sent; of a part that was checked, only of that
    total    what all of them cost; of a part that was checked, what it costs if all can be sent
    usual_seconds  how long one run takes; None where that is not known
    problem  why there is none; "" for nothing
    waiting_count  how many would wait, because a budget has no room for them now
    no_room  what the budgets say where they have room for none
    """

    axes: tuple[Axis, ...] = ()
    count: int = 0
    cells: tuple[PlannedCell, ...] = ()
    refused: tuple[RefusedCell, ...] = ()
    total: Estimate = UNKNOWN
    usual_seconds: float | None = None
    problem: str = ""
    waiting_count: int = 0
    no_room: str = ""

    @property
    def sent_count(self) -> int:
        return self.count - len(self.refused)

    @property
    def named(self) -> tuple[RefusedCell, ...]:
        return self.refused[:MOST_NAMED]

    @property
    def unnamed_count(self) -> int:
        return len(self.refused) - len(self.named)

    @property
    def usual(self) -> int:
        return max(1, round(self.usual_seconds)) if self.usual_seconds else 0


@dataclass(slots=True, kw_only=True)
class Planner:
    """Makes the inputs of cells. It serves one request.

    state    of the form: the inputs that all cells share
    presets  by the ids that an axis has
    is_whole  every cell is checked, and by the resolver of names too, as before it is sent; else
              as many as a person waits for
    """

    state: FormState
    axes: Sequence[Axis]
    presets: dict[str, Preset] = field(default_factory=dict)
    is_whole: bool = False
    _private: dict[tuple[str, ...], validation.Errors] = field(default_factory=dict)
    _prices: dict[str, Estimate] = field(default_factory=dict)

    @property
    def spec(self) -> ModelSpec:
        return self.state.spec

    def write(self, place: Sequence[int]) -> tuple[Any, dict[str, str]]:
        """Return the inputs of a cell as the form has them, and the values of its variables."""
        value: Any = self.state.form.value
        values = dict(self.state.variables.values)
        chosen = [(axis, axis.values[at]) for axis, at in zip(self.axes, place, strict=True)]
        for axis, each in chosen:
            if axis.kind == AxisKind.PRESET:  # a preset has all inputs: the other axes change it
                preset = self.presets[str(each.value)]
                value, _left = version_fit.fit_to_version(preset.inputs, preset.spec, self.spec)
                values |= preset.values
        for axis, each in chosen:
            if axis.kind == AxisKind.FIELD:
                value = axes_module.put_value(value, axis.name, each.value)
            elif axis.kind == AxisKind.VARIABLE:
                values[axis.name] = str(each.value)
        return value, values

    def plan(self, place: Sequence[int]) -> PlannedCell | RefusedCell:
        """Return a cell with its inputs, or why they cannot be sent."""
        value, values = self.write(place)
        form = self.spec.form.open(value)
        entries = find_variables(form, values)
        inputs = replace_texts(form.value, entries.filled)
        errors = validation.validate(self.spec, form, inputs, entries, self.state.store)
        if entries.problems:
            name, problem = next(iter(entries.problems.items()))
            errors = {"": [f"{{{{{name}}}}}: {problem}"]} | errors
        errors = errors or self.find_private_hosts(form, entries)
        if errors:
            return RefusedCell(name=self.name(place), problem=self.say(errors, inputs))
        template = {"inputs": form.value, "values": entries.values} if entries.filled else {}
        return PlannedCell(
            coordinates=tuple(place), inputs=inputs, template=template, estimate=self.price(inputs)
        )

    def find_private_hosts(self, form: OpenedForm, entries: VariableEntries) -> validation.Errors:
        """Ask the resolver of names once about the same addresses."""
        if not self.is_whole:
            return {}
        addresses = tuple(sorted(validation.list_addresses(form, entries).values()))
        if addresses not in self._private:
            self._private[addresses] = validation.find_private_hosts(self.spec, form, entries)
        return self._private[addresses]

    def name(self, place: Sequence[int]) -> str:
        parts = [
            f"{axis.title}: {axis.values[at].label[:40]}"
            for axis, at in zip(self.axes, place, strict=True)
        ]
        return list_plain(parts)

    def say(self, errors: validation.Errors, inputs: Any) -> str:
        pointer, messages = next(iter(errors.items()))
        if not pointer:
            return messages[0]
        return f"{self.spec.form.title_of(pointer, inputs)}: {messages[0]}"

    def price(self, inputs: Any) -> Estimate:
        """Return what a run costs; inputs that differ in a written text alone cost the same."""
        key = json.dumps(forget_texts(inputs, self.spec.pricing.fields), sort_keys=True)
        if key not in self._prices:
            workspace = self.state.membership.workspace
            self._prices[key] = prices.estimate(workspace, self.spec, inputs)
        return self._prices[key]


def forget_texts(value: Any, asked: frozenset[str], pointer: str = "") -> Any:
    """Return inputs without long texts, but those that the price asks about."""
    if isinstance(value, dict):
        return {
            key: forget_texts(each, asked, pointers.child(pointer, key))
            for key, each in value.items()
        }
    if isinstance(value, str) and len(value) > LONGEST_CHOICE and pointer not in asked:
        return ""
    return value


def make_plan(planner: Planner) -> Plan:
    """Return what the axes make."""
    axes = tuple(planner.axes)
    count = axes_module.count_cells(axes)
    if problem := describe_size(axes, count):
        return Plan(axes=axes, count=count if axes else 0, problem=problem)
    return plan_cells(planner, axes_module.list_places([len(each.values) for each in axes]), count)


def plan_cells(planner: Planner, places: Iterable[tuple[int, ...]], count: int) -> Plan:
    """Return what these cells make; `count` is how many they are."""
    cells: list[PlannedCell] = []
    refused: list[RefusedCell] = []
    estimates: list[Estimate] = []
    for number, place in enumerate(places):
        if not planner.is_whole and number >= CHECKED_WHILE_TYPING:
            estimates.append(planner.price(planner.write(place)[0]))
            continue
        made = planner.plan(place)
        if isinstance(made, RefusedCell):
            refused.append(made)
        else:
            cells.append(made)
            estimates.append(made.estimate)
    return sum_up(planner, count, cells, refused, estimates)


def sum_up(
    planner: Planner,
    count: int,
    cells: Sequence[PlannedCell],
    refused: Sequence[RefusedCell],
    estimates: Sequence[Estimate],
) -> Plan:
    """Return a plan of these cells, with what they cost and how far the budgets reach."""
    membership, no_room = planner.state.membership, ""
    room = budgets.count_room(membership, [each.most for each in estimates])
    if estimates and not room:
        try:
            budgets.check_room(membership, estimates[0])
        except OverBudgetError as error:
            no_room = str(error)
    return Plan(
        axes=tuple(planner.axes),
        count=count,
        cells=tuple(cells),
        refused=tuple(refused),
        total=batches.add_up(estimates),
        usual_seconds=find_usual_seconds(planner.state),
        problem="" if estimates else _("None of these can be sent."),
        waiting_count=len(estimates) - room if room else 0,
        no_room=no_room,
    )


def describe_size(axes: Sequence[Axis], count: int) -> str:
    """Return why an experiment cannot have these axes; "" where it can."""
    if len(axes) > axes_module.MOST_AXES:
        words = ngettext(
            "At most %(most)d field can have several values.",
            "At most %(most)d fields can have several values.",
            axes_module.MOST_AXES,
        )
        return words % {"most": axes_module.MOST_AXES}
    if count < 2:  # noqa: PLR2004 - else it is a run, which the form makes
        return _("Enter several values for a field, or repeat the run.")
    return describe_excess(count)


def describe_excess(count: int) -> str:
    """Return that these are too many cells; "" where they are not."""
    if count <= axes_module.MOST_CELLS:
        return ""
    words = _("These make %(count)s runs; the limit is %(most)s. Remove some values.")
    return words % {"count": f"{count:,}", "most": f"{axes_module.MOST_CELLS:,}"}


def find_usual_seconds(state: FormState) -> float | None:
    if state.api_key is None:
        return None
    kind = poll_intervals.kind_of(Run(spec=state.spec, api_key=state.api_key))
    known = poll_intervals.recent_durations(kind)
    return known.median if known else None
