from datetime import timedelta
from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.db import models
from django.db.models import F
from django.utils import timezone

if TYPE_CHECKING:
    from django.contrib.auth.models import User

# Longer than any conversation with a mail server lasts: each of its steps has a time-out of 20 s.
LEASE = timedelta(minutes=10)
LATE = timedelta(minutes=5)
KEEP_FAILED = timedelta(days=7)


class MailQuerySet(models.QuerySet["Mail"]):
    def due(self) -> Self:
        """Return the mails that are due, the longest first."""
        return self.filter(failed_at=None, due_at__lte=timezone.now()).order_by("due_at")

    def late(self) -> Self:
        """Return the mails that are overdue by minutes."""
        return self.filter(failed_at=None, made_at__lt=timezone.now() - LATE).order_by("made_at")

    def failed(self) -> Self:
        return self.exclude(failed_at=None).order_by("-failed_at")

    def claim(self, pk: int) -> "Mail | None":
        """Take one mail in hand for LEASE; None where another worker did, or it is not due."""
        mail = self.due().select_related("user").filter(pk=pk).first()
        if mail is None:
            return None
        mine = self.filter(pk=pk, failed_at=None, tries=mail.tries)
        if not mine.update(tries=F("tries") + 1, due_at=timezone.now() + LEASE):
            return None
        mail.tries += 1
        return mail

    def sweep(self) -> None:
        """Forget the mails that could not be sent a week ago."""
        self.filter(failed_at__lt=timezone.now() - KEEP_FAILED).delete()


class Mail(models.Model):
    """A mail that waits to be sent by the worker; it is deleted once it is sent.

    No text of it is stored and no link: those are made when it is sent, so that no one can read a
    token from the database.

    template   prefix of allauth's templates: "account/email/password_reset_key"
    user       whom it is about; for the reset of a password only the worker finds that out
    facts      what the templates show besides: times, addresses, a browser's name
    due_at     when it is sent next; while a worker has it in hand, when that lease ends
    failed_at  when the worker gave up; `manage.py doctor` tells of it
    problem    how the last try ended, without anything that the mail says
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
