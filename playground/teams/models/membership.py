import uuid
from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.db import models

from playground.columns import AmountField
from playground.teams.models.workspace import Workspace
from playground.teams.roles import PERMISSIONS, Permission, Role

if TYPE_CHECKING:
    from django.contrib.auth.models import User

DEMO_USERNAME = "demo"


def is_operator(user: "User") -> bool:
    """Whether a person operates the installation: a superuser, or the demo's user."""
    is_demo = settings.DEMO_LOGIN and user.get_username() == DEMO_USERNAME
    return bool(user.is_superuser or is_demo)


class MembershipQuerySet(models.QuerySet["Membership"]):
    def search(self, words: str, *, by_email: bool) -> Self:
        """Return people whose name contains the text.

        by_email  also search e-mail addresses: only for people who may see them
        """
        if not words:
            return self
        found = models.Q(user__username__icontains=words)
        return self.filter(found | models.Q(user__email__icontains=words) if by_email else found)

    def with_workspaces(self) -> Self:
        """Order by workspace name, and join everything that a request needs."""
        loaded = self.select_related("workspace", "user__preferences")
        return loaded.order_by("workspace__name", "workspace__created_at")

    def of(self, user: "User") -> list["Membership"]:
        """Return a person's memberships, ordered by workspace name.

        An operator owns the first workspace without an invitation.
        """
        found = list(self.filter(user=user).with_workspaces())
        if found or not is_operator(user):
            return found
        workspace = Workspace.objects.first_one()
        membership, _ = self.get_or_create(
            workspace=workspace, user=user, defaults={"role": Role.OWNER}
        )
        return [membership]


class Membership(models.Model):
    """A person in a workspace, with a role.

    public_id  for addresses, where the primary key would reveal how many people there are
    """

    public_id = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="memberships")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=10, choices=Role, default=Role.MEMBER)
    joined_at = models.DateTimeField(auto_now_add=True)
    daily_budget = AmountField(null=True, blank=True)  # null for the workspace's default

    # Today's spending, annotated by runs.costs.budgets.add_spent_today.
    spent_today: Decimal | None = None

    objects = MembershipQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workspace", "user"], name="membership_once"),
        ]

    def __str__(self) -> str:
        return f"{self.user} in {self.workspace}"

    @property
    def query_values(self) -> dict[str, Any]:
        """What a prepared query for this person depends on; see `from_query_values`."""
        return {"workspace": self.workspace_id, "user": self.user_id}

    @classmethod
    def from_query_values(cls, values: Mapping[str, Any], role: str = Role.MEMBER) -> Self:
        """Make an unsaved membership of the values of a prepared query, or of their samples."""
        return cls(workspace_id=values["workspace"], user_id=values["user"], role=role)

    @property
    def is_owner(self) -> bool:
        return self.role == Role.OWNER

    def has_permission(self, permission: Permission) -> bool:
        return permission in PERMISSIONS[self.role]

    @property
    def budget_of_a_day(self) -> Decimal | None:
        """The amount that the person may spend in a day; None for no limit."""
        own: Decimal | None = self.daily_budget
        granted: Decimal | None = self.workspace.daily_budget
        return granted if own is None else own

    @property
    def can_generate(self) -> bool:
        return self.has_permission(Permission.GENERATE)
