import uuid
from typing import TYPE_CHECKING

from django.db import models, transaction

from playground.columns import AmountField
from playground.teams import providers_in_use

if TYPE_CHECKING:
    from playground.teams.models.api_key import ApiKey


class WorkspaceQuerySet(models.QuerySet["Workspace"]):
    def first_one(self) -> "Workspace":
        """Return the first workspace; create it if necessary."""
        with transaction.atomic():
            return self.order_by("created_at").first() or self.create(name="Workspace")


class Workspace(models.Model):
    """The boundary between teams: keys, members and runs belong to one workspace each."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=100)
    created_at = models.DateTimeField(auto_now_add=True)
    shares_runs = models.BooleanField(
        default=True, db_default=True
    )  # unless their authors choose otherwise

    # Whether browsers of members report when a picture became visible.
    measures_display = models.BooleanField(default=False, db_default=False)

    # Language of pages and mails for members without a setting; "" for Accept-Language.
    language = models.CharField(max_length=20, blank=True, default="", db_default="")

    # Name of the provider's unit: "$", "credits"; "" for numbers only.
    unit = models.CharField(max_length=12, blank=True, default="$", db_default="$")

    # In that unit; null for no limit.
    monthly_budget = AmountField(null=True, blank=True)  # of everybody together
    daily_budget = AmountField(null=True, blank=True)  # of each member without an own budget
    ask_above = AmountField(
        null=True, blank=True
    )  # above this cost, the author has to confirm a run

    objects = WorkspaceQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name

    def current_key(self, provider: str) -> "ApiKey | None":
        """Return the key that pays for new runs at a provider; None if none is usable."""
        usable = self.api_keys.usable().filter(provider=provider)
        return usable.defer("secret").order_by("-current_since").first()

    @property
    def uses_sandbox(self) -> bool:
        """Whether the sandbox processes its runs: it is started, and has a key here."""
        stand_in = providers_in_use.running_stand_in()
        return stand_in is not None and self.current_key(stand_in.slug) is not None
