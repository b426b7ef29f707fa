"""Views that reuse a run: run again, with another model, as a reference, from a picture."""

import uuid

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import HttpResponseClientRedirect

from playground.body_limits import allow_files
from playground.catalog.models import ModelSpec
from playground.compose import references, rerun, restoring
from playground.compose.form_page import show_accepted, show_redrawn
from playground.compose.form_state import open_state, read_state
from playground.compose.pasting import Paste
from playground.compose.submission import read_token
from playground.runs import lifecycle
from playground.runs.costs.budgets import OverBudgetError
from playground.runs.models import Output, Run
from playground.schema import UploadRefused
from playground.teams.guards import requires
from playground.teams.rate_limits import LimitedAction, rate_limited
from playground.teams.roles import Permission
from playground.web import HtmxRequest, wants_partial


@never_cache
@require_safe
@requires(Permission.GENERATE)
def show_other_models(request: HtmxRequest, pk: uuid.UUID) -> HttpResponse:
    """The models to which a run's inputs can be mapped."""
    visible = Run.objects.visible_to(request.membership).select_related("spec")
    run = get_object_or_404(visible, pk=pk)
    current = ModelSpec.objects.current(request.workspace)
    context = {
        "title": _("Open with another model"),
        "run": run,
        "specs": current.exclude(slug=run.spec.slug),
        "is_retired": not current.filter(slug=run.spec.slug).exists(),
    }
    return render(request, "runs/others.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@rate_limited(LimitedAction.UPLOAD)
@requires(Permission.GENERATE)
def use_as_reference(request: HtmxRequest, pk: uuid.UUID) -> HttpResponse:
    """Put an output into a form: of its own model if that accepts it, else of a chosen one."""
    visible = Output.objects.visible_to(request.membership).filter(file__isnull=False)
    output = get_object_or_404(visible.select_related("run__spec", "file"), pk=pk)
    if request.method != "POST":
        return ask_for_other_model(request, output)
    slug = request.POST.get("model", output.run.spec.slug)
    spec = ModelSpec.objects.current(request.workspace).filter(slug=slug).first()
    field = references.find_field(spec, output) if spec else None
    if spec is None or field is None:
        return ask_for_other_model(request, output)
    try:
        references.put_reference(request.membership, spec, field, output)
    except UploadRefused as error:
        return ask_for_other_model(request, output, problem=str(error))
    return redirect(references.address_of(spec, field))


def ask_for_other_model(request: HtmxRequest, output: Output, problem: str = "") -> HttpResponse:
    context = {
        "title": _("Use as reference"),
        "run": output.run,
        "output": output,
        "thing": references.name_kind(output),
        "specs": [
            spec
            for spec in ModelSpec.objects.current(request.workspace)
            if references.find_field(spec, output)
        ],
        "problem": problem,
    }
    return render(request, "runs/others.html", context, status=422 if problem else 200)


@allow_files(settings.UPLOAD_FILES_AT_ONCE + 1)
@never_cache
@require_POST
@rate_limited(LimitedAction.CHANGE_FORM)
@requires(Permission.GENERATE)
def restore_from_picture(request: HtmxRequest, slug: str) -> HttpResponse:
    """Render the form filled from a picture, or unchanged with an error."""
    spec = get_object_or_404(ModelSpec.objects.current(request.workspace), slug=slug)
    picture = request.FILES.get("picture")
    state = read_state(request, spec)
    try:
        restored = restoring.restore_inputs(
            picture if isinstance(picture, UploadedFile) else None, spec, request.membership
        )
    except restoring.NothingToRestoreError as error:
        return show_redrawn(request, state, paste=Paste(text="", problem=str(error)))
    filled = open_state(request.membership, spec, restored.opening)
    paste = Paste(text="", is_filled=True, notes=restored.notes)
    return show_redrawn(request, filled, errors=filled.errors, paste=paste)


@require_POST
@rate_limited(LimitedAction.ACT_ON_RUN)
@requires(Permission.GENERATE)
def run_again(request: HtmxRequest, pk: uuid.UUID) -> HttpResponse:
    """Run the same inputs again.

    A button with a submission token makes one run, also if pressed twice. Buttons without a token
    are for failed runs, and return the run in progress if there is one.
    """
    run = get_object_or_404(Run.objects.visible_to(request.membership), pk=pk)
    token = request.POST.get("submission")
    form = f"{run.spec.get_absolute_url()}?from={run.pk}&again"
    if run.is_in_doubt and "second_charge" not in request.POST:
        return redirect_to(request, form)  # its button had no warning yet
    try:
        if token is None:
            made = rerun.resend(run, request.membership)
        else:
            made = rerun.rerun(run, request.membership, read_token(token))
    except rerun.RetiredError:
        return redirect_to(request, reverse("other_models", args=[run.pk]))
    except (rerun.ChangedError, lifecycle.NoKeyError, lifecycle.NotAgreedError, OverBudgetError):
        return redirect_to(request, form)  # which shows the errors
    return show_accepted(request, made, pressed_at=None if token is None else run)


def redirect_to(request: HtmxRequest, address: str) -> HttpResponse:
    return HttpResponseClientRedirect(address) if wants_partial(request) else redirect(address)
