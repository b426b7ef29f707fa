import uuid
from typing import TYPE_CHECKING

from django.db import models, transaction

from playground.columns import AmountField

if TYPE_CHECKING:
    from playground.teams.models.api_key import ApiKey


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
    shares_runs = models.BooleanField(
        default=True, db_default=True
    )  # unless their authors choose otherwise

    # In the provider's unit; null for no limit.
    monthly_budget = AmountField(null=True, blank=True)  # of everybody together
    daily_budget = AmountField(null=True, blank=True)  # of each member who has none of their own
    ask_above = AmountField(
        null=True, blank=True
    )  # what a run may cost before its author is asked once more

    objects = WorkspaceQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name

    def current_key(self) -> "ApiKey | None":
        """Return the key that new runs are paid with, or None where no usable one is stored."""
        return self.api_keys.usable().defer("secret").order_by("-current_since").first()
