"""Makes the cells of an experiment: the inputs of each for its model, or its error."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from playground.catalog.inputs import LONGEST_CHOICE
from playground.catalog.models import ModelSpec
from playground.compose import validation, version_fit
from playground.compose.form_state import FormState
from playground.experiments import axes as axes_module
from playground.experiments.acceptance import PlannedCell
from playground.experiments.axes import Axis, AxisKind
from playground.experiments.other_models import ModelNotes, OtherModel, OwnValues
from playground.runs.costs import prices
from playground.runs.costs.prices import Estimate
from playground.runs.models import Preset
from playground.runs.variable_entries import VariableEntries, find_variables, replace_texts
from playground.schema import OpenedForm, pointers
from playground.schema.lists import list_plain


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedCell:
    """A combination that cannot be sent: its values and the reason."""

    name: str
    problem: str


@dataclass(slots=True, kw_only=True)
class Planner:
    """Makes the inputs of cells, within one request.

    state    state of the form with the shared inputs
    presets  {id: preset}
    specs {slug: model} of the models that can be chosen
    own       values of fields that only one model has
    is_whole  every cell is validated completely, including host names, as before sending; else
              only as many as the user can wait for
    """

    state: FormState
    axes: Sequence[Axis]
    specs: Mapping[str, ModelSpec]
    presets: dict[str, Preset] = field(default_factory=dict)
    own: OwnValues = field(default_factory=dict)
    is_whole: bool = False
    others: dict[str, OtherModel] = field(default_factory=dict)
    seen: set[str] = field(default_factory=set)
    _private: dict[tuple[str, ...], validation.Errors] = field(default_factory=dict)
    _prices: dict[str, Estimate] = field(default_factory=dict)

    @property
    def spec(self) -> ModelSpec:
        return self.state.spec

    def write(self, place: Sequence[int]) -> tuple[Any, dict[str, str]]:
        """Return (shared inputs with a cell's values, values of variables)."""
        value: Any = self.state.form.value
        values = dict(self.state.variables.values)
        chosen = [(axis, axis.values[at]) for axis, at in zip(self.axes, place, strict=True)]
        for axis, each in chosen:
            if axis.kind == AxisKind.PRESET:  # it replaces all inputs
                preset = self.presets[str(each.value)]
                value, _left = version_fit.fit_to_version(preset.inputs, preset.spec, self.spec)
                values |= preset.values
        for axis, each in chosen:
            if axis.kind == AxisKind.FIELD:
                value = axes_module.put_value(value, axis.name, each.value)
            elif axis.kind == AxisKind.VARIABLE:
                values[axis.name] = str(each.value)
        return value, values

    def find_model(self, place: Sequence[int]) -> str:
        """Return the slug of a cell's model."""
        for axis, at in zip(self.axes, place, strict=True):
            if axis.kind == AxisKind.MODEL:
                return str(axis.values[at].value)
        return self.spec.slug

    def adapt(self, place: Sequence[int], spec: ModelSpec) -> tuple[Any, dict[str, str]]:
        """Return (inputs of a cell for its model, values of variables)."""
        value, values = self.write(place)
        if spec.pk == self.spec.pk:
            return value, values
        if spec.slug not in self.others:
            own = self.own.get(spec.slug, {})
            self.others[spec.slug] = OtherModel(spec=spec, base=self.spec, own=own)
        return self.others[spec.slug].adapt(value), values

    def plan(self, place: Sequence[int]) -> PlannedCell | RefusedCell:
        """Return a cell with its inputs, or the reason why it cannot be sent."""
        slug = self.find_model(place)
        spec = self.specs.get(slug)
        if spec is None:
            words = _("%(model)s was retired. Nothing more can be sent to it.")
            return self.refuse(place, words % {"model": self.name_model(slug)})
        value, values = self.adapt(place, spec)
        form = spec.form.open(value)
        entries = find_variables(form, values)
        inputs = replace_texts(form.value, entries.filled)
        errors = validation.validate(spec, form, inputs, entries, self.state.store)
        if entries.problems:
            name, problem = next(iter(entries.problems.items()))
            errors = {"": [f"{{{{{name}}}}}: {problem}"]} | errors
        errors = errors or self.find_private_hosts(spec, form, entries)
        if errors:
            return self.refuse(place, say(errors, spec, inputs))
        if spec.pk != self.spec.pk and self.is_known(place, spec, inputs):
            words = _("%(model)s has nothing that differs here: it is the same as another.")
            return self.refuse(place, words % {"model": spec.shown_title})
        template = {"inputs": form.value, "values": entries.values} if entries.filled else {}
        return PlannedCell(
            spec=spec,
            coordinates=tuple(place),
            inputs=inputs,
            template=template,
            estimate=self.price(spec, inputs),
        )

    def guess(self, place: Sequence[int]) -> Estimate | None:
        """Estimate the cost of a cell without validation; None if its model is unavailable."""
        spec = self.specs.get(self.find_model(place))
        return self.price(spec, self.adapt(place, spec)[0]) if spec else None

    def is_known(self, place: Sequence[int], spec: ModelSpec, inputs: Any) -> bool:
        """Return whether a planned cell has the same inputs, as its model drops a varied field."""
        key = identify_cell(self.axes, place, spec, inputs)
        is_known = key in self.seen
        self.seen.add(key)
        return is_known

    def refuse(self, place: Sequence[int], problem: str) -> RefusedCell:
        return RefusedCell(name=self.name(place), problem=problem)

    @property
    def notes(self) -> tuple[ModelNotes, ...]:
        """Notes on the mapping to each other model."""
        found = (other.notes for other in self.others.values())
        return tuple(each for each in found if each.sentences)

    def name_model(self, slug: str) -> str:
        labels = {
            each.value: each.label
            for axis in self.axes
            for each in axis.values
            if axis.kind == AxisKind.MODEL
        }
        return labels.get(slug, self.spec.shown_title)

    def find_private_hosts(
        self, spec: ModelSpec, form: OpenedForm, entries: VariableEntries
    ) -> validation.Errors:
        """Resolve the host names of each set of URLs once."""
        if not self.is_whole:
            return {}
        addresses = sorted(validation.list_addresses(form, entries).values())
        key = (str(spec.pk), *addresses)
        if key not in self._private:
            self._private[key] = validation.find_private_hosts(spec, form, entries)
        return self._private[key]

    def name(self, place: Sequence[int]) -> str:
        parts = [
            f"{axis.title}: {axis.values[at].label[:40]}"
            for axis, at in zip(self.axes, place, strict=True)
        ]
        return list_plain(parts)

    def price(self, spec: ModelSpec, inputs: Any) -> Estimate:
        """Return the cost of a run, cached without regard to free text."""
        kept = forget_texts(inputs, spec.pricing.fields)
        key = json.dumps([str(spec.pk), kept], sort_keys=True)
        if key not in self._prices:
            workspace = self.state.membership.workspace
            self._prices[key] = prices.estimate(workspace, spec, inputs)
        return self._prices[key]


def identify_cell(axes: Sequence[Axis], place: Sequence[int], spec: ModelSpec, inputs: Any) -> str:
    """Return a key that is equal for cells of the same model, repetition and inputs."""
    repeats = [at for axis, at in zip(axes, place, strict=True) if axis.kind == AxisKind.REPEAT]
    return json.dumps([str(spec.pk), repeats, inputs], sort_keys=True)


def say(errors: validation.Errors, spec: ModelSpec, inputs: Any) -> str:
    """Return the first error, with its field's title."""
    pointer, messages = next(iter(errors.items()))
    return messages[0] if not pointer else f"{spec.form.title_of(pointer, inputs)}: {messages[0]}"


def forget_texts(value: Any, asked: frozenset[str], pointer: str = "") -> Any:
    """Return inputs without long texts, except those that the price depends on."""
    if isinstance(value, dict):
        return {
            key: forget_texts(each, asked, pointers.child(pointer, key))
            for key, each in value.items()
        }
    if isinstance(value, str) and len(value) > LONGEST_CHOICE and pointer not in asked:
        return ""
    return value
