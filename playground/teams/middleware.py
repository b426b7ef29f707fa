"""Middleware for login, sessions and the workspace of a request."""

import time
from collections.abc import Callable
from functools import partial
from operator import attrgetter
from typing import Any

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.middleware import AuthenticationMiddleware, LoginRequiredMiddleware
from django.contrib.auth.models import AnonymousUser, User
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _
from django.views.defaults import page_not_found

from playground.teams import demo_login, setup
from playground.teams.backends import find_user, take_memberships
from playground.teams.sessions import AGE_KEY, note_visit
from playground.web import is_script

type Answer = Callable[[HttpRequest], HttpResponse]
type View = Callable[..., HttpResponseBase]

WORKSPACE_KEY = "workspace"  # session key: the current workspace
NO_DEMO = demo_login.Refusal(why=None)


class SessionUserMiddleware(AuthenticationMiddleware):
    """Set request.user, loaded lazily."""

    def process_request(self, request: HttpRequest) -> None:
        super().process_request(request)
        request.user = SimpleLazyObject(partial(find_user, request))  # type: ignore[assignment]  # as super() does


class DemoLoginMiddleware:
    """Log in requests from this machine if DEMO_LOGIN is on.

    Such a session is rejected through a proxy, and after the demo has ended. See `demo_login.py`.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        refusal = demo_login.find_proxy(request) if settings.DEMO_LOGIN else NO_DEMO
        request.demo_refusal = refusal  # type: ignore[attr-defined]  # see web.HtmxRequest
        request.is_demo = refusal is None  # type: ignore[attr-defined]
        if refusal is not None:
            user = SimpleLazyObject(partial(refuse_request, request, request.user))
            request.user = user  # type: ignore[assignment]  # as Django's own middleware does
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: View, *_: Any) -> None:
        if not asks_who(view):
            return
        if settings.DEMO_LOGIN and not request.user.is_authenticated:
            refusal = request.demo_refusal or demo_login.find_other_site(request)  # type: ignore[attr-defined]
            request.demo_refusal = refusal  # type: ignore[attr-defined]
            if getattr(view, "login_required", True):
                if refusal is None:
                    demo_login.log_in(request)
                else:
                    demo_login.log_refusal(request, refusal)
        request.is_demo = demo_login.is_automatic(request, request.user)  # type: ignore[attr-defined]


def refuse_request(request: HttpRequest, user: User | AnonymousUser) -> User | AnonymousUser:
    return AnonymousUser() if demo_login.is_automatic(request, user) else user


class SessionAgeMiddleware:
    """Enforce the idle timeout and the maximum age of sessions.

    The last visit is saved only now and then, because open pages poll every second.
    """

    NOTE_EVERY_SECONDS = 10 * 60

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: View, *_: Any) -> None:
        if not asks_who(view) or not request.user.is_authenticated:
            return
        now = time.time()
        began_at, seen_at = request.session.get(AGE_KEY, (now, 0))
        is_new = not seen_at
        is_stale = now - seen_at > settings.SESSION_IDLE.total_seconds()
        if not is_new and (is_stale or now - began_at > settings.SESSION_COOKIE_AGE):
            logout(request)
        elif now - seen_at > self.NOTE_EVERY_SECONDS:
            note_visit(request, began_at, now)


class AskForLoginMiddleware(LoginRequiredMiddleware):
    """Redirect anonymous requests to the login or setup page; scripts get a plain 401.

    A script that followed the redirect would insert the login page in place of a fragment, and
    discard the person's input.
    """

    def handle_no_permission(  # type: ignore[override]  # a redirect, or no redirect
        self, request: HttpRequest, view_func: View
    ) -> HttpResponseBase:
        if is_script(request):
            again = _("Your session has ended. Log in again.")
            reason = str(getattr(request, "demo_refusal", None) or "")
            words = _("%(reason)s Log in again.") % {"reason": reason} if reason else again
            return HttpResponse(words, status=401, content_type="text/plain; charset=utf-8")
        if setup.is_needed():
            return redirect("setup")
        return super().handle_no_permission(request, view_func)


class WorkspaceMiddleware:
    """Set request.workspace and request.membership.

    It is the last one that the person switched to, else their first. A person without a workspace
    gets an error page, except from views marked with `no_workspace`.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: View, *_: Any) -> HttpResponse | None:
        if not asks_who(view) or not request.user.is_authenticated or set_workspace(request):
            return None
        if getattr(view, "needs_workspace", True) and getattr(view, "login_required", True):
            return render(request, "teams/nowhere.html", status=403)
        return None


def set_workspace(request: HttpRequest) -> bool:
    """Set the workspace of the request; return whether there is one."""
    user: User = request.user  # type: ignore[assignment]  # a person, as the caller knows
    memberships = take_memberships(user)
    request.memberships = memberships  # type: ignore[attr-defined]  # see web.HtmxRequest
    if memberships:
        wanted = request.session.get(WORKSPACE_KEY)
        first = min(memberships, key=attrgetter("joined_at"))
        membership = next((p for p in memberships if str(p.workspace_id) == wanted), first)
        request.membership = membership  # type: ignore[attr-defined]
        request.workspace = membership.workspace  # type: ignore[attr-defined]
    return bool(memberships)


def answer_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 404; middleware does not set the workspace for unknown URLs."""
    if request.user.is_authenticated and not hasattr(request, "workspace"):
        set_workspace(request)
    return page_not_found(request, exception)


def for_anyone[V: View](view: V) -> V:
    """Mark a view that answers everybody alike, so that its session is not loaded."""
    view.asks_who = False  # type: ignore[attr-defined]  # as Django marks login_required
    return login_not_required(view)


def asks_who(view: View) -> bool:
    return bool(getattr(view, "asks_who", True))


def no_workspace[V: View](view: V) -> V:
    """Mark a view that also answers people without a workspace."""
    view.needs_workspace = False  # type: ignore[attr-defined]  # as Django marks login_required
    return view
