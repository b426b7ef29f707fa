"""Any response gives a result or a ProviderError in the client, and a valid state of the run."""

import contextlib
import gzip
import json
import logging
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import example, given
from hypothesis import strategies as st
from pytest_django.fixtures import Settings

from playground.providers import registry
from playground.providers.errors import ProviderError
from playground.providers.mindvideo import MindVideo, connect
from playground.providers.protocol import TaskEvent, TaskState, Ticket
from playground.providers.transport import Limits
from playground.runs.models import Run
from playground.runs.models.status import NEXT
from playground.runs.worker import steps
from playground.teams.models import ApiKey
from tests.conftest import picture_bytes
from tests.fuzz.inputs import Meter, fuzzed
from tests.providers.scripted import Reply, Request, ScriptedService, serving
from tests.rolled_back import rolled_back

pytestmark = pytest.mark.once

PICTURE = picture_bytes()
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.sampled_from(["succeeded", "failed", "queued", "task_1", "\ud800", "\0", "\u202e"])
    | st.sampled_from([10**400, -(10**30), 1e308, -0.0, "0.0315", "1e999", "-1", "Infinity"])
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
COSTS = dict.fromkeys(["cost_estimate", "cost_actual"], VALUES | SCALARS)
TASKS = st.fixed_dictionaries(
    {"status": st.sampled_from(["succeeded", "failed", "queued"]) | VALUES},
    optional=dict.fromkeys(["task_id", "error"], VALUES)
    | COSTS
    | {"output": st.fixed_dictionaries({"images": VALUES, "videos": VALUES})},
)


@st.composite
def corrupted(draw: st.DrawFn, bodies: st.SearchStrategy[bytes]) -> bytes:
    """Draw a body with some bytes changed or missing."""
    body = bytearray(draw(bodies))
    for _ in range(draw(st.integers(0, 3))):
        at = draw(st.integers(0, len(body)))
        body[at : at + draw(st.integers(0, 3))] = draw(st.binary(max_size=4))
    return bytes(body[: draw(st.integers(0, len(body)))] if draw(st.booleans()) else body)


def to_json(value: Any) -> bytes:
    return json.dumps(value).encode()


DEEP = b'{"a":' * 20_000 + b"1" + b"}" * 20_000
BODIES = (VALUES | TASKS).map(to_json) | st.binary() | corrupted(TASKS.map(to_json)) | st.just(DEEP)
HEADERS = st.fixed_dictionaries(
    {"Content-Type": st.sampled_from(["application/json", "text/event-stream", "text/html", ""])},
    optional={
        "Content-Length": st.sampled_from(["0", "3", "999", "-1", "x", "9" * 30]),
        "Content-Encoding": st.sampled_from(["gzip", "deflate", "br", "x"]),
        "Transfer-Encoding": st.just("chunked"),
        "Retry-After": st.sampled_from(["5", "-1", "1e999", "nan", "9" * 30, "Fri, 99 Foo"]),
        "Date": st.sampled_from(["", "Fri, 32 Nov 2026 00:00:00 GMT", "Thu, 01 Jan 0000 0:0:0 X"]),
        "Location": st.sampled_from(["/", "//", "http://[", "file:///etc/passwd"]),
    },
)
STATUSES = st.sampled_from([200, 200, 200, 201, 204, 302, 400, 401, 402, 404, 409, 422, 429, 500])
REPLIES = st.builds(Reply, status=STATUSES, body=BODIES, headers=HEADERS)
BOMB = Reply(body=gzip.compress(bytes(300_000_000), 1), headers={"Content-Encoding": "gzip"})

