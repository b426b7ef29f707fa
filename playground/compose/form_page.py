"""The page of a model: its form as it is drawn and taken, the whole of it or a piece."""

import uuid
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.dateparse import parse_datetime
from django.utils.functional import SimpleLazyObject

from playground.catalog.models import ModelSpec
from playground.compose.pasting import Paste
from playground.compose.presets import drafts
from playground.compose.presets.opening import Opening, begin_with, find_changes, find_run
from playground.compose.submission import Entry, read_entry
from playground.compose.validation import Errors
from playground.providers import registry
from playground.runs import lifecycle
from playground.runs.costs import budgets, prices
from playground.runs.files.uploads import UploadStore
from playground.runs.models import Draft, Preset, Run
from playground.runs.pages import board, exchange
from playground.runs.variable_entries import VariableEntries, find_variables, put_texts
from playground.schema import Submission
from playground.schema.values import Absence
from playground.teams.key_advice import explain_missing_key
from playground.web import HtmxRequest, page_or_partial, wants_piece


def take_entry(request: HtmxRequest, spec: ModelSpec) -> tuple[Entry, Draft | None]:
    """Read what stands in the form, and keep it as the draft, whatever is wrong with it."""
    opened_from = find_run(request.membership, request.POST)
    initial = begin_with(opened_from, spec).value if opened_from else spec.form.initial()
    store = UploadStore(request.membership)
    entry = read_entry(request, spec, store, opened_from=opened_from, initial=initial)
    return entry, drafts.keep(request.membership, spec, entry)


def refuse(
    request: HtmxRequest,
    spec: ModelSpec,
    entry: Entry,
    draft: Draft | None,
    *,
    question: lifecycle.NotAgreedError | None = None,
) -> HttpResponse:
    """Show the form again as it was sent, with what is wrong at its place, or what is asked."""
    drawn = draw_form(request, spec, entry.submission, entry.errors, opened_from=entry.opened_from)
    return show_playground(
        request,
        spec,
        drawn,
        replace(as_opening(entry, draft), problems=entry.variables.problems),
        question=question,
        status=422,
    )


def as_opening(entry: Entry, draft: Draft | None) -> Opening:
    return Opening(
        value=entry.submission.value,
        values=entry.variables.values,
        is_shared=entry.is_shared,
        opened_from=entry.opened_from,
        draft=draft,
    )


def draw_form(
    request: HtmxRequest,
    spec: ModelSpec,
    value: Any,
    errors: Errors | None = None,
    *,
    opened_from: Run | None = None,
) -> str:
    """Draw a model's form for a value, or as it was sent, with this person's files in it.

    opened_from  what differs from it is marked
    """
    held = value.value if isinstance(value, Submission) else value
    return spec.form.render(
        value,
        errors=errors,
        files=UploadStore(request.membership),
        changed=find_changes(opened_from, spec, held),
    )


def show_edited(
    request: HtmxRequest, spec: ModelSpec, entry: Entry, draft: Draft | None
) -> HttpResponse:
    """Show the form with a row more, a row less, another kind chosen, and all that was typed."""
    return show_redrawn(
        request,
        spec,
        draw_form(request, spec, entry.submission, opened_from=entry.opened_from),
        as_opening(entry, draft),
    )


def show_redrawn(
    request: HtmxRequest, spec: ModelSpec, form: str, opening: Opening, paste: Paste | None = None
) -> HttpResponse:
    """Show the fields in place of those on the page, and what came of filling them, if anything."""
    status = 422 if paste and paste.problem else 200
    response = show_playground(
        request, spec, form, opening, partial="redrawn", paste=paste, status=status
    )
    if wants_piece(request):
        response["HX-Retarget"] = "#fields"
        response["HX-Reswap"] = "innerHTML"
    return response


def show_accepted(request: HtmxRequest, run: Run, *, pressed_at: Run | None = None) -> HttpResponse:
    """Put the card of a new run above the others, or go to its page where there is no script.

    pressed_at  the run at whose card the button was: the next press there is another one
    """
    if not wants_piece(request):
        return redirect(run)
    shown = Run.objects.filter(pk=run.pk).for_cards()
    context = {
        "board": board.read_board(shown),
        "token": uuid.uuid4(),
        "pressed_at": pressed_at,
        "standings": budgets.standings(request.membership),
    }
    response = render(request, "runs/playground.html#accepted", context)
    response["HX-Trigger"] = "running"  # the bar counts it
    response["HX-Reswap"] = "none"  # the form stays as it is, with whatever is typed meanwhile
    return response


def show_playground(
    request: HtmxRequest,
    spec: ModelSpec,
    form: str,
    opening: Opening,
    *,
    question: lifecycle.NotAgreedError | None = None,
    partial: str = "form",
    paste: Paste | None = None,
    status: int = 200,
) -> HttpResponse:
    """Show the page of a model, or a piece of it.

    form, opening  the controls as they are drawn, and what they show
    """
    shares = request.workspace.shares_runs
    api_key = request.workspace.current_key(spec.provider_in_use)
    provider = registry.get(spec.provider_in_use)
    store = UploadStore(request.membership)
    begun = begin_with(opening.opened_from, spec).values if opening.opened_from else None
    variables = find_variables(
        spec, opening.value, opening.values, problems=opening.problems, before=begun
    )
    context = {
        "spec": spec,
        "specs": ModelSpec.objects.current(request.workspace),
        "form": form,
        "estimate": prices.estimate(request.workspace, spec, read_sent(opening, variables)),
        "question": question,
        "standings": SimpleLazyObject(lambda: budgets.standings(request.membership)),
        "token": uuid.uuid4(),
        "opening": opening,
        "change_count": len(find_changes(opening.opened_from, spec, opening.value))
        + variables.change_count,
        "variables": variables,
        "presets": SimpleLazyObject(
            lambda: list(Preset.objects.visible_to(request.membership).of(spec.slug))
        ),
        "is_shared": shares if opening.is_shared is None else opening.is_shared,
        "api_key": api_key,
        "key_advice": None
        if api_key
        else explain_missing_key(request.workspace, provider=provider.slug),
        "paste": paste,
        "wants_code": "code" in request.POST,
        "programs": SimpleLazyObject(
            lambda: exchange.write_programs(
                provider,
                spec.slug,
                spec.form.hide_secrets(read_sent(opening, variables)),
                store,
            )
        ),
        "provider": provider,
        "board": SimpleLazyObject(lambda: read_results(request, spec)),  # no piece of the form asks
    }
    return page_or_partial(request, "runs/playground.html", partial, context, status=status)


def read_sent(opening: Opening, variables: VariableEntries) -> Any:
    """Return what the form would send as it stands; untouched, it may amount to nothing at all."""
    sent = put_texts(opening.value, variables.filled)
    return {} if isinstance(sent, Absence) else sent


def read_results(request: HtmxRequest, spec: ModelSpec) -> board.Board:
    runs = board.runs_on_page(request.membership, spec)
    return board.read_board(runs, read_moment(request.GET.get("before", "")))


def read_moment(text: str) -> datetime | None:
    try:
        moment = parse_datetime(text)
        return moment.astimezone(UTC) if moment and moment.tzinfo else None
    except (ValueError, OverflowError):
        return None
