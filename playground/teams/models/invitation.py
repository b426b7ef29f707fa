import hashlib
import secrets
import uuid
from datetime import timedelta
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _

from playground import moments
from playground.teams.models.workspace import Workspace
from playground.teams.roles import Role

if TYPE_CHECKING:
    from django.contrib.auth.models import User


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def open(self) -> Self:
        """Return the open invitations."""
        return self.filter(used_at=None, revoked_at=None, expires_at__gt=timezone.now())

    def issue(
        self,
        *,
        workspace: Workspace,
        role: str,
        days: int,
        made_by: "User | None" = None,
        note: str = "",
    ) -> tuple["Invitation", str]:
        """Create an invitation; return it with its token, which is not stored."""
        token = secrets.token_urlsafe(32)
        invitation = self.create(
            workspace=workspace,
            role=role,
            expires_at=timezone.now() + timedelta(days=days),
            made_by=made_by,
            note=note,
            token_hash=hash_token(token),
        )
        return invitation, token

    def find(self, token: str) -> "Invitation | None":
        known = self.select_related("workspace", "made_by")
        return known.filter(token_hash=hash_token(token)).first()


class Invitation(models.Model):
    """A link that admits one person to a workspace; only the hash of its token is stored."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="invitations")
    role = models.CharField(max_length=10, choices=Role, default=Role.MEMBER)
    note = models.CharField(max_length=100, blank=True)
    token_hash = models.CharField(max_length=64, unique=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    used_at = models.DateTimeField(null=True, blank=True)
    used_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )

    objects = InvitationQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.role} of {self.workspace}, until {self.expires_at:%Y-%m-%d}"

    @property
    def closed_because(self) -> str:
        """The reason why the invitation is closed; "" while it is open."""
        if self.used_at:
            return _("This invitation has been used. Each works once.")
        if self.revoked_at:
            return _("This invitation was revoked.")
        if self.expires_at <= timezone.now():
            until = moments.format_time(self.expires_at, "full")
            words = _("This invitation expired on %(until)s.")
            return words % {"until": until}
        return ""


def hash_token(token: str) -> str:
    # The token has 32 random bytes, so a fast hash is sufficient.
    return hashlib.sha256(token.encode()).hexdigest()
