"""The guard that views stand behind where not every role may do what they do."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.http.response import HttpResponseBase

from playground.teams import audit
from playground.teams.audit import Event
from playground.teams.models import is_operator
from playground.teams.roles import Act
from playground.web import HtmxRequest, is_script

type View = Callable[..., HttpResponseBase]


def needs(act: Act, *, or_operator: bool = False) -> Callable[[View], View]:
    """Let only those in whose role allows an act; tell the others why, scripts in plain text.

    or_operator  whether a superuser comes in whatever their role in the workspace is
    """

    def guard(view: View) -> View:
        @wraps(view)
        def guarded(request: HtmxRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if request.membership.may(act) or (or_operator and is_operator(request.user)):
                return view(request, *args, **kwargs)
            return refuse(request, act.value)

        return guarded

    return guard


def refuse(request: HtmxRequest, why: str) -> HttpResponse:
    """Answer 403 in words: scripts in plain text, people by the page of refusal."""
    audit.note(request, Event.REFUSED, path=request.path, role=request.membership.role)
    if is_script(request):
        return HttpResponse(why, status=403, content_type="text/plain; charset=utf-8")
    raise PermissionDenied(why)
