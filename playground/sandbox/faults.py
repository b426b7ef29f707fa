"""What can go wrong, as data: which fault is legal at which seam, with which options."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from playground.sandbox.calls import Seam

API = frozenset({Seam.SUBMIT, Seam.STATUS, Seam.EVENTS})
ANY = API | {Seam.FILE}
NOWHERE = "http://127.0.0.1:9/"


class RetryAfter(StrEnum):
    """How a 429 or 503 says when to come back."""

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
FILE = frozenset({Seam.FILE})

KINDS = {
    # instead of the answer, and nothing was done
    "server_error": Kind(seams=ANY),
    "bad_gateway": Kind(seams=ANY),
    "unavailable": Kind(seams=ANY, options=("retry_after", "seconds")),
    "throttled": Kind(seams=ANY, options=("retry_after", "seconds")),
    "unauthorized": Kind(seams=ANY),
    "payment_required": Kind(seams=API),
    "forbidden": Kind(seams=ANY),
    "not_found": Kind(seams=ANY),
    "conflict": Kind(seams=API),
    "reset": Kind(seams=ANY),
    "redirect": Kind(seams=ANY, options=("url",)),
    "redirect_loop": Kind(seams=ANY),
    # what was asked is done (a task is charged), and then the answer is spoiled
    "garbage": Kind(seams=ANY),
    "half_json": Kind(seams=API),
    "html": Kind(seams=ANY),
    "empty": Kind(seams=ANY),
    "json_list": Kind(seams=API),
    "missing_fields": Kind(seams=API),
    "unknown_status": Kind(seams=SUBMIT | STATUS, options=("status",)),
    "error_after": Kind(seams=ANY),
    "reset_after": Kind(seams=ANY),
    "slow": Kind(seams=ANY, options=("seconds",)),
    # how a task ends: what the API says from then on
    "failed": Kind(seams=SUBMIT | STATUS, options=("code", "message")),
    "cancelled": Kind(seams=SUBMIT | STATUS),
    # a task that has succeeded, told wrongly
    "no_output": Kind(seams=STATUS, waits=True),
    "fewer": Kind(seams=STATUS, waits=True),
    "bare_urls": Kind(seams=STATUS, waits=True),
    "url_list": Kind(seams=STATUS, waits=True),
    "videos": Kind(seams=STATUS, waits=True),
    "foreign_url": Kind(seams=STATUS, options=("url",), waits=True),
    # a result file that is none
    "svg": Kind(seams=FILE),
    "truncated": Kind(seams=FILE),
    "cut_off": Kind(seams=FILE),
    "drip": Kind(seams=FILE, options=("seconds",)),
    "huge": Kind(seams=FILE, options=("megabytes",)),
    "bomb": Kind(seams=FILE),
    "expired": Kind(seams=FILE),
}


class BadControl(ValueError):  # noqa: N818 - it is an answer, not a mishap
    """A control request that means nothing; its text says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """A fault for the next `count` calls at a seam, or for those about one task.

    seconds  how slow, or when to come back after a 429 or 503
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
        megabytes=int(read_number(document, "megabytes", 200, most=2000)),
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


def read_number(document: dict[str, Any], name: str, default: float, *, most: float) -> float:
    value = document.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= most:
        raise BadControl(f"{name} is not a number from 0 to {most}")
    return value
