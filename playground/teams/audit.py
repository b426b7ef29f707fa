"""The audit log: one line for each event about accounts, people and keys, without secrets.

The logger is `playground.audit`, which LOGGING can route elsewhere. Values are JSON, so that no
name can forge a line (log injection). A failed login logs the username only if it exists, because
people also type their password there.
"""

import json
import logging
from collections.abc import Callable, Iterator
from enum import StrEnum
from typing import Any

from allauth.account import signals as accounts
from allauth.account.adapter import get_adapter
from allauth.mfa import signals as factors
from django.contrib.auth import signals
from django.contrib.auth.models import User
from django.db.models.signals import post_save
from django.dispatch import Signal
from django.http import HttpRequest

from playground.redaction import redact
from playground.teams.models import Membership, Workspace

logger = logging.getLogger("playground.audit")

TERMINAL = "the terminal"


class AuditEvent(StrEnum):
    LOGGED_IN = "logged in"
    LOGIN_FAILED = "login failed"
    LOGIN_BLOCKED = "login blocked"
    LOGGED_OUT = "logged out"
    DEMO_REFUSED = "automatic login refused"
    PASSWORD_CHANGED = "password changed"  # noqa: S105 - words
    PASSWORD_RESET = "password reset"  # noqa: S105 - words
    FACTOR_ADDED = "second factor added"
    FACTOR_REMOVED = "second factor removed"
    FACTOR_FAILED = "second factor failed"
    RESET_LINK_MADE = "link for a new password made"
    ACCOUNT_MADE = "account made"
    ACCOUNT_CLOSED = "account deactivated"
    ACCOUNT_OPENED = "account reactivated"
    SESSION_ENDED = "logged out of another browser"
    OTHER_SESSIONS_ENDED = "logged out everywhere else"
    SESSIONS_ENDED = "logged out everywhere"
    SUPERUSER_GRANTED = "superuser granted"
    SUPERUSER_REVOKED = "superuser revoked"
    ADMIN_SITE_CHANGED = "changed in the back office"
    INVITATION_MADE = "invitation made"
    INVITATION_USED = "invitation used"
    INVITATION_REVOKED = "invitation revoked"
    WORKSPACE_FOUNDED = "workspace founded"
    WORKSPACE_CHANGED = "workspace changed"
    WORKSPACE_EXPORTED = "workspace exported"
    WORKSPACE_IMPORTED = "workspace imported"
    ROLE_CHANGED = "role changed"
    PERSON_REMOVED = "person removed"
    REFUSED = "not allowed"
    TOO_OFTEN = "too often"
    KEY_ADDED = "key added"
    KEY_CHANGED = "key changed"
    KEY_DELETED = "key deleted"
    KEYS_ROTATED = "keys re-encrypted"
    BUDGETS_CHANGED = "budgets changed"
    RUN_CHANGED = "run of another changed"
    PRESET_CHANGED = "preset of another changed"
    COLLECTION_CHANGED = "collection of another changed"
    PICTURES_DELETED = "pictures deleted for good"
    MODEL_ADDED = "model added"
    MODEL_CHANGED = "model changed"
    MODEL_COPIED = "model copied"
    MODEL_DROPPED = "model copy dropped"
    MODEL_RETIRED = "model retired"
    MODEL_RESTORED = "model restored"


def log_event(request: HttpRequest | None, event: AuditEvent, **facts: Any) -> None:
    """Log an event; without a request, it comes from a command.

    facts  details of the event as keywords; "by" if the request has no user
    """
    person = getattr(request, "user", None)
    who = {"by": person.get_username() if person and person.is_authenticated else None}
    source = get_adapter().get_client_ip(request) if request else TERMINAL
    shown = {**who, "from": source, **dict(format_facts(facts))}
    words = " ".join(f"{name}={json.dumps(value)}" for name, value in shown.items() if value)
    logger.info("%s %s", event, words)


def format_facts(facts: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield formatted facts; a workspace has its ID, because names are not unique."""
    for name, value in facts.items():
        yield name, redact(str(value))
        if isinstance(value, Workspace):
            yield f"{name}_id", str(value.pk)


def membership_facts(membership: Membership) -> dict[str, Any]:
    """Return the facts that identify a member and their workspace."""
    return {"person": membership.user, "role": membership.role, "workspace": membership.workspace}


def connect_signals() -> None:
    """Connect the signals of Django and allauth."""
    signals.user_login_failed.connect(log_failed_login)
    post_save.connect(log_new_superuser, sender=User)
    for signal, event in SIGNAL_EVENTS:
        signal.connect(log_signal(event), weak=False)


# Events that Django and allauth signal, all with a request and a user.
SIGNAL_EVENTS: tuple[tuple[Signal, AuditEvent], ...] = (
    (signals.user_logged_in, AuditEvent.LOGGED_IN),
    (signals.user_logged_out, AuditEvent.LOGGED_OUT),
    (accounts.password_changed, AuditEvent.PASSWORD_CHANGED),
    (accounts.password_set, AuditEvent.PASSWORD_CHANGED),
    (accounts.password_reset, AuditEvent.PASSWORD_RESET),
    (factors.authenticator_added, AuditEvent.FACTOR_ADDED),
    (factors.authenticator_removed, AuditEvent.FACTOR_REMOVED),
    (factors.authentication_failed, AuditEvent.FACTOR_FAILED),
)


def log_signal(event: AuditEvent) -> Callable[..., None]:
    def heard(request: HttpRequest, user: User | None, **_: Any) -> None:
        if user:  # ignore logouts without a login
            log_event(request, event, by=user.get_username())

    return heard


def log_failed_login(
    credentials: dict[str, Any], request: HttpRequest | None = None, **_: Any
) -> None:
    log_event(request, AuditEvent.LOGIN_FAILED, name=known_name(credentials))


def log_new_superuser(instance: User, *, created: bool, **_: Any) -> None:
    """Log superusers made by `manage.py createsuperuser`; no page makes any."""
    if created and instance.is_superuser:
        log_event(None, AuditEvent.SUPERUSER_GRANTED, person=instance)


def known_name(credentials: dict[str, Any]) -> str:
    """Return the typed username if it exists."""
    name = credentials.get("username")
    is_known = name and User.objects.filter(username=name).exists()
    return str(name) if is_known else "(nobody's)"
