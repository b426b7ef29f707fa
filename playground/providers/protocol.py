"""The interface of a provider, and the data classes of its answers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, Literal, Protocol

from playground.providers.transport import Limits

OutputKind = Literal["image", "video", "audio", "text", "file"]


class TaskStatus(StrEnum):
    """The status of a task; the words of each provider are mapped to these five."""

    QUEUED = "queued"
    PROCESSING = "processing"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """The answer of a provider to a submitted request.

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


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpRequest:
    """A request as it is sent, with the name of an environment variable in place of the API key.

    body  JSON, None for a request without any
    """

    method: str
    url: str
    headers: Mapping[str, str]
    body: Any = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """One way to write a request down.

    name   an id
    title  what people call it
    """

    name: str
    title: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelFacts:
    """What a stand-in is told of a model, so that it can imitate it.

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
        """Queue one task. `key` is the idempotency key: repeated, it starts nothing new.

        facts  for a stand-in; None for a real service, which knows its models
        """

    def status(self, task_id: str) -> TaskState:
        """Look at one task. Raises Lost when the provider has forgotten it."""

    def events(self, task_id: str) -> tuple[TaskEvent, ...]:
        """The task's history, oldest first as the provider gives it."""

    def check(self) -> datetime | None:
        """See that the service takes our key, at no cost; its clock, None when it shows none."""

    def close(self) -> None:
        """Close the connections; the client is not used after that."""


class Connect(Protocol):
    """Makes a client."""

    def __call__(self, base_url: str, api_key: str, *, timeout: Limits | None = None) -> Client:
        """Connect to nothing yet.

        Raises  KeyRefused for what can be no API key, ValueError for what can be no base URL
        """


class Describe(Protocol):
    """Describes a request."""

    def __call__(self, base_url: str, model: str, inputs: Any, *, key: str) -> HttpRequest:
        """Return the request that submits a task; `key` is the idempotency key."""


class WritePrograms(Protocol):
    """Writes a request as programs."""

    def __call__(
        self, base_url: str, model: str, inputs: Any, *, has_files: bool
    ) -> tuple[Program, ...]:
        """Return one for each language; `has_files` says whether a link has to be put in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """A remote service that takes requests and works on them as tasks.

    slug              its name in the database, with API keys and models: never changed
    name              what people call it
    base_url_setting  the setting with its base URL; where that is "" nothing is sent to it
    key_variable      the environment variable, and setting, with an API key for the first start;
                      programs read the key from it too
    key_example       how its API keys begin, as "mv_live_..."
    keys_url          where a person gets an API key
    connect           makes a client
    describe          says what is sent to submit a task
    write_programs    writes that as programs, () where it has none
    reference_origins origins from which it may fetch files although they are no public https ones
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
