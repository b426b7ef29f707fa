"""Downloads of an experiment or a comparison as one HTML file."""

import uuid
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.text import slugify
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from playground.experiments import comparison, report
from playground.experiments.comparison import CannotCompareError
from playground.experiments.grid_views import find_experiment
from playground.teams.rate_limits import LimitedAction, rate_limited
from playground.web import HtmxRequest


@never_cache
@require_safe
@rate_limited(LimitedAction.DOWNLOAD, "GET")
def download_experiment(request: HtmxRequest, pk: uuid.UUID) -> HttpResponse:
    experiment = find_experiment(request, pk)
    made = report.report_on_experiment(request.membership, experiment)
    return answer(request, "experiments/report/experiment.html", made)


@never_cache
@require_safe
@rate_limited(LimitedAction.DOWNLOAD, "GET")
def download_comparison(request: HtmxRequest) -> HttpResponse:
    """Download the comparison of `?o=<output id>&o=...`, or show the error page."""
    try:
        outputs = comparison.read_outputs(request.membership, request.GET.getlist("o"))
    except CannotCompareError:
        return redirect(f"{reverse('compare')}?{request.GET.urlencode()}")
    made = report.report_on_comparison(request.membership, outputs)
    return answer(request, "experiments/report/comparison.html", made)


def answer(request: HtmxRequest, template: str, made: Any) -> HttpResponse:
    context = {"report": made, "made_at": timezone.now()}
    text = render_to_string(template, context, request)
    name = slugify(made.title[:60], allow_unicode=True)[:60] or "report"
    response = HttpResponse(text)
    response["Content-Disposition"] = content_disposition_header(True, f"{name}.html") or ""
    return response
