"""The page on which owners set budgets, and who sees runs unless their authors choose."""

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from playground.teams import audit
from playground.teams.audit import Event
from playground.teams.budget_forms import BudgetForm
from playground.teams.guards import needs
from playground.teams.roles import Act
from playground.web import HtmxRequest


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs(Act.MANAGE_BUDGET)
def set_budget(request: HtmxRequest) -> HttpResponse:
    """What may be spent. A POST sets it, all or nothing."""
    is_post = request.method == "POST"
    form = BudgetForm(request.workspace, request.POST if is_post else None)
    if form.is_valid():
        with transaction.atomic():
            form.save()
        note_changes(request, form)
        messages.success(request, _("Saved. It holds for the next run on."))
        return redirect("budget")
    context = {"form": form}
    return render(request, "teams/budget.html", context, status=422 if is_post else 200)


def note_changes(request: HtmxRequest, form: BudgetForm) -> None:
    """Write down what was changed; nothing where nothing was."""
    workspace = request.workspace
    if changes := "; ".join(form.list_changes()):
        audit.note(request, Event.BUDGETS_CHANGED, changes=changes, workspace=workspace)
    if "shares_runs" in form.changed_data:
        who = "workspace" if workspace.shares_runs else "author"
        audit.note(request, Event.WORKSPACE_CHANGED, runs_shown_to=who, workspace=workspace)
