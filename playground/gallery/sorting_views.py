"""What people do to the pictures that they chose."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from playground.gallery import sorting
from playground.gallery.sorting import SortingError
from playground.runs.models import OutputQuerySet
from playground.teams.guards import needs
from playground.teams.models import Membership
from playground.teams.roles import Act
from playground.web import HtmxRequest, wants_piece

type Deed = Callable[[Membership, OutputQuerySet, str], str]

# By the value of the button that was pressed, "stars 3" or "tag"; a name stands in its own field.
DEEDS: dict[str, Deed] = {
    "stars": lambda _, outputs, stars: sorting.give_stars(outputs, stars),
    "trash": lambda _, outputs, __: sorting.throw_away(outputs),
    "restore": lambda _, outputs, __: sorting.bring_back(outputs),
    "tag": sorting.add_tag,
    "untag": sorting.remove_tag,
    "collect": sorting.collect,
}


@require_POST
@needs(Act.GENERATE)
def sort(request: HtmxRequest) -> HttpResponse:
    """Do one thing to some outputs, and go back; a script gets a sentence."""
    act, _, word = request.POST.get("do", "").partition(" ")
    name = word or request.POST.get(f"{act}_name", "")
    if act not in DEEDS:
        return HttpResponse("Choose what to do.", status=422, content_type="text/plain")
    try:
        outputs = sorting.choose(request.membership, request.POST.getlist("output"))
        told, status = DEEDS[act](request.membership, outputs, name), 200
    except SortingError as error:
        told, status = str(error), 422
    if wants_piece(request) or "X-Requested-With" in request.headers:
        return HttpResponse(told, status=status, content_type="text/plain; charset=utf-8")
    (messages.success if status == 200 else messages.error)(request, told)  # noqa: PLR2004 - HTTP's
    return redirect(find_way_back(request))


def find_way_back(request: HtmxRequest) -> str:
    """Return the page that the form stood on; never another site."""
    back = request.POST.get("back", "")
    is_ours = url_has_allowed_host_and_scheme(back, allowed_hosts=None)
    return back if is_ours and back.startswith("/gallery/") else reverse("gallery")
