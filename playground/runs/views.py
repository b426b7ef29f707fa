"""The playground: choose a model, fill its form, press Generate."""

import uuid
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.functional import SimpleLazyObject
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import HttpResponseClientRedirect

from playground.bodies import takes_files
from playground.catalog.models import ModelSpec
from playground.runs import board, exchange, lifecycle
from playground.runs.costs import budgets, prices
from playground.runs.costs.budgets import OverBudgetError
from playground.runs.entry import Entry, Errors, find_errors, read_entry
from playground.runs.media.uploads import UploadStore
from playground.runs.models import Draft, Preset, Run
from playground.runs.pasting import Paste, UnreadableError, read_pasted
from playground.runs.presets import drafts
from playground.runs.presets.blanks import Blanks, find_blanks, put_texts
from playground.runs.presets.opening import Opening, find_run, open_form
from playground.schema.values import Absence
from playground.teams import guards
from playground.teams.guards import needs
from playground.teams.limits import Costly, limited
from playground.teams.roles import Act
from playground.web import HtmxRequest, page_or_partial, wants_piece

ELSEWHERE = (
    "Nothing was sent: you have gone to another workspace since this form was opened. "
    "Reload the page to generate there, or go back to the workspace of this form."
)


@require_safe
def go_home(request: HtmxRequest) -> HttpResponse:
    """Go where the person was last; a newcomer chooses, where there is a choice."""
    runs = Run.objects.visible_to(request.membership).filter(author=request.user)
    last = runs.order_by("-created_at").first()
    specs = ModelSpec.objects.current()
    spec = specs.filter(slug=last.spec.slug).first() if last else None
    if spec is None and len(specs) == 1:
        spec = specs[0]
    return redirect(spec or "models")


@takes_files(settings.UPLOAD_FILES_AT_ONCE)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def playground(request: HtmxRequest, slug: str) -> HttpResponseBase:
    """The form of a model and what came of it so far. A POST is a press of Generate."""
    spec = get_object_or_404(ModelSpec.objects.current(), slug=slug)
    if request.method == "POST":
        return take_form(request, spec)
    opening = open_form(request.membership, spec, request.GET)
    drawn = draw_form(request, spec, opening.value, opening.errors)
    return show_playground(request, spec, drawn, opening)


@limited(Costly.GENERATE)
@needs(Act.GENERATE)
def take_form(request: HtmxRequest, spec: ModelSpec) -> HttpResponse:
    if request.POST.get("workspace", str(request.workspace.pk)) != str(request.workspace.pk):
        return guards.refuse(request, ELSEWHERE)
    entry, draft = take_entry(request, spec)
    if "~preset" in request.POST:
        return go_to_presets(request, spec)
    if entry.submission.edit:
        return show_edited(request, spec, entry, draft)
    if entry.is_refused:
        return refuse(request, spec, entry, draft)
    return generate(request, spec, entry, draft)


def go_to_presets(request: HtmxRequest, spec: ModelSpec) -> HttpResponse:
    """Lead to where the form, which is kept now, gets a name."""
    address = reverse("presets", args=[spec.slug])
    if wants_piece(request):
        return HttpResponseClientRedirect(address)
    return redirect(address)


def take_entry(request: HtmxRequest, spec: ModelSpec) -> tuple[Entry, Draft | None]:
    """Read what stands in the form, and keep it as the draft, whatever is wrong with it."""
    opened_from = find_run(request.membership, request.POST)
    entry = read_entry(request, spec, UploadStore(request.membership), opened_from)
    return entry, drafts.keep(request.membership, spec, entry)


def generate(
    request: HtmxRequest, spec: ModelSpec, entry: Entry, draft: Draft | None
) -> HttpResponse:
    try:
        run = lifecycle.accept(
            request.membership,
            spec=spec,
            inputs=entry.inputs,
            template=entry.template,
            token=entry.token,
            is_shared=entry.is_shared,
            agreed=entry.agreed,
            made_from=entry.opened_from,
        )
    except lifecycle.NotAgreedError as question:
        return refuse(request, spec, entry, draft, question=question)
    except (lifecycle.NoKeyError, OverBudgetError) as error:
        return refuse(request, spec, replace(entry, errors={"": [str(error)]}), draft)
    return show_accepted(request, run)


def show_accepted(request: HtmxRequest, run: Run) -> HttpResponse:
    """Put the card of a new run above the others, or go to its page where there is no script."""
    if not wants_piece(request):
        return redirect(run)
    shown = Run.objects.filter(pk=run.pk).for_cards()
    context = {
        "board": board.read_board(shown),
        "token": uuid.uuid4(),
        "standings": budgets.standings(request.membership),
    }
    response = render(request, "runs/playground.html#accepted", context)
    response["HX-Reswap"] = "none"  # the form stays as it is, with whatever is typed meanwhile
    return response


