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

    seams    where it can happen
    options  the members of Fault that mean something to it
    waits    it needs a task that has succeeded, and is kept until a call finds one
    """

    seams: frozenset[Seam]
    options: tuple[str, ...] = ()
    waits: bool = False


SUBMIT = frozenset({Seam.SUBMIT})
STATUS = frozenset({Seam.STATUS})
EVENTS = frozenset({Seam.EVENTS})
FILE = frozenset({Seam.FILE})

KINDS = {
    # instead of the answer, and nothing was done
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
    # a while before anything is done: the person who does not wait so long is charged after all
    "slow_before": Kind(seams=ANY, options=("seconds",)),
    # what was asked is done (a task is charged), and then the answer is spoiled
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
    "huge": Kind(seams=ANY, options=("megabytes", "told")),
    "packed": Kind(seams=ANY),
    # how a task ends: what the API says from then on
    "failed": Kind(seams=SUBMIT | STATUS, options=("code", "message")),
    "cancelled": Kind(seams=SUBMIT | STATUS),
    # a task that has succeeded, told wrongly
    "no_output": Kind(seams=STATUS, waits=True),
    "empty_output": Kind(seams=STATUS, waits=True),
    "fewer": Kind(seams=STATUS, waits=True),
    "more": Kind(seams=STATUS, waits=True),
    "bare_urls": Kind(seams=STATUS, waits=True),
    "url_list": Kind(seams=STATUS, waits=True),
    "videos": Kind(seams=STATUS, waits=True),
    "foreign_url": Kind(seams=STATUS, options=("url",), waits=True),
    "stale_links": Kind(seams=STATUS, waits=True),
    # the history, told in another form
    "events_list": Kind(seams=EVENTS),
    "events_lines": Kind(seams=EVENTS),
    "events_stream": Kind(seams=EVENTS),
    "events_endless": Kind(seams=EVENTS, options=("seconds",)),
    "events_text": Kind(seams=EVENTS),
    # a result file that is none
    "svg": Kind(seams=FILE),
    "truncated": Kind(seams=FILE),
    "bomb": Kind(seams=FILE),
    "expired": Kind(seams=FILE),
}


class BadControl(ValueError):  # noqa: N818 - it is an answer, not a mishap
    """A control request that means nothing; its text says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """A fault for the next `count` calls at a seam, or for those about one task.

    seconds  how slow, or when to come back after a 429 or 503
    told     whether the length of what is huge is told
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
    told: bool


def read_fault(document: dict[str, Any]) -> Fault:
    """A fault of a control request.

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
        told=read_flag(document, "told"),
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
