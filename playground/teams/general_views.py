"""The page *General* of Settings: name and defaults of a workspace."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from playground.teams import audit, people
from playground.teams.audit import AuditEvent
from playground.teams.forms import GeneralForm, WorkspaceForm
from playground.teams.guards import requires
from playground.teams.middleware import WORKSPACE_KEY
from playground.teams.rate_limits import LimitedAction, rate_limited
from playground.teams.roles import Permission
from playground.web import HtmxRequest


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.MANAGE_WORKSPACE)
def edit_workspace(request: HtmxRequest) -> HttpResponse:
    """The settings of the workspace. A POST saves them, all or nothing."""
    is_post = request.method == "POST"
    form = GeneralForm(request.workspace, request.POST if is_post else None)
    if form.is_valid():
        save_settings(request, form)
        messages.success(request, _("Saved."))
        return redirect("general")
    return show_settings(request, form, WorkspaceForm(prefix="new"), status=422 if is_post else 200)


def show_settings(
    request: HtmxRequest, form: GeneralForm, new_form: WorkspaceForm, status: int
) -> HttpResponse:
    context = {"form": form, "new_form": new_form}
    return render(request, "teams/general.html", context, status=status)


def save_settings(request: HtmxRequest, form: GeneralForm) -> None:
    """Save the form and log its changes, if there are any."""
    changes: dict[str, Any] = {**form.list_changes()}
    form.save()
    if changes:
        changes["workspace"] = request.workspace
        audit.log_event(request, AuditEvent.WORKSPACE_CHANGED, **changes)


@require_POST
@rate_limited(LimitedAction.INVITE)
@requires(Permission.MANAGE_WORKSPACE)
def found_workspace(request: HtmxRequest) -> HttpResponse:
    """Create a workspace and switch to it."""
    form = WorkspaceForm(request.POST, prefix="new")
    if not form.is_valid():
        return show_settings(request, GeneralForm(request.workspace), form, status=422)
    workspace = people.found_workspace(form.cleaned_data["name"], request.user)
    audit.log_event(request, AuditEvent.WORKSPACE_FOUNDED, workspace=workspace)
    request.session[WORKSPACE_KEY] = str(workspace.pk)
    return redirect("team")
