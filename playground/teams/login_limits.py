"""Rate limits of login attempts (brute force): passwords and second-factor codes.

Each attempt is counted in the database before it is checked, so that concurrent attempts in several
processes are all counted; a correct one is subtracted again. The Host header does not matter.

An attempt in an unknown browser counts for its network, for the username from this network, and for
the username from all networks. A browser with a device cookie of the account (`devices.py`) and a
session that confirms its own password have their own counts, which nobody else can exhaust.

With k networks, at most 20 k attempts per hour for a username are checked, and never more than 50:
FAILURES below.
"""

import math
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from allauth.account import app_settings, signals
from allauth.account.app_settings import LoginMethod
from allauth.account.internal.userkit import filter_users_by_email, filter_users_by_username
from allauth.core.internal.ratelimit import get_ip
from django.contrib.auth.models import User
from django.http import HttpRequest
from django.utils.crypto import salted_hmac
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from playground.teams import devices
from playground.teams.models import Tally
from playground.teams.rate_limits import Limit

A_MINUTE, AN_HOUR = 60, 60 * 60


class LimitScope(StrEnum):
    """The scope of a count of attempts."""

    LOGINS = "logins"  # correct ones too: password hashing is expensive
    BROWSER_LOGINS = "browser logins"
    NETWORK = "network"
    NAME_IN_NETWORK = "name in network"
    NAME = "name"
    DEVICE = "device"
    SESSION = "session"
    CODE = "code"


# Two windows each: a short and a long one.
OWN = (Limit(most=5, seconds=5 * A_MINUTE), Limit(most=20, seconds=AN_HOUR))
FAILURES: dict[LimitScope, tuple[Limit, ...]] = {
    LimitScope.LOGINS: (Limit(most=30, seconds=A_MINUTE),),
    LimitScope.BROWSER_LOGINS: (Limit(most=30, seconds=A_MINUTE),),
    LimitScope.NETWORK: (Limit(most=10, seconds=A_MINUTE),),
    LimitScope.NAME_IN_NETWORK: OWN,
    # Only three or more networks can reach this limit and lock out unknown browsers.
    LimitScope.NAME: (Limit(most=50, seconds=AN_HOUR),),
    LimitScope.DEVICE: OWN,
    LimitScope.SESSION: OWN,
    LimitScope.CODE: OWN,
}
FROM_NETWORK = _("Too many attempts from your network. Try again in %(wait)s.")
WORDS: dict[LimitScope, Promise] = {
    LimitScope.LOGINS: FROM_NETWORK,
    LimitScope.BROWSER_LOGINS: _("Too many attempts in this browser. Try again in %(wait)s."),
    LimitScope.NETWORK: FROM_NETWORK,
    LimitScope.NAME_IN_NETWORK: _(
        "Too many attempts with this username. Wait %(wait)s and try again, or reset the password."
    ),
    LimitScope.NAME: _(
        "Too many attempts with this username, from several networks. Wait %(wait)s and try again, "
        "or reset the password. A browser that you have logged in with before need not wait."
    ),
    LimitScope.DEVICE: _(
        "Too many attempts with this username in this browser. Wait %(wait)s and try again, or "
        "reset the password."
    ),
    LimitScope.SESSION: _("Too many wrong passwords. Wait %(wait)s, then try again."),
    LimitScope.CODE: _("Too many wrong codes. Wait %(wait)s, then try again."),
}


class TooManyTriesError(Exception):
    """The message says how long to wait."""

    def __init__(self, scope: LimitScope, wait_seconds: float) -> None:
        self.wait_seconds = wait_seconds
        super().__init__(WORDS[scope] % {"wait": format_seconds(wait_seconds)})


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """A count: its scope, and the network, username or browser (`of`)."""

    scope: LimitScope
    of: str

    def limits(self) -> Iterator[tuple[str, Limit]]:
        # A keyed hash (HMAC), so that the table contains no names and addresses.
        mac = salted_hmac("playground.login_limits", self.of, algorithm="sha256").hexdigest()[:40]
        for limit in FAILURES[self.scope]:
            yield f"{self.scope} {limit.seconds} {mac}", limit


@dataclass(slots=True)
class Attempt:
    """A counted attempt and its rows."""

    counted: list[str] = field(default_factory=list)

    def rollback(self) -> None:
        """Subtract it again: it was correct, or was not checked."""
        for key in self.counted:
            Tally.objects.take_back(key)


