import uuid
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone

from playground.teams.encryption import EncryptedTextField

if TYPE_CHECKING:
    from django.contrib.auth.models import User


class WorkspaceQuerySet(models.QuerySet["Workspace"]):
    def first_one(self) -> "Workspace":
        """Return the workspace that everybody shares, made at need."""
        with transaction.atomic():
            return self.order_by("created_at").first() or self.create(name="Workspace")


class Workspace(models.Model):
    """The wall between teams: keys, members and runs belong to one workspace each."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=100)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = WorkspaceQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name

    def current_key(self) -> "ApiKey | None":
        """Return the key that new runs are paid with, or None where no usable one is stored."""
        return self.api_keys.usable().defer("secret").order_by("-current_since").first()


class Role(models.TextChoices):
    OWNER = "owner"
    MEMBER = "member"
    VIEWER = "viewer"


class MembershipQuerySet(models.QuerySet["Membership"]):
    def home_of(self, user: "User") -> "Membership":
        """Return a person's place; who has none joins the first workspace, its first as owner."""
        place = self.filter(user=user).select_related("workspace").order_by("joined_at").first()
        if place is not None:
            return place
        workspace = Workspace.objects.first_one()
        is_first = not workspace.memberships.exists()
        role = Role.OWNER if is_first or user.is_superuser else Role.MEMBER
        place, _ = self.get_or_create(workspace=workspace, user=user, defaults={"role": role})
        return place


class Membership(models.Model):
    """A person's place in a workspace."""

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="memberships")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=10, choices=Role, default=Role.MEMBER)
    joined_at = models.DateTimeField(auto_now_add=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workspace", "user"], name="membership_once"),
        ]

    def __str__(self) -> str:
        return f"{self.user} in {self.workspace}"

    @property
    def is_owner(self) -> bool:
        return self.role == Role.OWNER


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
