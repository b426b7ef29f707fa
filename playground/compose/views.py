"""Views of the form page: choose a model, fill in its form, generate."""

from django.conf import settings
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import HttpResponseClientRedirect

from playground.body_limits import allow_files
from playground.catalog.models import ModelSpec
from playground.compose import rerun, spend_again
from playground.compose.form_page import show_accepted, show_form, show_redrawn, show_refused
from playground.compose.form_state import FormState, open_state, read_state
from playground.compose.pasting import Paste, UnreadableError, read_pasted
from playground.compose.presets.opening import Opening, find_run, open_form
from playground.compose.submission import read_agreed, read_token
from playground.runs import lifecycle
from playground.runs.costs.budgets import OverBudgetError
from playground.runs.models import Run
from playground.teams import guards
from playground.teams.guards import requires
from playground.teams.rate_limits import LimitedAction, rate_limited
from playground.teams.roles import Permission
from playground.web import HtmxRequest, wants_partial

ELSEWHERE = gettext_lazy(
    "Nothing was sent: you have switched to another workspace since this form was opened. Reload "
    "the page to generate there, or switch back to the workspace of this form."
)


@require_safe
def show_home(request: HtmxRequest) -> HttpResponse:
    """Redirect to the last used model; a new user gets the choice if there are several.

    Models of the sandbox do not count, so the demo opens with the real one.
    """
    runs = Run.objects.visible_to(request.membership).filter(author=request.user)
    last = runs.order_by("-created_at").first()
    specs = ModelSpec.objects.current(request.workspace)
    spec = specs.filter(slug=last.spec.slug).first() if last else None
    real = [each for each in specs if not each.is_of_sandbox]
    if spec is None and len(real) == 1:
        spec = real[0]
    return redirect(spec or "models")


@allow_files(settings.UPLOAD_FILES_AT_ONCE)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def playground(request: HtmxRequest, slug: str) -> HttpResponseBase:
    """The form of a model and its results; a POST generates."""
    spec = ModelSpec.objects.current(request.workspace).filter(slug=slug).first()
    if spec is None:
        return redirect_if_retired(request)
    if request.method == "POST":
        return receive_form(request, spec)
    opening = open_form(request.membership, spec, request.GET)
    state = open_state(request.membership, spec, opening)
    run = state.opened_from
    if "again" in request.GET and run and run.spec.slug == slug:
        question, errors = rerun.find_obstacle(state)
        return show_form(request, state, errors=errors, question=question)
    return show_form(request, state, errors=opening.errors)


def redirect_if_retired(request: HtmxRequest) -> HttpResponse:
    """Redirect from a retired model to the choice of models for the run's inputs.

    Raises  Http404 if the query string has no run
    """
    run = find_run(request.membership, request.GET)
    if run is None:
        raise Http404
    return redirect("other_models", pk=run.pk)


@rate_limited(LimitedAction.GENERATE)
@requires(Permission.GENERATE)
def receive_form(request: HtmxRequest, spec: ModelSpec) -> HttpResponse:
    if request.POST.get("workspace", str(request.workspace.pk)) != str(request.workspace.pk):
        return guards.refuse(request, str(ELSEWHERE))
    state = read_state(request, spec)
    if "~preset" in request.POST:
        return leave(request, reverse("presets", args=[spec.slug]))
    if "~vary" in request.POST:
        return leave(request, f"{reverse('new_experiment')}?model={spec.slug}")
    if state.is_edited:
        return show_redrawn(request, state)
    if (errors := state.find_hindrances()) or state.is_refused:
        return show_refused(request, state, errors)
    return generate(request, state)


def leave(request: HtmxRequest, address: str) -> HttpResponse:
    """Redirect to a page that continues with the saved form."""
    if wants_partial(request):
        return HttpResponseClientRedirect(address)
    return redirect(address)


def generate(request: HtmxRequest, state: FormState) -> HttpResponse:
    try:
        run = make_run(request, state)
    except lifecycle.NotAgreedError as question:
        return show_refused(request, state, {}, question)
    except spend_again.SameInputsError:
        return show_refused(request, state, {}, is_same_asked=True)
    except (lifecycle.NoKeyError, OverBudgetError) as error:
        return show_refused(request, state, {"": [str(error)]})
    return show_accepted(request, run)


def make_run(request: HtmxRequest, state: FormState) -> Run:
    """Make a run of a form.

    Raises  SameInputsError, NotAgreedError, NoKeyError, OverBudgetError
    """
    token = read_token(request.POST.get("submission", ""))
    spend_again.check(state, token, request.POST.get("once_more", ""))
    return lifecycle.accept(
        request.membership,
        spec=state.spec,
        inputs=state.inputs,
        template=state.template,
        token=token,
        is_shared=state.is_shared,
        agreed=read_agreed(request.POST.get("agreed", "")),
        estimate=state.price,
        made_from=state.opened_from,
    )


@allow_files(settings.UPLOAD_FILES_AT_ONCE)
@never_cache
@require_POST
@rate_limited(LimitedAction.CHANGE_FORM)
@requires(Permission.GENERATE)
def redraw_form(request: HtmxRequest, slug: str) -> HttpResponse:
    """Render the form for the sent values and one edit; it never generates.

    With `check` in the query string, errors are rendered too; scripts request that (debounced)
    while the user types. The values are saved as the draft in both cases.
    """
    spec = get_object_or_404(ModelSpec.objects.current(request.workspace), slug=slug)
    state = read_state(request, spec)
    if "fill" in request.POST:
        return fill_form(request, state)
    if "check" not in request.GET:
        return show_redrawn(request, state)
    return show_form(request, state, errors=state.errors, partial="redrawn")


def fill_form(request: HtmxRequest, state: FormState) -> HttpResponse:
    """Render the form filled from pasted text, or unchanged with an error."""
    text = request.POST.get("pasted", "")
    try:
        pasted = read_pasted(text, state.spec)
    except UnreadableError as error:
        return show_redrawn(request, state, paste=Paste(text=text, problem=str(error)))
    opening = Opening(value=pasted.inputs, is_shared=state.is_shared, baseline=state.baseline)
    filled = open_state(request.membership, state.spec, opening)
    paste = Paste(text=text, is_filled=True, notes=pasted.notes)
    return show_redrawn(request, filled, errors=filled.errors, paste=paste)
