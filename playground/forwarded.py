"""The client address and scheme behind a proxy; only trusted proxies count.

A proxy says in headers which address it had the request from, and whether that was by https. So
can anybody who reaches the port without the proxy. These headers count only where the connection
itself comes from an address in FORWARDED_ALLOW_IPS; from all others they are taken off before
anything reads them.
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
TAKEN_OFF = "playground.forwarded.taken_off"  # in request.META: the name of that header


class ForwardedMiddleware:
    """Runs before everything that reads the scheme or the address of a request."""

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
    """Whether a proxy of ours has this address; a Unix socket, which has none, is local."""
    allowed = settings.FORWARDED_ALLOW_IPS
    if not address or "*" in allowed:
        return True
    try:
        ip = ip_address(address)
    except ValueError:
        return False
    plain = getattr(ip, "ipv4_mapped", None) or ip
    return any(plain in ip_network(network) for network in allowed)
