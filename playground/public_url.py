"""Builds absolute URLs for mail, invitations, terminals and callbacks.

Clients choose the `Host` header. Django refuses names that are not in ALLOWED_HOSTS, but accepts
any port and any of several names, so a URL made from it could lead elsewhere.
"""

from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest


def absolute_url(path: str, request: HttpRequest | None = None) -> str:
    """Return the absolute URL of a path, below PUBLIC_BASE_URL if that is set.

    request  gives the base without PUBLIC_BASE_URL. Without both (mail, terminal), the base is
             loopback: mail never uses a Host header
    """
    if settings.PUBLIC_BASE_URL:
        return str(settings.PUBLIC_BASE_URL) + path
    if request:
        return request.build_absolute_uri(path)
    return f"http://127.0.0.1:{settings.PORT}{path}"


def site_name() -> str:
    """Return the host, and a non-default port, of the URLs in mail."""
    return urlsplit(absolute_url("/")).netloc


def loopback_origins() -> tuple[str, ...]:
    """Return the origins of the pages for a browser on this machine."""
    return tuple(f"http://{host}:{settings.PORT}" for host in ("127.0.0.1", "localhost"))
