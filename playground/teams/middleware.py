"""Who is asking, and in which workspace."""

import time
from collections.abc import Callable
from operator import attrgetter
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model, login, logout
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render

from playground.teams import setup
from playground.teams.models import DEMO_USERNAME, Membership
from playground.web import is_script

type Answer = Callable[[HttpRequest], HttpResponse]
type View = Callable[..., HttpResponseBase]

LOOPBACK = {"127.0.0.1", "::1"}
AGE_KEY = "age"  # in the session: when it began, and when the person was last here
WORKSPACE_KEY = "workspace"  # in the session: where the person is
PROXY_HEADERS = ("X-Forwarded-For", "Forwarded", "X-Real-IP", "Via")


class DemoLoginMiddleware:
    """Log the person at this very machine in, when `make demo` asked for it.

    A request that came through a proxy has a loopback address too, so one that carries any
    proxy's header is not from here. Names other than loopback's are refused by ALLOWED_HOSTS.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.is_demo = settings.DEMO_LOGIN and is_from_here(request)  # type: ignore[attr-defined]  # see web.HtmxRequest
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: View, *_: Any) -> None:
        needs_login = getattr(view, "login_required", True)
        if request.is_demo and needs_login and not request.user.is_authenticated:  # type: ignore[attr-defined]
            user, _created = get_user_model().objects.get_or_create(username=DEMO_USERNAME)
            login(request, user, "django.contrib.auth.backends.ModelBackend")


def is_from_here(request: HttpRequest) -> bool:
    is_proxied = any(name in request.headers for name in PROXY_HEADERS)
    return request.META.get("REMOTE_ADDR") in LOOPBACK and not is_proxied


class SessionAgeMiddleware:
    """Log out whoever was away for long, and everybody after some weeks.

    When somebody was last here is written down now and then only: an open page asks every second.
    """

    NOTE_EVERY_SECONDS = 10 * 60

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_: Any) -> None:
        if not request.user.is_authenticated:
            return
        now = time.time()
        began_at, seen_at = request.session.get(AGE_KEY, (now, 0))
        is_new = not seen_at
        is_stale = now - seen_at > settings.SESSION_IDLE.total_seconds()
        if not is_new and (is_stale or now - began_at > settings.SESSION_COOKIE_AGE):
            logout(request)
        elif now - seen_at > self.NOTE_EVERY_SECONDS:
            request.session[AGE_KEY] = (began_at, now)


class AskForLoginMiddleware(LoginRequiredMiddleware):
    """Lead strangers to the login page, or to the setup before it; a script gets a plain 401.

    A script that followed the way to the login page would put that page where it wanted a piece,
    and take what was typed with it.
    """

    def handle_no_permission(  # type: ignore[override]  # a redirect, or no redirect
        self, request: HttpRequest, view_func: View
    ) -> HttpResponseBase:
        if is_script(request):
            return HttpResponse(
                "Log in again.", status=401, content_type="text/plain; charset=utf-8"
            )
        if setup.is_needed():
            return redirect("setup")
        return super().handle_no_permission(request, view_func)


class WorkspaceMiddleware:
    """Put the workspace that a person is in, and their place in it, on the request.

    It is the one that they went to last, else their first. Who belongs to none is told so, except
    by the views that are marked to do without (`no_workspace`).
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: View, *_: Any) -> HttpResponse | None:
        if not request.user.is_authenticated:
            return None
        places = Membership.objects.of(request.user)
        request.memberships = places  # type: ignore[attr-defined]  # see web.HtmxRequest
        if places:
            wanted = request.session.get(WORKSPACE_KEY)
            first = min(places, key=attrgetter("joined_at"))
            place = next((p for p in places if str(p.workspace_id) == wanted), first)
            request.membership = place  # type: ignore[attr-defined]
            request.workspace = place.workspace  # type: ignore[attr-defined]
            return None
        if getattr(view, "needs_workspace", True) and getattr(view, "login_required", True):
            return render(request, "teams/nowhere.html", status=403)
        return None


def no_workspace[V: View](view: V) -> V:
    """Mark a view that also answers somebody who belongs to no workspace."""
    view.needs_workspace = False  # type: ignore[attr-defined]  # as Django marks login_required
    return view
