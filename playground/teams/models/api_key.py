import uuid
from datetime import datetime, timedelta
from typing import Self

from django.conf import settings
from django.db import models
from django.utils import timezone

from playground.teams.encryption import EncryptedTextField
from playground.teams.models.workspace import Workspace


class Service(models.TextChoices):
    """Where a key is good: the real service, or the sandbox that stands in for it."""

    MINDVIDEO = "mindvideo", "MindVideo"
    SANDBOX = "sandbox", "Sandbox"

    @property
    def base_url(self) -> str:
        """The address of the service, "" where it is not there (no sandbox was started)."""
        url: str = {
            Service.MINDVIDEO: settings.MINDVIDEO_BASE_URL,
            Service.SANDBOX: settings.SANDBOX_URL,
        }[self]
        return url


class ApiKeyQuerySet(models.QuerySet["ApiKey"]):
    def usable(self) -> Self:
        """Return the keys whose service can be reached by this installation as it is set up.

        While the sandbox runs, it alone answers: nobody trying the demo spends money by a key
        that an earlier start had stored.
        """
        service = Service.SANDBOX if settings.SANDBOX_URL else Service.MINDVIDEO
        return self.filter(is_active=True, service=service)

    def keep(self, workspace: Workspace, service: Service, secret: str) -> "ApiKey":
        """Store a key unless the workspace has it already, and make it the current one."""
        for known in self.filter(workspace=workspace, service=service, is_active=True):
            if known.secret == secret:
                known.current_since = timezone.now()
                known.save(update_fields=["current_since"])
                return known
        return self.create(
            workspace=workspace,
            service=service,
            name=f"{service.label} key",
            secret=secret,
            last_four=secret[-4:],
        )


class ApiKey(models.Model):
    """A provider's key that the members of a workspace use without seeing it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="api_keys")
    service = models.CharField(max_length=20, choices=Service)
    name = models.CharField(max_length=100)
    secret = EncryptedTextField()
    last_four = models.CharField(max_length=4)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)
    current_since = models.DateTimeField(default=timezone.now)

    # When the service last took it, and since when it has refused it; null once it takes it again.
    last_used_at = models.DateTimeField(null=True, blank=True)
    refused_at = models.DateTimeField(null=True, blank=True)

    NOTE_EVERY = timedelta(minutes=1)

    objects = ApiKeyQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.name} (…{self.last_four})"

    def note_answer(self, *, accepted: bool) -> None:
        """Write down whether the service took this key: each change at once, else once a minute."""
        now = timezone.now()
        changes: dict[str, datetime | None]
        if not accepted:
            changes = {} if self.refused_at else {"refused_at": now}
        elif self.refused_at or not self.last_used_at or now - self.last_used_at > self.NOTE_EVERY:
            changes = {"last_used_at": now, "refused_at": None}
        else:
            changes = {}
        if changes:
            type(self).objects.filter(pk=self.pk).update(**changes)
            for name, value in changes.items():
                setattr(self, name, value)
