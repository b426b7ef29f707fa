"""The adapters of django-allauth: who may sign up, and how mail and secrets are handled."""

from typing import Any, ClassVar

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.contrib.auth.models import User
from django.core.exceptions import ImproperlyConfigured, PermissionDenied, ValidationError
from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _

from playground.public_url import site_name
from playground.teams import audit, login_limits, outbox
from playground.teams.audit import AuditEvent
from playground.teams.encryption import cipher
from playground.teams.login_limits import TooManyTriesError
from playground.teams.models import Invitation

INVITATION_KEY = "invitation"  # session key: the last invitation opened in this browser
SHOWN_BY_THE_PAGE = {"account/messages/logged_in.txt", "account/messages/logged_out.txt"}


def find_invitation(request: HttpRequest) -> Invitation | None:
    """Return the invitation that this browser has opened, if it is still open."""
    pk: str | None = request.session.get(INVITATION_KEY)
    return Invitation.objects.open().filter(pk=pk).first() if pk else None


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # see above
    """Disables signup: only the invitation page creates accounts."""

    error_messages: ClassVar[dict[str, Any]] = {
        **DefaultAccountAdapter.error_messages,
        "username_password_mismatch": _("Wrong username or password."),
        "too_many_login_attempts": _("Too many attempts. Wait five minutes, then try again."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        del request
        return False

    def add_message(self, request: HttpRequest, level: int, *args: Any, **more: Any) -> None:
        template = args[0] if args else more.get("message_template")
        if template not in SHOWN_BY_THE_PAGE:
            super().add_message(request, level, *args, **more)

    def is_safe_url(self, url: str) -> bool:
        """Allow redirects only to the request's host or PUBLIC_BASE_URL (no open redirect)."""
        hosts = {self.request.get_host(), site_name()}
        return url_has_allowed_host_and_scheme(url, hosts, require_https=self.request.is_secure())

    def send_notification_mail(
        self,
        template_prefix: str,
        user: User,
        context: dict[str, Any] | None = None,
        email: str | None = None,
    ) -> None:
        super().send_notification_mail(
            template_prefix, user, (context or {}) | {"user": user}, email
        )

    def send_confirmation_mail(self, request: HttpRequest, emailconfirmation: Any, *_: Any) -> None:
        del request
        address = emailconfirmation.email_address
        outbox.add_mail(outbox.CONFIRM, address.email, address.user)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Queue the mail for the worker, so that no request waits for a mail server."""
        user = context.pop("user", None)
        outbox.add_mail(template_prefix, email, user, **context)

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Count the attempt instead of allauth, whose rate limit key contains the Host header.

        allauth rolls back the counts stored here after a correct password.
        """
        try:
            counts = login_limits.counts_of_password(request, credentials)
            self._login_failed_rl_usage = login_limits.count_attempts(counts)
        except TooManyTriesError as error:
            audit.log_event(request, AuditEvent.LOGIN_BLOCKED, name=audit.known_name(credentials))
            raise ValidationError(str(error)) from error

    def _delete_login_attempts_cached_email(self, request: HttpRequest, **_: Any) -> None:
        """Do nothing: `login_limits` handles password resets by signals."""

    def get_client_ip(self, request: HttpRequest) -> str:
        """Return the client address for rate limits; clients without one share a limit."""
        try:
            return str(super().get_client_ip(request))
        except (ImproperlyConfigured, PermissionDenied):
            return request.META.get("REMOTE_ADDR") or "unknown"


class MFAAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # see above
    """Stores TOTP secrets encrypted, like API keys."""

    def encrypt(self, text: str) -> str:
        return cipher().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return cipher().decrypt(encrypted_text.encode()).decode()
