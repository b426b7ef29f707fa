"""What people do with drafts from the page of a model."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from playground.catalog.models import ModelSpec
from playground.runs.presets import drafts
from playground.teams.guards import needs
from playground.teams.limits import Costly, limited
from playground.teams.roles import Act
from playground.web import HtmxRequest


@require_POST
@limited(Costly.CHANGE_FORM)
@needs(Act.GENERATE)
def start_anew(request: HtmxRequest, slug: str) -> HttpResponse:
    """Forget the draft, and open the form with the schema's defaults."""
    spec = get_object_or_404(ModelSpec.objects.current(), slug=slug)
    drafts.forget(request.membership, spec)
    return redirect(spec)
