import uuid
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from playground.catalog.models import ModelSpec
from playground.columns import OrderedJSONField
from playground.prepared_queries import load_prepared
from playground.teams.models import Membership, Workspace

if TYPE_CHECKING:
    from playground.runs.models.upload import Upload

NAME_CHARACTERS = 80


class PresetQuerySet(models.QuerySet["Preset"]):
    def visible_to(self, membership: Membership) -> Self:
        """Return the presets that a person may open: their own, and shared ones."""
        seen = Q(is_shared=True) | Q(author=membership.user_id)
        return self.filter(seen, workspace=membership.workspace_id)

    def of(self, slug: str) -> Self:
        """Return the presets of a model, ordered by name."""
        return self.filter(slug=slug).select_related("author", "spec").order_by("name", "pk")

    def list_for(self, membership: Membership, slug: str) -> "list[Preset]":
        """Load the presets of a model that a person may open."""
        return load_prepared("", make_presets, {**membership.query_values, "slug": slug})


def make_presets(values: Mapping[str, Any]) -> PresetQuerySet:
    person = Membership.from_query_values(values)
    return Preset.objects.visible_to(person).of(values["slug"])


class Preset(models.Model):
    """Named inputs of a model: private, or shared with the workspace.

    spec     the model version that they were saved with
    uploads  referenced by the inputs; visible to everyone who sees the preset
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="presets")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="presets")
    slug = models.SlugField(max_length=120)
    spec = models.ForeignKey(ModelSpec, models.PROTECT, related_name="presets")
    name = models.CharField(max_length=NAME_CHARACTERS)
    inputs = OrderedJSONField()
    values = OrderedJSONField(default=dict, blank=True)  # of the variables in its texts
    is_shared = models.BooleanField(default=False)  # with the workspace; else its author's alone
    uploads: "models.ManyToManyField[Upload, Any]" = models.ManyToManyField(
        "Upload", related_name="presets"
    )
    changed_at = models.DateTimeField(auto_now=True)

    objects = PresetQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "slug", "name"],
                condition=Q(is_shared=True),
                name="preset_once_in_workspace",
            ),
            models.UniqueConstraint(
                fields=["workspace", "slug", "author", "name"],
                condition=Q(is_shared=False),
                name="preset_once_for_author",
            ),
        ]

    def __str__(self) -> str:
        return f"Preset {self.pk}"  # see Draft

    def may_be_changed_by(self, membership: Membership) -> bool:
        """Whether a person may rename, overwrite and delete it."""
        return self.author_id == membership.user_id or (self.is_shared and membership.is_owner)
