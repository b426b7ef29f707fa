import uuid

from django.conf import settings
from django.db import models

from playground.runs.models.media_file import MediaFile
from playground.teams.models import Workspace


class Upload(models.Model):
    """A file that a person handed in as an input. In a run's inputs it stands as its reference."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="uploads")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="uploads")
    name = models.CharField(max_length=255)
    file = models.ForeignKey(MediaFile, models.PROTECT, related_name="uploads")
    created_at = models.DateTimeField(auto_now_add=True)

    SCHEME = "upload:"

    def __str__(self) -> str:
        return self.name

    @property
    def reference(self) -> str:
        """How a run's inputs name this file: "upload:" and its id."""
        return f"{self.SCHEME}{self.pk}"
