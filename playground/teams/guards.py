"""A decorator for views that only some roles may use."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.http.response import HttpResponseBase

from playground.teams import audit
from playground.teams.audit import AuditEvent
from playground.teams.models import is_operator
from playground.teams.roles import Permission
from playground.web import HtmxRequest, is_script

type View = Callable[..., HttpResponseBase]


def requires(permission: Permission, *, or_operator: bool = False) -> Callable[[View], View]:
    """Restrict a view to members with a permission; others get a 403 with the reason.

    or_operator  whether superusers are allowed, too, whatever their role in the workspace
    """

    def guard(view: View) -> View:
        @wraps(view)
        def guarded(request: HtmxRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if request.membership.has_permission(permission) or (
                or_operator and is_operator(request.user)
            ):
                return view(request, *args, **kwargs)
            return refuse(request, permission.refusal)

        return guarded

    return guard


def refuse(request: HtmxRequest, why: str) -> HttpResponse:
    """Answer 403 with a reason: as plain text to scripts, as a page to people."""
    audit.log_event(request, AuditEvent.REFUSED, path=request.path, role=request.membership.role)
    if is_script(request):
        return HttpResponse(why, status=403, content_type="text/plain; charset=utf-8")
    raise PermissionDenied(why)
