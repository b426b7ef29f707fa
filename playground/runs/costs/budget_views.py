"""The page on which owners set budgets."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from playground.paging import part_of, read_at, read_words
from playground.runs.costs import budgets
from playground.runs.costs.budget_forms import BudgetForm, PersonBudgetForm, format_budget
from playground.schema.lists import join_sentences
from playground.teams import audit
from playground.teams.audit import AuditEvent
from playground.teams.guards import requires
from playground.teams.models import Membership
from playground.teams.models.membership import MembershipQuerySet
from playground.teams.roles import PERMISSIONS, Permission
from playground.web import HtmxRequest, page_or_partial, wants_partial


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.MANAGE_BUDGET)
def set_budget(request: HtmxRequest) -> HttpResponse:
    """The page of budgets; a POST saves all of them or none."""
    is_post = request.method == "POST"
    form = BudgetForm(request.workspace, request.POST if is_post else None)
    if form.is_valid():
        with transaction.atomic():
            form.save()
        log_changes(request, form)
        messages.success(request, _("Saved. Applies to new runs."))
        return redirect("budget")
    if is_post:
        return render_budget(request, form, status=422)
    return page_or_partial(request, "runs/costs/budget.html", "people", context_of(request, form))


def render_budget(request: HtmxRequest, form: BudgetForm, status: int = 200) -> HttpResponse:
    return render(request, "runs/costs/budget.html", context_of(request, form), status=status)


def context_of(request: HtmxRequest, form: BudgetForm, at: str = "") -> dict[str, object]:
    words = read_words(request, at)
    people = spenders(request).search(words, by_email=True).order_by("user__username")
    part = part_of(request, people, at=at)
    budgets.add_spent_today(request.workspace, part.rows)
    statuses = budgets.list_statuses(request.membership)
    of_workspace = [each for each in statuses if not each.is_of_person]
    return {
        "form": form,
        "words": words,
        "part": part,
        "budget_status": next(iter(of_workspace), None),
    }


def spenders(request: HtmxRequest) -> MembershipQuerySet:
    """Return those who may have a budget of their own: who can generate."""
    roles = [role for role, granted in PERMISSIONS.items() if Permission.GENERATE in granted]
    memberships = Membership.objects.filter(workspace=request.workspace, role__in=roles)
    return memberships.select_related("user")


@require_POST
@requires(Permission.MANAGE_BUDGET)
def set_person_budget(request: HtmxRequest, public_id: UUID) -> HttpResponse:
    """Set the daily budget of one person; htmx gets their row, others the page."""
    membership = get_object_or_404(spenders(request), public_id=public_id)
    form = PersonBudgetForm(request.POST)
    problem = "" if form.is_valid() else join_sentences(form.errors.get("daily_budget", []))
    if not problem:
        save_budget(request, membership, form)
    at, typed = read_at(request), request.POST.get("daily_budget", "")
    row = {"membership": membership, "problem": problem, "typed": typed}
    if wants_partial(request):
        return draw_row(request, row | {"is_saved": not problem, "at": at})
    if problem:
        context = context_of(request, BudgetForm(request.workspace), at=at) | {"refused": row}
        return render(request, "runs/costs/budget.html", context, status=422)
    messages.success(request, _("Saved. Applies to new runs."))
    return redirect(f"{reverse('budget')}?{at}" if at else "budget")


def draw_row(request: HtmxRequest, row: dict[str, Any]) -> HttpResponse:
    budgets.add_spent_today(request.workspace, [row["membership"]])
    status = 422 if row["problem"] else 200
    return render(request, "runs/costs/budget.html#row", row, status=status)


def save_budget(request: HtmxRequest, membership: Membership, form: PersonBudgetForm) -> None:
    before, membership.daily_budget = membership.daily_budget, form.cleaned_data["daily_budget"]
    if before != membership.daily_budget:
        membership.save(update_fields=["daily_budget"])
        amounts = f"{format_budget(before)} → {format_budget(membership.daily_budget)}"
        changes = f"daily_budget of {membership.user}: {amounts}"
        audit.log_event(
            request, AuditEvent.BUDGETS_CHANGED, changes=changes, workspace=request.workspace
        )


def log_changes(request: HtmxRequest, form: BudgetForm) -> None:
    """Log the changes, if there are any."""
    workspace = request.workspace
    if changes := "; ".join(form.list_changes()):
        audit.log_event(request, AuditEvent.BUDGETS_CHANGED, changes=changes, workspace=workspace)
