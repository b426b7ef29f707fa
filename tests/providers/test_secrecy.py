"""The API key is sent to its own service only, and appears in no error or event."""

import pickle
import traceback
from collections.abc import Iterator
from urllib.parse import quote

import pytest

from playground.providers.errors import InvalidInput, ProviderError
from playground.providers.mindvideo import MindVideo, connect
from playground.providers.transport import Limits
from tests.providers.scripted import Reply, Request, ScriptedService, closed_port, serving


@pytest.fixture
def other_service() -> Iterator[ScriptedService]:
    with serving(ScriptedService()) as scripted:
        scripted.reply_with(Reply(body={"status": "queued"}))
        yield scripted


def text_of(error: BaseException) -> str:
    fields = error.fields if isinstance(error, InvalidInput) else {}
    return "".join(
        [repr(error), repr(vars(error)), repr(fields), *traceback.format_exception(error)]
    )


def echo(request: Request) -> bytes:
    """Return an error response with the API key in plain text, escaped and in a URL."""
    key = request.headers["Authorization"]
    in_json = key.replace("/", r"\/")
    return (
        f'{{"error": {{"message": "Bad header: {key}", "param": "{key}"}}, "errors": {{"{key}":'
        f' ["{in_json}"]}}, "see": "https://a/?key={quote(key.split()[1], safe="")}"}}'
    ).encode()


@pytest.mark.parametrize("status", [200, 302, 400, 401, 403, 404, 409, 422, 429, 500])
def test_an_echoed_api_key_is_not_stored(
    client: MindVideo, service: ScriptedService, status: int
) -> None:
    service.reply_with(Reply(status=status, body=echo))
    with pytest.raises(ProviderError) as caught:
        client.submit("m", {}, key="k")
    assert "5ecret" not in text_of(caught.value)
    assert "[API key]" in caught.value.raw


def test_an_echoed_key_is_not_stored_with_a_task(
    client: MindVideo, service: ScriptedService, api_key: str
) -> None:
    output = {"images": [{"url": "https://a/1", "for": api_key}]}
    service.reply_with(
        Reply(body={"status": "failed", "error": api_key, "output": output, api_key: 1})
    )
    assert "5ecret" not in repr(client.status("task_1"))


def test_an_echoed_key_is_not_stored_with_an_event(
    client: MindVideo, service: ScriptedService
) -> None:
    service.reply_with(Reply(body=echo), Reply(body=lambda request: echo(request)[1:]))
    assert "5ecret" not in repr(client.events("task_1") + client.events("task_1"))


def test_a_connection_error_does_not_reveal_the_key(api_key: str, limits: Limits) -> None:
    client = connect(f"http://127.0.0.1:{closed_port()}", api_key, timeout=limits)
    with pytest.raises(ProviderError) as caught:
        client.status("task_1")
    assert "5ecret" not in text_of(caught.value)


def test_an_error_about_a_malformed_key_does_not_reveal_it(api_key: str) -> None:
    with pytest.raises(ProviderError) as caught:
        connect("https://api.mindvideo.ai", api_key + "\nX-Evil: 1")
    assert "5ecret" not in text_of(caught.value)


def test_the_repr_of_the_client_does_not_show_its_key(client: MindVideo) -> None:
    assert "5ecret" not in repr(client) + repr(client.http.auth) + repr(client.http.headers)


def test_the_size_of_raw_text_is_limited(client: MindVideo, service: ScriptedService) -> None:
    service.reply_with(Reply(status=400, body=b"x" * 99_000))
    with pytest.raises(ProviderError) as caught:
        client.submit("m", {}, key="k")
    assert len(caught.value.raw) == 10_000


def test_a_redirect_does_not_forward_the_api_key(
    client: MindVideo, service: ScriptedService, other_service: ScriptedService
) -> None:
    service.reply_with(Reply(status=307, headers={"Location": f"{other_service.url}/api/v1/tasks"}))
    with pytest.raises(ProviderError):
        client.submit("m", {}, key="k")
    assert other_service.requests == []


def test_the_session_sends_the_api_key_to_no_other_origin(
    client: MindVideo, other_service: ScriptedService
) -> None:
    client.http.get(f"{other_service.url}/status")
    assert other_service.requests[0].headers["Authorization"] is None


def test_neither_proxies_nor_netrc_of_the_machine_are_used(
    client: MindVideo,
    service: ScriptedService,
    other_service: ScriptedService,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HTTP_PROXY", other_service.url)
    monkeypatch.delenv("NO_PROXY", raising=False)
    service.reply_with(Reply(body={"status": "queued"}))
    client.status("task_1")
    assert (len(service.requests), len(other_service.requests)) == (1, 0)


def test_an_error_survives_pickling(client: MindVideo, service: ScriptedService) -> None:
    service.reply_with(Reply(status=422, body={"errors": {"n": ["Too big"]}}))
    with pytest.raises(InvalidInput) as caught:
        client.submit("m", {}, key="k")
    again = pickle.loads(pickle.dumps(caught.value))
    assert (again.fields, again.status) == ({"/n": ["Too big"]}, 422)
