"""Access of an account: activation, password, second factor."""

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import User
from django.contrib.auth.password_validation import validate_password
from django.db import transaction
from django.urls import reverse

from playground.public_url import absolute_url
from playground.teams.models import Membership, Role
from playground.teams.people import check_other_owner
from playground.teams.sessions import end_sessions


@transaction.atomic
def deactivate(user: User) -> None:
    """Deactivate an account and end its sessions; its content stays.

    Raises  LastOwnerError
    """
    for membership in Membership.objects.filter(user=user, role=Role.OWNER).order_by("pk"):
        check_other_owner(membership)
    User.objects.filter(pk=user.pk).update(is_active=False)
    end_sessions(user)


def reactivate(user: User) -> None:
    User.objects.filter(pk=user.pk).update(is_active=True)


def set_superuser(user: User, *, is_superuser: bool) -> None:
    """Grant or revoke superuser rights: changing shared models, and Django's admin."""
    user.is_superuser = is_superuser
    user.save(update_fields=["is_superuser"])


def set_password(user: User, password: str) -> None:
    """Set a new password; this ends all sessions of the person.

    Raises  ValidationError, with the unmet password rules
    """
    validate_password(password, user)
    user.set_password(password)
    user.save(update_fields=["password"])


def make_reset_link(user: User) -> str:
    """Return a password reset link that works once, within an hour."""
    token = default_token_generator.make_token(user)
    names = {"uidb36": user_pk_to_url_str(user), "key": token}
    return absolute_url(reverse("account_reset_password_from_key", kwargs=names))


def forget_second_factor(user: User) -> bool:
    """Remove the second factor; return False if there was none."""
    forgotten, _ = Authenticator.objects.filter(user=user).delete()
    return bool(forgotten)
