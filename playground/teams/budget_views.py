"""The page on which owners set budgets, and who sees runs unless their authors choose."""

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

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
        messages.success(request, _("Saved. It holds for the next run on."))
        return redirect("budget")
    context = {"form": form}
    return render(request, "teams/budget.html", context, status=422 if is_post else 200)
