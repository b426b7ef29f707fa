"""Device cookies: identify browsers in which an account has logged in before.

Login attempts are limited for each username. An attacker could exhaust that limit and lock the
owner out (account lockout). A browser with a device cookie of the account has its own limit, which
attempts elsewhere do not affect.

The cookie has a nonce of the browser and, for each account, a MAC of nonce, account and password
hash: the server stores nothing, and a password change invalidates all earlier cookies.
Source  OWASP, "Slow Down Online Guessing Attacks with Device Cookies"
"""

import re
import secrets
from collections.abc import Callable
from hmac import compare_digest
from typing import Any

from allauth.account import signals as accounts
from django.conf import settings
from django.contrib.auth import signals
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import salted_hmac

MOST_ACCOUNTS = 8  # in one browser
COOKIE_AGE_SECONDS = 365 * 24 * 60 * 60
WELL_FORMED = re.compile(r"[\w-]{22}(\.[0-9a-f]{40}){1,8}", re.ASCII)


class DeviceMiddleware:
    """Set the cookie in requests that log in or change the password."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if user := getattr(request, "device_user", None):
            response.set_cookie(
                settings.DEVICE_COOKIE_NAME,
                add_account(request, user),
                max_age=COOKIE_AGE_SECONDS,
                secure=settings.SESSION_COOKIE_SECURE,
                httponly=True,
                samesite="Lax",
            )
        return response


def find_device(request: HttpRequest, user: User) -> str:
    """Return this browser's identifier for a user, "" for an unknown browser."""
    nonce, *macs = read_cookie(request)
    wanted = make_mac(nonce, user)
    return wanted if any(compare_digest(wanted, mac) for mac in macs) else ""


def add_account(request: HttpRequest, user: User) -> str:
    nonce, *macs = read_cookie(request)
    nonce = nonce or secrets.token_urlsafe(16)
    mac = make_mac(nonce, user)
    others = [each for each in macs if each != mac]
    return ".".join([nonce, mac, *others][: 1 + MOST_ACCOUNTS])


def read_cookie(request: HttpRequest) -> list[str]:
    """Return the nonce and the MACs; an empty nonce without a cookie."""
    text = request.COOKIES.get(settings.DEVICE_COOKIE_NAME, "")
    return text.split(".") if WELL_FORMED.fullmatch(text) else [""]


def make_mac(nonce: str, user: User) -> str:
    facts = f"{nonce}:{user.pk}:{user.get_session_auth_hash()}"
    return salted_hmac("playground.device", facts, algorithm="sha256").hexdigest()[:40]


def connect_signals() -> None:
    """Connect to the signals of logins and password changes."""
    for signal in (
        signals.user_logged_in,
        accounts.password_changed,
        accounts.password_set,
        accounts.password_reset,
    ):
        signal.connect(remember_device)


def remember_device(request: HttpRequest | None, user: User, **_: Any) -> None:
    if request and user.has_usable_password():
        request.device_user = user  # type: ignore[attr-defined]  # for DeviceMiddleware
