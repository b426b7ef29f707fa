"""Views of drafts and presets."""

import uuid
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from playground.catalog.models import ModelSpec
from playground.compose.presets import drafts, saving
from playground.compose.presets.forms import FOR_WORKSPACE, NameForm, PresetForm
from playground.compose.presets.prompt_history import list_prompts
from playground.runs.files.uploads import UploadStore
from playground.runs.models import Draft, Preset
from playground.runs.pages.summary import list_lines
from playground.schema.lists import join_sentences
from playground.teams import audit, guards
from playground.teams.audit import AuditEvent
from playground.teams.guards import requires
from playground.teams.rate_limits import LimitedAction, rate_limited
from playground.teams.roles import Permission
from playground.web import HtmxRequest, page_or_partial

NOT_YOURS = _("Only the person who saved this preset or an owner can change it.")
NOTHING_TYPED = _("The form is empty, so nothing was saved. Fill it in first.")
NAME_TAKEN = _(
    "There is already a preset of this name. Choose another name, or overwrite that preset."
)


@require_POST
@rate_limited(LimitedAction.CHANGE_FORM)
@requires(Permission.GENERATE)
def reset_form(request: HtmxRequest, slug: str) -> HttpResponse:
    """Delete the draft, and open the form with the schema's defaults."""
    spec = get_object_or_404(ModelSpec.objects.current(request.workspace), slug=slug)
    drafts.delete_draft(request.membership, spec)
    return redirect(spec)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@rate_limited(LimitedAction.CHANGE_FORM)
@requires(Permission.GENERATE)
def handle_presets(request: HtmxRequest, slug: str) -> HttpResponse:
    """The presets of a model. A POST saves the draft as a preset."""
    spec = get_object_or_404(ModelSpec.objects.current(request.workspace), slug=slug)
    return save_preset(request, spec) if request.method == "POST" else show_presets(request, spec)


def save_preset(request: HtmxRequest, spec: ModelSpec) -> HttpResponse:
    form = PresetForm(request.POST)
    draft = Draft.objects.find(request.membership, spec.slug)
    if draft is None:
        return show_presets(request, spec, status=422, problem=NOTHING_TYPED)
    if not form.is_valid():
        return show_presets(request, spec, status=422, form=form)
    name, is_shared = form.cleaned_data["name"], form.cleaned_data["owner"] == FOR_WORKSPACE
    try:
        saving.save_preset(request.membership, draft, name=name, is_shared=is_shared)
    except saving.NameTakenError:
        form.add_error("name", NAME_TAKEN)
        return show_presets(request, spec, status=422, form=form)
    return redirect(spec)


@never_cache
@require_safe
@requires(Permission.GENERATE)
def show_prompts(request: HtmxRequest, slug: str) -> HttpResponse:
    """The prompt history with a search; only the list for htmx."""
    spec = get_object_or_404(ModelSpec.objects.current(request.workspace), slug=slug)
    words = request.GET.get("q", "").replace("\0", "")[:200]
    context = {
        "spec": spec,
        "words": words,
        "prompts": list_prompts(request.membership, spec, words),
    }
    piece = "list" if "q" in request.GET else "search"
    return page_or_partial(request, "runs/prompts.html", piece, context)


@require_POST
@rate_limited(LimitedAction.CHANGE_FORM)
@requires(Permission.GENERATE)
def change_preset(request: HtmxRequest, pk: uuid.UUID) -> HttpResponse:
    """Rename a preset, overwrite it with the draft, or delete it."""
    visible = Preset.objects.visible_to(request.membership)
    preset = get_object_or_404(visible.select_related("spec"), pk=pk)
    spec = get_object_or_404(ModelSpec.objects.current(request.workspace), slug=preset.slug)
    if not preset.may_be_changed_by(request.membership):
        return guards.refuse(request, str(NOT_YOURS))
    if problem := make_change(request, preset):
        return show_presets(request, spec, status=422, problem=problem)
    log_change(request, preset, pk)
    return redirect("presets", slug=preset.slug)


def make_change(request: HtmxRequest, preset: Preset) -> str:
    """Change a preset as requested; return the error message, or ""."""
    match request.POST.get("do"):
        case "delete":
            preset.delete()
        case "overwrite":
            draft = Draft.objects.find(request.membership, preset.slug)
            if draft is None:
                return str(NOTHING_TYPED)
            saving.overwrite_preset(preset, draft, request.membership)
        case "rename":
            return rename_from_form(preset, NameForm(request.POST))
    return ""


def log_change(request: HtmxRequest, preset: Preset, pk: uuid.UUID) -> None:
    """Log an owner's change of another person's preset."""
    how = request.POST.get("do")
    if preset.author_id != request.user.pk and how in {"delete", "overwrite", "rename"}:
        facts = {"how": how, "preset": pk, "author": preset.author}
        audit.log_event(request, AuditEvent.PRESET_CHANGED, **facts, workspace=request.workspace)


def rename_from_form(preset: Preset, form: NameForm) -> str:
    """Rename a preset; return the error message, or ""."""
    if not form.is_valid():
        return join_sentences(form.errors["name"])
    try:
        saving.rename_preset(preset, form.cleaned_data["name"])
    except saving.NameTakenError:
        return str(NAME_TAKEN)
    return ""


def show_presets(
    request: HtmxRequest, spec: ModelSpec, status: int = 200, **more: Any
) -> HttpResponse:
    membership = request.membership
    draft = Draft.objects.find(membership, spec.slug)
    store = UploadStore(membership)
    found = Preset.objects.visible_to(membership).of(spec.slug)
    context = {
        "spec": spec,
        "presets": [(preset, preset.may_be_changed_by(membership)) for preset in found],
        "draft": draft,
        "inputs": list_lines(draft.inputs, draft.spec.form, store) if draft else (),
        "form": PresetForm(),
        **more,
    }
    return render(request, "runs/presets.html", context, status=status)
