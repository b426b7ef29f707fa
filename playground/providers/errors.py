"""What can go wrong with a remote service, named by what the caller should do next.

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

# The names say what to do, as the tree shows; "Error" at their end would say nothing.
# ruff: noqa: N818

from collections.abc import Mapping, Sequence

from playground.texts import Words

RAW_CHARACTERS = 10_000
THROTTLED_SECONDS = 15.0
TOO_MANY_REQUESTS = 429


class ProviderError(Exception):
    """A request to a provider that brought no result; str() is a sentence for people, and
    `args[0]` the text that is stored.

    status  HTTP status of the answer; None when there was none
    raw     the answer as text, at most 10,000 characters, without the API key
    said    the service's own words for it, "" when it gave none
    """

    # Whether this very request was certainly not accepted; an earlier one like it may have been.
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
    """No usable answer; the same request may succeed later.

    Whether the service got this one is not known, but for its kinds that say so.
    """


class Unreachable(Unavailable):
    """Nothing was sent: no connection could be made."""

    accepted_nothing = True


class Throttled(Unavailable):
    """The service asks for a pause of `.seconds`; its own 429 says that it accepted nothing."""

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
    """The service said no; the same request will be refused again."""

    accepted_nothing = True


class InvalidInput(Refused):
    """The inputs are not what the model takes.

    fields  messages by the JSON Pointer of the input, "" for those about the whole; {} when the
            service did not say where. Best effort: a pointer may name nothing in our form.
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
    """The API key is missing, wrong, or may not do this."""


class OutOfFunds(Refused):
    """The account has no money left for this."""


class Conflict(Refused):
    """The idempotency key was used before, with other inputs.

    It says nothing about the request that used it: our keys are random, so that was the same one,
    repeated by a proxy or still being worked on.
    """

    accepted_nothing = False


class Declined(Refused):
    """The service's moderation declined the request."""


class UnknownModel(Refused):
    """The service has no model of that name."""


class Lost(Refused):
    """The service knows no such task, though it once gave us its id."""


class FileError(Exception):
    """A file that could not be fetched; str() is a sentence for people.

    seconds  after which to try again, where something of it came; None for the usual patience
    """

    seconds: float | None = None

    def __init__(self, message: Words, *, status: int | None = None) -> None:
        super().__init__(message)
        self.status = status


class FileUnavailable(FileError):
    """The file did not come, or not whole; the same link may work later."""


class RestUnavailable(FileUnavailable):
    """The rest of a file, of which the beginning is here, cannot be had; the whole may be."""


class LinkExpired(FileError):
    """The link no longer leads to the file."""


class FileRefused(FileError):
    """We do not fetch this: the link leads where no result can be."""


class FileTooLarge(FileRefused):
    """The file is larger than the limit."""
