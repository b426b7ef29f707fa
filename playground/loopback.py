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
    """With PUBLIC_BASE_URL, serve pages by a loopback name to this machine alone.

    ALLOWED_HOSTS keeps the loopback names for health checks and for the operator. A request from
    elsewhere that uses one is led to the public address, or refused where it would change
    something.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not is_loopback_from_elsewhere(request):
            return self.get_response(request)
        if request.method in {"GET", "HEAD"}:
            # Temporary: browsers keep a permanent one for every program at this name and port.
            return HttpResponseRedirect(absolute_url(request.get_full_path()))
        raise DisallowedHost(f"A loopback name was used from elsewhere, in place of {site_name()}.")


def is_loopback_from_elsewhere(request: HttpRequest) -> bool:
    if not settings.PUBLIC_BASE_URL or request.path in HEALTH_PATHS or is_from_here(request):
        return False
    return is_loopback_name(request.get_host()) and not is_loopback_name(site_name())


def is_loopback_name(host: str) -> bool:
    return split_domain_port(host)[0] in settings.LOOPBACK_NAMES
