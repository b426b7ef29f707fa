"""The axis of models: maps the shared inputs to other models, and reads their own fields."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _

from playground.catalog.models import ModelSpec
from playground.compose.input_mapping import MappedInputs, MappingChange, map_inputs
from playground.compose.presets.opening import wording_of
from playground.experiments import axes
from playground.experiments.axis_fields import AxisField, Tick, make_field, walk_nodes
from playground.teams.models import Workspace

OWN = "own:"  # prefix of control names of a model's own fields: "own:<slug>:/seed"
MOST_CHANGES = 20

type OwnValues = Mapping[str, Mapping[str, Any]]  # {slug: {pointer: value}} of own fields


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelNotes:
    """Notes on the mapping of the shared inputs to another model."""

    title: str
    sentences: tuple[str, ...]


@dataclass(slots=True, kw_only=True)
class OtherModel:
    """Another model of an experiment, and the inputs that mappings to it have dropped so far.

    own  {pointer: value} of the fields that only it has
    """

    spec: ModelSpec
    base: ModelSpec
    own: Mapping[str, Any]
    lost: dict[str, None] = field(default_factory=dict)
    changed: dict[str, MappingChange] = field(default_factory=dict)

    def adapt(self, inputs: Any) -> Any:
        """Map shared inputs to this model, and add its own values."""
        mapped = map_inputs(inputs, self.base.form, self.spec.form)
        self.lost |= dict.fromkeys(mapped.lost)
        for change in mapped.changed:
            key = json.dumps([change.before, change.after], sort_keys=True)
            if change.is_respelt and len(self.changed) < MOST_CHANGES:
                self.changed.setdefault(key, change)
        initial, value = self.spec.form.initial(), mapped.value
        if isinstance(initial, dict) and isinstance(value, dict):
            value = {**initial, **value}
        for pointer, each in self.own.items():
            value = axes.put_value(value, pointer, each)
        return value

    @property
    def notes(self) -> ModelNotes:
        found = MappedInputs(value={}, lost=tuple(self.lost), changed=tuple(self.changed.values()))
        sentences = wording_of(found, self.base.form, self.spec.form)
        return ModelNotes(title=self.spec.shown_title, sentences=tuple(sentences))


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnFields:
    """The fields that only one of the models has."""

    spec: ModelSpec
    fields: tuple[AxisField, ...]

    @property
    def is_open(self) -> bool:
        return any(each.entered or each.error for each in self.fields)

    @property
    def values(self) -> dict[str, Any]:
        return {each.name: each.axis.values[0].value for each in self.fields if each.axis}


def list_model_ticks(specs: Iterable[ModelSpec]) -> list[Tick]:
    return [Tick(text=each.slug, label=each.shown_title, value=each.slug) for each in specs]


def describe_retired(spec: ModelSpec) -> str:
    return _("%(model)s was retired. Nothing more can be sent to it.") % {"model": spec.shown_title}


def find_specs(workspace: Workspace, base: ModelSpec) -> dict[str, ModelSpec]:
    """Return {slug: model} of the models that can be chosen; for the base its given version."""
    found = {each.slug: each for each in ModelSpec.objects.current(workspace)}
    return found | {base.slug: base} if base.slug in found else found


def list_own_fields(
    base: ModelSpec, inputs: Any, specs: Sequence[ModelSpec], data: "MultiValueDict[str, Any]"
) -> list[OwnFields]:
    """Return, for each other model, the fields to which no shared input is mapped.

    inputs  the shared inputs, with a value for each varied field
    """
    found = []
    for spec in specs:
        reached = map_inputs(inputs, base.form, spec.form).value
        fields = [
            read_own(replace(made, name=pointer), spec.slug, data)
            for pointer, node in walk_nodes(spec.form.parts())
            if pointer.split("/")[1] not in reached
            if (made := make_field(pointer, spec.form.title_of(pointer), node, ()))
        ]
        found.append(OwnFields(spec=spec, fields=tuple(fields)))
    return found


def read_own(made: AxisField, slug: str, data: "MultiValueDict[str, Any]") -> AxisField:
    """Return a single-valued field with its sent value, or an error."""
    shown = replace(made, owner=slug)
    read = shown.read(data)
    if read.axis is not None and len(read.axis.values) > 1:
        return replace(read, axis=None, error=_("Enter one value."))
    if read.error and read.control == "numbers":
        return replace(read, error=_("Enter a number."))
    return read


def find_unknown_own(found: Sequence[OwnFields], data: "MultiValueDict[str, Any]") -> list[str]:
    """Return the errors of values of unknown fields."""
    known = {each.control_name for own in found for each in own.fields}
    chosen = {own.spec.slug for own in found}
    words = _("The model has no field “%(name)s” of its own.")
    return [
        words % {"name": name.split(":", 2)[2][:60]}
        for name in data
        if name.startswith(OWN) and name.count(":") >= 2 and name.split(":", 2)[1] in chosen  # noqa: PLR2004
        if name not in known and any(data.getlist(name))
    ]
