from datetime import timedelta
from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.db import models
from django.db.models import F
from django.utils import timezone

if TYPE_CHECKING:
    from django.contrib.auth.models import User

# Longer than any SMTP session: each of its steps has a timeout of 20 s.
LEASE = timedelta(minutes=10)
LATE = timedelta(minutes=5)
KEEP_FAILED = timedelta(days=7)


class MailQuerySet(models.QuerySet["Mail"]):
    def due(self) -> Self:
        """Return the due mails, the longest overdue first."""
        return self.filter(failed_at=None, due_at__lte=timezone.now()).order_by("due_at")

    def late(self) -> Self:
        """Return the mails that are overdue by minutes."""
        return self.filter(failed_at=None, made_at__lt=timezone.now() - LATE).order_by("made_at")

    def failed(self) -> Self:
        return self.exclude(failed_at=None).order_by("-failed_at")

    def claim(self, pk: int) -> "Mail | None":
        """Lease one mail; None if another worker has it, or it is not due."""
        mail = self.due().select_related("user").filter(pk=pk).first()
        if mail is None:
            return None
        mine = self.filter(pk=pk, failed_at=None, tries=mail.tries)
        if not mine.update(tries=F("tries") + 1, due_at=timezone.now() + LEASE):
            return None
        mail.tries += 1
        return mail

    def sweep(self) -> None:
        """Delete the mails that were given up more than a week ago."""
        self.filter(failed_at__lt=timezone.now() - KEEP_FAILED).delete()


class Mail(models.Model):
    """A queued mail (outbox); the worker sends it and deletes the row.

    Neither its text nor its links are stored: they are rendered when it is sent, so that the
    database contains no tokens.

    template   prefix of allauth's templates: "account/email/password_reset_key"
    user       whom it is about; for a password reset, only the worker looks it up
    facts      further values of the templates: times, addresses, a browser's name
    due_at     when it is sent next; while a worker is sending it, the end of the lease
    failed_at  when the worker gave up; `manage.py doctor` reports it
    problem    the error of the last attempt, without the content of the mail
    """

    template = models.CharField(max_length=100)
    address = models.CharField(max_length=320)
    user: "models.ForeignKey[User | None, User | None]" = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="+"
    )
    facts: "models.JSONField[Any, Any]" = models.JSONField(default=dict)
    made_at = models.DateTimeField(default=timezone.now)
    due_at = models.DateTimeField(default=timezone.now, db_index=True)
    tries = models.PositiveSmallIntegerField(default=0)
    failed_at = models.DateTimeField(null=True)
    problem = models.CharField(max_length=200, default="")

    objects = MailQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.template} for {self.user or 'an address'}"
