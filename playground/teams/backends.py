"""Authentication backends that load a user with their memberships in one query.

Each request needs both. Passwords are checked as by the backends of Django and allauth.
"""

from collections.abc import Mapping
from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.auth import BACKEND_SESSION_KEY
from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.middleware import get_user
from django.contrib.auth.models import AnonymousUser, User
from django.http import HttpRequest

from playground.prepared_queries import load_prepared
from playground.teams.models import Membership
from playground.teams.models.membership import MembershipQuerySet

PASSWORD_BACKEND = "playground.teams.backends.PasswordBackend"  # noqa: S105 - a class, no password
ACCOUNT_BACKEND = "playground.teams.backends.AccountBackend"

# Sessions store the backend of their login; older sessions have these.
FORMER = {
    "django.contrib.auth.backends.ModelBackend": PASSWORD_BACKEND,
    "allauth.account.auth_backends.AuthenticationBackend": ACCOUNT_BACKEND,
}


class PasswordBackend(ModelBackend):
    """Django's backend."""

    def get_user(self, user_id: int) -> User | None:
        user = find_with_memberships(user_id)
        if user is None:  # without a workspace, or deleted
            return super().get_user(user_id)
        return user if self.user_can_authenticate(user) else None


class AccountBackend(AuthenticationBackend):  # type: ignore[misc]  # untyped upstream
    """allauth's backend."""

    def get_user(self, user_id: int) -> User | None:
        return PasswordBackend().get_user(user_id)


def find_with_memberships(user_id: int) -> User | None:
    """Return a user whose memberships are cached for `take_memberships`."""
    memberships = load_prepared("", make_memberships, {"user": user_id})
    if not memberships:
        return None
    user: User = memberships[0].user
    for membership in memberships:
        membership.user = user
    user.read_memberships = memberships  # type: ignore[attr-defined]  # for take_memberships
    return user


def make_memberships(values: Mapping[str, Any]) -> MembershipQuerySet:
    return Membership.objects.filter(user=values["user"]).with_workspaces()


def take_memberships(user: User) -> list[Membership]:
    """Return the cached memberships of a user once, else query them."""
    asked: Any = user  # a SimpleLazyObject
    known: list[Membership] | None = getattr(asked, "read_memberships", None)
    asked.read_memberships = None  # use the cache once: the rows may change later
    return known or Membership.objects.of(user)


def find_user(request: HttpRequest) -> User | AnonymousUser:
    """Return the user of a session, also of one with a former backend."""
    former = request.session.get(BACKEND_SESSION_KEY)
    if former in FORMER:
        request.session[BACKEND_SESSION_KEY] = FORMER[former]
    return get_user(request)
