"""Extensions of an experiment: values of its axes, and repetitions of a row."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _

from playground.catalog.models import ModelSpec
from playground.compose import rerun
from playground.compose.form_state import FormState, open_state
from playground.compose.presets.opening import Opening
from playground.experiments import axes as axes_module
from playground.experiments import axis_fields, planning
from playground.experiments.acceptance import PlannedCell
from playground.experiments.arrangement import NONE
from playground.experiments.axes import Axis, AxisError, AxisKind, AxisValue
from playground.experiments.axis_fields import AxisField
from playground.experiments.composing import list_pictures, list_preset_ticks
from playground.experiments.models import Cell, Experiment
from playground.experiments.other_models import describe_retired, find_specs, list_model_ticks
from playground.experiments.planner import Planner, RefusedCell, identify_cell, say
from playground.experiments.planning import Plan
from playground.runs.models import Preset, Run
from playground.teams.models import Membership


@dataclass(frozen=True, kw_only=True)
class Extension:
    """A planned extension of an experiment."""

    membership: Membership
    experiment: Experiment
    data: "MultiValueDict[str, Any]"
    is_whole: bool = False

    @property
    def title(self) -> str:
        raise NotImplementedError

    @cached_property
    def axes(self) -> tuple[Axis, ...]:
        """The axes of the extended experiment."""
        raise NotImplementedError

    @cached_property
    def fields(self) -> list[AxisField]:
        return []

    @cached_property
    def problems(self) -> list[str]:
        return axis_fields.find_unknown(self.fields, self.data)

    @property
    def has_errors(self) -> bool:
        return bool(self.problems) or any(each.error for each in self.fields)

    @cached_property
    def spec(self) -> ModelSpec:
        return self.experiment.spec

    @cached_property
    def state(self) -> FormState:
        """The form with the shared inputs."""
        experiment = self.experiment
        opening = Opening(value=experiment.inputs, values=experiment.read_values())
        return open_state(self.membership, self.spec, opening)

    @cached_property
    def planner(self) -> Planner:
        return Planner(
            state=self.state,
            axes=self.axes,
            specs=self.specs,
            presets={str(each.pk): each for each in find_presets(self.membership, self.spec)},
            own=self.experiment.settings.get("models", {}),
            is_whole=self.is_whole,
            seen=set(self.list_known()),
        )

    @cached_property
    def specs(self) -> dict[str, ModelSpec]:
        return find_specs(self.membership.workspace, self.spec)

    def list_known(self) -> Iterator[str]:
        """Yield the identities of existing cells of other models, to avoid duplicates."""
        axes = self.experiment.read_axes()
        others = self.experiment.cells.exclude(run__spec=self.experiment.spec_id)
        for cell in others.select_related("run__spec"):
            yield identify_cell(axes, cell.coordinates, cell.run.spec, cell.run.inputs)

    @cached_property
    def plan(self) -> Plan:
        if problem := find_retired(self.experiment):
            return Plan(problem=problem)
        return self.make_plan()

    def make_plan(self) -> Plan:
        raise NotImplementedError


@dataclass(frozen=True, kw_only=True)
class AddedValues(Extension):
    """New values of the axes, combined with all values of the others."""

    @property
    def title(self) -> str:
        return _("Add values")

    @cached_property
    def fields(self) -> list[AxisField]:
        known, member = self.experiment.read_axes(), self.membership
        presets = list_preset_ticks(find_presets(member, self.spec))
        texts, pictures = self.state.variables.texts, list_pictures(member)
        models = list_model_ticks(self.specs.values())
        listed = list(
            axis_fields.list_fields(
                self.spec.form, texts, presets=presets, pictures=pictures, models=models
            )
        )
        fields = [found for axis in known if (found := find_field(axis, listed))]
        return [check_new(each.read(self.data), known) for each in fields]

    @cached_property
    def axes(self) -> tuple[Axis, ...]:
        added = {(each.kind, each.name): each.axis for each in self.fields if each.axis}
        return tuple(
            axes_module.extend_axis(axis, new.values) if new else axis
            for axis in self.experiment.read_axes()
            for new in [added.get((axis.kind, axis.name))]
        )

    def make_plan(self) -> Plan:
        if self.has_errors:
            return Plan()
        before = [len(axis.values) for axis in self.experiment.read_axes()]
        places = [
            place
            for place in axes_module.list_places([len(axis.values) for axis in self.axes])
            if any(at >= size for at, size in zip(place, before, strict=True))
        ]
        total = axes_module.count_cells(self.axes)
        problem = planning.describe_excess(total)
        if not places:
            problem = _("Enter the values to add.")
        if problem := problem or self.find_deleted_preset():
            return Plan(count=len(places), problem=problem)
        return planning.plan_cells(self.planner, places, len(places))

    def find_deleted_preset(self) -> str:
        for axis in self.axes:
            for each in axis.values if axis.kind == AxisKind.PRESET else ():
                if each.value not in self.planner.presets:
                    return _("The preset “%(name)s” was deleted.") % {"name": each.label}
        return ""


@dataclass(frozen=True, kw_only=True)
class RepeatedRow(Extension):
    """A repetition of all runs of one axis value, with the same inputs.

    axis   index of the axis; NONE for all runs
    value  index of the value
    """

    axis: int
    value: int

    @property
    def title(self) -> str:
        return _("Repeat")

    @property
    def name(self) -> str:
        """The label of the repeated row."""
        if self.axis == NONE:
            return _("All runs")
        axis = self.experiment.read_axes()[self.axis]
        described = axes_module.number_equal_values(axis_fields.describe_axis(axis, self.spec.form))
        return f"{described.title}: {described.values[self.value].label}"

    @cached_property
    def axes(self) -> tuple[Axis, ...]:
        known = self.experiment.read_axes()
        if self.axis == NONE:
            twice = tuple(AxisValue(value=number, label=f"{number}") for number in (1, 2))
            kind = AxisKind.REPEAT
            return (*known, Axis(kind=kind, name="", title=_("Repeat"), values=twice))
        axis = known[self.axis]
        again = axis.values[self.value]
        if axis.kind == AxisKind.REPEAT:
            number = len(axis.values) + 1
            again = AxisValue(value=number, label=f"{number}")
        longer = replace(axis, values=(*axis.values, again))
        return (*known[: self.axis], longer, *known[self.axis + 1 :])

    def place(self, cell: Cell) -> tuple[int, ...]:
        """Return the coordinates of a cell's repetition."""
        if self.axis == NONE:
            return (*cell.coordinates, 1)
        at = len(self.axes[self.axis].values) - 1
        return tuple(
            at if number == self.axis else each for number, each in enumerate(cell.coordinates)
        )

    @cached_property
    def cells(self) -> list[Cell]:
        visible = Run.objects.visible_to(self.membership)
        found = self.experiment.cells.filter(run__in=visible).select_related("run__spec")
        return [
            cell
            for cell in found.order_by("pk")
            if self.axis == NONE or cell.coordinates[self.axis] == self.value
        ]

    def make_plan(self) -> Plan:
        total = self.experiment.cells.count() + len(self.cells)
        problem = planning.describe_excess(total)
        if not self.cells:
            problem = _("There is nothing to repeat here.")
        if problem:
            return Plan(count=len(self.cells), problem=problem)
        made = [self.repeat(cell) for cell in self.cells]
        cells = [each for each in made if isinstance(each, PlannedCell)]
        refused = [each for each in made if isinstance(each, RefusedCell)]
        estimates = [each.estimate for each in cells]
        return planning.sum_up(self.planner, len(made), cells, refused, estimates)

    def repeat(self, cell: Cell) -> PlannedCell | RefusedCell:
        run, place, problem = cell.run, self.place(cell), ""
        if run.spec.slug not in self.specs:
            problem = describe_retired(run.spec)
        elif errors := rerun.find_errors(run.spec, run.inputs, self.membership):
            problem = say(errors, run.spec, run.inputs)
        if problem:
            return self.planner.refuse(place, problem)
        return PlannedCell(
            spec=run.spec,
            coordinates=place,
            inputs=run.inputs,
            template=run.template,
            estimate=self.planner.price(run.spec, run.inputs),
        )