def count_attempts(counts: Iterable[Count]) -> Attempt:
    """Count an attempt before it is checked.

    Raises  TooManyTriesError; then only the exceeded limit has counted the attempt
    """
    attempt = Attempt()
    for count in counts:
        for key, limit in count.limits():
            used, left_seconds = Tally.objects.add_one(key, seconds=limit.seconds)
            if used > limit.most:
                attempt.rollback()
                raise TooManyTriesError(count.scope, left_seconds)
            attempt.counted.append(key)
    return attempt


def counts_of_password(request: HttpRequest, credentials: dict[str, Any]) -> list[Count]:
    """Return the counts for a password attempt, from the narrowest to the widest.

    credentials  "username", "email" or both, as allauth parses the input
    """
    if request.user.is_authenticated and request.user in find_accounts(credentials):
        return [Count(scope=LimitScope.SESSION, of=str(request.user.pk))]
    if device := find_device(request, credentials):
        return [Count(scope=LimitScope.DEVICE, of=device)]
    network = get_ip(request)
    names = sorted(names_of(credentials))
    return [
        Count(scope=LimitScope.NETWORK, of=network),
        *(Count(scope=LimitScope.NAME_IN_NETWORK, of=f"{network} {name}") for name in names),
        *(Count(scope=LimitScope.NAME, of=name) for name in names),
    ]


def count_of_login(request: HttpRequest, name: str) -> Count:
    """Return the count for a login request, before it is checked."""
    device = find_device(request, {"username": name, "email": name})
    if device:
        return Count(scope=LimitScope.BROWSER_LOGINS, of=device)
    return Count(scope=LimitScope.LOGINS, of=get_ip(request))


def count_of_code(user: User) -> Count:
    return Count(scope=LimitScope.CODE, of=str(user.pk))


def count_of_session(user: User) -> Count:
    return Count(scope=LimitScope.SESSION, of=str(user.pk))


def connect_signals() -> None:
    signals.password_reset.connect(forget_attempts)


def forget_attempts(request: HttpRequest, user: User, **_: Any) -> None:
    """Reset the counts of an account after a password reset by mail."""
    name = normalise(user.get_username())
    network = get_ip(request)
    cleared = (
        Count(scope=LimitScope.NAME_IN_NETWORK, of=f"{network} {name}"),
        Count(scope=LimitScope.NAME, of=name),
    )
    keys = [key for count in cleared for key, _ in count.limits()]
    Tally.objects.filter(what__in=keys).delete()


def find_device(request: HttpRequest, credentials: dict[str, Any]) -> str:
    """Return this browser's device identifier for an account of these credentials, or ""."""
    if not devices.read_cookie(request)[0]:
        return ""
    found = (devices.find_device(request, user) for user in find_accounts(credentials))
    return next(filter(None, found), "")


def find_accounts(credentials: dict[str, Any]) -> list[User]:
    """Return the accounts that these credentials could mean."""
    found: list[User] = []
    name, email = (credentials.get(kind) or "" for kind in ("username", "email"))
    if name and "\0" not in name and LoginMethod.USERNAME in app_settings.LOGIN_METHODS:
        found += filter_users_by_username(name)
    if email and "\0" not in email and LoginMethod.EMAIL in app_settings.LOGIN_METHODS:
        found += filter_users_by_email(email, for_login=True)
    return found


def names_of(credentials: dict[str, Any]) -> set[str]:
    """Return the usernames to count: the typed one, and that of its account.

    So an account has one count for its username and e-mail address, in any spelling.
    """
    typed = {credentials.get("username") or "", credentials.get("email") or ""}
    theirs = {user.get_username() for user in find_accounts(credentials)}
    return {normalise(name) for name in typed | theirs if name}


def normalise(name: str) -> str:
    """Return the normal form of all spellings that could mean the same account.

    allauth compares by `lower()`; NFKC and case folding merge more spellings, never fewer.
    """
    folded = unicodedata.normalize("NFKC", name.strip().lower()).casefold()
    return unicodedata.normalize("NFKC", folded).strip()


def format_seconds(seconds: float) -> str:
    """Format a waiting time, rounded up: "1 second", "40 seconds", "5 minutes"."""
    whole = max(math.ceil(seconds), 1)
    if whole < 2 * A_MINUTE:
        return ngettext("%(count)d second", "%(count)d seconds", whole) % {"count": whole}
    minutes = math.ceil(whole / 60)
    return ngettext("%(count)d minute", "%(count)d minutes", minutes) % {"count": minutes}
