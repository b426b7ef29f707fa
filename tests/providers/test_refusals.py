"""Error responses, in the shapes that services use."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from playground.providers.error_responses import parse_pause, pointer_of, read_complaint
from playground.providers.errors import InvalidInput, Throttled, Unavailable
from playground.providers.mindvideo import MindVideo
from tests.providers.scripted import Reply, ScriptedService

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    "body",
    [
        {"detail": [{"loc": ["body", "input", "prompt"], "msg": "Too long", "type": "x"}]},
        {"message": "Invalid", "errors": {"input.prompt": ["Too long"]}},
        {"errors": {"input": {"prompt": "Too long"}}},
        {"errors": [{"source": {"pointer": "/input/prompt"}, "detail": "Too long"}]},
        {"errors": [{"instancePath": "/prompt", "message": "Too long"}]},
        {"error": {"message": "Too long", "param": "prompt"}},
        {"error": {"message": "Invalid", "details": [{"field": "prompt", "reason": "Too long"}]}},
        {"error": {"code": 422, "fields": {"prompt": "Too long"}}},
        {"invalid_params": [{"name": "$.input.prompt", "reason": "Too long"}]},
    ],
)
def test_a_message_is_assigned_to_its_field(
    client: MindVideo, service: ScriptedService, body: Any
) -> None:
    service.reply_with(Reply(status=422, body=body))
    with pytest.raises(InvalidInput) as caught:
        client.submit("m", {"prompt": "a" * 9}, key="k")
    assert caught.value.fields == {"/prompt": ["Too long"]}


@pytest.mark.parametrize(
    "body",
    [
        b'{"detail": "No"}',
        b'{"errors": 7, "detail": {"request": "abc"}, "details": [1, {}, {"field": "n"}]}',
        b'{"error": null}',
    ],
)
def test_a_message_without_a_location_has_no_field(
    client: MindVideo, service: ScriptedService, body: bytes
) -> None:
    service.reply_with(Reply(status=400, body=body))
    with pytest.raises(InvalidInput) as caught:
        client.submit("m", {}, key="k")
    assert caught.value.fields == {}
    assert caught.value.raw == body.decode()


def test_messages_about_one_field_are_grouped() -> None:
    errors = [{"field": "n", "message": "Too big"}, {"field": "n", "message": "Not whole"}, "No"]
    assert read_complaint({"errors": errors}).fields == {"/n": ["Too big", "Not whole"], "": ["No"]}


def test_the_number_of_messages_is_limited() -> None:
    flood = {"errors": {f"f{i}": ["x" * 9999] * 5000 for i in range(5000)}}
    fields = read_complaint(flood).fields
    assert sum(len(messages) for messages in fields.values()) <= 100
    assert max(len(message) for messages in fields.values() for message in messages) <= 1000


@pytest.mark.parametrize(
    ("place", "pointer"),
    [
        (["body", "input", "image_urls", 0], "/image_urls/0"),
        ("input.image_urls[0]", "/image_urls/0"),
        ("$.input.image_urls[0]", "/image_urls/0"),
        ("#/input/image_urls/0", "/image_urls/0"),
        ("/input/a~1b", "/a~1b"),
        (["input", "a/b~"], "/a~1b~0"),
        ("prompt", "/prompt"),
        ("input", ""),
        ("", ""),
        (None, ""),
        (7, ""),
    ],
)
def test_every_notation_of_a_location_becomes_a_pointer(place: Any, pointer: str) -> None:
    assert pointer_of(place) == pointer


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("7", 7),
        ("0", 1),
        ("2.5", 2.5),
        ("999999999", 3600),
        ("9" * 400, 3600),
        (format_datetime(NOW + timedelta(seconds=90), usegmt=True), 90),
        (format_datetime(NOW - timedelta(days=1), usegmt=True), 1),
        ("Sun, 22 Nov 2026 12:00:30 -0000", 30),
        ("", 15),
        ("soon", 15),
        ("-5", 15),
        ("nan", 15),
        ("Sun, 99 Nov 99999 99:99:99 GMT", 15),
    ],
)
def test_retry_after_is_read_and_limited(text: str, seconds: float) -> None:
    assert parse_pause(text, now=NOW) == seconds


@pytest.mark.parametrize(
    ("reply", "seconds"),
    [
        (Reply(status=429, headers={"Retry-After": "7"}), 7),
        (Reply(status=429, headers={"Retry-After": "Wed, 21 Oct 2015 07:28:00 GMT"}), 1),
        (Reply(status=429), 15),
        (Reply(status=503, headers={"Retry-After": "120"}), 120),
    ],
)
def test_a_429_says_how_long_to_wait(
    client: MindVideo, service: ScriptedService, reply: Reply, seconds: float
) -> None:
    service.reply_with(reply)
    with pytest.raises(Throttled) as caught:
        client.status("task_1")
    assert caught.value.seconds == seconds
    assert isinstance(caught.value, Unavailable)
