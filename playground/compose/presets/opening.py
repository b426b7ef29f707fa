"""Chooses the initial values of a form: a draft, a preset, an example or an earlier run."""

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from django.utils.translation import gettext as _

from playground.catalog.models import ModelSpec
from playground.compose import version_fit
from playground.compose.input_mapping import MappedInputs, map_inputs
from playground.compose.presets import prompt_history
from playground.compose.validation import Errors
from playground.runs import problems
from playground.runs.models import Draft, Preset, Run
from playground.runs.pages import changes
from playground.runs.pages.summary import HIDDEN
from playground.runs.variable_entries import escape_texts
from playground.schema import ABSENT, SchemaForm, pointers
from playground.schema.lists import list_plain, list_sentences
from playground.schema.values import Value
from playground.teams.models import Membership


@dataclass(frozen=True, slots=True, kw_only=True)
class Baseline:
    """The inputs of a run, fitted to a model's form; changes are relative to them.

    values    values of the variables in its texts
    left_out  titles of fields that the current version of the model no longer has
    notes     notes on inputs that were mapped from another model
    """

    run: Run
    value: Any
    values: Mapping[str, Any] = field(default_factory=dict)
    left_out: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """The initial content of a form.

    value   ABSENT for the schema's defaults
    values  values of the variables in its texts
    errors  the provider's errors about the inputs of the run that is opened; none for drafts,
            which are unfinished
    is_shared visibility of the outputs; None for the default
    baseline       the inputs of the run that it was opened from
    draft, preset  the opened draft or preset, if any
    left_out       titles of fields that the current version of the model no longer has
    notes          notes on inputs that were mapped from another model
    """

    value: Value = ABSENT
    values: Mapping[str, Any] = field(default_factory=dict)
    errors: Errors | None = None
    is_shared: bool | None = None
    baseline: Baseline | None = None
    draft: Draft | None = None
    preset: Preset | None = None
    left_out: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def read_baseline(run: Run, spec: ModelSpec) -> Baseline:
    """Return the inputs of a run, fitted to a model's form."""
    held, values = run.inputs, {}
    is_template = bool(run.template) and (
        run.spec.slug == spec.slug or prompt_history.find_field(spec)
    )
    if is_template:
        held, values = run.template["inputs"], run.template["values"]
    notes: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    if run.spec.slug == spec.slug:
        held, left_out = version_fit.fit_to_version(held, run.spec, spec)
    else:
        held, notes = map_inputs_of(held, run.spec, spec)
    if not is_template:
        held = escape_texts(spec, held)
    return Baseline(run=run, value=held, values=values, left_out=left_out, notes=notes)


def map_inputs_of(
    inputs: Any, made_with: ModelSpec | None, spec: ModelSpec
) -> tuple[Any, tuple[str, ...]]:
    """Map the inputs of one model to the form of another, with notes."""
    mapped = map_inputs(inputs, made_with.form if made_with else None, spec.form)
    initial, value = spec.form.initial(), mapped.value
    if isinstance(initial, dict) and isinstance(value, dict):
        value = {**initial, **value}
    before = made_with.form if made_with else SchemaForm({})
    return value, tuple(wording_of(mapped, before, spec.form))


def wording_of(mapped: MappedInputs, before: SchemaForm, now: SchemaForm) -> Iterator[str]:
    respelt = [
        f"{join_titles(change.before, before)} → {join_titles(change.after, now)}"
        for change in mapped.changed
        if change.is_respelt
    ]
    if respelt:
        yield _("Converted: %(changes)s.") % {"changes": list_sentences(respelt)}
    if mapped.lost:
        lost = (before.title_of(pointers.child("", key))[:60] for key in mapped.lost[:20])
        names = list_plain(lost)
        yield _("Not supported by this model: %(names)s.") % {"names": names}


def join_titles(inputs: dict[str, Any], form: SchemaForm) -> str:
    shown = form.hide_secrets(inputs, HIDDEN)
    return list_plain(
        f"{form.title_of(pointers.child('', key), inputs)} {changes.spell_value(value)[:60]}"
        for key, value in shown.items()
    )


