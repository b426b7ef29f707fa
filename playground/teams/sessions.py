"""The open sessions of a person.

Django's session row has all of the data: user, start, last visit and User-Agent.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

AGE_KEY = "age"  # session key: start and last visit
BROWSER_KEY = "browser"  # session key: the User-Agent header
MOST_CHARACTERS = 400  # of the User-Agent

# The first match wins: some User-Agents also contain names further below.
BROWSERS = (
    ("Edge", r"\bEdgA?/"),
    ("Opera", r"\bOPR/"),
    ("Firefox", r"\b(Firefox|FxiOS)/"),
    ("Chrome", r"\b(Chrome|CriOS)/"),
    ("Safari", r"\bSafari/"),
)
SYSTEMS = (
    ("Windows", r"\bWindows\b"),
    ("Android", r"\bAndroid\b"),
    ("iPad", r"\biPad\b"),
    ("iPhone", r"\biPhone\b"),
    ("macOS", r"\bMac OS X\b"),
    ("ChromeOS", r"\bCrOS\b"),
    ("Linux", r"\bLinux\b"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenSession:
    """A browser in which a person is logged in.

    public_id   identifies it on the page, because the session key works like a password
    is_current  it is the session of this request
    """

    session: Session
    public_id: str
    device: str
    seen_at: datetime | None
    began_at: datetime | None
    is_current: bool


def note_visit(request: HttpRequest, began_at: float, now: float) -> None:
    """Save the time of the visit and the browser."""
    request.session[AGE_KEY] = (began_at, now)
    request.session[BROWSER_KEY] = request.headers.get("User-Agent", "")[:MOST_CHARACTERS]


def list_sessions(user: User, current_key: str | None = None) -> list[OpenSession]:
    """Return the open sessions of a person, the current one first."""
    hashes = {user.get_session_auth_hash(), *user.get_session_auth_fallback_hash()}
    found = [
        read_session(session, content, current_key)
        for session, content in find_sessions(user)
        if content.get(HASH_SESSION_KEY) in hashes and not is_stale(content)
    ]
    oldest = datetime.min.replace(tzinfo=UTC)
    return sorted(found, key=lambda each: (each.is_current, each.seen_at or oldest), reverse=True)


def find_sessions(user: User) -> Iterator[tuple[Session, dict[str, Any]]]:
    """Yield the sessions of a person with their data.

    Only the session data name the user, so all unexpired sessions are read.
    """
    for session in Session.objects.filter(expire_date__gt=timezone.now()).iterator():
        content = session.get_decoded()
        if content.get(SESSION_KEY) == str(user.pk):
            yield session, content


def is_stale(content: dict[str, Any]) -> bool:
    """Whether the session has reached the idle timeout."""
    _began, seen = content.get(AGE_KEY, (None, None))
    idle = settings.SESSION_IDLE.total_seconds()
    return seen is not None and timezone.now().timestamp() - seen > idle


def read_session(session: Session, content: dict[str, Any], current_key: str | None) -> OpenSession:
    began, seen = content.get(AGE_KEY, (None, None))
    return OpenSession(
        session=session,
        public_id=make_public_id(session.session_key),
        device=name_device(content.get(BROWSER_KEY, "")),
        began_at=datetime.fromtimestamp(began, UTC) if began else None,
        seen_at=datetime.fromtimestamp(seen, UTC) if seen else None,
        is_current=session.session_key == current_key,
    )


def make_public_id(session_key: str) -> str:
    return salted_hmac("playground.session", session_key, algorithm="sha256").hexdigest()[:32]


def name_device(user_agent: str) -> str:
    """Return a readable name of a browser: "Firefox on Linux"."""
    browser = find_name(BROWSERS, user_agent)
    system = find_name(SYSTEMS, user_agent)
    if browser and system:
        return _("%(browser)s on %(system)s") % {"browser": browser, "system": system}
    return browser or system or _("Unknown browser")


def find_name(names: tuple[tuple[str, str], ...], text: str) -> str:
    return next((name for name, pattern in names if re.search(pattern, text)), "")


def end_sessions(user: User) -> int:
    """Delete all sessions of a person; return their number."""
    return delete_all([session for session, _content in find_sessions(user)])


def end_others(user: User, current_key: str | None, public_id: str = "") -> int:
    """Delete one other session of a person, or all others; return their number.

    public_id  of the session; "" for all others
    """
    others = [each for each in list_sessions(user, current_key) if not each.is_current]
    return delete_all([each.session for each in others if public_id in {"", each.public_id}])


def delete_all(found: list[Session]) -> int:
    for session in found:
        session.delete()
    return len(found)
