"""A task, whose status is computed from its timestamps."""

import random
from dataclasses import dataclass
from enum import StrEnum


class Status(StrEnum):
    """The five statuses of the API."""

    QUEUED = "queued"
    PROCESSING = "processing"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Durations:
    """The times in the queue and in processing, in seconds."""

    queued: float
    processing: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """Ranges of durations, from which each task's are drawn, reproducibly by seed."""

    least: Durations
    most: Durations
    seed: int = 0

    def draw(self, turn: int) -> Durations:
        chance = random.Random(f"{self.seed} {turn}")  # noqa: S311 - nothing is secret here
        return Durations(
            queued=chance.uniform(self.least.queued, self.most.queued),
            processing=chance.uniform(self.least.processing, self.most.processing),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The end of a task, and when it was decided (Unix time).

    code, message  error of a task that did not succeed
    """

    status: Status
    decided_at: float
    code: str | None = None
    message: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """One output, a picture or a video; `name` is its file in the folder of pictures."""

    position: int
    name: str
    width: int
    height: int

    @property
    def content_type(self) -> str:
        """The media type, by suffix."""
        suffix = self.name.rpartition(".")[2]
        return f"video/{suffix}" if suffix == "mp4" else f"image/{suffix}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One event of a task; `at` is Unix time."""

    status: Status
    message: str
    at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One task: request, timestamps, and the verdict or None.

    document     body of the request, as JSON text
    fingerprint  digest of the body: the same key with another one is a conflict
    estimate     millionths of a dollar
    charge       the same, for the whole task if it succeeds; None for a price per picture
    """

    id: str
    request_id: str
    document: str
    fingerprint: str
    key: str | None
    submitted_at: float
    durations: Durations
    estimate: int
    picture_price: int
    charge: int | None = None
    verdict: Verdict | None = None

    @property
    def started_at(self) -> float:
        return self.submitted_at + self.durations.queued

    @property
    def due_at(self) -> float:
        return self.started_at + self.durations.processing

    @property
    def ended_at(self) -> float | None:
        """The end that the client sees: success after the task's durations, failure immediately."""
        if self.verdict is None:
            return None
        if self.verdict.status is Status.SUCCEEDED:
            return max(self.verdict.decided_at, self.due_at)
        return self.verdict.decided_at

    def status_at(self, now: float) -> Status:
        """Return the status at a time; a task without verdict is being drawn."""
        if self.verdict and self.ended_at is not None and now >= self.ended_at:
            return self.verdict.status
        return Status.QUEUED if now < self.started_at else Status.PROCESSING

    def events_at(self, now: float) -> list[Event]:
        """Return the events until a time, oldest first."""
        events = [Event(status=Status.QUEUED, message="Task accepted.", at=self.submitted_at)]
        end = self.ended_at
        if self.started_at <= now and (end is None or self.started_at <= end):
            begun = Event(
                status=Status.PROCESSING, message="Generation started.", at=self.started_at
            )
            events.append(begun)
        if self.verdict and end is not None and end <= now:
            message = self.verdict.message or "Generation finished."
            events.append(Event(status=self.verdict.status, message=message, at=end))
        return events
