"""Problems of a run: exceptions of steps, and the columns that store them."""

import json
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from playground import texts
from playground.media.content import BrokenFileError
from playground.media.incoming import StorageFailedError
from playground.providers import errors
from playground.runs.files.references import ReferenceGoneError
from playground.runs.models import Run
from playground.teams.encryption import UndecryptableError
from playground.texts import Words

ANSWER_CHARACTERS = 100_000
TEXT_CHARACTERS = 4_000  # of one text in a response, such as a signed URL


class InternalError(Exception):
    """An internal error; people can only wait."""


class NoOutputError(Exception):
    """The task succeeded without a file; `raw` is the response."""

    def __init__(self, message: Words, *, raw: str) -> None:
        super().__init__(message)
        self.raw = raw


class KeyGoneError(Exception):
    """The API key of the run was deleted here."""


class ServiceMovedError(Exception):
    """The provider's base URL has changed since the request was sent."""


class ForgottenError(Exception):
    """The provider may have forgotten the idempotency key of an old request."""


# Stored names of the problems, by exception class.
NAMES: tuple[tuple[type[Exception], str], ...] = (
    (errors.InvalidInput, "invalid_input"),
    (errors.KeyRefused, "key_refused"),
    (errors.OutOfFunds, "out_of_funds"),
    (errors.Conflict, "conflict"),
    (errors.Declined, "declined"),
    (errors.UnknownModel, "unknown_model"),
    (errors.Lost, "lost"),
    (errors.Refused, "refused"),
    (errors.Throttled, "throttled"),
    (errors.Unavailable, "unavailable"),
    (errors.FileError, "file_unavailable"),
    (BrokenFileError, "broken_file"),
    (StorageFailedError, "storage"),
    (ReferenceGoneError, "reference_gone"),
    (KeyGoneError, "key_gone"),
    (ServiceMovedError, "service_moved"),
    (NoOutputError, "no_output"),
    (ForgottenError, "forgotten"),
    (UndecryptableError, "key_unreadable"),
    (InternalError, "internal"),
)

NONE: dict[str, Any] = {
    "problem": "",
    "problem_message": "",
    "problem_text": {},
    "problem_detail": "",
    "problem_fields": {},
    "problem_since": None,
    "attempts": 0,
}


def problem_name(error: Exception) -> str:
    return next(name for kind, name in NAMES if isinstance(error, kind))


def write_raw(document: Any) -> str:
    """Return a response as text to show, truncated."""
    return json.dumps(document, indent=2, ensure_ascii=False)[: errors.RAW_CHARACTERS]


def write_answer(document: Any) -> str:
    """Return a response as JSON to store, truncated if it is too long."""
    text = json.dumps(shorten(document), indent=2, ensure_ascii=False)
    return text if len(text) <= ANSWER_CHARACTERS else json.dumps({"cut off": write_raw(document)})


def shorten(value: Any) -> Any:
    """Return JSON with truncated texts, because data URIs are large."""
    match value:
        case str() if len(value) > TEXT_CHARACTERS:
            return f"{value[:TEXT_CHARACTERS]}… ({len(value)} characters)"
        case list():
            return [shorten(item) for item in value]
        case dict():
            return {name: shorten(item) for name, item in value.items()}
    return value


def words_of(error: Exception) -> Words:
    """Return the provider's message for an error, or ours without one."""
    return str(getattr(error, "provider_message", "")) or error.args[0]


def message_columns(words: Words) -> dict[str, Any]:
    """Return the columns of a message: English, and as stored text for other languages."""
    return texts.columns(words, "problem_message", "problem_text")


def columns_of(run: Run, error: Exception, name: str = "") -> dict[str, Any]:
    """Return the columns that store an error: its name, the provider's message or ours, details."""
    name = name or problem_name(error)
    since = run.problem_since if run.problem == name else None
    return {
        "problem": name,
        **message_columns(words_of(error)),
        "problem_detail": getattr(error, "raw", ""),
        "problem_fields": getattr(error, "fields", {}),
        "problem_since": since or timezone.now(),
    }


def words_by_field(run: Run) -> dict[str, list[str]]:
    """Return the provider's messages about single inputs, by JSON Pointer."""
    unsaid = _("Not accepted.")
    return {
        pointer: [words or unsaid for words in messages]
        for pointer, messages in run.problem_fields.items()
        if isinstance(messages, list)  # imported data are untrusted
    }
