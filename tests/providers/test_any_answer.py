"""Whatever a service answers, the client gives a result or a ProviderError, and nothing else."""

import contextlib
import json
from collections.abc import Callable, Iterator
from dataclasses import asdict
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from playground.providers.errors import ProviderError
from playground.providers.mindvideo import MindVideo
from playground.providers.protocol import TaskEvent, TaskState, Ticket
from tests.providers.scripted import Reply, ScriptedService

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.sampled_from(["succeeded", "failed", "queued", "task_1", "https://a/1", "\ud800", "\0"])
)
KNOWN = """
    task_id request_id status cost_estimate cost_actual output images videos url error errors detail
    loc msg code message param events data timestamp type input
"""
NAMES = st.text() | st.sampled_from(KNOWN.split())
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=6),
    max_leaves=20,
)
TASKS = st.fixed_dictionaries(
    {"status": st.sampled_from(["succeeded", "failed", "queued"]) | VALUES},
    optional=dict.fromkeys(["task_id", "cost_actual", "error"], VALUES)
    | {"output": st.fixed_dictionaries({"images": VALUES, "videos": VALUES})},
)
BODIES = (VALUES | TASKS).map(lambda value: json.dumps(value).encode()) | st.binary()
TYPES = st.sampled_from(["application/json", "text/event-stream", "text/html"])
REPLIES = st.builds(
    Reply,
    status=st.sampled_from([200, 200, 200, 201, 302, 400, 401, 404, 409, 422, 429, 500]),
    body=BODIES,
    headers=st.builds(lambda content_type: {"Content-Type": content_type}, TYPES),
)

# One server for all the examples of a test: each example sets its own script.
relaxed = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
CALLS: dict[str, Callable[[MindVideo], Ticket | TaskState | tuple[TaskEvent, ...]]] = {
    "submit": lambda client: client.submit("m", {}, key="k"),
    "status": lambda client: client.status("task_1"),
    "events": lambda client: client.events("task_1"),
}


def texts_in(value: Any) -> Iterator[str]:
    match value:
        case str():
            yield value
        case dict():
            yield from texts_in([*value.keys(), *value.values()])
        case list() | tuple():
            for item in value:
                yield from texts_in(item)


def check_storable(result: Ticket | TaskState | tuple[TaskEvent, ...]) -> None:
    """Plain JSON and text that every database takes: no NUL, no surrogate, no infinite number."""
    parts = [asdict(part) for part in (result if isinstance(result, tuple) else (result,))]
    json.dumps(parts, default=str, allow_nan=False)
    for text in texts_in(parts):
        assert "\0" not in text
        text.encode()


@pytest.mark.parametrize("call", CALLS)
@given(reply=REPLIES)
@relaxed
def test_any_answer_is_a_result_or_a_provider_error(
    client: MindVideo, service: ScriptedService, call: str, reply: Reply
) -> None:
    service.says(reply)
    with contextlib.suppress(ProviderError):
        check_storable(CALLS[call](client))


@given(raw=st.binary() | st.binary().map(lambda tail: b"HTTP/1.1 200 OK\r\n" + tail))
@relaxed
def test_any_bytes_on_the_wire_are_a_result_or_a_provider_error(
    client: MindVideo, service: ScriptedService, raw: bytes
) -> None:
    service.says(Reply(raw=raw))
    with contextlib.suppress(ProviderError):
        client.status("task_1")
