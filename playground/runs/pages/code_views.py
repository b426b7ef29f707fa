"""Views that download the request of a run and its responses."""

import uuid
from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from playground.providers.programs import write_json
from playground.runs.files.uploads import UploadStore
from playground.runs.models import Run
from playground.runs.pages import exchange
from playground.web import HtmxRequest


@never_cache
@require_safe
def download_request(request: HtmxRequest, pk: uuid.UUID) -> HttpResponse:
    """Download the request, without the API key."""
    store = UploadStore(request.membership)
    return send_json(request, pk, "request", lambda run: exchange.read_request(run, store))


@never_cache
@require_safe
def download_answers(request: HtmxRequest, pk: uuid.UUID) -> HttpResponse:
    """Download the stored responses of the provider."""
    return send_json(request, pk, "answers", exchange.read_answers)


def send_json(
    request: HtmxRequest, pk: uuid.UUID, name: str, read: Callable[[Run], Any]
) -> HttpResponse:
    runs = Run.objects.visible_to(request.membership).for_cards()
    run = get_object_or_404(runs, pk=pk)
    response = HttpResponse(write_json(read(run)), content_type="application/json")
    response["Content-Disposition"] = f'attachment; filename="{name}-{run.pk}.json"'
    return response
