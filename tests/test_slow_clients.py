"""Slow clients, however many, occupy no thread of the web server and delay nobody's pages."""

import contextlib
import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from http import HTTPStatus

import pytest
import requests

from playground import body_timeouts
from playground.body_timeouts import PacedSocket, SlowBodyError
from tests.launched import Launched
from tests.tables import sample

pytestmark = pytest.mark.once

COUNT = 40
MAX_SECONDS = 3.0  # limit in seconds for a simple page, on a busy machine
HEADER = b"Host: 127.0.0.1\r\nContent-Type: application/x-www-form-urlencoded\r\n"


@pytest.fixture(scope="module")
def program(
    tmp_path_factory: pytest.TempPathFactory, new_database: Callable[[], str]
) -> Iterator[Launched]:
    folder = tmp_path_factory.mktemp("serve")
    with Launched(folder, mode="serve", DATABASE_URL=new_database()) as program:
        yield program


@pytest.fixture(scope="module")
def demo(
    tmp_path_factory: pytest.TempPathFactory, new_database: Callable[[], str]
) -> Iterator[Launched]:
    with Launched(tmp_path_factory.mktemp("demo"), DATABASE_URL=new_database()) as program:
        yield program


@pytest.fixture(scope="module")
def cookie(program: Launched) -> bytes:
    token = requests.get(f"{program.url}login/", timeout=20).cookies["csrftoken"]
    return f"Cookie: csrftoken={token}\r\n".encode()


def first_request(connection: socket.socket) -> None:
    """Send a complete request first, as on a keep-alive connection."""
    connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
    connection.settimeout(20)
    assert connection.recv(4096).startswith(b"HTTP/1.1 200")


def begin_another(connection: socket.socket) -> None:
    first_request(connection)
    connection.sendall(b"GET /login/ HTTP/1.1\r\nX-A: ")


def posting(length: int) -> bytes:
    return b"POST /login/ HTTP/1.1\r\n" + HEADER + b"Content-Length: %d\r\n" % length


# What a client sends first; then each sends single bytes at intervals.
WAYS: dict[str, Callable[[socket.socket, bytes], None]] = {
    "nothing": lambda _connection, _cookie: None,
    "a header": lambda connection, _: connection.sendall(b"GET /login/ HTTP/1.1\r\nX-A: "),
    "a request line": lambda connection, _: connection.sendall(b"G"),
    "a body": lambda connection, cookie: connection.sendall(posting(9000) + cookie + b"\r\n"),
    "a large body": lambda connection, cookie: connection.sendall(
        posting(7_000_000) + cookie + b"\r\n"
    ),
    "a body that is not read": lambda connection, _: connection.sendall(posting(9000) + b"\r\n"),
    "a chunked body": lambda connection, cookie: connection.sendall(
        b"POST /login/ HTTP/1.1\r\n" + HEADER + cookie + b"Transfer-Encoding: chunked\r\n\r\n9\r\n"
    ),
    "a second header": lambda connection, _: begin_another(connection),
    "a header behind a request": lambda connection, _: connection.sendall(
        b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\nGET /login/ HTTP/1.1\r\nX-A: "
    ),
}


class SlowClients:
    """Clients that send single bytes at intervals, and reconnect when they are disconnected."""

    def __init__(self, program: Launched, begin: Callable[[socket.socket], None]) -> None:
        self.address = ("127.0.0.1", program.port)
        self.begin = begin
        self.over = threading.Event()
        self.threads = [threading.Thread(target=self.send_bytes, daemon=True) for _ in range(COUNT)]

    def __enter__(self) -> None:
        for thread in self.threads:
            thread.start()

    def __exit__(self, *_: object) -> None:
        self.over.set()
        for thread in self.threads:
            thread.join(30)

    def send_bytes(self) -> None:
        while not self.over.is_set():
            with contextlib.suppress(OSError, AssertionError), socket.socket() as connection:
                connection.connect(self.address)
                self.begin(connection)
                while not self.over.wait(0.5):
                    connection.sendall(b"x")


@pytest.mark.parametrize("way", sample(WAYS, 3))
def test_slow_clients_do_not_block_other_requests(
    program: Launched, cookie: bytes, way: str
) -> None:
    with SlowClients(program, lambda connection: WAYS[way](connection, cookie)):
        time.sleep(1)  # until all are connected
        waited = []
        for address in ["healthz", "login/"] * 4:
            began = time.monotonic()
            assert requests.get(program.url + address, timeout=30).status_code == 200
            waited.append(time.monotonic() - began)
    assert max(waited) < MAX_SECONDS


def test_a_form_is_accepted_while_anonymous_clients_send_slowly(
    program: Launched, cookie: bytes
) -> None:
    with SlowClients(program, lambda connection: WAYS["a body"](connection, cookie)):
        time.sleep(1)
        for _ in range(4):
            answer = requests.post(program.url + "login/", data={"login": "ana"}, timeout=30)
            assert answer.status_code == 403  # no CSRF token: the body was read
            assert answer.elapsed.total_seconds() < MAX_SECONDS


