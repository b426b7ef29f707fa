"""Exceptions of requests to providers, named by what the caller should do next.

ProviderError
├── Unavailable           try later: time-out, 5xx, a broken connection, an answer no one can read,
│   │                     any answer that a gateway or a proxy gave in place of the service
│   ├── Unreachable       try later: no connection could be made, so the service got nothing
│   └── Throttled         try after .seconds; see .accepted_nothing
└── Refused               never again as it is
    ├── InvalidInput      mend the inputs: .fields says where
    ├── KeyRefused        mend the API key
    ├── OutOfFunds        add money to the account
    ├── Conflict          the idempotency key belongs to other inputs: take a new one
    ├── Declined          the service's moderation said no: ask for something else
    ├── UnknownModel      pick another model
    └── Lost              the service forgot the task: stop asking
FileError
├── FileUnavailable       try later, also after a redirect that we do not follow
│   └── RestUnavailable   try later, and ask for the whole file
├── LinkExpired           ask the provider for the task again, its answer brings a fresh link
└── FileRefused           never
    └── FileTooLarge      never, unless the limit is raised
"""

# The names say what to do, so they have no suffix "Error".
# ruff: noqa: N818

from collections.abc import Mapping, Sequence

from playground.texts import Words

RAW_CHARACTERS = 10_000
THROTTLED_SECONDS = 15.0
TOO_MANY_REQUESTS = 429


class ProviderError(Exception):
    """A request to a provider failed; str() is a sentence for people, `args[0]` the stored text.

    status  HTTP status of the response; None without one
    raw     the response as text, at most 10,000 characters, without the API key
    said    the provider's own message, "" without one
    """

    # Whether this request was certainly not accepted; an earlier attempt may have been.
    accepted_nothing = False

    def __init__(
        self,
        message: Words,
        *,
        status: int | None = None,
        raw: str = "",
        provider_message: str = "",
    ) -> None:
        super().__init__(message)
        self.status = status
        self.raw = raw[:RAW_CHARACTERS]
        self.provider_message = provider_message


class Unavailable(ProviderError):
    """No usable response; a retry may succeed.

    It is unknown whether the provider received the request, except for subclasses.
    """


class Unreachable(Unavailable):
    """Nothing was sent: no connection could be made."""

    accepted_nothing = True


class Throttled(Unavailable):
    """Rate limit: wait `.seconds`; the provider's own 429 means that nothing was accepted."""

    def __init__(
        self,
        message: Words,
        *,
        seconds: float = THROTTLED_SECONDS,
        status: int | None = None,
        raw: str = "",
        provider_message: str = "",
    ) -> None:
        super().__init__(message, status=status, raw=raw, provider_message=provider_message)
        self.seconds = seconds
        self.accepted_nothing = status == TOO_MANY_REQUESTS


class Refused(ProviderError):
    """The provider refused the request; a retry would be refused again."""

    accepted_nothing = True


class InvalidInput(Refused):
    """The model does not accept the inputs.

    fields  messages by JSON Pointer of the input, "" for the whole; {} if the provider did not say
            where. Best effort: a pointer may match nothing in our form.
    """

    def __init__(
        self,
        message: Words,
        *,
        fields: Mapping[str, Sequence[str]] | None = None,
        status: int | None = None,
        raw: str = "",
        provider_message: str = "",
    ) -> None:
        super().__init__(message, status=status, raw=raw, provider_message=provider_message)
        self.fields = {
            pointer: list(provider_message) for pointer, provider_message in (fields or {}).items()
        }


class KeyRefused(Refused):
    """The API key is missing, invalid, or lacks the permission."""


class OutOfFunds(Refused):
    """The account has insufficient funds."""


class Conflict(Refused):
    """The idempotency key was used before, with other inputs.

    It says nothing about the result of that request: our keys are random, so it was the same
    request, repeated by a proxy or still in progress.
    """

    accepted_nothing = False


class Declined(Refused):
    """The provider's content filter declined the request."""


class UnknownModel(Refused):
    """The service has no model of that name."""


class Lost(Refused):
    """The provider no longer knows the task whose ID it gave us."""


class FileError(Exception):
    """A download failed; str() is a sentence for people.

    seconds  delay before a retry if a part arrived; None for the usual backoff
    """

    seconds: float | None = None

    def __init__(self, message: Words, *, status: int | None = None) -> None:
        super().__init__(message)
        self.status = status


class FileUnavailable(FileError):
    """The download failed or was incomplete; a retry of the link may work."""


class RestUnavailable(FileUnavailable):
    """A range request for the rest failed; downloading the whole file may work."""


class LinkExpired(FileError):
    """The link no longer leads to the file."""


class FileRefused(FileError):
    """The link is forbidden (SSRF), or cannot be a result."""


class FileTooLarge(FileRefused):
    """The file is larger than the limit."""
