"""Activates the time zone of the browser, from a cookie.

Without a valid cookie, times are in UTC, and pages show that.
"""

import re
from collections.abc import Callable
from datetime import UTC, tzinfo
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

COOKIE = "timezone"  # static/js/time_zone.js sets it
TOLD_UTC = "Etc/UTC"  # UTC chosen by the browser, distinct from unknown: pages need not show it
NAME = re.compile(r"[A-Za-z][A-Za-z0-9_+-]{0,30}(?:/[A-Za-z0-9_+-]{1,30}){0,2}\Z")


class ReaderTimeMiddleware:
    """Activates the reader's time zone for each request."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with timezone.override(find_zone(request.COOKIES.get(COOKIE, "")) or UTC):
            return self.get_response(request)


def find_zone(name: str) -> tzinfo | None:
    """Return an IANA time zone by name, or None."""
    if not NAME.match(name):
        return None
    try:
        return ZoneInfo(TOLD_UTC if name == "UTC" else name)
    except (ValueError, OSError, KeyError):  # a folder of the database, or an unknown name
        return None
