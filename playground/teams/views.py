"""The pages about people: where somebody is, and who belongs to a workspace."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from playground.teams.middleware import WORKSPACE_KEY
from playground.web import HtmxRequest


@require_POST
def switch_workspace(request: HtmxRequest) -> HttpResponse:
    """Go to another workspace of one's own; to one that is not, nothing leads."""
    wanted = request.POST.get("workspace", "")
    if any(str(place.workspace_id) == wanted for place in request.memberships):
        request.session[WORKSPACE_KEY] = wanted
    return redirect("home")
