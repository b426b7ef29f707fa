import hashlib
import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.text import slugify

from playground import texts
from playground.addresses import address_of
from playground.columns import StoredTextField
from playground.media.content import MediaKind
from playground.runs.models.media_file import MIDDLE_SIZES, MediaFile
from playground.runs.models.run import Run
from playground.teams.models import Membership

SHORTENED = "data:sha256,"
NO_PREVIEW = dict.fromkeys(("preview", "preview_width", "preview_height"))


def is_written_out(url: str) -> bool:
    """Whether a URL is a data URI."""
    return url[:5].lower() == "data:"


def shorten(url: str) -> str:
    """Return the URL to keep after its file is stored: a data URI is replaced by its digest."""
    if not is_written_out(url) or url.startswith(SHORTENED):
        return url
    return SHORTENED + hashlib.sha256(url.encode()).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What a page shows of a picture before it is stored.

    content        WebP
    width, height  of the picture itself, in pixels
    """

    content: bytes
    width: int
    height: int


class OutputQuerySet(models.QuerySet["Output"]):
    def visible_to(self, membership: Membership) -> Self:
        return self.filter(run__in=Run.objects.visible_to(membership))

    def visible_in_order(self, membership: Membership) -> Self:
        """Return the same with a join to runs, so that ordered scans use the index of runs."""
        seen = Q(run__is_shared=True) | Q(run__author=membership.user_id)
        return self.filter(seen, run__workspace=membership.workspace_id)


class Output(models.Model):
    """One result file of a run: the provider's URL, then our stored copy.

    kind  declared by the provider; file.kind is the actual one
    file  our copy; without stored_at, it may be damaged and is provisional

    preview  its thumbnail, WebP, from when the picture has arrived until it is stored; the width
             and height are those of the picture

    When all bytes of it were here, when pages could show a picture, and when the browser of the
    run's author did are `arrived_at`, `previewed_at` and `seen_at`; null where that is not known.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    run = models.ForeignKey(Run, models.CASCADE, related_name="outputs")
    position = models.PositiveIntegerField()
    kind = models.CharField(max_length=10, choices=MediaKind, default=MediaKind.IMAGE)
    source_url = models.TextField()

    file = models.ForeignKey(MediaFile, models.PROTECT, null=True, related_name="outputs")
    preview = models.BinaryField(null=True, blank=True)
    preview_width = models.PositiveIntegerField(null=True, blank=True)
    preview_height = models.PositiveIntegerField(null=True, blank=True)
    arrived_at = models.DateTimeField(null=True, blank=True)
    previewed_at = models.DateTimeField(null=True, blank=True)
    seen_at = models.DateTimeField(null=True, blank=True)
    broken_tries = models.PositiveIntegerField(default=0, db_default=0)
    problem = models.TextField(blank=True)
    problem_text = StoredTextField()  # of problem, see playground/texts.py
    stored_at = models.DateTimeField(null=True, blank=True)

    # Set by people: 0 to 5 stars, and when it was moved to the trash.
    stars = models.PositiveSmallIntegerField(default=0, db_default=0)
    trashed_at = models.DateTimeField(null=True, blank=True)

    objects = OutputQuerySet.as_manager()

    class Meta:
        ordering = ("position",)
        constraints = [
            models.UniqueConstraint(fields=["run", "position"], name="output_position_once"),
            models.CheckConstraint(condition=models.Q(stars__lte=5), name="output_five_stars"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.position + 1} of run {self.run_id}"

    def get_absolute_url(self) -> str:
        return address_of("output_original", self.pk)

    def keep(self, file: MediaFile) -> None:
        """Set the stored copy, unless another worker did; also for an output that was given up."""
        mine = Output.objects.filter(pk=self.pk, stored_at=None)
        mine.update(
            file=file,
            stored_at=timezone.now(),
            problem="",
            source_url=shorten(self.source_url),
            **NO_PREVIEW,
        )
        names = ["file", "stored_at", "problem", "source_url", *NO_PREVIEW]
        self.refresh_from_db(fields=names)

    def note_arrival(self, arrived_at: datetime, preview: Preview | None) -> None:
        """Write down that the file is here, and let pages show it where it has a preview.

        This says nothing on whether it is stored: the output waits for its file as before.
        """
        changes: dict[str, Any] = {"arrived_at": arrived_at}
        if preview:
            changes |= {
                "preview": preview.content,
                "preview_width": preview.width,
                "preview_height": preview.height,
                "previewed_at": timezone.now(),
            }
        Output.objects.filter(pk=self.pk, stored_at=None).update(**changes)

    def hold(self, file: MediaFile) -> None:
        """Set a possibly damaged file provisionally."""
        Output.objects.filter(pk=self.pk, stored_at=None).update(file=file)
        self.refresh_from_db(fields=["file"])

    def note_broken(self) -> int:
        """Count a download without a usable file; return the count."""
        mine = Output.objects.filter(pk=self.pk, stored_at=None)
        mine.update(broken_tries=F("broken_tries") + 1)
        self.refresh_from_db(fields=["broken_tries"])
        return self.broken_tries

    def give_up(self, problem: texts.Words) -> None:
        """Mark a file as given up, unless another worker has stored it."""
        mine = Output.objects.filter(pk=self.pk, stored_at=None)
        mine.update(**problem_columns(problem), **NO_PREVIEW)

    @property
    def preview_size(self) -> tuple[int, int] | None:
        """Width and height of the picture that pages show before it is stored; None for none."""
        if self.problem or self.preview_width is None or self.preview_height is None:
            return None
        return self.preview_width, self.preview_height

    @property
    def problem_words(self) -> str:
        """Why there is no file, in the reader's language."""
        return texts.say(self.problem_text, self.problem)

    @property
    def thumbnail_url(self) -> str:
        return address_of("output_thumbnail", self.pk)

    @property
    def large_url(self) -> str:
        """The URL for full-screen display; the original if there is no large copy."""
        if self.file and self.file.large:
            return address_of("output_size", self.pk, "large")
        return self.get_absolute_url()

    @property
    def sources(self) -> str:
        """The `srcset` of the picture (responsive images)."""
        file = self.file
        if file is None:
            return ""
        middle = (
            f"{address_of('output_size', self.pk, size)} {file.width_within(side)}w"
            for size, side in MIDDLE_SIZES.items()
            if getattr(file, size)
        )
        return ", ".join([f"{self.thumbnail_url} {file.thumbnail_width}w", *middle])

    @property
    def large_sources(self) -> str:
        """The `srcset` for large display: includes the original if there is no large copy."""
        if self.file is None or self.file.large or not self.file.is_sized:
            return self.sources  # which may be too few until copies are drawn, but never heavy
        return f"{self.sources}, {self.get_absolute_url()} {self.file.width}w"

    @property
    def download_name(self) -> str:
        """A descriptive name, from the prompt: "a-lighthouse-on-a-cliff-2.jpg"."""
        words = slugify(self.run.headline[:60], allow_unicode=True)[:60]  # ligatures expand
        suffix = self.file.suffix if self.file else ""
        return f"{words or self.run.spec.slug}-{self.position + 1}{suffix}"


def problem_columns(words: texts.Words) -> dict[str, Any]:
    return texts.columns(words, "problem", "problem_text")