def open_form(membership: Membership, spec: ModelSpec, asked: Any) -> Opening:
    """Return the values of the query string; else the draft; else the defaults.

    asked  the query string. It has precedence over the draft, and replaces it only when the user
           types.
    """
    if run := find_run(membership, asked):
        return open_run(run, spec)
    if example := find_example(spec, asked):
        return Opening(value={**spec.form.initial(), **example})
    if preset := find_preset(membership, spec, asked):
        value, left_out = version_fit.fit_to_version(preset.inputs, preset.spec, spec)
        return Opening(value=value, values=preset.values, preset=preset, left_out=left_out)
    if draft := find_draft_elsewhere(membership, spec, asked):
        value, notes = map_inputs_of(draft.inputs, draft.spec, spec)
        return Opening(value=value, values=draft.values, is_shared=draft.is_shared, notes=notes)
    kept = open_draft(membership, spec)
    if run := find_run(membership, {"from": asked.get("prompt", "")}):
        return with_prompt(kept, spec, run)
    return kept


def open_run(run: Run, spec: ModelSpec) -> Opening:
    """Open the form with all inputs of a run."""
    baseline = read_baseline(run, spec)
    return Opening(
        value=baseline.value,
        values=baseline.values,
        errors=problems.words_by_field(run) if run.spec.slug == spec.slug else None,
        is_shared=run.is_shared,
        baseline=baseline,
        left_out=baseline.left_out,
        notes=baseline.notes,
    )


def with_prompt(kept: Opening, spec: ModelSpec, run: Run) -> Opening:
    """Replace the prompt of a form by that of a run."""
    field_name = prompt_history.find_field(spec)
    text = prompt_history.read_prompt(run.inputs, run.template, field_name)
    shown = spec.form.initial() if kept.value is ABSENT else kept.value
    if not text or not isinstance(shown, dict):
        return kept
    values = {**kept.values, **run.template.get("values", {})}
    return replace(kept, value={**shown, field_name: text}, values=values, draft=None)


def open_draft(membership: Membership, spec: ModelSpec) -> Opening:
    """Open the user's draft, or the schema's defaults."""
    draft = Draft.objects.find(membership, spec.slug) if membership.can_generate else None
    if draft is None:
        return Opening()
    run = find_run(membership, {"from": str(draft.opened_from_id)})  # if still visible
    value, left_out = version_fit.fit_to_version(draft.inputs, draft.spec, spec)
    return Opening(
        value=value,
        values=draft.values,
        is_shared=draft.is_shared,
        baseline=read_baseline(run, spec) if run else None,
        draft=draft,
        left_out=left_out,
    )


def find_run(membership: Membership, asked: Any) -> Run | None:
    """Return the run in the query string or the form that it was opened from, if visible."""
    try:
        pk = uuid.UUID(asked.get("from", ""))
    except ValueError:
        return None
    return Run.objects.visible_to(membership).filter(pk=pk).select_related("spec").first()


def find_preset(membership: Membership, spec: ModelSpec, asked: Any) -> Preset | None:
    """Return the preset in the query string, if the user may use it."""
    try:
        pk = uuid.UUID(asked.get("preset", ""))
    except ValueError:
        return None
    if not membership.can_generate:
        return None
    return Preset.objects.visible_to(membership).of(spec.slug).filter(pk=pk).first()


def find_draft_elsewhere(membership: Membership, spec: ModelSpec, asked: Any) -> Draft | None:
    """Return the draft of the other model in the query string, if any."""
    slug = asked.get("draft", "")
    if not slug or slug == spec.slug or not membership.can_generate:
        return None
    return Draft.objects.find(membership, slug)


def find_example(spec: ModelSpec, asked: Any) -> dict[str, Any] | None:
    """Return the example with the number in the query string, in the active language."""
    number = asked.get("example", "")
    if not number.isdecimal() or not 0 < int(number) <= len(spec.examples):
        return None
    example: dict[str, Any] = spec.shown_examples[int(number) - 1]
    return example
