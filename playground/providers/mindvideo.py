"""MindVideo, api.mindvideo.ai: documented with its first model; the shapes of errors are inferred.

Source  "Calling the API" on the page of doubao-seedream-5-0-lite, read 2026-11-22
"""

import contextlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import quote, urlsplit

import requests

from playground.providers import texts
from playground.providers.error_responses import not_from_api, raise_for_answer, read_complaint
from playground.providers.errors import (
    InvalidInput,
    KeyRefused,
    Lost,
    Refused,
    Unavailable,
    UnknownModel,
    Unreachable,
)
from playground.providers.events import read_events
from playground.providers.outputs import read_outputs
from playground.providers.protocol import (
    ModelFacts,
    TaskError,
    TaskEvent,
    TaskState,
    TaskStatus,
    Ticket,
)
from playground.providers.transport import (
    ApiKeyAuth,
    Limits,
    NoConnectionError,
    Response,
    Session,
    TooLargeError,
    read_json,
    send_request,
)
from playground.texts import Text

OUTPUTS = ("output", "outputs", "result", "results")
MOST_COST = Decimal(1_000_000)
COST_PLACES = 10
# Its documentation names no currency; amounts with another currency are ignored.
CURRENCIES = {"", "USD", "US$", "$"}
ID_CHARACTERS = 200
MESSAGE_CHARACTERS = 1000
NO_TASK = "task_that_never_was"


def connect(base_url: str, api_key: str, *, timeout: Limits | None = None) -> "MindVideo":
    """Return a client with its own Session, for one thread.

    Raises  KeyRefused for what can be no API key, ValueError for what can be no base URL
    """
    parts = urlsplit(base_url)
    if parts.scheme not in ("http", "https") or not parts.hostname or "@" in parts.netloc:
        raise ValueError("The base URL of the service must be http(s)://host, without a user.")
    key = api_key.strip()
    if not key or not key.isascii() or not key.isprintable() or " " in key:
        raise KeyRefused(texts.BAD_KEY)
    return MindVideo(Session(ApiKeyAuth(key, base_url)), base_url, timeout or Limits())


@dataclass(frozen=True, slots=True)
class MindVideo:
    """The API of MindVideo, or of the sandbox that mocks it."""

    http: requests.Session  # brings the API key
    base_url: str
    limits: Limits = field(default_factory=Limits)

    def submit(
        self, model: str, inputs: Mapping[str, Any], *, key: str, facts: ModelFacts | None = None
    ) -> Ticket:
        """Queue one task; return its id and the estimated cost.

        facts   about the model, for the sandbox; None for MindVideo, which does not get them
        key     idempotency key; repeated, it starts nothing new, with other inputs it is Conflict.
                Never repeated in here: who asks again decides so, with the same key
        Raises  Unreachable (try later, nothing was sent), Unavailable (try later, it may have been
                accepted), Throttled (after .seconds), Refused (never)
        """
        extra = {"model_facts": write_facts(facts)} if facts else {}
        document = {"model": model, "input": inputs, **extra}
        try:
            body = json.dumps(document, allow_nan=False).encode()
        except (TypeError, ValueError, RecursionError) as error:
            raise InvalidInput(texts.NOT_WRITABLE) from error
        headers = {"Content-Type": "application/json", "Idempotency-Key": key}
        return self._ask(
            "tasks", read_ticket, UnknownModel, texts.NO_MODEL, body=body, headers=headers
        )

    def status(self, task_id: str) -> TaskState:
        """Poll one task.

        Raises  Unavailable (try later), Lost (the provider forgot it), Refused (never)
        """

        def read(answer: Response) -> TaskState:
            return read_state(answer, task_id, self.base_url)

        return self._ask(_path(task_id), read, Lost, texts.TASK_GONE)

    def events(self, task_id: str) -> tuple[TaskEvent, ...]:
        """Return the event history of a task; unreadable entries are texts. Raises as `status`."""
        path = _path(task_id) + "/events"
        return self._ask(path, read_events, Lost, texts.NO_HISTORY)

    def check(self) -> datetime | None:
        """Check the API key by polling a task that cannot exist.

        Returns the service's clock, to the second; None where it shows none
        Raises  Unavailable (try later), KeyRefused and other Refused that say no to us
        """
        answer = self._reach(_path(NO_TASK))
        with contextlib.suppress(Lost, InvalidInput):  # it looked for the task, so the key is valid
            self._read(answer, _read_object, Lost, texts.NO_TASK)
        return read_date(answer.headers.get("Date", ""))

    def close(self) -> None:
        """Close keep-alive connections."""
        self.http.close()

    def _ask[T](
        self,
        path: str,
        read: Callable[[Response], T],
        not_found: type[Refused],
        gone: Text,
        **post: Any,
    ) -> T:
        return self._read(self._reach(path, **post), read, not_found, gone)

    def _read[T](
        self, answer: Response, read: Callable[[Response], T], not_found: type[Refused], gone: Text
    ) -> T:
        raise_for_answer(answer, not_found=not_found, gone=gone)
        if answer.is_web_page:
            raise not_from_api(answer)
        try:
            return read(answer)
        except (KeyError, TypeError, ValueError, ArithmeticError, RecursionError) as error:
            raise Unavailable(
                texts.UNREADABLE,
                status=answer.status,
                raw=answer.clean(answer.text),
            ) from error

    def _reach(self, path: str, **post: Any) -> Response:
        """Send a request; convert every failure without a response to Unavailable."""
        try:
            return self._answer(f"{self.base_url.rstrip('/')}/api/v1/{path}", **post)
        except NoConnectionError as error:
            raise Unreachable(texts.UNREACHABLE, raw=str(error)) from error
        except TooLargeError as error:
            words = texts.ANSWER_TOO_LARGE(limit=f"{error.limit_bytes / 1e6:,.0f}")
            raise Unavailable(words, raw=type(error).__name__) from error
        except requests.Timeout as error:
            raise Unavailable(texts.TOO_SLOW, raw=type(error).__name__) from error
        except (requests.RequestException, OSError, ValueError) as error:
            raise Unavailable(texts.BROKEN_OFF, raw=type(error).__name__) from error

    def _answer(self, url: str, **post: Any) -> Response:
        """Send a GET, or a POST with a body. Only a GET is retried, once, because it is free."""
        if post:
            return send_request(self.http, "POST", url, limits=self.limits, **post)
        try:
            return send_request(self.http, "GET", url, limits=self.limits)
        except (requests.Timeout, NoConnectionError):
            raise
        except requests.ConnectionError as broken:  # usually a stale keep-alive
            try:
                return send_request(self.http, "GET", url, limits=self.limits)
            except NoConnectionError:
                raise broken from None  # the first attempt may have arrived


