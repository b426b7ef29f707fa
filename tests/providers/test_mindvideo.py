"""The MindVideo client, with a real server that sends scripted responses."""

import time
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from playground.providers.errors import (
    Conflict,
    Declined,
    InvalidInput,
    KeyRefused,
    Lost,
    OutOfFunds,
    ProviderError,
    Refused,
    Throttled,
    Unavailable,
    UnknownModel,
    Unreachable,
)
from playground.providers.mindvideo import MindVideo, connect
from playground.providers.protocol import Client, OutputFile, TaskError, TaskStatus
from playground.providers.transport import Limits
from tests.providers.certificate_authority import Authority
from tests.providers.conftest import SHORT_TIMEOUTS
from tests.providers.scripted import Reply, ScriptedService, closed_port

MODEL = "doubao-seedream-5-0-lite"
ACCEPTED = {
    "request_id": "req_1",
    "task_id": "task_1",
    "status": "queued",
    "cost_estimate": 0.0315,
}


def succeeded(**changes: Any) -> dict[str, Any]:
    output = {"images": [{"url": "https://files.example/1.jpeg"}]}
    return ACCEPTED | {"status": "succeeded", "cost_actual": 0.0315, "output": output} | changes


def submitting(client: MindVideo) -> ProviderError:
    with pytest.raises(ProviderError) as caught:
        client.submit(MODEL, {"prompt": "a cat"}, key="key-1")
    return caught.value


def polling(client: MindVideo) -> ProviderError:
    with pytest.raises(ProviderError) as caught:
        client.status("task_1")
    return caught.value


def test_the_client_implements_the_protocol(client: MindVideo) -> None:
    seen: Client = client
    assert seen is client


def test_a_submission_returns_a_task_id(client: MindVideo, service: ScriptedService) -> None:
    service.reply_with(Reply(body=ACCEPTED))
    ticket = client.submit(MODEL, {"prompt": "金毛犬"}, key="key-1")
    assert (ticket.task_id, ticket.request_id) == ("task_1", "req_1")
    assert ticket.status is TaskStatus.QUEUED
    assert ticket.cost_estimate == Decimal("0.0315")


def test_a_submission_is_sent_as_documented(
    client: MindVideo, service: ScriptedService, api_key: str
) -> None:
    service.reply_with(Reply(body=ACCEPTED))
    client.submit(MODEL, {"prompt": "金毛犬", "n": 2}, key="key-1")
    (request,) = service.requests
    assert (request.method, request.path) == ("POST", "/api/v1/tasks")
    assert request.json == {"model": MODEL, "input": {"prompt": "金毛犬", "n": 2}}
    assert request.headers["Idempotency-Key"] == "key-1"
    assert request.headers["Authorization"] == f"Bearer {api_key}"
    assert request.headers["Content-Type"] == "application/json"


def test_a_submission_without_a_known_status_is_queued(
    client: MindVideo, service: ScriptedService
) -> None:
    service.reply_with(Reply(body=ACCEPTED | {"status": ["thinking"]}))
    assert client.submit(MODEL, {}, key="key-1").status is TaskStatus.QUEUED


@pytest.mark.parametrize("task_id", [None, "", "..", "a\u0000b", True, ["task_1"], "x" * 201])
def test_a_submission_without_a_usable_id_is_refused(
    client: MindVideo, service: ScriptedService, task_id: Any
) -> None:
    service.reply_with(Reply(body=ACCEPTED | {"task_id": task_id}))
    assert type(submitting(client)) is Unavailable


def test_inputs_that_are_not_json_are_never_sent(
    client: MindVideo, service: ScriptedService
) -> None:
    with pytest.raises(InvalidInput):
        client.submit(MODEL, {"n": float("nan")}, key="key-1")
    assert service.requests == []


def test_the_documented_response_is_read(client: MindVideo, service: ScriptedService) -> None:
    service.reply_with(Reply(body=succeeded()))
    state = client.status("task_1")
    assert state.status is TaskStatus.SUCCEEDED
    assert state.outputs == (OutputFile(url="https://files.example/1.jpeg", kind="image"),)
    assert state.cost_actual == Decimal("0.0315")
    assert state.raw == succeeded()


def test_a_task_id_is_escaped_in_the_path(client: MindVideo, service: ScriptedService) -> None:
    service.reply_with(Reply(body={"status": "queued"}))
    client.status("../keys?x#y")
    assert service.requests[0].path == "/api/v1/tasks/..%2Fkeys%3Fx%23y"


