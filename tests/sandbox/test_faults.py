"""Faults, injected by control requests."""

import io
import time
from collections.abc import Callable
from email.utils import parsedate_to_datetime

import pytest
import requests
from PIL import Image

from playground.sandbox.faults import KINDS
from tests.sandbox.client import Client
from tests.sandbox_process import SandboxProcess
from tests.tables import sample

STATUSES = {
    "server_error": 500,
    "bad_gateway": 502,
    "unavailable": 503,
    "throttled": 429,
    "unauthorized": 401,
    "payment_required": 402,
    "forbidden": 403,
    "not_found": 404,
    "conflict": 409,
}


@pytest.mark.parametrize(("kind", "status"), STATUSES.items())
def test_an_error_instead_of_a_task_charges_nothing(
    sandbox: SandboxProcess, client: Client, kind: str, status: int
) -> None:
    sandbox.fault("submit", kind)
    assert client.post().status_code == status
    assert sandbox.ledger()["charges"] == []
    assert client.post().status_code == 200


def test_a_gateway_error_is_an_html_page(sandbox: SandboxProcess, client: Client) -> None:
    sandbox.fault("status", "bad_gateway")
    answer = client.call("GET", f"/api/v1/tasks/{client.submit()}")
    assert answer.headers["Content-Type"] == "text/html"


@pytest.mark.parametrize(("how", "header"), [("none", None), ("seconds", "7")])
def test_a_429_may_have_retry_after_in_seconds(
    sandbox: SandboxProcess, client: Client, how: str, header: str | None
) -> None:
    sandbox.fault("submit", "throttled", retry_after=how, seconds=7)
    assert client.post().headers.get("Retry-After") == header


def test_a_429_may_have_retry_after_as_a_date(sandbox: SandboxProcess, client: Client) -> None:
    sandbox.fault("submit", "throttled", retry_after="date", seconds=60)
    date = parsedate_to_datetime(client.post().headers["Retry-After"])
    assert 50 < date.timestamp() - time.time() < 70


def test_a_fault_affects_the_given_number_of_calls(sandbox: SandboxProcess, client: Client) -> None:
    task = client.submit()
    sandbox.fault("status", "server_error", count=2)
    answers = [client.call("GET", f"/api/v1/tasks/{task}").status_code for _ in range(3)]
    assert answers == [500, 500, 200]


def test_faults_can_be_removed(sandbox: SandboxProcess, client: Client) -> None:
    sandbox.fault("submit", "server_error", count=100)
    assert client.post().status_code == 500
    sandbox.clear_faults()
    assert client.post().status_code == 200


def test_a_fault_can_be_limited_to_one_task(sandbox: SandboxProcess, client: Client) -> None:
    one, other = client.submit(), client.submit()
    sandbox.fault("status", "not_found", task=other)
    answers = [client.call("GET", f"/api/v1/tasks/{task}").status_code for task in (one, other)]
    assert answers == [200, 404]


@pytest.mark.parametrize(("kind", "charges"), [("reset", 0), ("reset_after", 1)])
def test_a_connection_is_reset_before_or_after_the_charge(
    sandbox: SandboxProcess, client: Client, kind: str, charges: int
) -> None:
    sandbox.fault("submit", kind)
    with pytest.raises(requests.ConnectionError):
        client.post("lost")
    assert len(sandbox.ledger()["charges"]) == charges
    client.submit("lost")
    assert len(sandbox.ledger()["charges"]) == 1


@pytest.mark.parametrize("kind", ["garbage", "half_json", "html", "empty"])
def test_a_task_is_charged_even_if_the_response_is_not_json(
    sandbox: SandboxProcess, client: Client, kind: str
) -> None:
    sandbox.fault("submit", kind)
    with pytest.raises(requests.JSONDecodeError):
        client.post("key").json()
    assert len(sandbox.ledger()["charges"]) == 1


def test_a_response_can_be_delayed(sandbox: SandboxProcess, client: Client) -> None:
    sandbox.fault("submit", "slow", seconds=0.3)
    assert client.post().elapsed.total_seconds() > 0.3


def test_a_task_can_be_charged_after_the_client_disconnected(
    sandbox: SandboxProcess, client: Client
) -> None:
    sandbox.fault("submit", "slow_before", seconds=0.3)
    with pytest.raises(requests.ReadTimeout):
        requests.post(f"{sandbox.url}/api/v1/tasks", **client.submission("late"), timeout=0.1)
    assert sandbox.ledger()["charges"] == []
    task = client.submit("late")
    wait_until(lambda: None not in {one["status"] for one in sandbox.ledger()["requests"]})
    assert [charge["task"] for charge in sandbox.ledger()["charges"]] == [task]


def test_a_response_can_lack_the_task_id(sandbox: SandboxProcess, client: Client) -> None:
    sandbox.fault("submit", "missing_fields")
    assert "task_id" not in client.post().json()


def test_a_status_can_be_unknown(sandbox: SandboxProcess, client: Client) -> None:
    sandbox.fault("status", "unknown_status", status="resting")
    assert client.status(client.submit())["status"] == "resting"


