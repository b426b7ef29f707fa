"""Parses the event history of a task, in any common format.

MindVideo documents only the URL of the events, so all common formats are read: a list, an object
with a list, JSON Lines, server-sent events. Anything else is text.
"""

import json
import re
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from playground.providers.protocol import TaskEvent
from playground.providers.transport import Response, read_json

MOST_EVENTS = 500
MESSAGE_CHARACTERS = 2_000
RAW_CHARACTERS = 10_000
MILLISECONDS_FROM = 100_000_000_000  # as seconds that is the year 5138

TIMES = ("at", "time", "timestamp", "created_at", "createdAt", "ts", "date")
TYPES = ("type", "event", "status", "state", "name", "level")
MESSAGES = ("message", "msg", "text", "detail", "description", "error")
LISTS = ("events", "data", "items")


def read_events(answer: Response) -> tuple[TaskEvent, ...]:
    """Return the events of a response in order, at most 500."""
    try:
        items = _of_document(read_json(answer.text))
    except (ValueError, RecursionError):
        items = _of_text(answer)
    return tuple(_read_event(answer, item) for item in items[:MOST_EVENTS])


def _of_document(document: Any) -> list[Any]:
    if isinstance(document, dict):
        found = (document[name] for name in LISTS if isinstance(document.get(name), list))
        return next(found, [document] if document else [])
    return document if isinstance(document, list) else [document]


def _of_text(answer: Response) -> list[Any]:
    lines = answer.text.splitlines()
    if answer.content_type == "text/event-stream" or any(
        line.startswith(("data:", "event:")) for line in lines
    ):
        blocks = re.split(r"(?:\r\n|\r|\n){2,}", answer.text)
        return [item for block in blocks if (item := _of_block(block)) is not None]
    return [_of_line(line) for line in lines if line.strip()]


def _of_block(block: str) -> Any:
    """Parse one block of server-sent events; None for a comment. Source: HTML Standard, §9.2.6."""
    fields: dict[str, list[str]] = {}
    for line in block.splitlines():
        name, _, value = line.partition(":")
        fields.setdefault(name, []).append(value.removeprefix(" "))
    data = _of_line("\n".join(fields.get("data", [])))
    kind = fields.get("event", [""])[-1]
    if isinstance(data, dict):
        return {"type": kind} | data if kind else data
    return {"type": kind, "message": data} if kind or data else None


def _of_line(line: str) -> Any:
    try:
        return read_json(line)
    except (ValueError, RecursionError):
        return line


def _read_event(answer: Response, item: Any) -> TaskEvent:
    plain = answer.plain(item)
    raw = _text(plain)
    box = plain if isinstance(plain, dict) else {"message": raw}
    return TaskEvent(
        at=parse_time(_found(box, TIMES)),
        type=_text(_found(box, TYPES))[:100],
        message=_text(_found(box, MESSAGES))[:MESSAGE_CHARACTERS],
        raw=raw[:RAW_CHARACTERS],
    )


def _found(box: dict[str, Any], names: tuple[str, ...]) -> Any:
    return next((box[name] for name in names if box.get(name) not in (None, "")), "")


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def parse_time(value: Any) -> datetime | None:
    """Parse ISO 8601, or seconds or milliseconds since 1970; UTC without a zone."""
    try:
        if isinstance(value, str) and not re.fullmatch(r"[0-9.]+", value):
            time = datetime.fromisoformat(value)
            return time.replace(tzinfo=time.tzinfo or UTC)
        if isinstance(value, bool):
            return None
        seconds = float(Decimal(value))
        scale = 1000 if seconds >= MILLISECONDS_FROM else 1
        return datetime.fromtimestamp(seconds / scale, UTC)
    except (TypeError, ValueError, ArithmeticError, OSError):
        return None
