"""The interface of a provider, and the data classes of its responses."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, Literal, Protocol

from playground.providers.transport import Limits

OutputKind = Literal["image", "video", "audio", "text", "file"]


class TaskStatus(StrEnum):
    """The status of a task; those of each provider are mapped to these five."""

    QUEUED = "queued"
    PROCESSING = "processing"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """The response to a submitted request.

    request_id     the provider's ID of the request, for its support; "" without one
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

    url    https or data: URI
    extra  other facts of the provider (plain JSON), such as width, height, seed
    """

    url: str
    kind: OutputKind
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskError:
    """The error of a failed task, from the provider.

    code      "" when it gave none
    declined  refused by the content filter
    """

    code: str
    message: str
    declined: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskState:
    """The current state of a task.

    outputs  () also for a task that succeeded without any; the caller must report that
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
    """An event of a task.

    at       with time zone; None without a readable time
    type     "" when it gave none
    message  for people; may be ""
    raw      the event, unchanged, as text
    """

    at: datetime | None
    type: str
    message: str
    raw: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpRequest:
    """A request, with the name of an environment variable instead of the API key.

    body  JSON, None for a request without any
    """

    method: str
    url: str
    headers: Mapping[str, str]
    body: Any = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """A code snippet of a request.

    name   an ID
    title  the label for people
    """

    name: str
    title: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelFacts:
    """The facts about a model that are sent to a stand-in, so that it can imitate the model.

    makes         "pictures", "videos", "sounds", "texts" or "results"
    schema        the JSON Schema of its inputs
    likely, most  what the run costs by the catalogue; None where it states no price
    """

    title: str
    makes: str
    schema: Any
    likely: Decimal | None
    most: Decimal | None


class Client(Protocol):
    """A connection to a provider with one API key, for one thread.

    Raises  Unavailable (try later; Unreachable among them: nothing was sent), Throttled (after
            .seconds), Refused (never); nothing else
    """

    def submit(
        self, model: str, inputs: Mapping[str, Any], *, key: str, facts: ModelFacts | None = None
    ) -> Ticket:
        """Submit a task. `key` is the idempotency key: a repeated request starts nothing new.

        facts  for a stand-in; None for a real service, which knows its models
        """

    def status(self, task_id: str) -> TaskState:
        """Poll a task. Raises Lost if the provider has forgotten it."""

    def events(self, task_id: str) -> tuple[TaskEvent, ...]:
        """Return the task's events, oldest first, as the provider sends them."""

    def check(self) -> datetime | None:
        """Check the API key, at no cost; return the provider's clock, None if unknown."""

    def close(self) -> None:
        """Close the connections; the client cannot be used after that."""


class Connect(Protocol):
    """Makes a client."""

    def __call__(self, base_url: str, api_key: str, *, timeout: Limits | None = None) -> Client:
        """Return a client without connecting.

        Raises  KeyRefused for an invalid API key, ValueError for an invalid base URL
        """


class Describe(Protocol):
    """Describes a request."""

    def __call__(self, base_url: str, model: str, inputs: Any, *, key: str) -> HttpRequest:
        """Return the request that submits a task; `key` is the idempotency key."""


class WritePrograms(Protocol):
    """Writes code snippets of a request."""

    def __call__(
        self, base_url: str, model: str, inputs: Any, *, has_files: bool
    ) -> tuple[Program, ...]:
        """Return one for each language; `has_files`: whether people have to insert links."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """A remote service that processes requests as asynchronous tasks.

    slug              its ID in the database, with API keys and models: never changes
    name              its display name
    base_url_setting  the setting with its base URL; if that is "", nothing is sent to it
    key_variable      the environment variable, and setting, with an API key for the first start;
                      programs read the key from it too
    key_example       the prefix of its API keys, such as "mv_live_..."
    keys_url          the page where people get an API key
    connect           makes a client
    describe          returns the request that submits a task
    write_programs    returns code snippets of it, () for none
    reference_origins origins from which it may fetch files although they are not public https
    is_local          it runs on this machine: it may fetch files from here, and from itself
    stands_in_for     the slug of the provider whose API this one imitates; "" for a real one
    """

    slug: str
    name: str
    base_url_setting: str
    key_variable: str
    key_example: str
    keys_url: str
    connect: Connect
    describe: Describe
    write_programs: WritePrograms
    reference_origins: tuple[str, ...] = ()
    is_local: bool = False
    stands_in_for: str = ""