def test_a_task_can_fail_permanently_with_an_error(sandbox: SandboxProcess, client: Client) -> None:
    sandbox.fault("submit", "failed", code="internal", message="No luck.")
    task = client.submit()
    assert client.wait(task)["error"] == {"code": "internal", "message": "No luck."}
    assert client.status(task)["cost_actual"] == 0


def test_a_task_can_be_cancelled_while_it_runs(sandbox: SandboxProcess, client: Client) -> None:
    sandbox.durations(processing=60)
    task = client.submit()
    sandbox.fault("status", "cancelled")
    assert [client.status(task)["status"] for _ in range(2)] == ["cancelled", "cancelled"]


def test_a_fault_of_the_output_applies_to_a_succeeded_task(
    sandbox: SandboxProcess, client: Client
) -> None:
    sandbox.fault("status", "no_output")
    document = client.wait(client.submit())
    assert document["status"] == "succeeded"
    assert "output" not in document


def test_an_output_can_be_empty(sandbox: SandboxProcess, client: Client) -> None:
    sandbox.fault("status", "empty_output")
    assert client.wait(client.submit())["output"] == {"images": []}


def test_there_can_be_more_pictures_than_requested(sandbox: SandboxProcess, client: Client) -> None:
    sandbox.fault("status", "more")
    assert len(client.wait(client.submit(n=3))["output"]["images"]) == 6


def test_urls_can_be_expired_until_the_next_poll(sandbox: SandboxProcess, client: Client) -> None:
    task = client.submit()
    client.wait(task)
    sandbox.fault("status", "stale_links")
    links = [client.status(task)["output"]["images"][0]["url"] for _ in range(2)]
    assert [client.call("GET", link).status_code for link in links] == [403, 200]


def test_a_response_can_have_another_task_id_or_invalid_costs(
    sandbox: SandboxProcess, client: Client
) -> None:
    task = client.submit()
    sandbox.fault("status", "another_task")
    sandbox.fault("status", "odd_costs")
    assert client.status(task)["task_id"] != task
    assert client.status(task)["cost_estimate"] == "free"


def test_an_error_can_contain_the_api_key(sandbox: SandboxProcess, client: Client) -> None:
    sandbox.fault("submit", "key_echoed")
    answer = client.post()
    assert answer.status_code == 401
    assert sandbox.api_key in answer.text


def test_a_fault_of_the_status_does_not_change_an_error_response(
    sandbox: SandboxProcess, client: Client
) -> None:
    sandbox.fault("submit", "unknown_status")
    assert client.post(n=99).status_code == 422


def test_a_response_can_be_a_decompression_bomb(sandbox: SandboxProcess, client: Client) -> None:
    sandbox.fault("submit", "packed")
    answer = client.post(stream=True)
    assert int(answer.headers["Content-Length"]) < 100_000
    assert len(answer.raw.read(decode_content=True)) == 64 * 1024 * 1024


@pytest.mark.parametrize(
    ("kind", "content_type", "start"),
    [
        ("events_list", "application/json", "[{"),
        ("events_lines", "application/x-ndjson", "{"),
        ("events_stream", "text/event-stream", "event: task.queued\ndata: {"),
        ("events_endless", "text/event-stream", "event: task.queued\ndata: {"),
        ("events_text", "text/plain", "[20"),
    ],
)
def test_events_can_have_other_formats(
    sandbox: SandboxProcess, client: Client, kind: str, content_type: str, start: str
) -> None:
    task = client.submit()
    sandbox.fault("events", kind)
    answer = client.call("GET", f"/api/v1/tasks/{task}/events")
    assert answer.headers["Content-Type"] == content_type
    assert answer.text.startswith(start)


def test_there_can_be_fewer_pictures_than_requested(
    sandbox: SandboxProcess, client: Client
) -> None:
    sandbox.fault("status", "fewer")
    assert len(client.wait(client.submit(n=3))["output"]["images"]) == 2


def test_outputs_can_have_another_shape(sandbox: SandboxProcess, client: Client) -> None:
    task = client.submit()
    client.wait(task)
    for kind in ("bare_urls", "url_list", "videos", "foreign_url"):
        sandbox.fault("status", kind)
    bare, listed, videos, foreign = (client.status(task)["output"] for _ in range(4))
    assert isinstance(bare["images"][0], str)
    assert isinstance(listed["images"][0]["url"], list)
    assert videos["videos"][0]["url"].startswith(sandbox.url)
    assert foreign["images"][0]["url"] == "http://127.0.0.1:9/"


def test_the_outputs_can_be_videos(sandbox: SandboxProcess, client: Client) -> None:
    task = client.submit(n=2)
    client.wait(task)
    sandbox.fault("status", "videos")
    videos = client.status(task)["output"]["videos"]
    answers = [client.call("GET", video["url"]) for video in videos]
    assert [answer.headers["Content-Type"] for answer in answers] == ["video/mp4"] * 2
    assert answers[0].content[4:12] == b"ftypisom"


