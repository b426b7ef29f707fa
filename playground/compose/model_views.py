"""The view of the model popover beside a form."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from playground.catalog.models import ModelSpec
from playground.runs.models import Draft
from playground.runs.pages import samples
from playground.web import HtmxRequest

MOST_LISTED = 30  # in the popover; the page of models lists all


@require_safe
def list_models(request: HtmxRequest, slug: str) -> HttpResponse:
    """The models to which a form can be switched; inputs are mapped."""
    current = ModelSpec.objects.current(request.workspace)
    spec = get_object_or_404(current, slug=slug)
    pictures = samples.find_samples(request.membership)
    draft = Draft.objects.find(request.membership, slug)
    context = {
        "spec": spec,
        "carries": bool(draft),
        "choices": [(each, samples.find_sample(each, pictures)) for each in current[:MOST_LISTED]],
    }
    return render(request, "runs/form/models.html", context)
