"""The requests and responses of all views: page or partial, and error pages."""

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
    """A request after all middleware: with a logged-in user and their workspace."""

    htmx: HtmxDetails
    user: User
    workspace: Workspace
    membership: Membership
    memberships: list[Membership]
    is_demo: bool  # logged in by the automatic login of the demo
    waited_seconds: float  # of a long poll, excluded from measurements of slow responses


def wants_partial(request: HtmxRequest) -> bool:
    """Return whether htmx swaps a partial; boosted links and restored history need a page."""
    htmx = request.htmx
    return bool(htmx) and not htmx.boosted and not htmx.history_restore_request


def page_or_partial(
    request: HtmxRequest,
    template: str,
    partial: str,
    context: dict[str, Any],
    status: int = 200,
) -> HttpResponse:
    """Render `template`, or only its `partial` if htmx swaps that."""
    if wants_partial(request):
        template = f"{template}#{partial}"
    response = render(request, template, context, status=status)
    patch_vary_headers(response, ["HX-Request"])
    return response


def is_script(request: HttpRequest) -> bool:
    """Return whether a script sent the request, which displays text instead of a page."""
    return "HX-Request" in request.headers or "X-Requested-With" in request.headers


def refuse(request: HttpRequest, status: int, words: str | Promise) -> HttpResponse:
    """Return an error with a message: plain text for scripts, a page for people."""
    if is_script(request):
        return HttpResponse(words, status=status, content_type="text/plain; charset=utf-8")
    context = {"heading": HEADINGS[status], "words": words}
    return render(request, "no.html", context, status=status)


def refuse_csrf(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a failed CSRF check: the form is outdated."""
    del reason
    return render(request, "refused.html", status=403)