@pytest.mark.parametrize(
    ("images", "urls"),
    [
        (["https://a/1", "https://a/2"], ["https://a/1", "https://a/2"]),
        ([{"url": ["https://a/1", "https://a/2"]}], ["https://a/1", "https://a/2"]),
        ({"url": "https://a/1"}, ["https://a/1"]),
        ("https://a/1", ["https://a/1"]),
        ([{"url": None}, {"link": "?"}, 7, None, "", {"url": {"a": 1}}], []),
        (None, []),
    ],
)
def test_outputs_are_read_in_every_shape(
    client: MindVideo, service: ScriptedService, images: Any, urls: list[str]
) -> None:
    service.reply_with(Reply(body=succeeded(output={"images": images})))
    assert [file.url for file in client.status("task_1").outputs] == urls


def test_videos_and_file_metadata_are_kept(client: MindVideo, service: ScriptedService) -> None:
    video = {"url": "https://a/1.mp4", "seconds": 5.5, "cover": {"url": "https://a/1.jpeg"}}
    service.reply_with(Reply(body=succeeded(output={"videos": [video]})))
    (file,) = client.status("task_1").outputs
    assert (file.kind, file.url) == ("video", "https://a/1.mp4")
    assert file.extra == {"seconds": 5.5, "cover": {"url": "https://a/1.jpeg"}}


def test_characters_no_database_stores_are_removed(
    client: MindVideo, service: ScriptedService
) -> None:
    images = [{"url": "https://a/\0\ud800", "of": "\0\ud800"}, "\0"]
    service.reply_with(Reply(body=succeeded(request_id="r\0", output={"images": images})))
    assert client.submit(MODEL, {}, key="key-1").request_id == "r"
    (file,) = client.status("task_1").outputs
    assert (file.url, file.extra) == ("https://a/?", {"of": "?"})


@pytest.mark.parametrize("output", [None, {}, [], "", {"images": []}, {"images": [None]}])
def test_a_success_without_output_is_reported(
    client: MindVideo, service: ScriptedService, output: Any
) -> None:
    service.reply_with(Reply(body=succeeded(output=output)))
    state = client.status("task_1")
    assert (state.status, state.outputs) == (TaskStatus.SUCCEEDED, ())


@pytest.mark.parametrize(
    ("written", "cost"),
    [
        (b"0.1", Decimal("0.1")),
        (b"3", Decimal(3)),
        (b'"0.0315"', Decimal("0.0315")),
        (b"0.03149999999999999999999", Decimal("0.0315")),
        (b"NaN", None),
        (b"-Infinity", None),
        (b'"NaN"', None),
        (b"1e999999999999999999999", None),
        (b"1e400", None),
        (b"-0.01", None),
        (b"true", None),
        (b"null", None),
        (b'"free"', None),
        (b"{}", None),
    ],
)
def test_a_cost_is_exact_or_unknown(
    client: MindVideo, service: ScriptedService, written: bytes, cost: Decimal | None
) -> None:
    service.reply_with(Reply(body=b'{"status": "succeeded", "cost_actual": %s}' % written))
    state = client.status("task_1")
    assert state.cost_actual == cost
    assert state.status is TaskStatus.SUCCEEDED


@pytest.mark.parametrize("currency", ["USD", "usd ", "$", "", None])
def test_an_amount_in_our_currency_is_known(
    client: MindVideo, service: ScriptedService, currency: str | None
) -> None:
    service.reply_with(Reply(body=succeeded(output={}, currency=currency, cost_actual=0.22)))
    assert client.status("task_1").cost_actual == Decimal("0.22")


