"""The page and the upload of the search by picture."""

from http import HTTPStatus

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from playground.body_limits import allow_files
from playground.gallery import picture_search
from playground.gallery.picture_search import Match, NotFoundError
from playground.gallery.tiles import Grid
from playground.media.perceptual_hash import BYTES
from playground.teams.rate_limits import LimitedAction, rate_limited
from playground.web import HtmxRequest, is_script


@never_cache
@allow_files(1)
@require_http_methods(["GET", "HEAD", "POST"])
@rate_limited(LimitedAction.UPLOAD)
def find_by_picture(request: HtmxRequest) -> HttpResponse:
    """Redirect to the output that a picture shows; GET lists outputs by a perceptual hash."""
    if request.method != "POST":
        return show_similar(request)
    dropped = request.FILES.get("file")
    if dropped is None:
        return show_problem(request, _("Choose an image first."))
    try:
        return redirect_to(request, picture_search.find_source(request.membership, dropped))
    except NotFoundError as error:
        return show_problem(request, str(error))


def show_similar(request: HtmxRequest) -> HttpResponse:
    hash_bytes = read_hash(request.GET.get("look", ""))
    found = picture_search.find_similar(request.membership, hash_bytes) if hash_bytes else []
    context = {
        "tiles": picture_search.make_tiles(found),
        "grid": Grid(can_generate=request.membership.can_generate, is_plain=True),
        "has_looked": bool(hash_bytes),
    }
    return render(request, "gallery/find_by_picture.html", context)


def read_hash(text: str) -> bytes:
    """Read a perceptual hash in hexadecimal; return b"" if the text is none."""
    try:
        hash_bytes = bytes.fromhex(text)
    except ValueError:
        return b""
    return hash_bytes if len(hash_bytes) == BYTES else b""


def redirect_to(request: HtmxRequest, found: Match) -> HttpResponse:
    """Redirect to the match; scripts get its URL in a header."""
    target = (
        reverse("picture", args=[found.output.pk])
        if found.output
        else f"{reverse('find_by_picture')}?{urlencode({'look': found.hash_bytes.hex()})}"
    )
    if is_script(request):
        return HttpResponse(status=HTTPStatus.NO_CONTENT, headers={"Location": target})
    return redirect(target)


def show_problem(request: HtmxRequest, words: str) -> HttpResponse:
    """Answer 422 with the reason why nothing was found: plain text for scripts, else a page."""
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    if is_script(request):
        return HttpResponse(words, status=status, content_type="text/plain; charset=utf-8")
    context = {"tiles": (), "problem": words}
    return render(request, "gallery/find_by_picture.html", context, status=status)
