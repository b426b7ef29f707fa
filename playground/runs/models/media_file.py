import uuid
from pathlib import PurePosixPath

from django.db import models
from django.db.models import Q

from playground.runs import shapes
from playground.runs.media.content import THUMBNAIL_SIDE, Kind
from playground.teams.models import Workspace


def name_original(file: "MediaFile", filename: str) -> str:
    """Name a stored file by its content and by who stored it.

    Stored by the same again, as after a kill, it overwrites itself. Stored by another it has a name
    of its own: so no name is ever deleted that another is just storing.
    """
    return f"{folder_of(file)}/{file.sha256}-{file.stored_by}{PurePosixPath(filename).suffix}"


def name_thumbnail(file: "MediaFile", _filename: str) -> str:
    return f"{folder_of(file)}/{file.sha256}-{file.stored_by}.thumbnail.webp"


def folder_of(file: "MediaFile") -> str:
    return f"files/{file.workspace_id}/{file.sha256[:2]}"


class MediaFile(models.Model):
    """One content that is stored in a workspace, once, however many outputs and uploads have it.

    A row is written when its files are in place; nothing about it changes afterwards, but that
    an older one is told later what it looks like.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="files")
    sha256 = models.CharField(max_length=64)
    kind = models.CharField(max_length=10, choices=Kind)
    content_type = models.CharField(max_length=100)
    size_bytes = models.PositiveBigIntegerField()
    width = models.PositiveIntegerField(null=True, blank=True)
    height = models.PositiveIntegerField(null=True, blank=True)
    is_animated = models.BooleanField(default=False)
    duration_seconds = models.FloatField(null=True, blank=True)
    original = models.FileField(upload_to=name_original, max_length=200)
    # Of a video its poster; blank where there is none: without ffmpeg, or beyond the pixel limit.
    thumbnail = models.FileField(upload_to=name_thumbnail, max_length=200, blank=True)
    placeholder = models.TextField(blank=True)
    # As media/likeness.py writes it: None while nobody looked, b"" where there is little to see.
    likeness = models.BinaryField(max_length=50, null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    # Sixteen hex digits of who stores it; they become part of its name, and are kept there alone.
    stored_by = ""

    class Meta:
        indexes = [
            models.Index(fields=["workspace", "likeness"], name="media_file_likeness"),
            models.Index(
                fields=["created_at"],
                condition=Q(likeness__isnull=True),
                name="media_file_not_looked_at",
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["workspace", "sha256"], name="media_file_once"),
        ]

    def __str__(self) -> str:
        return f"{self.content_type} {self.sha256[:12]}"

    @property
    def suffix(self) -> str:
        return PurePosixPath(self.original.name or "").suffix

    @property
    def is_showable(self) -> bool:
        """Whether pages show it: a picture without a thumbnail was too large to be decoded."""
        return self.kind != Kind.IMAGE or bool(self.thumbnail)

    @property
    def frame(self) -> tuple[int, int]:
        """Width and height of the box that a page holds for it."""
        return shapes.frame(self.width or 1, self.height or 1)

    @property
    def thumbnail_width(self) -> int:
        """In pixels, of a thumbnail as they are made today."""
        width, height = self.width or 1, self.height or 1
        return min(width, round(THUMBNAIL_SIDE * width / max(width, height)))