@pytest.mark.parametrize("currency", ["CNY", "EUR", "credits", 7, ["USD"]])
def test_an_amount_in_another_currency_is_unknown(
    client: MindVideo, service: ScriptedService, currency: Any
) -> None:
    service.reply_with(Reply(body=succeeded(output={}, currency=currency, cost_actual=0.22)))
    assert client.status("task_1").cost_actual is None


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        ("The GPU caught fire", TaskError(code="", message="The GPU caught fire")),
        ({"code": "slow", "message": "Too slow"}, TaskError(code="slow", message="Too slow")),
        (["?"], TaskError(code="", message='["?"]')),
        ("The name is case-sensitive", TaskError(code="", message="The name is case-sensitive")),
        (
            {"code": 1301, "message": "输入内容包含敏感信息"},
            TaskError(code="1301", message="输入内容包含敏感信息", declined=True),
        ),
        (
            {"code": "OutputImageSensitiveContentDetected", "message": "No"},
            TaskError(code="OutputImageSensitiveContentDetected", message="No", declined=True),
        ),
        (
            "Blocked by our content policy",
            TaskError(code="", message="Blocked by our content policy", declined=True),
        ),
    ],
)
def test_a_failed_task_says_why(
    client: MindVideo, service: ScriptedService, error: Any, expected: TaskError
) -> None:
    service.reply_with(Reply(body={"status": "failed", "error": error}))
    assert client.status("task_1").error == expected


def test_a_failed_task_without_a_reason_has_no_error(
    client: MindVideo, service: ScriptedService
) -> None:
    service.reply_with(Reply(body={"status": "failed", "error": None}))
    state = client.status("task_1")
    assert (state.status, state.error) == (TaskStatus.FAILED, None)


@pytest.mark.parametrize("status", ["done", "SUCCEEDED", "", None, 1, ["succeeded"], {}])
def test_an_unknown_status_is_an_unusable_response(
    client: MindVideo, service: ScriptedService, status: Any
) -> None:
    service.reply_with(Reply(body=succeeded(status=status)))
    error = polling(client)
    assert type(error) is Unavailable
    assert '"task_id": "task_1"' in error.raw


def test_a_response_about_another_task_is_unusable(
    client: MindVideo, service: ScriptedService
) -> None:
    service.reply_with(Reply(body=succeeded(task_id="task_of_somebody_else")))
    assert type(polling(client)) is Unavailable


@pytest.mark.parametrize(
    "reply",
    [
        Reply(status=500, body={"error": "boom"}),
        Reply(status=502, body=b"<html>Bad Gateway</html>"),
        Reply(status=503),
        Reply(status=408),
        Reply(status=304),
        Reply(status=204),
        Reply(body=b""),
        Reply(body=b'{"task_id": "task_1", "sta'),
        Reply(body=b"<html>Welcome to the hotel's network</html>"),
        Reply(body=b"\xff\xfe\x00garbage"),
        Reply(body=b"[" * 50_000),
        Reply(body=[]),
        Reply(body="task_1"),
        Reply(body=7),
        Reply(body={"error": {"code": 500}}),
        Reply(body=b"not gzip", headers={"Content-Encoding": "gzip"}),
        Reply(body=b'{"task_id": "task_1"', headers={"Content-Length": "500"}),
        *(
            Reply(raw=b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + size + b"\r\n[]")
            for size in (b"-5", b"-8000000000000001", b"9" * 30)
        ),
        Reply(raw=b"HTTP/1.1 200 OK\r\nContent-Length: " + b"9" * 30 + b"\r\n\r\n[]"),
        Reply(body=b"zz\r\n", headers={"Transfer-Encoding": "chunked"}),
        Reply(raw=b"SSH-2.0-OpenSSH_9.6\r\n"),
        Reply(raw=b""),
        Reply(raw=b"HTTP/1.1 200 OK\r\nContent-Le", resets=True),
    ],
)
def test_an_unusable_response_is_retried_later(
    client: MindVideo, service: ScriptedService, reply: Reply
) -> None:
    service.reply_with(reply)
    assert type(submitting(client)) is Unavailable
    assert type(polling(client)) is Unavailable


def test_a_response_that_is_too_large_is_reported(
    client: MindVideo, service: ScriptedService
) -> None:
    service.reply_with(Reply(body=ACCEPTED | {"padding": "x" * 1_000_001}))
    limits = replace(client.limits, body_bytes=1_000_000)
    error = polling(replace(client, limits=limits))
    assert type(error) is Unavailable
    assert str(error) == "The provider's answer is larger than 1 MB."


@SHORT_TIMEOUTS
@pytest.mark.parametrize(
    "reply",
    [
        Reply(raw=b"", hangs=True),
        Reply(raw=b"HTTP/1.1 200 OK\r\n", hangs=True),
        Reply(raw=b'HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{"task_id"', hangs=True),
    ],
)
def test_a_silent_provider_times_out(
    client: MindVideo, service: ScriptedService, reply: Reply
) -> None:
    service.reply_with(reply)
    error = submitting(client)
    assert type(error) is Unavailable
    assert str(error) == "The provider took too long to answer."


