from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models

from playground.teams.models.workspace import Workspace

if TYPE_CHECKING:
    from django.contrib.auth.models import User


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
