"""Maps error responses of a provider to exceptions that say what to do next.

MindVideo does not document its error format; this module reads common ones (FastAPI, Laravel,
JSON:API, OpenAI, RFC 9457). Other responses are only kept in `.raw`.

Only such a JSON object counts as a response of the API. Any other body comes from a gateway, proxy,
CDN or captive portal, whatever its status: an outage, which says nothing about the API key, the
inputs or the task.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from itertools import islice
from typing import Any

from playground.providers import texts
from playground.providers.errors import (
    THROTTLED_SECONDS,
    TOO_MANY_REQUESTS,
    Conflict,
    Declined,
    InvalidInput,
    KeyRefused,
    OutOfFunds,
    ProviderError,
    Refused,
    Throttled,
    Unavailable,
)
from playground.providers.transport import Response, read_json
from playground.texts import Text

MOST_SECONDS = 3600.0
MOST_MESSAGES = 100
WORDS = 1000  # characters of one message

BY_STATUS: dict[int, type[Refused]] = {
    400: InvalidInput,
    401: KeyRefused,
    402: OutOfFunds,
    403: KeyRefused,
    409: Conflict,
    413: InvalidInput,
    422: InvalidInput,
    451: Declined,
}
SENTENCES: dict[type[Refused], Text] = {
    InvalidInput: texts.INPUTS_REFUSED,
    KeyRefused: texts.KEY_REFUSED,
    OutOfFunds: texts.NO_FUNDS,
    Conflict: texts.SEEN_OTHERWISE,
    Declined: texts.DECLINED,
}
GONE = (404, 410)
# Other permanent errors. 408, 423 and 425 are temporary, and the meaning of non-standard codes,
# such as nginx's 499, is unknown.
REFUSALS = (405, 406, 411, 412, 414, 415, 416, 417, 421, 424, 426, 428, 431)
DECLINED = re.compile(
    r"moderat|sensitive[ _-]?(content|information|image|text|word)|content[ _-]?(polic|filter|risk)"
    r"|safety[ _-]?(system|filter|check|polic|setting)|nsfw|inappropriate content"
    r"|敏感|违规|审核",
    re.IGNORECASE,
)
# Keys that identify an error document.
ERROR_MEMBERS = {
    "code", "detail", "details", "error", "error_code", "error_message", "errors", "field_errors",
    "fields", "invalid_params", "message", "msg", "title", "violations",
}  # fmt: skip
OUT_OF_FUNDS = re.compile(
    r"insufficient[ _-]?(balance|credit|fund|quota)|out of credits|余额不足", re.IGNORECASE
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Complaint:
    """The parsed parts of an error document.

    fields  messages by the JSON Pointer of the input
    """

    code: str = ""
    message: str = ""
    fields: dict[str, list[str]] = field(default_factory=dict)

    @property
    def is_declined(self) -> bool:
        return bool(DECLINED.search(f"{self.code} {self.message}"))

    @property
    def is_out_of_funds(self) -> bool:
        return bool(OUT_OF_FUNDS.search(f"{self.code} {self.message}"))


def raise_for_answer(answer: Response, *, not_found: type[Refused], gone: Text) -> None:
    """Return for a success, else raise the exception for the response.

    not_found, gone  the exception class for a 404, and its message
    Raises           ProviderError
    """
    if not answer.is_success:
        raise _failure(answer, not_found, gone)


def _failure(answer: Response, not_found: type[Refused], gone: Text) -> ProviderError:
    complaint = read_answer(answer)
    if complaint is None and answer.status >= 400:  # noqa: PLR2004 - HTTP's own number
        return not_from_api(answer)
    complaint = complaint or Complaint()
    facts: dict[str, Any] = {
        "status": answer.status,
        "raw": answer.clean(answer.text),
        "provider_message": complaint.message,
    }
    kind = _kind(answer.status, complaint, not_found)
    if kind is None:
        return _later(answer, facts)
    if kind is InvalidInput:
        return InvalidInput(SENTENCES[kind], fields=complaint.fields, **facts)
    sentence = gone if kind is not_found else SENTENCES.get(kind)
    return kind(sentence or texts.REFUSED, **facts)


def _kind(status: int, complaint: Complaint, not_found: type[Refused]) -> type[Refused] | None:
    """Return the permanent error, or None if a retry may help."""
    if status in GONE:
        return not_found
    if status in BY_STATUS and status != 401 and complaint.is_declined:  # noqa: PLR2004 - HTTP
        return Declined
    if status in (400, 403, 422, 429) and complaint.is_out_of_funds:
        return OutOfFunds
    return BY_STATUS.get(status, Refused if status in REFUSALS else None)


def _later(answer: Response, facts: dict[str, Any]) -> Unavailable:
    pause = answer.headers.get("Retry-After")
    if answer.status == 429 or pause is not None:  # noqa: PLR2004 - HTTP's own number
        seconds = parse_pause(pause or "", now=datetime.now(UTC))
        return Throttled(texts.BUSY, seconds=seconds, **facts)
    if answer.status < 400:  # noqa: PLR2004 - HTTP's own number
        # Login pages and captive portals do this, too.
        return Unavailable(texts.REDIRECTED, **facts)
    return Unavailable(texts.FAULT, **facts)


def parse_pause(text: str, *, now: datetime) -> float:
    """Parse a Retry-After header, a number or an HTTP date: seconds from 1 to 3600.

    Source  RFC 9110 §10.2.3
    """
    try:
        if re.fullmatch(r"\s*[0-9]+(\.[0-9]+)?\s*", text):
            seconds = float(text)
        else:
            when = parsedate_to_datetime(text)
            seconds = (when.replace(tzinfo=when.tzinfo or UTC) - now).total_seconds()
    except (ValueError, OverflowError):
        seconds = THROTTLED_SECONDS
    return min(max(seconds, 1.0), MOST_SECONDS)


def not_from_api(answer: Response) -> Unavailable:
    """Return the outage error for a gateway's response.

    It is unknown whether the request reached the API, also for a 429.
    """
    facts: dict[str, Any] = {"status": answer.status, "raw": answer.clean(answer.text)}
    pause = answer.headers.get("Retry-After")
    if answer.status == TOO_MANY_REQUESTS or pause is not None:
        seconds = parse_pause(pause or "", now=datetime.now(UTC))
        throttled = Throttled(
            texts.GATEWAY_BUSY(status=answer.status),
            seconds=seconds,
            **facts,
        )
        throttled.accepted_nothing = False
        return throttled
    return Unavailable(texts.GATEWAY(status=answer.status), **facts)


def read_answer(answer: Response) -> Complaint | None:
    """Parse the error of a response; None if it is not an error document of the API."""
    try:
        document = answer.plain(read_json(answer.text))
    except (ValueError, RecursionError):
        return None
    if not isinstance(document, dict) or not document.keys() & ERROR_MEMBERS:
        return None
    return read_complaint(document)


def read_complaint(document: Any) -> Complaint:
    """Parse an error document: `{"error": ...}`, `{"message": ...}` or plain text."""
    if isinstance(document, str):
        return Complaint(message=document[:WORDS])
    if not isinstance(document, dict):
        return Complaint()
    inner = document.get("error")
    boxes = [inner, document] if isinstance(inner, dict) else [document]
    fields: dict[str, list[str]] = {}
    for pointer, message in islice(_messages(boxes), MOST_MESSAGES):
        fields.setdefault(pointer, []).append(message)
    return Complaint(
        code=_first(boxes, "code", "error_code", "type", "status"),
        message=_first(boxes, "message", "error", "detail", "error_message", "msg", "title"),
        fields=fields,
    )


def _first(boxes: list[dict[str, Any]], *names: str) -> str:
    """Return the first text under one of the keys; a number counts as text."""
    for box in boxes:
        for name in names:
            value = box.get(name)
            if isinstance(value, str | int) and not isinstance(value, bool) and value != "":
                return str(value)[:WORDS]
    return ""


PLACES = ("loc", "pointer", "instancePath", "path", "field", "param", "property", "name")
MESSAGES = ("message", "msg", "detail", "error", "reason", "description")


def _messages(boxes: list[dict[str, Any]]) -> Iterator[tuple[str, str]]:
    for box in boxes:
        if isinstance(box.get("param"), str):
            yield pointer_of(box["param"]), _first([box], *MESSAGES)
        for name in ("errors", "fields", "field_errors", "violations", "invalid_params"):
            yield from _list_messages(box.get(name))
            yield from _map_messages(box.get(name), ())
        for name in ("detail", "details"):  # a mapping here is rarely about fields
            yield from _list_messages(box.get(name))


def _list_messages(items: Any) -> Iterator[tuple[str, str]]:
    """Parse [{"loc": ["body", "input", "n"], "msg": "..."}] and similar lists."""
    for item in items[:MOST_MESSAGES] if isinstance(items, list) else ():
        if isinstance(item, str):
            yield "", item[:WORDS]
        elif isinstance(item, dict):
            source = item.get("source")
            box = item | source if isinstance(source, dict) else item
            place = next((box[name] for name in PLACES if box.get(name)), "")
            if message := _first([item], *MESSAGES):
                yield pointer_of(place), message


def _map_messages(names: Any, above: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """Parse {"input": {"n": ["..."]}} and {"input.n": "..."}."""
    for name, value in list(names.items())[:MOST_MESSAGES] if isinstance(names, dict) else ():
        place = (*above, *_tokens(name))
        if isinstance(value, dict):
            yield from _map_messages(value, place)
        for message in value if isinstance(value, list) else [value]:
            if isinstance(message, str):
                yield pointer_of(list(place)), message[:WORDS]


def pointer_of(place: Any) -> str:
    """Convert `["body", "input", "a", 0]` or `$.input.a[0]` to a pointer, `/a/0`."""
    tokens = [str(token) for token in place] if isinstance(place, list) else _tokens(place)
    for envelope in (("body",), ("input", "inputs")):
        if tokens and tokens[0] in envelope:
            tokens = tokens[1:]
    return "".join("/" + token.replace("~", "~0").replace("/", "~1") for token in tokens)


def _tokens(place: Any) -> list[str]:
    text = place if isinstance(place, str) else ""
    if text.lstrip("#").startswith("/"):
        parts = text.lstrip("#")[1:].split("/")
        return [part.replace("~1", "/").replace("~0", "~") for part in parts]
    return [token for token in re.split(r"[.\[\]]+", text.removeprefix("$")) if token]
