"""A task; its state at a moment follows from its timestamps."""

import random
from dataclasses import dataclass
from enum import StrEnum


class Status(StrEnum):
    """The five words of the API."""

    QUEUED = "queued"
    PROCESSING = "processing"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Durations:
    """How long a task waits and how long it is worked on, in seconds."""

    queued: float
    processing: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """Durations between a least and a most, drawn for each task; the same seed draws the same."""

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
    """How a task ends, and the moment when that was known (Unix time).

    code, message  of the error, when it did not succeed
    """

    status: Status
    decided_at: float
    code: str | None = None
    message: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """One result, a picture or a video; `name` is its file in the folder of pictures."""

    position: int
    name: str
    width: int
    height: int

    @property
    def content_type(self) -> str:
        """The media type, by the name of the file."""
        suffix = self.name.rpartition(".")[2]
        return f"video/{suffix}" if suffix == "mp4" else f"image/{suffix}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One step in the life of a task; `at` is Unix time."""

    status: Status
    message: str
    at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One row: what was asked, when, and the verdict when there is one.

    document     the body of the request, as JSON text
    fingerprint  of that body: the same key with another fingerprint is a conflict
    estimate     millionths of a dollar
    charge       the same, for all of it when it succeeds; None where each picture has its price
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
        """The end that the client sees: success waits for its time, failure does not."""
        if self.verdict is None:
            return None
        if self.verdict.status is Status.SUCCEEDED:
            return max(self.verdict.decided_at, self.due_at)
        return self.verdict.decided_at

    def status_at(self, now: float) -> Status:
        """The status at a moment; a task without a verdict is still being drawn."""
        if self.verdict and self.ended_at is not None and now >= self.ended_at:
            return self.verdict.status
        return Status.QUEUED if now < self.started_at else Status.PROCESSING

    def events_at(self, now: float) -> list[Event]:
        """The events so far, oldest first."""
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
