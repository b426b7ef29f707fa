"""The kinds of faults as data: the seams where each is legal, and its options."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from playground.sandbox.calls import Seam

API = frozenset({Seam.SUBMIT, Seam.STATUS, Seam.EVENTS})
ANY = API | {Seam.FILE}
NOWHERE = "http://127.0.0.1:9/"


class RetryAfter(StrEnum):
    """The form of Retry-After in a 429 or 503."""

    NONE = "none"
    SECONDS = "seconds"
    DATE = "date"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One kind of fault.

    seams    where it is allowed
    options  attributes of Fault that it uses
    waits it applies to succeeded tasks only, and is kept until a call finds one
    """

    seams: frozenset[Seam]
    options: tuple[str, ...] = ()
    waits: bool = False


SUBMIT = frozenset({Seam.SUBMIT})
STATUS = frozenset({Seam.STATUS})
EVENTS = frozenset({Seam.EVENTS})
FILE = frozenset({Seam.FILE})

KINDS = {
    # instead of the response, without processing the request
    "server_error": Kind(seams=ANY),
    "bad_gateway": Kind(seams=ANY),
    "gateway": Kind(seams=ANY, options=("status",)),
    "unavailable": Kind(seams=ANY, options=("retry_after", "seconds")),
    "throttled": Kind(seams=ANY, options=("retry_after", "seconds")),
    "unauthorized": Kind(seams=ANY),
    "key_echoed": Kind(seams=API),
    "payment_required": Kind(seams=API),
    "forbidden": Kind(seams=ANY),
    "not_found": Kind(seams=ANY),
    "conflict": Kind(seams=API),
    "reset": Kind(seams=ANY),
    "redirect": Kind(seams=ANY, options=("url",)),
    "redirect_loop": Kind(seams=ANY),
    # a delay before processing: a client that times out is charged nevertheless
    "slow_before": Kind(seams=ANY, options=("seconds",)),
    # the request is processed (a task is charged), then the response is changed
    "garbage": Kind(seams=ANY),
    "half_json": Kind(seams=API),
    "html": Kind(seams=ANY),
    "empty": Kind(seams=ANY),
    "json_list": Kind(seams=API),
    "missing_fields": Kind(seams=API),
    "odd_costs": Kind(seams=SUBMIT | STATUS),
    "unknown_status": Kind(seams=SUBMIT | STATUS, options=("status",)),
    "another_task": Kind(seams=STATUS),
    "error_after": Kind(seams=ANY),
    "conflict_after": Kind(seams=SUBMIT),
    "reset_after": Kind(seams=ANY),
    "slow": Kind(seams=ANY, options=("seconds",)),
    "cut_off": Kind(seams=ANY),
    "drip": Kind(seams=ANY, options=("seconds",)),
    "huge": Kind(seams=ANY, options=("megabytes", "sends_length")),
    "packed": Kind(seams=ANY),
    # end of a task, permanently
    "failed": Kind(seams=SUBMIT | STATUS, options=("code", "message")),
    "cancelled": Kind(seams=SUBMIT | STATUS),
    # a wrong response about a succeeded task
    "no_output": Kind(seams=STATUS, waits=True),
    "empty_output": Kind(seams=STATUS, waits=True),
    "fewer": Kind(seams=STATUS, waits=True),
    "more": Kind(seams=STATUS, waits=True),
    "bare_urls": Kind(seams=STATUS, waits=True),
    "url_list": Kind(seams=STATUS, waits=True),
    "videos": Kind(seams=STATUS, waits=True),
    "foreign_url": Kind(seams=STATUS, options=("url",), waits=True),
    "stale_links": Kind(seams=STATUS, waits=True),
    # the events in another format
    "events_list": Kind(seams=EVENTS),
    "events_lines": Kind(seams=EVENTS),
    "events_stream": Kind(seams=EVENTS),
    "events_endless": Kind(seams=EVENTS, options=("seconds",)),
    "events_text": Kind(seams=EVENTS),
    # an invalid result file
    "svg": Kind(seams=FILE),
    "truncated": Kind(seams=FILE),
    "bomb": Kind(seams=FILE),
    "expired": Kind(seams=FILE),
}


class BadControl(ValueError):  # noqa: N818 - it is an answer, not a mishap
    """A control request is invalid; the message has the reason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """A fault for the next `count` calls at a seam, or for those about one task.

    seconds       delay, or Retry-After of a 429 or 503
    sends_length  whether a huge response has a Content-Length
    """

    seam: Seam
    kind: str
    count: int
    task: str | None
    seconds: float
    retry_after: RetryAfter
    url: str
    status: str
    code: str
    message: str
    megabytes: int
    sends_length: bool


def read_fault(document: dict[str, Any]) -> Fault:
    """Read the fault of a control request.

    Raises  BadControl
    """
    seam = read_choice(document, "seam", Seam)
    kind = document.get("kind")
    if not isinstance(kind, str) or kind not in KINDS:
        raise BadControl(f"kind {kind!r} is none of {', '.join(KINDS)}")
    if seam not in KINDS[kind].seams:
        raise BadControl(f"{kind} cannot happen at {seam}")
    refuse_surplus(document, {"seam", "kind", "count", "task", *KINDS[kind].options})
    return Fault(
        seam=seam,
        kind=kind,
        count=int(read_number(document, "count", 1, most=1_000_000)),
        task=read_text(document, "task", "") or None,
        seconds=read_number(document, "seconds", 1.0, most=600),
        retry_after=read_choice(document, "retry_after", RetryAfter, RetryAfter.NONE),
        url=read_text(document, "url", NOWHERE),
        status=read_text(document, "status", "paused"),
        code=read_text(document, "code", "content_moderation"),
        message=read_text(document, "message", "The prompt was refused by the moderation."),
        megabytes=int(read_number(document, "megabytes", 1024, most=4096)),
        sends_length=read_flag(document, "sends_length"),
    )


def refuse_surplus(document: dict[str, Any], allowed: set[str]) -> None:
    if surplus := sorted(set(document) - allowed):
        raise BadControl(f"{', '.join(surplus)} is not understood here")


def read_choice[E: StrEnum](
    document: dict[str, Any], name: str, choices: type[E], default: E | None = None
) -> E:
    value = document.get(name, default)
    if value not in list(choices):
        raise BadControl(f"{name} {value!r} is none of {', '.join(choices)}")
    return choices(value)


def read_text(document: dict[str, Any], name: str, default: str) -> str:
    value = document.get(name, default)
    if not isinstance(value, str):
        raise BadControl(f"{name} is not a string")
    return value


def read_flag(document: dict[str, Any], name: str) -> bool:
    value = document.get(name, False)
    if not isinstance(value, bool):
        raise BadControl(f"{name} is neither true nor false")
    return value


def read_number(document: dict[str, Any], name: str, default: float, *, most: float) -> float:
    value = document.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= most:
        raise BadControl(f"{name} is not a number from 0 to {most}")
    return value