@SHORT_TIMEOUTS
@pytest.mark.parametrize(
    "reply",
    [
        Reply(raw=b"HTTP/1.1 200 OK\r\nX-Slow: ", drips=b"z"),
        Reply(raw=b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n{", drips=b" "),
    ],
)
def test_a_dripping_provider_times_out(
    client: MindVideo, service: ScriptedService, reply: Reply
) -> None:
    service.reply_with(reply)
    began = time.monotonic()
    error = polling(client)
    assert str(error) == "The provider took too long to answer."
    assert time.monotonic() - began < 2


def test_a_refused_connection_is_retried_later(api_key: str, limits: Limits) -> None:
    client = connect(f"http://127.0.0.1:{closed_port()}", api_key, timeout=limits)
    assert type(submitting(client)) is Unreachable
    assert type(polling(client)) is Unreachable


def test_a_submission_is_never_repeated_automatically(
    client: MindVideo, service: ScriptedService
) -> None:
    service.reply_with(Reply(raw=b"", resets=True), Reply(body=ACCEPTED))
    submitting(client)
    assert len(service.requests) == 1


def test_a_poll_is_repeated_once_after_a_broken_connection(
    client: MindVideo, service: ScriptedService
) -> None:
    service.reply_with(Reply(raw=b"", resets=True), Reply(body=succeeded()))
    assert client.status("task_1").status is TaskStatus.SUCCEEDED
    assert len(service.requests) == 2


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (400, InvalidInput),
        (401, KeyRefused),
        (402, OutOfFunds),
        (403, KeyRefused),
        (404, UnknownModel),
        (405, Refused),
        (409, Conflict),
        (413, InvalidInput),
        (415, Refused),
        (422, InvalidInput),
        (429, Throttled),
        (451, Declined),
    ],
)
def test_each_rejection_has_its_error(
    client: MindVideo, service: ScriptedService, status: int, error: type[ProviderError]
) -> None:
    service.reply_with(Reply(status=status, body={"error": {"message": "Because"}}))
    refusal = submitting(client)
    assert type(refusal) is error
    assert (refusal.status, refusal.provider_message) == (status, "Because")
    assert '"Because"' in refusal.raw


@pytest.mark.parametrize("body", [{"error": {"message": "Because"}}, {}, "<h1>No</h1>"])
@pytest.mark.parametrize("status", [208, 304, 308, 407, 408, 409, 418, 423, 425, 499, 500])
def test_an_unclear_rejection_may_have_been_accepted(
    client: MindVideo, service: ScriptedService, status: int, body: Any
) -> None:
    service.reply_with(Reply(status=status, body=body))
    assert not submitting(client).accepted_nothing


def test_a_forgotten_task_is_lost(client: MindVideo, service: ScriptedService) -> None:
    service.reply_with(Reply(status=404, body={"error": {"code": "task_not_found"}}))
    assert type(polling(client)) is Lost
    with pytest.raises(Lost):
        client.events("task_1")


@pytest.mark.parametrize(
    ("status", "error", "kind"),
    [
        (400, {"code": "content_policy_violation"}, Declined),
        (403, {"code": "moderation_blocked", "message": "No"}, Declined),
        (422, "Your prompt was flagged by our safety system.", Declined),
        (403, {"code": "insufficient_balance"}, OutOfFunds),
        (429, {"code": "insufficient_quota"}, OutOfFunds),
        (401, {"message": "Key blocked by moderation"}, KeyRefused),
    ],
)
def test_the_provider_s_error_code_selects_the_error(
    client: MindVideo, service: ScriptedService, status: int, error: Any, kind: type[Refused]
) -> None:
    service.reply_with(Reply(status=status, body={"error": error}))
    assert type(submitting(client)) is kind


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed(
    client: MindVideo, service: ScriptedService, status: int
) -> None:
    service.reply_with(Reply(status=status, headers={"Location": f"{service.url}/elsewhere"}))
    assert type(submitting(client)) is Unavailable
    assert [request.path for request in service.requests] == ["/api/v1/tasks"]


def test_cookies_of_the_provider_are_not_kept(client: MindVideo, service: ScriptedService) -> None:
    service.reply_with(Reply(body=succeeded(), headers={"Set-Cookie": "session=1"}))
    client.status("task_1")
    client.status("task_1")
    assert service.requests[1].headers["Cookie"] is None