@pytest.mark.parametrize(
    ("kind", "content_type", "start"),
    [("html", "text/html", b"<!doctype"), ("svg", "image/svg+xml", b"<svg")],
)
def test_a_file_can_be_no_picture(
    sandbox: SandboxProcess, client: Client, kind: str, content_type: str, start: bytes
) -> None:
    url = client.urls()[0]
    sandbox.fault("file", kind)
    answer = client.call("GET", url)
    assert answer.headers["Content-Type"] == content_type
    assert answer.content.startswith(start)


def test_a_file_can_be_truncated(sandbox: SandboxProcess, client: Client) -> None:
    url = client.urls()[0]
    sandbox.fault("file", "truncated")
    with pytest.raises(OSError, match="truncated"):
        Image.open(io.BytesIO(client.call("GET", url).content)).load()


def test_a_download_can_be_cut_off(sandbox: SandboxProcess, client: Client) -> None:
    url = client.urls()[0]
    sandbox.fault("file", "cut_off")
    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        client.call("GET", url)


def test_a_file_can_be_sent_slowly(sandbox: SandboxProcess, client: Client) -> None:
    url = client.urls()[0]
    sandbox.fault("file", "drip", seconds=0.4)
    began = time.monotonic()
    assert Image.open(io.BytesIO(client.call("GET", url).content)).size == (2048, 2048)
    assert time.monotonic() - began > 0.4


def test_a_file_can_be_huge_with_and_without_content_length(
    sandbox: SandboxProcess, client: Client
) -> None:
    url = client.urls()[0]
    sandbox.fault("file", "huge", megabytes=3)
    answer = client.call("GET", url)
    assert "Content-Length" not in answer.headers
    assert len(answer.content) > 3_000_000
    sandbox.fault("file", "huge", megabytes=3, sends_length=True)
    answer = client.call("GET", url)
    assert int(answer.headers["Content-Length"]) == len(answer.content)


def test_a_file_can_be_a_decompression_bomb(sandbox: SandboxProcess, client: Client) -> None:
    url = client.urls()[0]
    sandbox.fault("file", "bomb")
    content = client.call("GET", url).content
    assert len(content) < 200_000
    assert Image.open(io.BytesIO(content)).size == (20_000, 20_000)


def test_a_file_can_redirect_to_another_host_or_in_a_loop(
    sandbox: SandboxProcess, client: Client
) -> None:
    url = client.urls()[0]
    sandbox.fault("file", "redirect", url="http://10.0.0.1/x")
    sandbox.fault("file", "redirect_loop")
    first = client.call("GET", url, allow_redirects=False)
    assert first.headers["Location"] == "http://10.0.0.1/x"
    with pytest.raises(requests.TooManyRedirects):
        client.call("GET", url)


@pytest.mark.parametrize("kind", sample(KINDS, 20))
def test_every_kind_of_fault_works_at_each_of_its_seams(
    sandbox: SandboxProcess, client: Client, kind: str
) -> None:
    task = client.submit()
    url = client.wait(task)["output"]["images"][0]["url"]
    calls = {
        "submit": ("POST", "/api/v1/tasks"),
        "status": ("GET", f"/api/v1/tasks/{task}"),
        "events": ("GET", f"/api/v1/tasks/{task}/events"),
        "file": ("GET", url),
    }
    quick = {"seconds": 0.05, "megabytes": 1}
    options = {name: quick[name] for name in KINDS[kind].options if name in quick}
    for seam in KINDS[kind].seams:
        sandbox.fault(seam, kind, 1, **options)
        spend(client, *calls[seam])
        assert sandbox.ledger()["requests"][-1]["fault"] == kind


@pytest.mark.parametrize(
    "fault",
    [
        {"seam": "door", "kind": "reset"},
        {"seam": "file", "kind": "fewer"},
        {"seam": "file", "kind": "explode"},
        {"seam": "file", "kind": "reset", "seconds": 1},
        {"seam": "file", "kind": "drip", "seconds": "long"},
        {"seam": "file", "kind": "drip", "count": -1},
        {"seam": "file", "kind": "huge", "sends_length": 1},
        {"seam": "submit", "kind": "throttled", "retry_after": "soon"},
    ],
)
def test_an_invalid_fault_gets_an_error_message(
    sandbox: SandboxProcess, fault: dict[str, object]
) -> None:
    answer = sandbox.http.post(f"{sandbox.url}/control/faults", json=fault, timeout=5)
    assert answer.status_code == 400
    assert len(answer.json()["error"]["message"]) > 10


def wait_until(condition: Callable[[], bool]) -> None:
    give_up_at = time.monotonic() + 5
    while not condition():
        assert time.monotonic() < give_up_at
        time.sleep(0.02)


def spend(client: Client, method: str, path: str) -> None:
    body = {"model": "doubao-seedream-5-0-lite", "input": {"prompt": "a quiet sea"}}
    try:
        client.call(method, path, json=body if method == "POST" else None, allow_redirects=False)
    except requests.RequestException:
        return  # some faults break the connection
