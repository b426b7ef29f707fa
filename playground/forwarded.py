"""Removes X-Forwarded headers of requests that do not come from a trusted proxy.

A proxy adds headers with the client's address and scheme; so can any client that reaches the port
without the proxy. The headers are kept only if the connection comes from an address in
FORWARDED_ALLOW_IPS, and removed otherwise.
"""

from collections.abc import Callable
from ipaddress import ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest, HttpResponse

HEADERS = (
    "HTTP_FORWARDED",
    "HTTP_X_FORWARDED_FOR",
    "HTTP_X_FORWARDED_HOST",
    "HTTP_X_FORWARDED_PORT",
    "HTTP_X_FORWARDED_PREFIX",
    "HTTP_X_FORWARDED_PROTO",
    "HTTP_X_FORWARDED_SSL",
    "HTTP_X_REAL_IP",
)
TAKEN_OFF = "playground.forwarded.taken_off"  # key in request.META: the name of the removed header


class ForwardedMiddleware:
    """Removes untrusted headers; runs before everything that reads scheme or client address."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not is_trusted(request.META.get("REMOTE_ADDR", "")):
            for name in HEADERS:
                if request.META.pop(name, None) is not None:
                    words = name.removeprefix("HTTP_").replace("_", "-").title()
                    request.META[TAKEN_OFF] = words
        return self.get_response(request)


def is_trusted(address: str) -> bool:
    """Return whether an address is a trusted proxy; "" (a Unix socket) is trusted."""
    allowed = settings.FORWARDED_ALLOW_IPS
    if not address or "*" in allowed:
        return True
    try:
        ip = ip_address(address)
    except ValueError:
        return False
    plain = getattr(ip, "ipv4_mapped", None) or ip
    return any(plain in ip_network(network) for network in allowed)
