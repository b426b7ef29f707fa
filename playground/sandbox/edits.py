"""Faults that change the content or the form of a response."""

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from playground.sandbox.answers import Answer, content_of, with_content
from playground.sandbox.faults import Fault

KEEP_ALIVE_SECONDS = 0.1

type After = Callable[[Fault, Answer], Answer]
type Edit = Callable[[Fault, dict[str, Any]], None]


def edited(edit: Edit) -> After:
    """Return a fault that edits the JSON of a response; error responses are unchanged."""

    def spoil(fault: Fault, answer: Answer) -> Answer:
        if answer.status != 200:  # noqa: PLR2004 - HTTP's own number
            return answer
        document = json.loads(content_of(answer))
        edit(fault, document)
        return with_content(answer, json.dumps(document).encode())

    return spoil


def missing_fields(_: Fault, document: dict[str, Any]) -> None:
    for name in ("task_id", "status", "events"):
        document.pop(name, None)


def odd_costs(_: Fault, document: dict[str, Any]) -> None:
    document.update(cost_estimate="free", cost_actual=-1e300)


def unknown_status(fault: Fault, document: dict[str, Any]) -> None:
    document["status"] = fault.status


def another_task(_: Fault, document: dict[str, Any]) -> None:
    document["task_id"] = "task_of_somebody_else"


def no_output(_: Fault, document: dict[str, Any]) -> None:
    del document["output"]


def empty_output(_: Fault, document: dict[str, Any]) -> None:
    document["output"] = {"images": []}


def files_of(document: dict[str, Any]) -> list[Any]:
    """Return the files in a task's output, pictures or videos."""
    files: list[Any] = next(iter(document["output"].values()))
    return files


def fewer(_: Fault, document: dict[str, Any]) -> None:
    files_of(document).pop()


def more(_: Fault, document: dict[str, Any]) -> None:
    """Repeat each picture."""
    files = files_of(document)
    files.extend([*files])


def bare_urls(_: Fault, document: dict[str, Any]) -> None:
    document["output"] = {"images": [file["url"] for file in files_of(document)]}


def url_list(_: Fault, document: dict[str, Any]) -> None:
    addresses = [file["url"] for file in files_of(document)]
    document["output"] = {"images": [{"url": addresses}]}


def videos(_: Fault, document: dict[str, Any]) -> None:
    """Replace each picture by a clip; signatures do not depend on the suffix."""
    addresses = [urlsplit(file["url"]) for file in files_of(document)]
    videos = [
        {
            "url": address._replace(path=f"{address.path.rpartition('.')[0]}.mp4").geturl(),
            "content_type": "video/mp4",
            "duration": 2,
        }
        for address in addresses
    ]
    document["output"] = {"videos": videos}


def foreign_url(fault: Fault, document: dict[str, Any]) -> None:
    for file in files_of(document):
        file["url"] = fault.url


def stale_links(_: Fault, document: dict[str, Any]) -> None:
    """Replace URLs by expired ones; the next response has valid ones."""
    for file in files_of(document):
        file["url"] = file["url"].partition("?")[0] + "?expires=1&signature=00"


def events_of(answer: Answer) -> list[dict[str, Any]]:
    events: list[dict[str, Any]] = json.loads(content_of(answer)).get("events", [])
    return events


def told_as(write: Callable[[list[dict[str, Any]]], str], content_type: str) -> After:
    """Return a fault that sends the events in another format."""

    def spoil(_: Fault, answer: Answer) -> Answer:
        return with_content(answer, write(events_of(answer)).encode(), content_type)

    return spoil


def as_lines(events: list[dict[str, Any]]) -> str:
    return "".join(json.dumps(event) + "\n" for event in events)


def as_stream(events: list[dict[str, Any]]) -> str:
    """Format events as server-sent events. Source: HTML Standard, §9.2."""
    return "".join(f"event: {event['type']}\ndata: {json.dumps(event)}\n\n" for event in events)


def as_text(events: list[dict[str, Any]]) -> str:
    return "".join(
        f"[{event['at']}] {event['message']} <i>{event['status']}</i>\n" for event in events
    )


def endless(fault: Fault, answer: Answer) -> Answer:
    """Keep a stream open with comments, like a live stream."""
    stream = with_content(answer, b"", "text/event-stream")
    headers = tuple(header for header in stream.headers if header[0] != "Content-Length")

    def pieces() -> Iterator[bytes]:
        yield as_stream(events_of(answer)).encode()
        for _ in range(round(fault.seconds / KEEP_ALIVE_SECONDS)):
            time.sleep(KEEP_ALIVE_SECONDS)
            yield b": still here\n\n"

    return replace(stream, body=pieces(), headers=headers)


EDITS: dict[str, After] = {
    "missing_fields": edited(missing_fields),
    "odd_costs": edited(odd_costs),
    "unknown_status": edited(unknown_status),
    "another_task": edited(another_task),
    "no_output": edited(no_output),
    "empty_output": edited(empty_output),
    "fewer": edited(fewer),
    "more": edited(more),
    "bare_urls": edited(bare_urls),
    "url_list": edited(url_list),
    "videos": edited(videos),
    "foreign_url": edited(foreign_url),
    "stale_links": edited(stale_links),
    "events_list": told_as(json.dumps, "application/json"),
    "events_lines": told_as(as_lines, "application/x-ndjson"),
    "events_stream": told_as(as_stream, "text/event-stream"),
    "events_endless": endless,
    "events_text": told_as(as_text, "text/plain"),
}
