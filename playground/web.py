"""What all views share: whole page or partial, and error pages."""

from typing import Any

from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django_htmx.middleware import HtmxDetails

from playground.teams.models import Membership, Workspace

HEADINGS = {
    408: _("Request timed out"),
    411: _("Request not readable"),
    413: _("Request too large"),
    429: _("Too many attempts"),
    503: _("Too busy right now"),
}


class HtmxRequest(HttpRequest):
    """A request as it leaves the middleware: a person who is logged in, in their workspace."""

    htmx: HtmxDetails
    user: User
    workspace: Workspace
    membership: Membership
    memberships: list[Membership]
    is_demo: bool  # here by the automatic login
    waited_seconds: float  # for news, where a poll did: no sign that the server is slow


def wants_partial(request: HtmxRequest) -> bool:
    """Whether htmx will swap just a piece; a boosted link and a restored history need a page."""
    htmx = request.htmx
    return bool(htmx) and not htmx.boosted and not htmx.history_restore_request


def page_or_partial(
    request: HtmxRequest,
    template: str,
    partial: str,
    context: dict[str, Any],
    status: int = 200,
) -> HttpResponse:
    """Render `template`, or its `partial` alone when htmx will swap just that piece."""
    if wants_partial(request):
        template = f"{template}#{partial}"
    response = render(request, template, context, status=status)
    patch_vary_headers(response, ["HX-Request"])
    return response


def is_script(request: HttpRequest) -> bool:
    """Whether a script asked, which shows words where it has room for them, and no page."""
    return "HX-Request" in request.headers or "X-Requested-With" in request.headers


def refuse(request: HttpRequest, status: int, words: str | Promise) -> HttpResponse:
    """Say no in words: scripts in plain text, people on a page."""
    if is_script(request):
        return HttpResponse(words, status=status, content_type="text/plain; charset=utf-8")
    context = {"heading": HEADINGS[status], "words": words}
    return render(request, "no.html", context, status=status)


def refuse_csrf(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a failed CSRF check: the form is outdated."""
    del reason
    return render(request, "refused.html", status=403)
