"""Views of the comparison of two to six outputs, which are in the query string."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from playground.experiments import comparison
from playground.experiments.comparison import CannotCompareError
from playground.experiments.input_table import read_rows
from playground.gallery.bulk_action_views import find_back_address
from playground.public_url import absolute_url
from playground.runs.models import Output
from playground.runs.pages.file_counts import count_listed
from playground.web import HtmxRequest, page_or_partial


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def show_comparison(request: HtmxRequest) -> HttpResponse:
    """Compare `?o=<output id>&o=...`; a POST of selected pictures redirects to that URL."""
    ids = request.POST.getlist("output") or request.GET.getlist("o")
    try:
        outputs = comparison.read_outputs(request.membership, ids)
    except CannotCompareError as error:
        return explain(request, error)
    if request.method == "POST":
        return redirect(comparison.address_of(outputs))
    context = read_comparison(request, outputs)
    return page_or_partial(request, "experiments/compare.html", "compared", context)


def read_comparison(request: HtmxRequest, outputs: list[Output]) -> dict[str, Any]:
    rows = read_rows([output.run for output in outputs], request.membership)
    return {
        "compared": list(comparison.name_outputs(outputs)),
        "stage": comparison.measure_stage(outputs),
        "are_pictures": comparison.are_pictures(outputs),
        "rows": rows,
        "differing": [row for row in rows if not row.is_same],
        "same_count": sum(row.is_same for row in rows),
        "address": absolute_url(comparison.address_of(outputs), request),
        "report": comparison.report_address_of(outputs),
        "star_counts": range(1, 6),
    }


def explain(request: HtmxRequest, error: CannotCompareError) -> HttpResponse:
    """Render the reason why outputs cannot be compared, with a link to those that can."""
    usable = error.outputs[: comparison.MOST]
    context = {
        "words": str(error),
        "usable": usable,
        "usable_count": count_listed(usable),
        "rest": comparison.address_of(usable) if len(usable) >= comparison.FEWEST else "",
        "back": find_back_address(request),
    }
    return render(request, "experiments/cannot_compare.html", context, status=error.status)
