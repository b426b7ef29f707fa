"""Who is asking, and in which workspace."""

from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import get_user_model, login
from django.http import HttpRequest, HttpResponse

from playground.teams.models import Membership

type Answer = Callable[[HttpRequest], HttpResponse]

DEMO_USERNAME = "demo"
LOOPBACK = {"127.0.0.1", "::1"}
PROXY_HEADERS = ("X-Forwarded-For", "Forwarded", "X-Real-IP", "Via")


class DemoLoginMiddleware:
    """Log the person at this very machine in, when `make demo` asked for it.

    A request that came through a proxy has a loopback address too, so one that carries any
    proxy's header is not from here. Names other than loopback's are refused by ALLOWED_HOSTS.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if settings.DEMO_LOGIN and not request.user.is_authenticated and is_from_here(request):
            user, _ = get_user_model().objects.get_or_create(username=DEMO_USERNAME)
            login(request, user, "django.contrib.auth.backends.ModelBackend")
        return self.get_response(request)


def is_from_here(request: HttpRequest) -> bool:
    is_proxied = any(name in request.headers for name in PROXY_HEADERS)
    return request.META.get("REMOTE_ADDR") in LOOPBACK and not is_proxied


class WorkspaceMiddleware:
    """Put the workspace of the person who is logged in, and their place in it, on the request."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            membership = Membership.objects.home_of(request.user)
            request.membership = membership  # type: ignore[attr-defined]  # see web.HtmxRequest
            request.workspace = membership.workspace  # type: ignore[attr-defined]
        return self.get_response(request)
