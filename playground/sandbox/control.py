"""The control endpoint; the docstring of the package describes its protocol."""

from collections.abc import Callable
from typing import Any

from playground.sandbox.answers import Answer, answer_error, answer_json
from playground.sandbox.calls import Call
from playground.sandbox.contract import parse_body
from playground.sandbox.faults import (
    BadControl,
    read_fault,
    read_number,
    read_text,
    refuse_surplus,
)
from playground.sandbox.refusal import Refusal
from playground.sandbox.switches import Switches
from playground.sandbox.tasks import Durations, Pace

FOREVER = 1e9  # seconds, and pixels
SHORTEST_SIDE = 16


def answer(call: Call, switches: Switches) -> Answer:
    """Answer one control request; an invalid one with 400 and a message."""
    if (call.method, call.path) == ("GET", "/control/ledger"):
        return answer_json(switches.ledger())
    handler = HANDLERS.get(call.path)
    if handler is None:
        return answer_error(404, "not_found", f"Use /control/ledger, {', '.join(HANDLERS)}.")
    if call.method != "POST":
        return answer_error(405, "method_not_allowed", "Use POST.", allow="POST")
    try:
        handler(parse_body(call.body or b"{}"), switches)
    except BadControl as error:
        return answer_error(400, "bad_control", str(error))
    except Refusal as refusal:
        return answer_error(refusal.status, refusal.code, refusal.message)
    return answer_json({"done": True})


def set_durations(document: dict[str, Any], switches: Switches) -> None:
    refuse_surplus(document, {"queued", "processing", "seed", "count", "task"})
    queued, processing = read_range(document, "queued"), read_range(document, "processing")
    pace = Pace(
        least=Durations(queued=queued[0], processing=processing[0]),
        most=Durations(queued=queued[1], processing=processing[1]),
        seed=int(read_number(document, "seed", 0, most=FOREVER)),
    )
    count = int(read_number(document, "count", 1, most=FOREVER)) if "count" in document else None
    task = read_text(document, "task", "") or None
    if count is not None and task:
        raise BadControl("count and task exclude each other")
    if not switches.set_pace(pace, count=count, task=task):
        raise BadControl(f"there is no task {task}")


def read_range(document: dict[str, Any], name: str) -> tuple[float, float]:
    """Read a number, or [least, most], as a range."""
    value = document.get(name, 0)
    ends = value if isinstance(value, list) else [value, value]
    if len(ends) != 2:  # noqa: PLR2004 - a range has two ends
        raise BadControl(f"{name} is neither a number nor [least, most]")
    least, most = (read_number({name: end}, name, 0, most=FOREVER) for end in ends)
    if least > most:
        raise BadControl(f"{name} begins above its end")
    return least, most


def add_fault(document: dict[str, Any], switches: Switches) -> None:
    switches.add_fault(read_fault(document))


def mend(document: dict[str, Any], switches: Switches) -> None:
    refuse_surplus(document, set())
    switches.mend()


def set_key(document: dict[str, Any], switches: Switches) -> None:
    refuse_surplus(document, {"key", "enabled"})
    key, enabled = read_text(document, "key", ""), document.get("enabled", True)
    if not key or not isinstance(enabled, bool):
        raise BadControl("key is a string that is not empty, enabled is true or false")
    switches.set_key(key, is_enabled=enabled)


def set_links(document: dict[str, Any], switches: Switches) -> None:
    refuse_surplus(document, {"seconds"})
    switches.set_number("link_seconds", read_number(document, "seconds", 3600, most=FOREVER))


def set_pictures(document: dict[str, Any], switches: Switches) -> None:
    refuse_surplus(document, {"longest_side"})
    side = read_number(document, "longest_side", FOREVER, most=FOREVER)
    if side < SHORTEST_SIDE:
        raise BadControl(f"longest_side is less than {SHORTEST_SIDE}")
    switches.set_number("longest_side", side)


def reset(document: dict[str, Any], switches: Switches) -> None:
    refuse_surplus(document, set())
    switches.reset()


HANDLERS: dict[str, Callable[[dict[str, Any], Switches], None]] = {
    "/control/durations": set_durations,
    "/control/faults": add_fault,
    "/control/mend": mend,
    "/control/keys": set_key,
    "/control/links": set_links,
    "/control/pictures": set_pictures,
    "/control/reset": reset,
}
