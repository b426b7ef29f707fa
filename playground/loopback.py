"""Allows loopback host names only for health checks if the pages have a public address."""

from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.request import split_domain_port

from playground.public_url import absolute_url, site_name
from playground.teams.demo_login import is_from_here

HEALTH_PATHS = {"/healthz", "/readyz"}


class LoopbackNameMiddleware:
    """With PUBLIC_BASE_URL, serve loopback host names only to this machine.

    ALLOWED_HOSTS includes the loopback names for health checks and the operator. A request with one
    from elsewhere is redirected to the public URL, or refused if its method is unsafe.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not is_loopback_from_elsewhere(request):
            return self.get_response(request)
        if request.method in {"GET", "HEAD"}:
            # Temporary: browsers cache permanent redirects, for any program at this host and port.
            return HttpResponseRedirect(absolute_url(request.get_full_path()))
        raise DisallowedHost(f"A loopback name was used from elsewhere, in place of {site_name()}.")


def is_loopback_from_elsewhere(request: HttpRequest) -> bool:
    if not settings.PUBLIC_BASE_URL or request.path in HEALTH_PATHS or is_from_here(request):
        return False
    return is_loopback_name(request.get_host()) and not is_loopback_name(site_name())


def is_loopback_name(host: str) -> bool:
    return split_domain_port(host)[0] in settings.LOOPBACK_NAMES
