"""Activates the time zone of the browser, which a cookie names.

Where no script ran, or the cookie names no zone, times are in UTC, and pages say so.
"""

import re
from collections.abc import Callable
from datetime import UTC, tzinfo
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

COOKIE = "timezone"  # static/js/time_zone.js sets it
TOLD_UTC = "Etc/UTC"  # the same zone by another name: pages do not have to say so
NAME = re.compile(r"[A-Za-z][A-Za-z0-9_+-]{0,30}(?:/[A-Za-z0-9_+-]{1,30}){0,2}\Z")


class ReaderTimeMiddleware:
    """Activates the reader's time zone for each request."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with timezone.override(find_zone(request.COOKIES.get(COOKIE, "")) or UTC):
            return self.get_response(request)


def find_zone(name: str) -> tzinfo | None:
    """Return a zone of the IANA database by its name; None where there is none of that name."""
    if not NAME.match(name):
        return None
    try:
        return ZoneInfo(TOLD_UTC if name == "UTC" else name)
    except (ValueError, OSError, KeyError):  # a folder of it, or a name that it does not have
        return None
