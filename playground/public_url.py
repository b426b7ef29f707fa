"""Absolute URLs for use outside of a page: in mail, invitations, terminals and callbacks.

A `Host` header is the sender's choice. Django refuses names that are not in ALLOWED_HOSTS, but
accepts any port and any of several names, so a link made from it could lead elsewhere.
"""

from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest


def absolute_url(path: str, request: HttpRequest | None = None) -> str:
    """Return the whole URL of a path: below PUBLIC_BASE_URL wherever that is set.

    request  without PUBLIC_BASE_URL, the page that shows the link is the base. Without a request
             too (mail, terminal), the base is loopback: mail never follows a Host header
    """
    if settings.PUBLIC_BASE_URL:
        return str(settings.PUBLIC_BASE_URL) + path
    if request:
        return request.build_absolute_uri(path)
    return f"http://127.0.0.1:{settings.PORT}{path}"


def site_name() -> str:
    """Return the host, and the port where it is not the scheme's own, of every link in mail."""
    return urlsplit(absolute_url("/")).netloc


def loopback_origins() -> tuple[str, ...]:
    """Return the origins by which a browser on this machine reaches the pages."""
    return tuple(f"http://{host}:{settings.PORT}" for host in ("127.0.0.1", "localhost"))
