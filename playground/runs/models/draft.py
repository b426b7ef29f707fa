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
        """Return a member's draft for a model. Drafts are private."""
        values: dict[str, Value] = {
            "workspace": membership.workspace_id,
            "author": membership.user_id,
            "slug": slug,
        }
        found = load_prepared("", make_draft, values)
        return found[0] if found else None

    def put(self, draft: "Draft") -> "Draft":
        """Save a member's draft for a model in one query (upsert)."""
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
    """A draft: the unsaved form of a member for a model, valid or not.

    spec         the model version of the form
    opened_from  the run whose inputs it was opened with; source of values that the form does not
                 show
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="drafts")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="drafts")
    slug = models.SlugField(max_length=120)
    spec = models.ForeignKey(ModelSpec, models.PROTECT, related_name="drafts")
    inputs = OrderedJSONField()
    values = OrderedJSONField(default=dict, blank=True)  # of the variables in its texts
    is_shared = models.BooleanField(default=True)  # visibility chosen for the new run
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
        return f"Draft {self.pk}"  # without the inputs: it may be logged
