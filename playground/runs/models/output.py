import uuid
from pathlib import PurePosixPath

from django.db import models
from django.urls import reverse

from playground.runs.models.run import Run
from playground.runs.pictures import THUMBNAIL_SIDE


class Kind(models.TextChoices):
    IMAGE = "image"
    VIDEO = "video"


def name_original(output: "Output", filename: str) -> str:
    """Name a stored file by its run, so that a repeated fetch overwrites itself."""
    suffix = PurePosixPath(filename).suffix
    return f"outputs/{output.run_id.hex[:2]}/{output.run_id}/{output.position}{suffix}"


def name_thumbnail(output: "Output", _filename: str) -> str:
    return f"outputs/{output.run_id.hex[:2]}/{output.run_id}/{output.position}.thumbnail.webp"


class Output(models.Model):
    """One file that a run gave: where the provider keeps it, then our own copy of it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    run = models.ForeignKey(Run, models.CASCADE, related_name="outputs")
    position = models.PositiveIntegerField()
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.IMAGE)
    source_url = models.TextField()

    original = models.FileField(upload_to=name_original, max_length=200, blank=True)
    thumbnail = models.FileField(upload_to=name_thumbnail, max_length=200, blank=True)
    placeholder = models.TextField(blank=True)
    content_type = models.CharField(max_length=100, blank=True)
    width = models.PositiveIntegerField(null=True, blank=True)
    height = models.PositiveIntegerField(null=True, blank=True)
    size_bytes = models.PositiveBigIntegerField(null=True, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    problem = models.TextField(blank=True)
    stored_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("position",)
        constraints = [
            models.UniqueConstraint(fields=["run", "position"], name="output_position_once"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.position + 1} of run {self.run_id}"

    def get_absolute_url(self) -> str:
        return reverse("output_original", args=[self.pk])

    def give_up(self, problem: str) -> None:
        """Mark a file that can never be kept; the page says why in its place."""
        self.problem = problem
        self.save(update_fields=["problem"])

    @property
    def thumbnail_url(self) -> str:
        return reverse("output_thumbnail", args=[self.pk])

    @property
    def thumbnail_width(self) -> int:
        """In pixels: the thumbnail's longer side has 512 at most."""
        width, height = self.width or 1, self.height or 1
        return min(width, round(THUMBNAIL_SIDE * width / max(width, height)))
