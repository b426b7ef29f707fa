"""The states of a run and the legal transitions."""

from datetime import datetime

from django.db import models
from django.utils.translation import gettext_lazy as _


class Status(models.TextChoices):
    PENDING = "pending", _("Queued here")
    QUEUED = "queued", _("Queued")
    PROCESSING = "processing", _("Generating")
    SUCCEEDED = "succeeded", _("Done")
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", _("Cancelled")


FINISHED = (Status.SUCCEEDED, Status.FAILED, Status.CANCELLED)
NEXT: dict[str, tuple[Status, ...]] = {
    Status.PENDING: (Status.QUEUED, Status.PROCESSING, *FINISHED),  # a response may be late
    Status.QUEUED: (Status.PROCESSING, *FINISHED),  # the provider may skip PROCESSING
    Status.PROCESSING: FINISHED,
    Status.FAILED: (Status.PENDING, Status.QUEUED),  # see `lifecycle.check_again`
}


def is_settled(status: str, stored_at: datetime | None) -> bool:
    return status in FINISHED and (status != Status.SUCCEEDED or stored_at is not None)
