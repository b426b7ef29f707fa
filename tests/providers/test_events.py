"""The events of a task, whose format the service does not document."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from playground.providers.events import parse_time
from playground.providers.mindvideo import MindVideo
from playground.providers.protocol import TaskEvent
from tests.providers.conftest import SHORT_TIMEOUTS
from tests.providers.scripted import Reply, ScriptedService

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
FIRST = {"time": "2026-11-22T12:00:00Z", "type": "queued", "message": "In line"}
SECOND = {"timestamp": 1795348800, "event": "done", "detail": {"n": 1}}
STREAM = (
    b": welcome\n\nid: 1\nevent: queued\ndata: " + json.dumps(FIRST).encode() + b"\n\n"
    b"event: progress\ndata: half\ndata: way\n\ndata: [DONE]"
)


def fetch_events(
    client: MindVideo, service: ScriptedService, reply: Reply
) -> tuple[TaskEvent, ...]:
    service.reply_with(reply)
    return client.events("task_1")


@pytest.mark.parametrize(
    "body",
    [
        [FIRST, SECOND],
        {"events": [FIRST, SECOND]},
        {"task_id": "task_1", "data": [FIRST, SECOND]},
        b"\n".join(json.dumps(event).encode() for event in (FIRST, SECOND)),
    ],
)
def test_events_are_read_in_every_form(
    client: MindVideo, service: ScriptedService, body: Any
) -> None:
    first, second = fetch_events(client, service, Reply(body=body))
    assert (first.at, first.type, first.message) == (NOON, "queued", "In line")
    assert (second.at, second.type, second.message) == (NOON, "done", '{"n": 1}')
    assert json.loads(first.raw) == FIRST


@SHORT_TIMEOUTS
@pytest.mark.parametrize("hangs", [False, True])
def test_a_truncated_event_stream_is_read_up_to_its_end(
    client: MindVideo, service: ScriptedService, *, hangs: bool
) -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\n\r\n"
    first, second, third = fetch_events(client, service, Reply(raw=head + STREAM, hangs=hangs))
    assert (first.at, first.type, first.message) == (NOON, "queued", "In line")
    assert (second.type, second.message) == ("progress", "half\nway")
    assert third.message == "[DONE]"


def test_unreadable_events_are_shown_as_text(client: MindVideo, service: ScriptedService) -> None:
    events = fetch_events(client, service, Reply(body=b"Task began\n\nTask ended"))
    assert [event.message for event in events] == ["Task began", "Task ended"]
    assert [event.at for event in events] == [None, None]


@pytest.mark.parametrize(
    ("body", "count"), [(b"", 0), ([], 0), ({}, 0), ({"events": []}, 0), ([1, None, ["x"]], 3)]
)
def test_malformed_events_are_counted(
    client: MindVideo, service: ScriptedService, body: Any, count: int
) -> None:
    assert len(fetch_events(client, service, Reply(body=body))) == count


def test_the_number_of_events_is_limited(client: MindVideo, service: ScriptedService) -> None:
    assert len(fetch_events(client, service, Reply(body=[1] * 9_000))) == 500


@pytest.mark.parametrize(
    ("value", "time"),
    [
        ("2026-11-22T12:00:00Z", NOON),
        ("2026-11-22 12:00:00", NOON),
        ("2026-11-22T13:00:00+01:00", NOON),
        (1795348800, NOON),
        ("1795348800", NOON),
        (1795348800000, NOON),
        ("yesterday", None),
        ("", None),
        (None, None),
        (True, None),
        ([], None),
        (10**30, None),
        ("1.2.3", None),
    ],
)
def test_a_time_is_read_or_unknown(value: Any, time: datetime | None) -> None:
    assert parse_time(value) == time
