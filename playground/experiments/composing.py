"""The state of the page that composes an experiment, as opened or sent."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.datastructures import MultiValueDict
from django.utils.functional import cached_property

from playground.catalog.models import ModelSpec
from playground.compose.form_state import FormState, open_state
from playground.compose.presets.opening import open_form
from playground.experiments import axis_fields, other_models
from playground.experiments.axes import AxisKind, put_value
from playground.experiments.axis_fields import AxisField, Tick
from playground.experiments.other_models import OwnFields, describe_retired, list_model_ticks
from playground.experiments.planner import Planner
from playground.experiments.planning import Plan, make_plan
from playground.media.content import MediaKind
from playground.runs.models import Preset, Upload
from playground.runs.pages.summary import InputLine, list_lines
from playground.schema import SchemaForm
from playground.teams.models import Membership

MOST_PICTURES = 24
MOST_PRESETS = 24


@dataclass(frozen=True, kw_only=True)
class Composition:
    """The shared inputs and the axis fields of an experiment.

    asked  the query string, which selects the inputs
    data   the sent axes; initially the query string
    """

    membership: Membership
    spec: ModelSpec
    asked: Any
    data: "MultiValueDict[str, Any]"
    is_whole: bool = False

    @cached_property
    def state(self) -> FormState:
        opening = open_form(self.membership, self.spec, self.asked)
        return open_state(self.membership, self.spec, opening)

    @cached_property
    def digest(self) -> str:
        """A digest of the shared inputs, to detect a draft changed in another tab."""
        held = self.state.form.value
        known = held if isinstance(held, dict) else {}
        document = json.dumps([known, self.state.variables.values], sort_keys=True)
        return hashlib.sha256(document.encode()).hexdigest()[:32]

    @cached_property
    def presets(self) -> list[Preset]:
        found = Preset.objects.visible_to(self.membership).of(self.spec.slug)
        return list(found[:MOST_PRESETS])

    @cached_property
    def fields(self) -> list[AxisField]:
        presets, pictures = list_preset_ticks(self.presets), list_pictures(self.membership)
        listed = axis_fields.list_fields(
            self.spec.form,
            self.texts,
            presets=presets,
            pictures=pictures,
            models=list_model_ticks(self.specs.values()),
        )
        return [each.read(self.data) for each in listed]

    @property
    def texts(self) -> dict[str, str]:
        """All texts that can contain variables: of the form and of its axes."""
        sent = {
            name: "\n".join(self.data.getlist(name))
            for name in self.data
            if name.startswith(axis_fields.PREFIXES[AxisKind.FIELD])
        }
        presets = {str(each.pk): json.dumps(each.inputs) for each in self.chosen_presets}
        return {**self.state.variables.texts, **sent, **presets}

    @property
    def chosen_presets(self) -> list[Preset]:
        chosen = self.data.getlist(axis_fields.PRESETS)
        return [
            each for each in self.presets if axis_fields.ALL in chosen or str(each.pk) in chosen
        ]

    @cached_property
    def problems(self) -> list[str]:
        """Errors of unknown axes."""
        unknown = axis_fields.find_unknown(self.fields, self.data)
        return unknown + other_models.find_unknown_own(self.own_fields, self.data)

    @property
    def has_errors(self) -> bool:
        own = (each for model in self.own_fields for each in model.fields)
        return bool(self.problems) or any(each.error for each in (*self.fields, *own))

    @cached_property
    def specs(self) -> dict[str, ModelSpec]:
        return other_models.find_specs(self.membership.workspace, self.spec)

    @cached_property
    def chosen_models(self) -> list[ModelSpec]:
        """The chosen models other than the form's."""
        axes = [each.axis for each in self.fields if each.kind == AxisKind.MODEL and each.axis]
        slugs = [str(each.value) for axis in axes for each in axis.values]
        return [self.specs[slug] for slug in slugs if slug != self.spec.slug]

    @property
    def model_names(self) -> str:
        """The slugs of the models whose own fields are shown."""
        return " ".join(each.slug for each in self.chosen_models)

    @property
    def shows_other_models(self) -> bool:
        """Whether the page must render the own fields of other models."""
        return bool(self.data.get("own-of", "") != self.model_names)

    @cached_property
    def own_fields(self) -> list[OwnFields]:
        held = self.state.form.value
        value: Any = held if isinstance(held, dict) else {}
        for each in self.fields:
            if each.kind == AxisKind.FIELD and each.axis:
                value = put_value(value, each.name, each.axis.values[0].value)
        return other_models.list_own_fields(self.spec, value, self.chosen_models, self.data)

    @property
    def settings(self) -> dict[str, Any]:
        """The value of `Experiment.settings`."""
        own = {each.spec.slug: each.values for each in self.own_fields if each.values}
        return {"values": self.state.variables.values} | ({"models": own} if own else {})

    @cached_property
    def plan(self) -> Plan:
        axes = [each.axis for each in self.fields if each.axis is not None]
        if self.spec.is_retired and all(axis.kind != AxisKind.MODEL for axis in axes):
            return Plan(problem=describe_retired(self.spec))
        planner = Planner(
            state=self.state,
            axes=axes,
            specs=self.specs,
            presets={str(each.pk): each for each in self.presets},
            own={each.spec.slug: each.values for each in self.own_fields},
            is_whole=self.is_whole,
        )
        return make_plan(planner)

    @property
    def lines(self) -> list[InputLine]:
        """The shared inputs, for display."""
        state = self.state
        sent = state.sent if isinstance(state.sent, dict) else {}
        return [line for line in list_lines(sent, self.spec.form, state.store) if line.text]

    @property
    def title(self) -> str:
        """The shared prompt; without one, the titles of the axes."""
        varied = ", ".join(each.title for each in self.fields if each.axis is not None)
        return find_headline(self.spec.form, self.state.sent) or varied


def find_headline(form: SchemaForm, inputs: Any) -> str:
    """Return the first long text in inputs as one line."""
    held = form.hide_secrets(inputs, instead="")
    texts = form.open(held).long_texts().values() if isinstance(held, dict) else ()
    return " ".join(next((text for text in texts if text.strip()), "").split())


def list_preset_ticks(presets: Iterable[Preset]) -> list[Tick]:
    return [Tick(text=str(each.pk), label=each.name, value=str(each.pk)) for each in presets]


def list_pictures(membership: Membership) -> list[Tick]:
    """Return the user's newest uploaded pictures."""
    mine = Upload.objects.filter(workspace=membership.workspace_id, author=membership.user_id)
    found = mine.filter(file__kind=MediaKind.IMAGE).select_related("file").order_by("-created_at")
    return [
        Tick(
            text=each.reference,
            label=each.name,
            value=each.reference,
            image=reverse("upload_thumbnail", args=[each.pk]) if each.file.thumbnail else "",
        )
        for each in found[:MOST_PICTURES]
    ]
