"""Runs the same inputs again, or explains why they need a correction first."""

import uuid
from typing import Any

from playground.catalog.models import ModelSpec
from playground.compose import validation, version_fit
from playground.compose.form_state import FormState
from playground.compose.validation import Errors
from playground.runs import lifecycle
from playground.runs.costs import budgets
from playground.runs.costs.budgets import OverBudgetError
from playground.runs.files.uploads import UploadStore
from playground.runs.lifecycle import NotAgreedError
from playground.runs.models import Run
from playground.runs.variable_entries import NO_VARIABLES
from playground.teams.models import Membership


class RetiredError(Exception):
    """The model is no longer available."""


class ChangedError(Exception):
    """The inputs of the run are no longer valid; the form shows the errors."""


def rerun(run: Run, membership: Membership, token: uuid.UUID) -> Run:
    """Make a new run of the same inputs with the current version of its model.

    token   submission token of the button, which makes a repeated press idempotent
    Raises  RetiredError, ChangedError, NoKeyError, NotAgreedError, OverBudgetError
    """
    spec = find_current_version(run)
    if spec is None:
        raise RetiredError(run.spec.shown_title)
    inputs, left_out = version_fit.fit_to_version(run.inputs, run.spec, spec)
    if left_out or find_errors(spec, inputs, membership):
        raise ChangedError(run.spec.shown_title)
    template = dict(run.template)
    if template:
        template["inputs"] = version_fit.fit_to_version(template["inputs"], run.spec, spec)[0]
    return lifecycle.accept(
        membership,
        spec=spec,
        inputs=inputs,
        token=token,
        is_shared=run.is_shared,
        template=template,
        made_from=run,
    )


def resend(run: Run, membership: Membership) -> Run:
    """Send a failed run again with its inputs, if they are still valid.

    Raises  ChangedError, NoKeyError, NotAgreedError, OverBudgetError
    """
    if find_errors(run.spec, run.inputs, membership):
        raise ChangedError(run.spec.shown_title)
    return lifecycle.send_again(run, membership)


def find_errors(spec: ModelSpec, inputs: Any, membership: Membership) -> Errors:
    """Return the errors that prevent sending inputs; resolves host names, which may block."""
    form = spec.form.open(inputs)
    errors = validation.validate(spec, form, inputs, NO_VARIABLES, UploadStore(membership))
    return errors or validation.find_private_hosts(spec, form, NO_VARIABLES)


def find_current_version(run: Run) -> ModelSpec | None:
    """Return the version of a run's model that its workspace can choose now."""
    return ModelSpec.objects.current(run.workspace).filter(slug=run.spec.slug).first()


def find_obstacle(state: FormState) -> tuple[NotAgreedError | None, Errors]:
    """Return (question about the price, errors) that prevent running a form's inputs again."""
    errors = {pointer: list(messages) for pointer, messages in state.find_hindrances().items()}
    try:
        lifecycle.check_consent(state.membership.workspace, state.price, None)
        budgets.check_room(state.membership, state.price)
    except NotAgreedError as question:
        return question, errors
    except OverBudgetError as error:
        errors.setdefault("", []).append(str(error))
    return None, errors
