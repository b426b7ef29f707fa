"""Whether a request may have arrived: `Unreachable` means that nothing was sent."""

import socket
import ssl
import threading
from collections.abc import Iterator

import pytest

from playground.providers.errors import ProviderError, Throttled, Unavailable, Unreachable
from playground.providers.mindvideo import MindVideo, connect
from playground.providers.transport import Limits
from tests.providers.certificate_authority import Authority
from tests.providers.conftest import SHORT_TIMEOUTS
from tests.providers.scripted import RESET, Reply, ScriptedService, closed_port

ACCEPTED = b'{"task_id": "task_1"}'


def submitting(client: MindVideo) -> ProviderError:
    with pytest.raises(ProviderError) as caught:
        client.submit("doubao-seedream-5-0-lite", {"prompt": "a cat"}, key="key-1")
    client.http.close()
    return caught.value


@pytest.fixture
def full_port() -> Iterator[int]:
    """The port of a server whose accept queue is full."""
    with socket.create_server(("127.0.0.1", 0), backlog=0) as server:
        waiting = [socket.socket() for _ in range(3)]
        for one in waiting:
            one.setblocking(False)
            one.connect_ex(server.getsockname())
        yield int(server.getsockname()[1])
        for one in waiting:
            one.close()


def test_a_refused_connection_means_nothing_was_sent(api_key: str, limits: Limits) -> None:
    error = submitting(connect(f"http://127.0.0.1:{closed_port()}", api_key, timeout=limits))
    assert type(error) is Unreachable
    assert error.raw.endswith("Connection refused")


@SHORT_TIMEOUTS
def test_a_connection_timeout_means_nothing_was_sent(
    full_port: int, api_key: str, limits: Limits
) -> None:
    client = connect(f"http://127.0.0.1:{full_port}", api_key, timeout=limits)
    assert type(submitting(client)) is Unreachable


def test_an_unknown_hostname_means_nothing_was_sent(
    api_key: str, limits: Limits, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail_to_resolve(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", fail_to_resolve)
    assert type(submitting(connect("https://api.example", api_key, timeout=limits))) is Unreachable


def test_an_impossible_hostname_means_nothing_was_sent(api_key: str, limits: Limits) -> None:
    client = connect(f"https://{'a' * 64}.example", api_key, timeout=limits)
    assert type(submitting(client)) is Unreachable


@SHORT_TIMEOUTS
@pytest.mark.parametrize("reply", [Reply(raw=b"SSH-2.0"), Reply(raw=b"", resets=True)])
def test_a_server_without_tls_means_nothing_was_sent(
    service: ScriptedService, api_key: str, limits: Limits, reply: Reply
) -> None:
    service.reply_with(reply)
    client = connect(f"https://127.0.0.1:{service.port}", api_key, timeout=limits)
    assert type(submitting(client)) is Unreachable


@SHORT_TIMEOUTS
def test_an_endless_handshake_means_nothing_was_sent(api_key: str, limits: Limits) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        client = connect(f"https://127.0.0.1:{silent.getsockname()[1]}", api_key, timeout=limits)
        assert type(submitting(client)) is Unreachable


def test_an_untrusted_certificate_means_nothing_was_sent(
    tls_service: ScriptedService, api_key: str, limits: Limits
) -> None:
    error = submitting(connect(f"https://127.0.0.1:{tls_service.port}", api_key, timeout=limits))
    assert type(error) is Unreachable
    assert "certificate" in error.raw
    assert tls_service.requests == []


@SHORT_TIMEOUTS
@pytest.mark.parametrize(
    "reply",
    [
        Reply(raw=b""),
        Reply(raw=b"", resets=True),
        Reply(raw=b"", hangs=True),
        Reply(raw=b"HTTP/1.1 200 OK\r\nContent-Le", resets=True),
        Reply(raw=b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{", resets=True),
        Reply(raw=b"SSH-2.0-OpenSSH_9.6\r\n"),
        Reply(status=503),
    ],
)
@pytest.mark.parametrize("tls", [False, True])
def test_a_request_that_was_begun_may_have_arrived(
    service: ScriptedService,
    tls_service: ScriptedService,
    authority: Authority,
    limits: Limits,
    *,
    reply: Reply,
    tls: bool,
) -> None:
    server, scheme = (tls_service, "https") if tls else (service, "http")
    server.reply_with(reply)
    client = connect(f"{scheme}://127.0.0.1:{server.port}", "mv_live_key", timeout=limits)
    client.http.verify = str(authority.bundle)
    assert type(submitting(client)) is Unavailable
    assert len(server.requests) == 1


@pytest.mark.parametrize("tls", [False, True])
def test_a_broken_kept_alive_connection_may_have_delivered_the_request(
    authority: Authority, api_key: str, limits: Limits, *, tls: bool
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        context = authority.server_context("files.example") if tls else None
        threading.Thread(target=answer_once_then_break, args=(server, context)).start()
        scheme = "https" if tls else "http"
        url = f"{scheme}://127.0.0.1:{server.getsockname()[1]}"
        client = connect(url, api_key, timeout=limits)
        client.http.verify = str(authority.bundle)
        assert client.submit("a-model", {}, key="key-1").task_id == "task_1"
        assert type(submitting(client)) is Unavailable


def answer_once_then_break(server: socket.socket, tls: ssl.SSLContext | None) -> None:
    """Keep the connection open after a response; reset it after a second request."""
    connection, _ = server.accept()
    if tls:
        connection = tls.wrap_socket(connection, server_side=True)
    with connection:
        read_request(connection)
        head = f"HTTP/1.1 200 OK\r\nContent-Length: {len(ACCEPTED)}\r\n\r\n"
        connection.sendall(head.encode() + ACCEPTED)
        read_request(connection)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)


def read_request(connection: socket.socket) -> None:
    received = b""
    while not received.endswith(b"}"):
        received += connection.recv(65_536)


def test_a_poll_that_failed_twice_may_have_arrived(api_key: str, limits: Limits) -> None:
    server = socket.create_server(("127.0.0.1", 0))
    url = f"http://127.0.0.1:{server.getsockname()[1]}"
    threading.Thread(target=break_once_then_close, args=(server,)).start()
    client = connect(url, api_key, timeout=limits)
    with pytest.raises(Unavailable) as caught:
        client.status("task_1")
    client.http.close()
    assert type(caught.value) is Unavailable


def break_once_then_close(server: socket.socket) -> None:
    connection, _ = server.accept()
    with connection:
        connection.recv(65_536)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        server.close()


@pytest.mark.parametrize(("status", "is_definite"), [(429, True), (503, False)])
def test_a_pause_says_whether_the_provider_accepted_nothing(
    client: MindVideo, service: ScriptedService, status: int, *, is_definite: bool
) -> None:
    service.reply_with(Reply(status=status, headers={"Retry-After": "7"}))
    error = submitting(client)
    assert isinstance(error, Throttled)
    assert (error.status == 429) is is_definite