def test_the_client_verifies_tls_certificates(
    authority: Authority, tls_service: ScriptedService, api_key: str, limits: Limits
) -> None:
    tls_service.reply_with(Reply(body=succeeded()))
    client = connect(f"https://127.0.0.1:{tls_service.port}", api_key, timeout=limits)
    assert "certificate" in str(polling(client).__cause__)
    client.http.verify = str(authority.bundle)
    assert client.status("task_1").status is TaskStatus.SUCCEEDED
    client.http.close()


@pytest.mark.parametrize("key", ["", "  ", "two words", "line\nbreak", "clé", "\u0000"])
def test_a_malformed_key_is_refused_at_once(key: str) -> None:
    with pytest.raises(KeyRefused):
        connect("https://api.mindvideo.ai", key)


@pytest.mark.parametrize("url", ["", "api.mindvideo.ai", "ftp://a", "https://", "https://u:p@a"])
def test_an_invalid_base_url_is_refused_at_once(url: str, api_key: str) -> None:
    with pytest.raises(ValueError, match="base URL"):
        connect(url, api_key)


@pytest.mark.parametrize("status", [200, 400, 404, 410, 422])
def test_a_provider_that_looks_up_a_task_accepts_the_key(
    client: MindVideo, service: ScriptedService, status: int
) -> None:
    headers = {"Date": "Sun, 22 Nov 2026 12:00:05 GMT"}
    service.reply_with(Reply(status=status, body={"message": "No such task"}, headers=headers))
    assert client.check() == datetime(2026, 11, 22, 12, 0, 5, tzinfo=UTC)
    (request,) = service.requests
    assert request.method == "GET"


@pytest.mark.parametrize("date", ["", "yesterday", "Sun, 22 Nov 99999 12:00:05 GMT"])
def test_a_check_works_without_a_date_header(
    client: MindVideo, service: ScriptedService, date: str
) -> None:
    service.reply_with(Reply(status=404, body={"detail": "Not Found"}, headers={"Date": date}))
    assert client.check() is None


@pytest.mark.parametrize(
    ("status", "expected"),
    [(401, KeyRefused), (403, KeyRefused), (402, OutOfFunds), (429, Throttled), (502, Unavailable)],
)
def test_a_check_reports_what_failed(
    client: MindVideo, service: ScriptedService, status: int, expected: type[ProviderError]
) -> None:
    service.reply_with(Reply(status=status, body={"error": "Because"}))
    with pytest.raises(expected):
        client.check()


# Responses of gateways, proxies, CDNs and captive portals instead of the API's.
NOT_JSON = [
    b"",
    b"<html><title>Forbidden</title></html>",
    b"\n <!DOCTYPE html><p>Log in to the network</p>",
    b"upstream request timeout",
    b"[1, 2]",
    b"null",
    b'{"healthy": true}',
]
GATEWAYS = [400, 401, 402, 403, 404, 405, 407, 408, 409, 410, 413, 422, 429, 451, 500, 502, 503]


@pytest.mark.parametrize("body", NOT_JSON)
@pytest.mark.parametrize("status", GATEWAYS)
def test_only_an_api_error_document_is_an_error_of_the_api(
    client: MindVideo, service: ScriptedService, status: int, body: bytes
) -> None:
    service.reply_with(Reply(status=status, body=body))
    for error in (submitting(client), polling(client), checking(client), reading_events(client)):
        assert isinstance(error, Unavailable)
        assert not error.accepted_nothing
        assert error.status == status


@pytest.mark.parametrize("body", NOT_JSON[1:3])
def test_an_html_page_with_status_200_is_an_unusable_response(
    client: MindVideo, service: ScriptedService, body: bytes
) -> None:
    service.reply_with(Reply(body=body))
    for error in (submitting(client), polling(client), checking(client), reading_events(client)):
        assert type(error) is Unavailable


def checking(client: MindVideo) -> ProviderError:
    with pytest.raises(ProviderError) as caught:
        client.check()
    return caught.value


def reading_events(client: MindVideo) -> ProviderError:
    with pytest.raises(ProviderError) as caught:
        client.events("task_1")
    return caught.value


def test_a_check_of_an_unreachable_provider_says_so(api_key: str, limits: Limits) -> None:
    with pytest.raises(Unreachable):
        connect(f"http://127.0.0.1:{closed_port()}", api_key, timeout=limits).check()