def write_facts(facts: ModelFacts) -> dict[str, Any]:
    """Write the facts of a model as JSON; amounts are texts, which keep their digits."""
    return {
        "title": facts.title,
        "makes": facts.makes,
        "schema": facts.schema,
        "likely": None if facts.likely is None else f"{facts.likely:f}",
        "most": None if facts.most is None else f"{facts.most:f}",
    }


def _path(task_id: str) -> str:
    return f"tasks/{quote(task_id, safe='')}"


def read_date(text: str) -> datetime | None:
    """Parse a Date header, in UTC; None if it is invalid. Source: RFC 9110 §6.6.1"""
    try:
        moment = parsedate_to_datetime(text)
        return moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def read_ticket(answer: Response) -> Ticket:
    """Parse the response to a submission. Only its ID is required; the default status is queued."""
    document = _read_object(answer)
    status = document.get("status")
    return Ticket(
        task_id=_read_id(document["task_id"]),
        request_id=answer.clean(str(document.get("request_id") or ""))[:ID_CHARACTERS],
        status=TaskStatus(status) if status in list(TaskStatus) else TaskStatus.QUEUED,
        cost_estimate=read_cost(document, "cost_estimate"),
        raw=answer.plain(document),
    )


def _read_object(answer: Response) -> dict[str, Any]:
    document = read_json(answer.text)
    if not isinstance(document, dict):
        raise TypeError("the answer is no object")
    return document


def _read_id(value: Any) -> str:
    """Parse an ID that is safe in a URL path; a number counts."""
    text = str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""
    if not text.strip(".") or len(text) > ID_CHARACTERS or not text.isprintable():
        raise ValueError("no usable task id")
    return text


def read_state(answer: Response, task_id: str, base_url: str) -> TaskState:
    """Parse the response about a task.

    base_url  of the provider, for relative URLs

    Raises  ValueError and similar for an unknown status or another task
    """
    document = _read_object(answer)
    if str(document.get("task_id") or task_id) != task_id:
        raise ValueError("the answer is about another task")
    return TaskState(
        status=TaskStatus(document["status"]),
        cost_estimate=read_cost(document, "cost_estimate"),
        cost_actual=read_cost(document, "cost_actual"),
        outputs=read_outputs(answer, find_output(document), base_url),
        error=_read_error(answer, document.get("error")),
        raw=answer.plain(document),
    )


def find_output(document: Mapping[str, Any]) -> Any:
    """Return the task's output, under the documented or another common key."""
    return next((document[name] for name in OUTPUTS if document.get(name)), None)


def read_cost(document: Mapping[str, Any], name: str) -> Decimal | None:
    """Parse a cost, exactly as written; None if it is invalid.

    Invalid are NaN, negative amounts, a million or more, and amounts in another currency.
    """
    currency = document.get("currency") or ""
    if not isinstance(currency, str) or currency.strip().upper() not in CURRENCIES:
        return None
    value = document.get(name)
    try:
        cost = Decimal(value) if isinstance(value, str | int | Decimal) else None
    except ArithmeticError:
        return None
    if isinstance(value, bool) or cost is None or not cost.is_finite():
        return None
    if not 0 <= cost < MOST_COST:
        return None
    return round(cost, COST_PLACES) if int(cost.as_tuple().exponent) < -COST_PLACES else cost


def _read_error(answer: Response, error: Any) -> TaskError | None:
    """Parse the error of a failed task: a text, or `{"code": ..., "message": ...}`."""
    if not error:
        return None
    plain = answer.plain(error)
    complaint = read_complaint(plain)
    return TaskError(
        code=complaint.code,
        message=complaint.message or json.dumps(plain, ensure_ascii=False)[:MESSAGE_CHARACTERS],
        declined=complaint.is_declined,
    )
