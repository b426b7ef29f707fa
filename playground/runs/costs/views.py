"""Views of the page of usage."""

from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from playground.paging import part_of
from playground.runs.costs import budgets, usage
from playground.teams.guards import requires
from playground.teams.rate_limits import LimitedAction, rate_limited
from playground.teams.roles import Permission
from playground.web import HtmxRequest


@never_cache
@require_safe
@requires(Permission.GENERATE)
def show_usage(request: HtmxRequest) -> HttpResponse:
    """A month by person, model and day; members see their own share of it."""
    month = usage.read_month(request.GET.get("month", ""))
    read = usage.read_usage(request.membership, month)
    context = {
        "usage": read,
        "people": part_of(request, read.people, name="people"),
        "models": part_of(request, read.models, name="models"),
        "budget_statuses": budgets.list_statuses(request.membership),
    }
    return render(request, "runs/costs/usage.html", context)


@never_cache
@require_safe
@rate_limited(LimitedAction.EXPORT, "GET", "HEAD")
@requires(Permission.GENERATE)
def download_usage(request: HtmxRequest) -> HttpResponseBase:
    """The runs of a month as CSV."""
    month = usage.read_month(request.GET.get("month", ""))
    lines = usage.write_csv(request.membership, month)
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="usage-{month:%Y-%m}.csv"'
    return response
