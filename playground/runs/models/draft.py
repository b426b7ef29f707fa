import uuid
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db import models

from playground.catalog.models import ModelSpec
from playground.columns import OrderedJSONField
from playground.prepared_queries import Value, load_prepared
from playground.runs.models.run import Run
from playground.teams.models import Membership, Workspace


class DraftQuerySet(models.QuerySet["Draft"]):
    def find(self, membership: Membership, slug: str) -> "Draft | None":
        """Return a member's draft for a model; no one else sees it."""
        values: dict[str, Value] = {
            "workspace": membership.workspace_id,
            "author": membership.user_id,
            "slug": slug,
        }
        found = load_prepared("", make_draft, values)
        return found[0] if found else None

    def put(self, draft: "Draft") -> "Draft":
        """Save a member's draft for a model over the earlier one, in one query."""
        (saved,) = self.bulk_create(
            [draft],
            update_conflicts=True,
            unique_fields=["workspace", "author", "slug"],
            update_fields=["spec", "inputs", "values", "is_shared", "opened_from", "changed_at"],
        )
        return saved


def make_draft(values: Mapping[str, Any]) -> DraftQuerySet:
    return Draft.objects.filter(**values).select_related("spec")


class Draft(models.Model):
    """The content of a member's form of a model, valid or not.

    spec         the version that it was typed for
    opened_from  the run whose inputs it began with; what the form does not show comes from there
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="drafts")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="drafts")
    slug = models.SlugField(max_length=120)
    spec = models.ForeignKey(ModelSpec, models.PROTECT, related_name="drafts")
    inputs = OrderedJSONField()
    values = OrderedJSONField(default=dict, blank=True)  # of the variables in its texts
    is_shared = models.BooleanField(default=True)  # what is chosen for the run to come
    opened_from = models.ForeignKey(
        Run, models.SET_NULL, related_name="drafts", null=True, blank=True
    )
    changed_at = models.DateTimeField(auto_now=True)

    objects = DraftQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workspace", "author", "slug"], name="draft_once"),
        ]

    def __str__(self) -> str:
        return f"Draft {self.pk}"  # and not what was typed: it may be in a log
