import uuid
from pathlib import PurePosixPath

from django.conf import settings
from django.db import models

from playground.teams.models import Workspace


def name_upload(upload: "Upload", filename: str) -> str:
    suffix = PurePosixPath(filename).suffix
    return f"uploads/{upload.pk.hex[:2]}/{upload.pk}{suffix}"


def name_upload_thumbnail(upload: "Upload", _filename: str) -> str:
    return f"uploads/{upload.pk.hex[:2]}/{upload.pk}.thumbnail.webp"


class Upload(models.Model):
    """A file that a person handed in as an input. In a run's inputs it stands as its reference."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="uploads")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="uploads")
    name = models.CharField(max_length=255)
    original = models.FileField(upload_to=name_upload, max_length=200)
    thumbnail = models.FileField(upload_to=name_upload_thumbnail, max_length=200, blank=True)
    content_type = models.CharField(max_length=100)
    width = models.PositiveIntegerField(null=True, blank=True)
    height = models.PositiveIntegerField(null=True, blank=True)
    size_bytes = models.PositiveBigIntegerField()
    created_at = models.DateTimeField(auto_now_add=True)

    SCHEME = "upload:"

    def __str__(self) -> str:
        return self.name

    @property
    def reference(self) -> str:
        """How a run's inputs name this file: "upload:" and its id."""
        return f"{self.SCHEME}{self.pk}"
