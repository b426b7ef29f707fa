import uuid
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models, transaction
from django.db.models import Count, Q, Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from playground.providers import registry
from playground.providers.protocol import Provider
from playground.teams import providers_in_use
from playground.teams.encryption import EncryptedTextField, Secret, UndecryptableError
from playground.teams.models.workspace import Workspace

if TYPE_CHECKING:
    from django.contrib.auth.models import User

# A short key would be revealed by its last characters.
SHORTEST_WITH_ENDING = 12

# Runs that the provider has not finished, or whose files are not downloaded yet.
UNDER_WAY = Q(runs__finished_at=None) | Q(runs__status="succeeded", runs__stored_at=None)


class ApiKeyQuerySet(models.QuerySet["ApiKey"]):
    def usable(self) -> Self:
        """Return the keys that can pay for new runs in this installation."""
        return self.of_providers_in_use().filter(is_active=True)

    def of_providers_in_use(self) -> Self:
        """Return the keys of providers in use, including disabled keys."""
        return self.filter(provider__in=providers_in_use.slugs())

    def kept(self) -> Self:
        """Return the keys that are not deleted."""
        return self.filter(deleted_at=None)

    def like(self, key: "ApiKey") -> Self:
        """Return the rows of the same key; the secret may be erased."""
        ours = self.filter(workspace=key.workspace_id, provider=key.provider)
        return ours.filter(last_four=key.last_four).exclude(last_four="")

    def with_use(self, since: datetime) -> Self:
        """Add the cost of runs by key, since a moment and in total, and the number under way."""
        return self.annotate(
            spent=Sum("runs__cost_actual"),
            spent_lately=Sum("runs__cost_actual", filter=Q(runs__created_at__gte=since)),
            under_way=Count("runs", filter=UNDER_WAY),
        )

    def find(self, workspace: Workspace, provider: str, secret: str) -> "ApiKey | None":
        """Return the key of a workspace with this secret; unreadable keys do not match."""
        alike = self.kept().filter(
            workspace=workspace, provider=provider, last_four=ending_of(secret)
        )
        for key in alike.defer("secret"):
            try:
                if key.secret == secret:
                    return key
            except UndecryptableError:
                continue
        return None

    def store(
        self,
        workspace: Workspace,
        provider: str,
        secret: str,
        *,
        name: str = "",
        added_by: "User | None" = None,
    ) -> "ApiKey":
        """Store a key and make it the current one of its provider (a slug).

        name  "" for a default in the active language
        """
        unnamed = _("%(provider)s key") % {"provider": registry.get(provider).name}
        return self.create(
            workspace=workspace,
            provider=provider,
            name=name or unnamed,
            secret=Secret(secret),
            last_four=ending_of(secret),
            added_by=added_by,
        )

    def keep(self, workspace: Workspace, provider: str, secret: str) -> "ApiKey":
        """Store the key that the environment gives at a start, and make it the current one.

        If the same key is stored already, nothing changes: an owner may have disabled or deleted it
        since, or may prefer another one.
        """
        secret = secret.strip()
        ours = self.filter(workspace=workspace, provider=provider)
        with transaction.atomic():
            given = ours.filter(is_given=True).first()
            if given is not None and given.is_like(secret):
                return given
            ours.update(is_given=False)
            key = self.find(workspace, provider, secret) or self.store(workspace, provider, secret)
            key.is_given = key.is_active = True
            key.current_since = timezone.now()
            key.save(update_fields=["is_given", "is_active", "current_since"])
            return key


def ending_of(secret: str) -> str:
    """Return the last characters that identify a key, "" if the key is too short."""
    return secret[-4:] if len(secret) >= SHORTEST_WITH_ENDING else ""


class ApiKey(models.Model):
    """An API key of one provider, used by the members of a workspace without seeing it.

    Deleting erases the secret; the row stays for the runs that it paid for.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="api_keys")
    # The slug of its provider; the column has an older name.
    provider = models.CharField(max_length=20, db_column="service")
    name = models.CharField(max_length=100)
    secret = EncryptedTextField(editable=False)
    last_four = models.CharField(max_length=4, blank=True)
    is_active = models.BooleanField(default=True)
    # The last one from the environment.
    is_given = models.BooleanField(default=False, db_default=False)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    current_since = models.DateTimeField(default=timezone.now)
    deleted_at = models.DateTimeField(null=True, blank=True)

    # When the provider last accepted it, and since when it refuses it; null if it does not.
    last_used_at = models.DateTimeField(null=True, blank=True)
    refused_at = models.DateTimeField(null=True, blank=True)

    # Rate limit: until when its provider asked for a pause; when the next request may be sent after
    # that, and the initial interval between requests (see `runs/worker/rate_limits.py`).
    paused_until = models.DateTimeField(null=True, blank=True)
    next_slot_at = models.DateTimeField(null=True, blank=True)
    slot_seconds = models.FloatField(default=0.5, db_default=0.5)

    NOTE_EVERY = timedelta(minutes=1)

    # Annotations of `with_use`.
    spent: Decimal | None
    spent_lately: Decimal | None
    under_way: int

    objects = ApiKeyQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="api_key_secret_until_deleted",
                condition=Q(deleted_at__isnull=True) ^ Q(secret="", is_active=False),
            ),
        ]

    def __str__(self) -> str:
        words = {"label": self.name, "number": f"…{self.last_four}"}
        return _("%(label)s (%(number)s)") % words if self.last_four else self.name

    @property
    def provider_name(self) -> str:
        return providers_in_use.name_of(self.provider)

    @property
    def stands_in_for(self) -> Provider | None:
        """The provider that the key's sandbox replaces; None for a key of a real provider."""
        slug = registry.get(self.provider).stands_in_for
        return registry.get(slug) if slug else None

    def is_like(self, secret: str) -> bool:
        """Whether it has this secret; of a deleted key only the last characters can be compared."""
        if self.deleted_at:
            return self.last_four == ending_of(secret)
        return bool(self.secret == secret)

    def make_current(self) -> None:
        """Use it for new runs."""
        self.is_active = True
        self.current_since = timezone.now()
        self.save(update_fields=["is_active", "current_since"])

    def disable(self) -> None:
        """Stop using it for new runs; runs in progress continue."""
        self.is_active = False
        self.save(update_fields=["is_active"])

    def enable(self) -> None:
        """Enable it again, after the key that is current now."""
        alike = type(self).objects.filter(workspace=self.workspace_id, provider=self.provider)
        active = alike.filter(is_active=True).exclude(pk=self.pk).defer("secret")
        current = active.order_by("-current_since").first()
        if current is not None:
            behind = current.current_since - timedelta(microseconds=1)
            self.current_since = min(self.current_since, behind)
        self.is_active = True
        self.save(update_fields=["is_active", "current_since"])

    def erase(self) -> None:
        """Erase the secret permanently, and hide the row."""
        self.secret = ""
        self.is_active = False
        self.deleted_at = timezone.now()
        self.save(update_fields=["secret", "is_active", "deleted_at"])

    def note_answer(self, *, accepted: bool) -> None:
        """Save whether the provider accepted the key: each change at once, else once a minute."""
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