def find_field(axis: Axis, listed: Sequence[AxisField]) -> AxisField | None:
    """Return the field for new values of an axis, without its existing values."""
    same = (each for each in listed if (each.kind, each.name) == (axis.kind, axis.name))
    found = next(same, None)
    if found is None and axis.kind == AxisKind.VARIABLE:  # in values of another axis
        found = AxisField(kind=axis.kind, name=axis.name, title=axis.title, control="lines")
    if found is None:
        return None
    known = [each.value for each in axis.values]
    ticks = tuple(tick for tick in found.ticks if tick.value not in known)
    return replace(found, ticks=ticks) if ticks or found.control != "ticks" else None


def check_new(field: AxisField, axes: Sequence[Axis]) -> AxisField:
    """Validate a field's values together with the existing ones of its axis."""
    axis = next(each for each in axes if (each.kind, each.name) == (field.kind, field.name))
    try:
        if field.axis is not None:
            axes_module.extend_axis(axis, field.axis.values)
    except AxisError as error:
        return replace(field, axis=None, error=str(error))
    return field


def find_presets(membership: Membership, spec: ModelSpec) -> Iterator[Preset]:
    yield from Preset.objects.visible_to(membership).of(spec.slug)


def find_retired(experiment: Experiment) -> str:
    """Return an error if the model of an experiment is retired, else "".

    With several models, it is an error of the cells.
    """
    spec = experiment.spec
    is_of_several = any(axis.kind == AxisKind.MODEL for axis in experiment.read_axes())
    current = ModelSpec.objects.current(experiment.workspace)
    if is_of_several or current.filter(slug=spec.slug).exists():
        return ""
    return describe_retired(spec)
