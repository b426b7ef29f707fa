"""Views that retire a model, copy it into a workspace, or remove the copy."""

from django.contrib import messages
from django.db import IntegrityError, transaction
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from playground.catalog import audit_lines, editors
from playground.catalog.models import WORKSPACE, ModelSpec
from playground.teams.audit import AuditEvent
from playground.teams.guards import requires
from playground.teams.rate_limits import LimitedAction, rate_limited
from playground.teams.roles import Permission
from playground.web import HtmxRequest


@require_POST
@rate_limited(LimitedAction.EDIT_MODEL)
@requires(Permission.EDIT_MODELS, or_operator=True)
def retire_model(request: HtmxRequest, slug: str) -> HttpResponse:
    """Retire a model, or offer it again; its runs are kept."""
    spec = editors.find_spec(request, slug)
    if not editors.editor_of(request).may_change(spec):
        return editors.refuse(request, spec)
    is_retired = request.POST.get("retired") == "yes"
    if spec.is_retired != is_retired:
        ModelSpec.objects.retire(spec.slug, is_retired=is_retired, workspace=spec.workspace)
        event = AuditEvent.MODEL_RETIRED if is_retired else AuditEvent.MODEL_RESTORED
        audit_lines.note_model_change(request, event, spec)
    return redirect("models")


@require_POST
@rate_limited(LimitedAction.EDIT_MODEL)
@requires(Permission.EDIT_MODELS)
def copy_model(request: HtmxRequest, slug: str) -> HttpResponse:
    """Copy the installation's model into the workspace, where the copy replaces it."""
    spec = get_object_or_404(ModelSpec.objects.newest(request.workspace), slug=slug)
    if spec.audience == WORKSPACE:
        messages.info(request, _("This workspace has a model of its own here already."))
        return redirect(spec.edit_address)
    by = request.user.get_username()
    try:
        with transaction.atomic():
            copy = ModelSpec.objects.publish(
                slug, workspace=request.workspace, made_by=by, **spec.facts
            )
    except IntegrityError:  # another owner copied it concurrently
        return redirect("edit_model", slug)
    audit_lines.note_model_change(request, AuditEvent.MODEL_COPIED, copy, copied_from=spec.pk)
    messages.success(request, _("Copied. This workspace now uses the copy, which you can change."))
    return redirect(copy.edit_address)


@require_POST
@rate_limited(LimitedAction.EDIT_MODEL)
@requires(Permission.EDIT_MODELS)
def drop_copy(request: HtmxRequest, slug: str) -> HttpResponse:
    """Use the installation's model again instead of the workspace's own of the same slug."""
    own = ModelSpec.objects.of(request.workspace).filter(is_current=True)
    spec = get_object_or_404(own, slug=slug)
    if not spec.replaces_another:
        raise Http404
    ModelSpec.objects.drop(spec.slug, request.workspace)
    audit_lines.note_model_change(request, AuditEvent.MODEL_DROPPED, spec)
    messages.success(request, _("This workspace uses the installation's model again."))
    return redirect("models")
