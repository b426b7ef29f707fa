import uuid
from datetime import timedelta
from pathlib import PurePosixPath
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from playground.catalog.models import ModelSpec
from playground.runs.pictures import THUMBNAIL_SIDE
from playground.teams.models import ApiKey, Workspace

# A step that has not written back by then was cut off: the longest one fetches a picture, and
# fetching is bounded well below this.
LEASE = timedelta(seconds=90)


class Status(models.TextChoices):
    PENDING = "pending", _("Waiting to be sent")
    QUEUED = "queued", _("In the queue")
    PROCESSING = "processing", _("Generating")
    SUCCEEDED = "succeeded", _("Done")
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", _("Cancelled")


FINISHED = (Status.SUCCEEDED, Status.FAILED, Status.CANCELLED)
NEXT: dict[str, tuple[Status, ...]] = {
    Status.PENDING: (Status.QUEUED, Status.PROCESSING, *FINISHED),  # an answer may be late
    Status.QUEUED: (Status.PROCESSING, *FINISHED),  # the provider may skip PROCESSING
    Status.PROCESSING: FINISHED,
}


class RunQuerySet(models.QuerySet["Run"]):
    def visible_to(self, workspace: Workspace) -> Self:
        return self.filter(workspace=workspace)

    def for_cards(self) -> Self:
        """Load what a card shows, in two queries for any number of runs."""
        loaded = self.select_related("spec", "author", "api_key").defer("api_key__secret")
        return loaded.prefetch_related("outputs")

    def due(self) -> Self:
        """Return the runs that want a step now and that nobody is at work on."""
        now = timezone.now()
        free = Q(leased_until=None) | Q(leased_until__lt=now)
        return self.filter(free, next_check_at__lte=now).order_by("next_check_at")

    def lease(self, pk: uuid.UUID) -> "Run | None":
        """Claim a run that is due for one step; None where it is not, or another has it."""
        lease_id = uuid.uuid4()
        claimed = (
            self.due()
            .order_by()
            .filter(pk=pk)
            .update(lease_id=lease_id, leased_until=timezone.now() + LEASE)
        )
        if not claimed:
            return None
        return self.select_related("spec", "api_key").defer("api_key__secret").get(pk=pk)


class Run(models.Model):
    """One request to a model and what came of it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="runs")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="runs")
    spec = models.ForeignKey(ModelSpec, models.PROTECT, related_name="runs")
    api_key = models.ForeignKey(ApiKey, models.PROTECT, related_name="runs")
    inputs = models.JSONField()

    status = models.CharField(max_length=10, choices=Status, default=Status.PENDING)
    revision = models.PositiveIntegerField(default=0)
    submission_token = models.UUIDField(unique=True, default=uuid.uuid4)
    idempotency_key = models.UUIDField(unique=True, default=uuid.uuid4)
    task_id = models.CharField(max_length=200, blank=True)
    request_id = models.CharField(max_length=200, blank=True)
    cost_estimate = models.DecimalField(max_digits=20, decimal_places=10, null=True, blank=True)
    cost_actual = models.DecimalField(max_digits=20, decimal_places=10, null=True, blank=True)

    # What stands in the way: while the run waits, why; when it has failed, the reason.
    problem = models.CharField(max_length=40, blank=True)
    problem_message = models.TextField(blank=True)
    problem_detail = models.TextField(blank=True)

    created_at = models.DateTimeField(auto_now_add=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    accepted_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    stored_at = models.DateTimeField(null=True, blank=True)

    attempts = models.PositiveIntegerField(default=0)
    next_check_at = models.DateTimeField(null=True, blank=True, default=timezone.now)
    lease_id = models.UUIDField(null=True, blank=True)
    leased_until = models.DateTimeField(null=True, blank=True)

    objects = RunQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["workspace", "-created_at"], name="run_newest"),
            models.Index(
                fields=["next_check_at"],
                condition=Q(next_check_at__isnull=False),
                name="run_due",
            ),
            models.Index(fields=["spec", "-finished_at"], name="run_durations"),
        ]
        constraints = [
            models.CheckConstraint(
                name="run_finished_at_iff_finished",
                condition=Q(status__in=FINISHED) ^ Q(finished_at__isnull=True),
            ),
            models.CheckConstraint(
                name="run_has_task_once_accepted",
                condition=~Q(status__in=(Status.QUEUED, Status.PROCESSING, Status.SUCCEEDED))
                | ~Q(task_id=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.spec.title}: {self.headline}"

    def get_absolute_url(self) -> str:
        return reverse("run", args=[self.pk])

    @property
    def is_finished(self) -> bool:
        return self.status in FINISHED

    @property
    def is_settled(self) -> bool:
        """Whether nothing will change any more: finished, and what it gave is stored."""
        return self.is_finished and (self.status != Status.SUCCEEDED or self.stored_at is not None)

    @property
    def is_cancellable(self) -> bool:
        """Whether it can be called off at no cost: nothing was sent yet."""
        return self.status == Status.PENDING and self.sent_at is None

    @property
    def headline(self) -> str:
        """What the run is about, in the words of its first long text: its prompt, as a rule."""
        inputs = self.inputs if isinstance(self.inputs, dict) else {}
        if isinstance(inputs.get("prompt"), str):
            return str(inputs["prompt"])
        return max((text for text in inputs.values() if isinstance(text, str)), key=len, default="")

    @property
    def status_words(self) -> str:
        """The status as people see it; a run is done for them when its pictures are here."""
        if self.status == Status.SUCCEEDED and not self.is_settled:
            return gettext("Fetching the result")
        return str(self.get_status_display())

    def move_to(self, status: Status, **changes: Any) -> bool:
        """Take one legal step; False when another process took it, or the lease, first."""
        if status not in NEXT.get(self.status, ()):
            raise ValueError(f"{self.status} cannot become {status}")
        if status in FINISHED:
            changes["finished_at"] = timezone.now()
        return self.note(status=status, **changes)

    def note(self, **changes: Any) -> bool:
        """Write changes that people see, unless the run went on or was claimed anew meanwhile."""
        mine = type(self).objects.filter(pk=self.pk, status=self.status, lease_id=self.lease_id)
        noted = mine.update(revision=F("revision") + 1, **changes) == 1
        lease_id = self.lease_id
        self.refresh_from_db()
        self.lease_id = lease_id  # never another's: what is written on must fail then
        return noted

    def renew_lease(self) -> None:
        """Ask for as much time again, before each part of a step that has several."""
        mine = type(self).objects.filter(pk=self.pk, lease_id=self.lease_id)
        mine.update(leased_until=timezone.now() + LEASE)

    def release(self, next_check_at: Any) -> None:
        """Give the lease back; the next step is due then, or never for None."""
        mine = type(self).objects.filter(pk=self.pk, lease_id=self.lease_id)
        mine.update(lease_id=None, leased_until=None, next_check_at=next_check_at)


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


class WorkerQuerySet(models.QuerySet["Worker"]):
    def alive(self) -> Self:
        return self.filter(seen_at__gt=timezone.now() - Worker.SILENCE)


class Worker(models.Model):
    """A worker process, and when it was last heard of."""

    SILENCE = timedelta(seconds=15)

    name = models.CharField(max_length=200, primary_key=True)
    seen_at = models.DateTimeField()

    objects = WorkerQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name
