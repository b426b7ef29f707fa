"""The state of a model's form in one request, for rendering and sending."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from playground.catalog.models import ModelSpec
from playground.compose import validation
from playground.compose.presets import drafts
from playground.compose.presets.opening import Baseline, Opening, find_run, read_baseline
from playground.compose.submission import read_data, read_sharing
from playground.compose.validation import Errors
from playground.runs.costs import prices
from playground.runs.costs.prices import Estimate
from playground.runs.files.uploads import UploadStore
from playground.runs.models import Draft, Output, Preset, Run
from playground.runs.pages import changes
from playground.runs.variable_entries import (
    VariableEntries,
    find_variables,
    read_values,
    replace_texts,
)
from playground.schema import ABSENT, CHANGE_BACK, OpenedForm, Submission
from playground.schema.lists import list_plain
from playground.teams.models import ApiKey, Membership
from playground.web import HtmxRequest

DETACH = "~detach"  # the button that ends the comparison with the run that a form was opened from


@dataclass(frozen=True, kw_only=True)
class FormState:
    """The values of a form, and values derived from them. Each is computed once, on first use.

    store          the user's file storage
    form           opened with a value, or sent by a browser
    variables      the variables in its texts, and their values
    is_shared      whether the outputs are visible to the workspace
    is_edited      an edit of the form's structure was requested
    baseline       the inputs of the run that it was opened from
    draft, preset  its draft, or the preset that it was opened from
    left_out       titles of fields that the current version of the model no longer has
    notes          notes on inputs that were mapped from another model
    """

    store: UploadStore
    spec: ModelSpec
    form: OpenedForm
    variables: VariableEntries
    is_shared: bool
    is_edited: bool = False
    baseline: Baseline | None = None
    draft: Draft | None = None
    preset: Preset | None = None
    left_out: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def membership(self) -> Membership:
        return self.store.membership

    @property
    def opened_from(self) -> Run | None:
        return self.baseline.run if self.baseline else None

    @property
    def left_out_names(self) -> str:
        return list_plain(self.left_out)

    @cached_property
    def picture(self) -> Output | None:
        """The first picture of the run that it was opened from."""
        run = self.opened_from
        outputs = run.outputs.filter(stored_at__isnull=False, trashed_at=None) if run else None
        return outputs.first() if outputs is not None else None

    @cached_property
    def inputs(self) -> Any:
        """The inputs to send, with variables replaced; these are validated."""
        return replace_texts(self.form.value, self.variables.filled)

    @property
    def template(self) -> dict[str, Any]:
        """The inputs with variables in them, if there are any."""
        if not self.variables.filled:
            return {}
        return {"inputs": self.form.value, "values": self.variables.values}

    @cached_property
    def errors(self) -> Errors:
        """{JSON Pointer: [message]}, "" for the whole form; {} if valid."""
        return validation.validate(self.spec, self.form, self.inputs, self.variables, self.store)

    @property
    def is_refused(self) -> bool:
        return bool(self.errors or self.variables.problems)

    @property
    def sent(self) -> Any:
        """The inputs as sent; {} for a form without any value."""
        return {} if self.inputs is ABSENT else self.inputs

    @cached_property
    def price(self) -> Estimate:
        """The estimated cost of the present inputs."""
        return prices.estimate(self.membership.workspace, self.spec, self.sent)

    @cached_property
    def api_key(self) -> ApiKey | None:
        """The API key that would pay the run."""
        return self.membership.workspace.current_key(self.spec.provider_in_use)

    @cached_property
    def changes(self) -> dict[str, str]:
        """Differences to the run that the form was opened from: {pointer: earlier value}."""
        if self.baseline is None:
            return {}
        before = self.baseline.value
        found = dict(changes.list_changes(before, self.form.value))
        return changes.describe_changes(found, self.spec.form.secrets(before)) if found else {}

    @property
    def change_count(self) -> int:
        return len(self.changes) + self.variables.change_count

    def find_hindrances(self) -> Errors:
        """Return the errors that prevent sending; resolves host names, which may block."""
        if self.is_refused:
            return self.errors
        return validation.find_private_hosts(self.spec, self.form, self.variables)


def open_state(membership: Membership, spec: ModelSpec, opening: Opening) -> FormState:
    """Return a form with its initial values."""
    form = spec.form.untouched if opening.value is ABSENT else spec.form.open(opening.value)
    baseline, is_shared = opening.baseline, opening.is_shared
    return FormState(
        store=UploadStore(membership),
        spec=spec,
        form=form,
        variables=find_variables(form, opening.values, before=baseline.values if baseline else {}),
        is_shared=membership.workspace.shares_runs if is_shared is None else is_shared,
        baseline=baseline,
        draft=opening.draft,
        preset=opening.preset,
        left_out=opening.left_out,
        notes=opening.notes,
    )


def read_state(request: HtmxRequest, spec: ModelSpec) -> FormState:
    """Read a sent form, and save it as the draft, valid or not."""
    store, sent = UploadStore(request.membership), request.POST
    run = None if DETACH in sent else find_run(request.membership, sent)
    baseline = read_baseline(run, spec) if run else None
    form = read_form(request, spec, store, baseline)
    values, before = read_values(sent), baseline.values if baseline else {}
    variables = find_variables(form, values, before=before)
    is_shared = read_sharing(request, run)
    draft = drafts.save_draft(
        request.membership,
        spec,
        form.value,
        values=variables.values,
        is_shared=is_shared,
        opened_from=run,
    )
    return FormState(
        store=store,
        spec=spec,
        form=form,
        variables=variables,
        is_shared=is_shared,
        is_edited=CHANGE_BACK in sent or (isinstance(form, Submission) and bool(form.edit)),
        baseline=baseline,
        draft=draft,
    )


def read_form(
    request: HtmxRequest, spec: ModelSpec, store: UploadStore, baseline: Baseline | None
) -> OpenedForm:
    """Return the sent form; if requested, with one field restored from the baseline.

    baseline  the value that it was opened with, for parts without controls
    """
    initial = baseline.value if baseline else spec.form.untouched.value
    submission = spec.form.parse(read_data(request), initial, files=store)
    if baseline is None or CHANGE_BACK not in request.POST:
        return submission
    return spec.form.open(
        changes.restore_value(submission.value, baseline.value, request.POST[CHANGE_BACK])
    )
