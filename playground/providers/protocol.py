"""What every provider can do, and the data it answers with."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, Literal, Protocol

OutputKind = Literal["image", "video", "audio", "text", "file"]


class TaskStatus(StrEnum):
    """Where a task stands; every provider's own words are mapped to these five."""

    QUEUED = "queued"
    PROCESSING = "processing"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """What a provider gives for a submitted request.

    request_id     the provider's id of the call, for its support desk; "" when it gave none
    cost_estimate  in the provider's currency unit; None when it gave none we can believe
    raw            the whole answer as plain JSON, without the API key
    """

    task_id: str
    request_id: str
    status: TaskStatus
    cost_estimate: Decimal | None
    raw: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class OutputFile:
    """One file a task made.

    url    https, or a data: URI
    extra  what else the provider says of it (plain JSON), as width, height, seed
    """

    url: str
    kind: OutputKind
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskError:
    """Why a task failed, in the provider's words.

    code      "" when it gave none
    declined  its moderation said no, rather than its machinery
    """

    code: str
    message: str
    declined: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskState:
    """A task as the provider describes it now.

    outputs  () also for a task that succeeded without any: the caller must say so
    costs    in the provider's currency unit; None when it gave none we can believe
    raw      the whole answer as plain JSON, without the API key
    """

    status: TaskStatus
    cost_estimate: Decimal | None = None
    cost_actual: Decimal | None = None
    outputs: tuple[OutputFile, ...] = ()
    error: TaskError | None = None
    raw: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskEvent:
    """One line of a task's history.

    at       with its time zone; None when the provider gave no readable time
    type     "" when it gave none
    message  for people; may be ""
    raw      the event as it came, as text
    """

    at: datetime | None
    type: str
    message: str
    raw: str


class Provider(Protocol):
    """A remote service that takes requests and works on them as tasks.

    Raises  Unavailable (try later; Unreachable among them: nothing was sent), Throttled (after
            .seconds), Refused (never); nothing else
    """

    def submit(self, model: str, inputs: Mapping[str, Any], *, key: str) -> Ticket:
        """Queue one task. `key` is the idempotency key: repeated, it starts nothing new."""

    def status(self, task_id: str) -> TaskState:
        """Look at one task. Raises Lost when the provider has forgotten it."""

    def events(self, task_id: str) -> tuple[TaskEvent, ...]:
        """The task's history, oldest first as the provider gives it."""

    def check(self) -> datetime | None:
        """See that the service takes our key, at no cost; its clock, None when it shows none."""