def refuse(
    request: HtmxRequest,
    spec: ModelSpec,
    entry: Entry,
    draft: Draft | None,
    *,
    question: lifecycle.NotAgreedError | None = None,
) -> HttpResponse:
    """Show the form again as it was sent, with what is wrong at its place, or what is asked."""
    drawn = draw_form(request, spec, entry.submission, entry.errors)
    return show_playground(
        request,
        spec,
        drawn,
        replace(as_opening(entry, draft), problems=entry.blanks.problems),
        question=question,
        status=422,
    )


def as_opening(entry: Entry, draft: Draft | None) -> Opening:
    return Opening(
        value=entry.submission.value,
        values=entry.blanks.values,
        is_shared=entry.is_shared,
        opened_from=entry.opened_from,
        draft=draft,
    )


def draw_form(
    request: HtmxRequest, spec: ModelSpec, value: Any, errors: Errors | None = None
) -> str:
    """Draw a model's form for a value, or as it was sent, with this person's files in it."""
    store = UploadStore(request.membership)
    return spec.form.render(value, errors=errors, files=store)


def show_edited(
    request: HtmxRequest, spec: ModelSpec, entry: Entry, draft: Draft | None
) -> HttpResponse:
    """Show the form with a row more, a row less, another kind chosen, and all that was typed."""
    response = show_playground(
        request,
        spec,
        draw_form(request, spec, entry.submission),
        as_opening(entry, draft),
        partial="redrawn",
    )
    return aim_at_fields(request, response)


def aim_at_fields(request: HtmxRequest, response: HttpResponse) -> HttpResponse:
    if wants_piece(request):
        response["HX-Retarget"] = "#fields"
        response["HX-Reswap"] = "innerHTML"
    return response


@takes_files(settings.UPLOAD_FILES_AT_ONCE)
@never_cache
@require_POST
@limited(Costly.CHANGE_FORM)
@needs(Act.GENERATE)
def redraw_form(request: HtmxRequest, slug: str) -> HttpResponse:
    """The form again for the present values and one edit; it never generates.

    With `check` in the address, what is wrong with the values is said too: scripts ask so while
    somebody types, and show it where it has been typed. Either way it is kept as the draft.
    """
    spec = get_object_or_404(ModelSpec.objects.current(), slug=slug)
    if "fill" in request.POST:
        return fill_form(request, spec)
    entry, draft = take_entry(request, spec)
    if "check" not in request.GET:
        return show_edited(request, spec, entry, draft)
    drawn = draw_form(request, spec, entry.submission, entry.errors)
    return show_playground(request, spec, drawn, as_opening(entry, draft), partial="redrawn")


def fill_form(request: HtmxRequest, spec: ModelSpec) -> HttpResponse:
    """Show the form filled with what was pasted; or as it was, with why that cannot be read."""
    text = request.POST.get("pasted", "")
    entry, draft = take_entry(request, spec)
    opening = as_opening(entry, draft)
    try:
        pasted = read_pasted(text, spec)
    except UnreadableError as error:
        form = draw_form(request, spec, entry.submission)
        paste = Paste(text=text, problem=str(error))
    else:
        store = UploadStore(request.membership)
        form = draw_form(request, spec, pasted.inputs, find_errors(spec, pasted.inputs, store))
        opening = replace(opening, value=pasted.inputs, values={}, draft=None)
        paste = Paste(text=text, is_filled=True, notes=pasted.notes)
    response = show_playground(
        request,
        spec,
        form,
        opening,
        partial="redrawn",
        paste=paste,
        status=422 if paste.problem else 200,
    )
    return aim_at_fields(request, response)


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
    api_key = request.workspace.current_key()
    store = UploadStore(request.membership)
    blanks = find_blanks(spec, opening.value, opening.values, problems=opening.problems)
    context = {
        "spec": spec,
        "specs": ModelSpec.objects.current(),
        "form": form,
        "price": prices.about(request.workspace, spec, opening.value),
        "question": question,
        "standings": SimpleLazyObject(lambda: budgets.standings(request.membership)),
        "token": uuid.uuid4(),
        "opening": opening,
        "blanks": blanks,
        "presets": SimpleLazyObject(
            lambda: list(Preset.objects.visible_to(request.membership).of(spec.slug))
        ),
        "is_shared": shares if opening.is_shared is None else opening.is_shared,
        "api_key": api_key,
        "paste": paste,
        "wants_code": "code" in request.POST,
        "programs": SimpleLazyObject(
            lambda: exchange.write_programs(api_key, spec.slug, read_sent(opening, blanks), store)
        ),
        "board": SimpleLazyObject(lambda: read_results(request, spec)),  # no piece of the form asks
    }
    return page_or_partial(request, "runs/playground.html", partial, context, status=status)


def read_sent(opening: Opening, blanks: Blanks) -> Any:
    """Return what the form would send as it stands; untouched, it may amount to nothing at all."""
    sent = put_texts(opening.value, blanks.filled)
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
