"""The choice of another model, beside the form of one."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from playground.catalog.models import ModelSpec
from playground.runs.models import Draft
from playground.runs.pages import samples
from playground.web import HtmxRequest

MOST_LISTED = 30  # in the popover; the page of models lists all and searches them


@require_safe
def list_models(request: HtmxRequest, slug: str) -> HttpResponse:
    """The models that a form can be changed for; what is entered goes along where it fits."""
    current = ModelSpec.objects.current(request.workspace)
    spec = get_object_or_404(current, slug=slug)
    pictures = samples.find_samples(request.membership)
    draft = Draft.objects.find(request.membership, slug)
    context = {
        "spec": spec,
        "carries": bool(draft),
        "choices": [(each, pictures.get(each.slug, "")) for each in current[:MOST_LISTED]],
    }
    return render(request, "runs/form/models.html", context)
