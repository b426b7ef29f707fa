"""Plans an experiment: the inputs of each cell, refused cells, and the total cost."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from playground.compose.form_state import FormState
from playground.experiments import axes as axes_module
from playground.experiments.acceptance import PlannedCell
from playground.experiments.axes import Axis
from playground.experiments.other_models import ModelNotes
from playground.experiments.planner import Planner, RefusedCell
from playground.runs import batches
from playground.runs.costs import budgets
from playground.runs.costs.budgets import OverBudgetError
from playground.runs.costs.prices import UNKNOWN, Estimate
from playground.runs.models import Run
from playground.runs.worker import poll_intervals

# Number of cells that are validated while the user types; in their order these include each value
# of each axis of up to this length. All are validated before sending.
CHECKED_WHILE_TYPING = 40
MOST_NAMED = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The runs that an experiment would send.

    count    number of all cells, including refused ones
    cells the valid cells among those validated
    total total cost; if not all cells were validated, as if the others were valid
    usual_seconds  usual duration of one run; None if unknown
    problem        why nothing can be sent; "" for none
    waiting_count  number of cells that would wait for a budget
    no_room        the budget's error if no cell fits
    notes notes on the mapping to other models
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
    notes: tuple[ModelNotes, ...] = ()

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


def make_plan(planner: Planner) -> Plan:
    """Plan all cells of the axes."""
    axes = tuple(planner.axes)
    count = axes_module.count_cells(axes)
    if problem := describe_size(axes, count):
        return Plan(axes=axes, count=count if axes else 0, problem=problem)
    return plan_cells(planner, axes_module.list_places([len(each.values) for each in axes]), count)


def plan_cells(planner: Planner, places: Iterable[tuple[int, ...]], count: int) -> Plan:
    """Plan these cells; `count` is their number."""
    cells: list[PlannedCell] = []
    refused: list[RefusedCell] = []
    estimates: list[Estimate] = []
    for number, place in enumerate(places):
        if not planner.is_whole and number >= CHECKED_WHILE_TYPING:
            if (estimate := planner.guess(place)) is not None:
                estimates.append(estimate)
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
    """Return the plan of these cells, with cost and budgets."""
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
        usual_seconds=None if planner.others else find_usual_seconds(planner.state),
        problem="" if estimates else _("None of these can be sent."),
        waiting_count=len(estimates) - room if room else 0,
        no_room=no_room,
        notes=planner.notes,
    )


def describe_size(axes: Sequence[Axis], count: int) -> str:
    """Return the error if the axes have too few or too many cells, else ""."""
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
    """Return the error for too many cells, else ""."""
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
