import uuid
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q

from playground.runs.models.media_file import MediaFile
from playground.runs.models.preset import Preset
from playground.runs.models.run import Run
from playground.teams.models import Membership, Workspace


class UploadQuerySet(models.QuerySet["Upload"]):
    def visible_to(self, membership: Membership) -> Self:
        """Return the uploads that a member may see: their own, and those in visible runs."""
        shown = Run.uploads.through.objects.filter(
            upload=OuterRef("pk"), run__in=Run.objects.visible_to(membership)
        )
        kept = Preset.uploads.through.objects.filter(
            upload=OuterRef("pk"), preset__in=Preset.objects.visible_to(membership)
        )
        ours = self.filter(workspace=membership.workspace_id)
        return ours.filter(Q(author=membership.user_id) | Exists(shown) | Exists(kept))

    def usable_in(self, run: Run) -> Self:
        """Return the uploads that a run may use: its author's, and linked ones."""
        linked = Run.uploads.through.objects.filter(upload=OuterRef("pk"), run=run.pk)
        ours = self.filter(workspace=run.workspace_id)
        return ours.filter(Q(author=run.author_id) | Exists(linked))


class Upload(models.Model):
    """A file that a person uploaded as an input. A run's inputs contain its reference."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="uploads")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="uploads")
    name = models.CharField(max_length=255)
    file = models.ForeignKey(MediaFile, models.PROTECT, related_name="uploads")
    created_at = models.DateTimeField(auto_now_add=True)

    objects = UploadQuerySet.as_manager()

    SCHEME = "upload:"

    def __str__(self) -> str:
        return self.name

    @property
    def reference(self) -> str:
        """The reference to this file in inputs: "upload:" and its id."""
        return f"{self.SCHEME}{self.pk}"
