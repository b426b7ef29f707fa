"""The playground: choose a model, fill its form, press Generate."""

from dataclasses import replace

from django.conf import settings
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import HttpResponseClientRedirect

from playground.bodies import takes_files
from playground.catalog.models import ModelSpec
from playground.compose import again, validation
from playground.compose.form_page import (
    as_opening,
    draw_form,
    refuse,
    show_accepted,
    show_edited,
    show_playground,
    show_redrawn,
    take_entry,
)
from playground.compose.pasting import Paste, UnreadableError, read_pasted
from playground.compose.presets import drafts
from playground.compose.presets.opening import begin_with, find_run, open_form
from playground.compose.submission import Entry
from playground.runs import lifecycle
from playground.runs.costs.budgets import OverBudgetError
from playground.runs.files.uploads import UploadStore
from playground.runs.models import Draft, Run
from playground.runs.pages import changes
from playground.schema import CHANGE_BACK
from playground.teams import guards
from playground.teams.guards import needs
from playground.teams.limits import Costly, limited
from playground.teams.roles import Act
from playground.web import HtmxRequest, wants_piece

ELSEWHERE = (
    "Nothing was sent: you have gone to another workspace since this form was opened. "
    "Reload the page to generate there, or go back to the workspace of this form."
)


@require_safe
def go_home(request: HtmxRequest) -> HttpResponse:
    """Go where the person was last; a newcomer chooses, where there is a choice."""
    runs = Run.objects.visible_to(request.membership).filter(author=request.user)
    last = runs.order_by("-created_at").first()
    specs = ModelSpec.objects.current(request.workspace)
    spec = specs.filter(slug=last.spec.slug).first() if last else None
    if spec is None and len(specs) == 1:
        spec = specs[0]
    return redirect(spec or "models")


@takes_files(settings.UPLOAD_FILES_AT_ONCE)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def playground(request: HtmxRequest, slug: str) -> HttpResponseBase:
    """The form of a model and what came of it so far. A POST is a press of Generate."""
    spec = ModelSpec.objects.current(request.workspace).filter(slug=slug).first()
    if spec is None:
        return lead_elsewhere(request)
    if request.method == "POST":
        return take_form(request, spec)
    opening = open_form(request.membership, spec, request.GET)
    question = None
    if "again" in request.GET and opening.opened_from:
        question, opening = again.find_hindrance(request.membership, spec, opening)
    drawn = draw_form(request, spec, opening.value, opening.errors, opened_from=opening.opened_from)
    return show_playground(request, spec, drawn, opening, question=question)


def lead_elsewhere(request: HtmxRequest) -> HttpResponse:
    """Lead from a model that is not offered here to those that can take the same inputs.

    Raises  Http404 where no run is named whose inputs these would be
    """
    run = find_run(request.membership, request.GET)
    if run is None:
        raise Http404
    return redirect("other_models", pk=run.pk)


@limited(Costly.GENERATE)
@needs(Act.GENERATE)
def take_form(request: HtmxRequest, spec: ModelSpec) -> HttpResponse:
    if request.POST.get("workspace", str(request.workspace.pk)) != str(request.workspace.pk):
        return guards.refuse(request, ELSEWHERE)
    entry, draft = take_entry(request, spec)
    if "~preset" in request.POST:
        return go_to_presets(request, spec)
    if CHANGE_BACK in request.POST:
        return put_back(request, spec, entry)
    if entry.submission.edit:
        return show_edited(request, spec, entry, draft)
    if not entry.is_refused:
        entry = replace(entry, errors=validation.find_private_hosts(spec, entry.inputs))
    if entry.is_refused:
        return refuse(request, spec, entry, draft)
    return generate(request, spec, entry, draft)


def put_back(request: HtmxRequest, spec: ModelSpec, entry: Entry) -> HttpResponse:
    """Show the form with one field as it was in the run that it was opened from."""
    if entry.opened_from is None:
        return show_edited(request, spec, entry, None)
    before = begin_with(entry.opened_from, spec).value
    value = changes.put_back(entry.submission.value, before, request.POST[CHANGE_BACK])
    draft = drafts.keep(request.membership, spec, entry, value)
    opening = replace(as_opening(entry, draft), value=value)
    drawn = draw_form(request, spec, value, opened_from=entry.opened_from)
    return show_redrawn(request, spec, drawn, opening)


def go_to_presets(request: HtmxRequest, spec: ModelSpec) -> HttpResponse:
    """Lead to where the form, which is kept now, gets a name."""
    address = reverse("presets", args=[spec.slug])
    if wants_piece(request):
        return HttpResponseClientRedirect(address)
    return redirect(address)


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
    spec = get_object_or_404(ModelSpec.objects.current(request.workspace), slug=slug)
    if "fill" in request.POST:
        return fill_form(request, spec)
    entry, draft = take_entry(request, spec)
    if "check" not in request.GET:
        return show_edited(request, spec, entry, draft)
    drawn = draw_form(request, spec, entry.submission, entry.errors, opened_from=entry.opened_from)
    return show_playground(request, spec, drawn, as_opening(entry, draft), partial="redrawn")


def fill_form(request: HtmxRequest, spec: ModelSpec) -> HttpResponse:
    """Show the form filled with what was pasted; or as it was, with why that cannot be read."""
    text = request.POST.get("pasted", "")
    entry, draft = take_entry(request, spec)
    opening = as_opening(entry, draft)
    try:
        pasted = read_pasted(text, spec)
    except UnreadableError as error:
        form = draw_form(request, spec, entry.submission, opened_from=entry.opened_from)
        paste = Paste(text=text, problem=str(error))
    else:
        store = UploadStore(request.membership)
        errors = validation.judge_template(spec, pasted.inputs, {}, store)
        form = draw_form(request, spec, pasted.inputs, errors, opened_from=entry.opened_from)
        opening = replace(opening, value=pasted.inputs, values={}, draft=None)
        paste = Paste(text=text, is_filled=True, notes=pasted.notes)
    return show_redrawn(request, spec, form, opening, paste)
