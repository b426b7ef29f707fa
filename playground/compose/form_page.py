"""Renders the page of a model, or a partial of it."""

import uuid
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import SimpleLazyObject

from playground.catalog.models import ModelSpec
from playground.compose import spend_again
from playground.compose.form_state import FormState
from playground.compose.pasting import Paste
from playground.compose.validation import Errors
from playground.providers import registry
from playground.runs import lifecycle
from playground.runs.costs import budgets
from playground.runs.models import Preset, Run
from playground.runs.pages import board, exchange, preferences, samples
from playground.schema import Drawn
from playground.teams.key_advice import explain_missing_key
from playground.web import HtmxRequest, page_or_partial, wants_partial


def show_refused(
    request: HtmxRequest,
    state: FormState,
    errors: Errors,
    question: lifecycle.NotAgreedError | None = None,
    *,
    is_same_asked: bool = False,
) -> HttpResponse:
    """Render the sent form with its errors or a confirmation."""
    return show_form(
        request,
        state,
        errors=errors,
        question=question,
        is_refused=True,
        is_same_asked=is_same_asked,
    )


def show_redrawn(
    request: HtmxRequest,
    state: FormState,
    *,
    errors: Errors | None = None,
    paste: Paste | None = None,
) -> HttpResponse:
    """Render the fields for a swap, with notes on how they were filled."""
    response = show_form(request, state, errors=errors, paste=paste, partial="redrawn")
    if wants_partial(request):
        response["HX-Retarget"] = "#fields"
        response["HX-Reswap"] = "innerHTML"
    return response


def show_accepted(request: HtmxRequest, run: Run, *, pressed_at: Run | None = None) -> HttpResponse:
    """Render the card of a new run; without JavaScript, redirect to its page.

    pressed_at  the run whose card has the button, which gets a new submission token
    """
    if not wants_partial(request):
        return redirect(run)
    shown = Run.objects.filter(pk=run.pk).for_cards()
    context = {
        "board": board.read_board(shown),
        "token": uuid.uuid4(),
        "pressed_at": pressed_at,
        "budget_statuses": budgets.list_statuses(request.membership),
    }
    response = render(request, "runs/playground.html#accepted", context)
    response["HX-Trigger"] = "running"  # updates the count in the navigation bar
    response["HX-Reswap"] = "none"  # keeps the form, with what was typed meanwhile
    return response


def show_form(
    request: HtmxRequest,
    state: FormState,
    *,
    errors: Errors | None = None,
    question: lifecycle.NotAgreedError | None = None,
    paste: Paste | None = None,
    partial: str = "form",
    is_refused: bool = False,
    is_same_asked: bool = False,
) -> HttpResponse:
    """Render the page of a model, or a partial of it; every form is rendered here.

    errors      errors of fields
    question confirmation before sending
    paste          result of filling the form from pasted text or a picture
    is_refused     sending failed; variables without a value show an error
    is_same_asked  the confirmation is about inputs that were sent before
    """
    context = {
        "state": state,
        "spec": state.spec,
        "form": draw_fields(state, errors, unfolded=preferences.is_unfolded(request)),
        "variables": state.variables.with_problems() if is_refused else state.variables,
        "question": question,
        "paste": paste,
        "token": uuid.uuid4(),
        "wants_code": "code" in request.POST,
        "is_same_asked": is_same_asked,
        **read_page_context(request, state),
    }
    status = 422 if is_refused or (paste and paste.problem) else 200
    page = page_or_partial(request, "runs/playground.html", partial, context, status=status)
    return preferences.save_preferences(request, page)


def draw_fields(state: FormState, errors: Errors | None, *, unfolded: bool) -> Drawn:
    """Render the controls, with this member's files and change marks."""
    state.store.look_up(state.form.value)
    return state.form.draw(errors, files=state.store, changed=state.changes, unfolded=unfolded)


def read_page_context(request: HtmxRequest, state: FormState) -> dict[str, Any]:
    """Return the context of the page beside the fields; lazy, for the partial that uses it."""
    spec, membership, workspace = state.spec, request.membership, request.workspace
    provider = registry.get(spec.provider_in_use)
    found: dict[str, Any] = {
        "budget_statuses": lambda: budgets.list_statuses(membership),
        "sample": lambda: samples.find_samples(membership, spec.slug).get(spec.slug, ""),
        "presets": lambda: Preset.objects.list_for(membership, spec.slug),
        "earlier": lambda: spend_again.find_earlier(state),
        "api_key": lambda: state.api_key,
        "key_advice": lambda: (
            None if state.api_key else explain_missing_key(workspace, provider=provider.slug)
        ),
        "programs": lambda: exchange.write_programs(
            provider, spec.slug, spec.form.hide_secrets(state.sent), state.store
        ),
        "board": lambda: read_results(request, spec),
        "density": lambda: preferences.density_of(request),
        "is_note_dismissed": lambda: preferences.is_note_dismissed(request),
    }
    lazy = {name: SimpleLazyObject(read) for name, read in found.items()}
    return {"provider": provider, "once_more": request.POST.get("once_more", ""), **lazy}


def read_results(request: HtmxRequest, spec: ModelSpec) -> board.Board:
    """Read the board beside the form: of this user, or of the team if chosen."""
    membership = request.membership
    is_team = not membership.can_generate or request.GET.get("whose") == "team"
    before = board.read_moment(request.GET.get("before", ""))
    return board.read_page(membership, spec, before, team=is_team)