def read_all(connection: socket.socket) -> bytes:
    connection.settimeout(60)
    found = b""
    with contextlib.suppress(ConnectionResetError):
        while piece := connection.recv(65536):
            found += piece
    return found


def send_slowly(program: Launched, cookie: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", program.port)) as connection:
        connection.sendall(posting(9000) + cookie + b"\r\nlogin=")
        return read_all(connection)


def test_a_slow_request_body_answers_408(program: Launched, cookie: bytes) -> None:
    ends = time.monotonic() + 60
    answer = send_slowly(program, cookie)
    while answer.startswith(b"HTTP/1.1 503 ") and time.monotonic() < ends:
        answer = send_slowly(program, cookie)  # clients of an earlier test still count
    assert answer.startswith(b"HTTP/1.1 408 ")
    assert b"The upload was too slow, so nothing was done." in answer


@pytest.mark.slow
def test_an_incomplete_request_header_answers_408(program: Launched) -> None:
    with socket.create_connection(("127.0.0.1", program.port)) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\n")
        assert read_all(connection).startswith(b"HTTP/1.1 408 ")


def test_an_endless_header_is_refused(program: Launched) -> None:
    with socket.create_connection(("127.0.0.1", program.port)) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\n" + b"X-A: b\r\n" * 9000)
        assert read_all(connection).startswith(b"HTTP/1.1 431 ")


def test_an_anonymous_large_body_is_refused(program: Launched, cookie: bytes) -> None:
    with socket.create_connection(("127.0.0.1", program.port)) as connection:
        header = posting(100_000) + cookie + b"Connection: close\r\n\r\n"
        connection.sendall(header + b"x" * 100_000)
        answer = read_all(connection)
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert b"64 kB" in answer or b"66 kB" in answer


def test_two_requests_in_one_packet_are_both_answered(program: Launched) -> None:
    request = b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n"
    with socket.create_connection(("127.0.0.1", program.port)) as connection:
        connection.sendall(request + b"\r\n" + request + b"Connection: close\r\n\r\n")
        assert read_all(connection).count(b"HTTP/1.1 200 ") == 2


@pytest.mark.slow
def test_a_header_in_pieces_is_read(program: Launched) -> None:
    with socket.create_connection(("127.0.0.1", program.port)) as connection:
        for letter in b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n":
            connection.sendall(bytes([letter]))
            time.sleep(0.005)
        assert read_all(connection).startswith(b"HTTP/1.1 200 ")


@pytest.mark.slow
def test_a_slow_upload_of_a_large_file_arrives(demo: Launched) -> None:
    """At 80 kB/s it takes longer than the timeout of a body that does not arrive."""
    with requests.Session() as person:
        page = person.get(demo.url, timeout=20)
        found = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page.text)
        assert found
        file = bytes(2_000_000)
        prepared = person.prepare_request(
            requests.Request(
                "POST", f"{demo.url}uploads/", files={"file": ("a.png", file)},
                headers={"X-Requested-With": "XMLHttpRequest", "X-CSRFToken": found[1]},
            )
        )  # fmt: skip
    body = prepared.body
    assert isinstance(body, bytes)
    head = f"POST /uploads/ HTTP/1.1\r\nHost: 127.0.0.1:{demo.port}\r\nConnection: close\r\n"
    head += "".join(f"{name}: {value}\r\n" for name, value in prepared.headers.items()
                    if name not in {"Connection", "Accept-Encoding"})  # fmt: skip
    with socket.create_connection(("127.0.0.1", demo.port)) as connection:
        connection.sendall(head.encode() + b"\r\n")
        for begin in range(0, len(body), 40_000):
            connection.sendall(body[begin : begin + 40_000])
            time.sleep(0.5)
        answer = read_all(connection)
    assert answer.startswith(b"HTTP/1.1 422 ")  # two million zero bytes are no picture
    assert b"came too slowly" not in answer


@pytest.fixture
def no_room() -> Iterator[None]:
    """Let other requests wait for bodies, as many as may."""
    for _ in range(body_timeouts.STRANGERS_WAITING):
        assert body_timeouts.STRANGERS.acquire(timeout=20)
    yield
    for _ in range(body_timeouts.STRANGERS_WAITING):
        body_timeouts.STRANGERS.release()


@pytest.mark.usefixtures("no_room")
def test_a_body_that_follows_its_header_at_once_needs_no_room(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Browsers send a body in a packet of its own, and many press Generate at the same moment."""
    monkeypatch.setattr(body_timeouts, "GRACE_SECONDS", 20.0)
    server, client = socket.socketpair()
    with server, client:
        sender = threading.Timer(0.05, client.sendall, [b"prompt=a+fox"])
        sender.start()
        assert PacedSocket(server).recv(100) == b"prompt=a+fox"
        sender.join()


@pytest.mark.usefixtures("no_room")
def test_a_later_body_is_refused_while_too_many_are_waited_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(body_timeouts, "GRACE_SECONDS", 0.05)
    server, client = socket.socketpair()
    with server, client:
        paced = PacedSocket(server)
        with pytest.raises(SlowBodyError) as refused:
            paced.recv(100)
        assert refused.value.status == HTTPStatus.SERVICE_UNAVAILABLE