CALLS: dict[str, Callable[[MindVideo], Ticket | TaskState | tuple[TaskEvent, ...]]] = {
    "submit": lambda client: client.submit("m", {}, key="k"),
    "status": lambda client: client.status("task_1"),
    "events": lambda client: client.events("task_1"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """The responses of a service, by kind of request."""

    submit: Reply
    status: tuple[Reply, ...]
    events: Reply
    file: Reply


class UnreliableService(ScriptedService):
    """A server that responds by kind of request."""

    script: Script | None = None

    def next_reply(self, request: Request) -> Reply:
        if self.script is None:
            return super().next_reply(request)
        self.requests.append(request)
        if request.method == "POST":
            return self.script.submit
        if request.path.endswith("/events"):
            return self.script.events
        if request.path.startswith("/file"):
            return self.script.file
        return self.script.status[len(self.requests) % len(self.script.status)]


@pytest.fixture(scope="module")
def service() -> Iterator[UnreliableService]:
    """One server for all tests; each input sets its script."""
    with serving(UnreliableService()) as unreliable:
        assert isinstance(unreliable, UnreliableService)
        yield unreliable


@pytest.fixture(scope="module")
def provider(service: UnreliableService) -> Iterator[MindVideo]:
    limits = Limits(connect_seconds=5, read_seconds=5, total_seconds=5, body_bytes=100_000)
    provider = connect(service.url, "mv_live_secret", timeout=limits)
    yield provider
    provider.http.close()


def find_texts(value: Any) -> Iterator[str]:
    match value:
        case str():
            yield value
        case dict():
            yield from find_texts([*value.keys(), *value.values()])
        case list() | tuple():
            for item in value:
                yield from find_texts(item)


def check_storable(result: Ticket | TaskState | tuple[TaskEvent, ...]) -> None:
    """Check that every database can store a result: no NUL, no surrogate, no infinite number."""
    parts = [asdict(part) for part in (result if isinstance(result, tuple) else (result,))]
    json.dumps(parts, default=str, allow_nan=False)
    for text in find_texts(parts):
        assert "\0" not in text
        text.encode()


@given(st.sampled_from(sorted(CALLS)), REPLIES)
@example("status", BOMB)
@fuzzed(few=100)
def test_any_answer_is_a_result_or_a_provider_error(
    meter: Meter, provider: MindVideo, service: UnreliableService, call: str, reply: Reply
) -> None:
    service.script = None
    service.reply_with(reply)
    with meter.within_bounds(), contextlib.suppress(ProviderError):
        check_storable(CALLS[call](provider))


@given(st.binary() | st.binary().map(lambda tail: b"HTTP/1.1 200 OK\r\n" + tail))
@fuzzed(few=100)
def test_any_response_is_a_result_or_a_provider_error(
    meter: Meter, provider: MindVideo, service: UnreliableService, raw: bytes
) -> None:
    service.script = None
    service.reply_with(Reply(raw=raw))
    with meter.within_bounds(), contextlib.suppress(ProviderError):
        provider.status("task_1")


@st.composite
def scripts(draw: st.DrawFn, url: str) -> Script:
    """Draw a script of mostly valid responses, and some arbitrary ones."""
    links = st.sampled_from([f"{url}/file/{n}.png" for n in range(3)]) | st.sampled_from(
        ["", "data:image/png;base64,AAAA", "file:///etc/passwd", "http://[", "http://127.0.0.1:9/"]
    )
    files = st.lists(st.builds(lambda link: {"url": link}, links) | SCALARS, max_size=4)
    output = st.fixed_dictionaries({"images": files}, optional={"videos": files})
    state = {"task_id": st.just("task_1") | SCALARS, "output": output | VALUES}
    ends = st.sampled_from(["succeeded", "succeeded", "failed", "processing", "queued", "canceled"])
    known = st.fixed_dictionaries({"status": ends}, optional=state | COSTS | {"error": VALUES})
    ticket = st.fixed_dictionaries({"task_id": st.just("task_1")}, optional=COSTS)
    states = known.map(lambda body: Reply(body=body)) | REPLIES
    pictures = st.sampled_from([PICTURE, PICTURE[:99], b"<html>"]) | corrupted(st.just(PICTURE))
    return Script(
        submit=draw(ticket.map(lambda body: Reply(body=body)) | REPLIES),
        status=tuple(draw(st.lists(states, min_size=1, max_size=4))),
        events=draw(REPLIES),
        file=draw(st.builds(Reply, body=pictures, headers=HEADERS) | REPLIES),
    )


@pytest.fixture
def run(service: UnreliableService, run: Run, settings: Settings) -> Run:
    settings.SANDBOX_URL = service.url
    run.api_key = ApiKey.objects.keep(run.workspace, registry.SANDBOX.slug, "mv_live_secret")
    run.save(update_fields=["api_key"])
    return run


@given(data=st.data())
@fuzzed(few=25, share=4)
def test_any_service_leaves_a_run_where_it_can_be(
    meter: Meter,
    service: UnreliableService,
    run: Run,
    *,
    client: Client,
    caplog: pytest.LogCaptureFixture,
    data: st.DataObject,
) -> None:
    service.script = data.draw(scripts(service.url))
    caplog.clear()
    with meter.within_bounds(), rolled_back():
        for _ in range(8):
            take_step(run)
        check_run(run)
        assert client.get(run.get_absolute_url()).status_code == 200
    assert [record for record in caplog.records if record.levelno >= logging.ERROR] == []


def take_step(run: Run) -> None:
    """Take the next step now; check that its change of status is legal."""
    before = Run.objects.get(pk=run.pk)
    Run.objects.exclude(next_check_at=None).update(next_check_at=timezone.now())
    ApiKey.objects.update(paused_until=None)
    steps.run_due_step(run.pk)
    after = Run.objects.get(pk=run.pk)
    assert after.status == before.status or after.status in NEXT[before.status]


def check_run(run: Run) -> None:
    run.refresh_from_db()
    run.validate_constraints()
    for cost in (run.cost_estimate, run.cost_actual):
        assert cost is None or (cost.is_finite() and cost >= 0)
    for output in run.outputs.all():
        assert output.file is None or output.file.size_bytes
