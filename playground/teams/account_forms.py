"""Changed forms of django-allauth: rate limits, and a password reset that reveals nothing."""

from typing import Any

from allauth.account import forms as account
from allauth.mfa.base import forms as mfa
from allauth.mfa.totp import forms as totp
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import pgettext_lazy

from playground.teams import login_limits, outbox
from playground.teams.login_limits import Attempt, Count, TooManyTriesError


def count_attempt(count: Count) -> Attempt:
    """Count an attempt.

    Raises  ValidationError, which says how long to wait
    """
    try:
        return login_limits.count_attempts([count])
    except TooManyTriesError as error:
        raise ValidationError(str(error)) from error


class ResetPasswordForm(account.ResetPasswordForm):  # type: ignore[misc]  # allauth has no types
    """Queues the typed address only: the worker looks up the account."""

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"].lower())

    def save(self, request: HttpRequest, **options: Any) -> str:
        del request, options
        outbox.add_mail(outbox.RESET, self.cleaned_data["email"])
        return str(self.cleaned_data["email"])


class ChangePasswordForm(account.ChangePasswordForm):  # type: ignore[misc]  # see above
    """Limits attempts to guess the current password in an open session."""

    def clean_oldpassword(self) -> str:
        attempt = count_attempt(login_limits.count_of_session(self.user))
        password = str(super().clean_oldpassword())
        attempt.rollback()
        return password


# allauth's "Code" has no gettext context, and source code on the page of a run needs another
# translation.
CODE = pgettext_lazy("of two-step verification", "Code")


class ActivateTOTPForm(totp.ActivateTOTPForm):  # type: ignore[misc]  # see above
    """Asks for the first code of an authenticator app."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["code"].widget.attrs["placeholder"] = CODE


class CodeLimitMixin:
    """Says how long to wait when too many wrong codes of a second factor were entered."""

    user: Any

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        code = self.fields["code"]  # type: ignore[attr-defined]  # of the form that it is mixed into
        code.label = code.widget.attrs["placeholder"] = CODE

    def clean_code(self) -> str:
        attempt = count_attempt(login_limits.count_of_code(self.user))
        code = str(super().clean_code())  # type: ignore[misc]  # of the form that it is mixed into
        attempt.rollback()
        return code


class AuthenticateForm(CodeLimitMixin, mfa.AuthenticateForm):  # type: ignore[misc]  # see above
    """The second step of a login."""


class ReauthenticateForm(CodeLimitMixin, mfa.ReauthenticateForm):  # type: ignore[misc]  # see above
    """Asks for a second factor again before a sensitive change (reauthentication)."""
