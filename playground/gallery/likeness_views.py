"""A picture is handed in, and its run is found."""

from http import HTTPStatus

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from playground.bodies import takes_files
from playground.gallery import likeness
from playground.gallery.likeness import Found, NotFoundError
from playground.media.perceptual_hash import BYTES
from playground.teams.limits import Costly, limited
from playground.web import HtmxRequest, is_script


@never_cache
@takes_files(1)
@require_http_methods(["GET", "HEAD", "POST"])
@limited(Costly.UPLOAD)
def find_by_picture(request: HtmxRequest) -> HttpResponse:
    """Lead to what a picture is; GET shows what looks like one, by the look in its address."""
    if request.method != "POST":
        return show_alike(request)
    dropped = request.FILES.get("file")
    if dropped is None:
        return say_no(request, "Choose an image first.")
    try:
        return lead_to(request, likeness.find_source(request.membership, dropped))
    except NotFoundError as error:
        return say_no(request, str(error))


def show_alike(request: HtmxRequest) -> HttpResponse:
    look = read_look(request.GET.get("look", ""))
    found = likeness.find_alike(request.membership, look) if look else []
    context = {"tiles": likeness.hang(found), "has_looked": bool(look)}
    return render(request, "gallery/likeness.html", context)


def read_look(text: str) -> bytes:
    """Read what something looks like from an address; b"" where it says nothing."""
    try:
        look = bytes.fromhex(text)
    except ValueError:
        return b""
    return look if len(look) == BYTES else b""


def lead_to(request: HtmxRequest, found: Found) -> HttpResponse:
    """Go to a page; a script is told its address, and announces it first."""
    target = (
        reverse("picture", args=[found.output.pk])
        if found.output
        else f"{reverse('likeness')}?{urlencode({'look': found.look.hex()})}"
    )
    if is_script(request):
        return HttpResponse(status=HTTPStatus.NO_CONTENT, headers={"Location": target})
    return redirect(target)


def say_no(request: HtmxRequest, words: str) -> HttpResponse:
    """Say why nothing was found: a script shows it on the page that it belongs to."""
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    if is_script(request):
        return HttpResponse(words, status=status, content_type="text/plain; charset=utf-8")
    context = {"tiles": (), "problem": words}
    return render(request, "gallery/likeness.html", context, status=status)
