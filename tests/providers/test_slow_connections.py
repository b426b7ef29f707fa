"""Large requests over slow connections: sending takes longer than the connect timeout."""

import contextlib
import socket
import threading
import time
from collections.abc import Iterator

import pytest

from playground.providers.errors import Unavailable
from playground.providers.mindvideo import connect
from playground.providers.transport import Limits

PICTURES = {"image_urls": ["data:image/png;base64," + "A" * 6_000_000]}
ACCEPTED = (
    b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 21\r\n\r\n"
    b'{"task_id": "task_1"}'
)
CONNECT_SECONDS = 0.5
PIECE_BYTES = 32 * 1024


class SlowReader:
    """A server that reads a request in small pieces with pauses, and stops after `most_bytes`."""

    def __init__(self, pause_seconds: float, most_bytes: int) -> None:
        self.pause_seconds, self.most_bytes = pause_seconds, most_bytes
        self.server = socket.socket()
        self.server.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, PIECE_BYTES)
        self.server.bind(("127.0.0.1", 0))
        self.server.listen()
        self.url = f"http://127.0.0.1:{self.server.getsockname()[1]}"
        self.is_over = threading.Event()

    def serve(self) -> None:
        with contextlib.suppress(OSError), self.server.accept()[0] as connection:
            head = b""
            while b"\r\n\r\n" not in head:
                head += connection.recv(1)
            (length,) = (
                int(line.partition(b":")[2])
                for line in head.split(b"\r\n")
                if line.lower().startswith(b"content-length:")
            )
            taken = 0
            while taken < min(length, self.most_bytes):
                taken += len(connection.recv(PIECE_BYTES))
                self.is_over.wait(self.pause_seconds)
            if taken < length:
                self.is_over.wait()
            connection.sendall(ACCEPTED)


@contextlib.contextmanager
def reading(pause_seconds: float, most_bytes: int = 10**9) -> Iterator[str]:
    reader = SlowReader(pause_seconds, most_bytes)
    thread = threading.Thread(target=reader.serve, daemon=True)
    thread.start()
    yield reader.url
    reader.is_over.set()
    reader.server.close()
    thread.join(30)


def test_a_slow_upload_without_pauses_is_sent_completely() -> None:
    began = time.monotonic()
    with reading(0.008) as url:
        client = connect(url, "mv_key_1", timeout=Limits(connect_seconds=CONNECT_SECONDS))
        ticket = client.submit("a-model", PICTURES, key="key-1")
        client.http.close()
    assert ticket.task_id == "task_1"
    assert time.monotonic() - began > CONNECT_SECONDS  # longer than the connect timeout


def test_a_stalled_upload_times_out_and_may_have_arrived() -> None:
    with reading(0, most_bytes=500_000) as url:
        client = connect(url, "mv_key_1", timeout=Limits(connect_seconds=CONNECT_SECONDS))
        with pytest.raises(Unavailable) as caught:
            client.submit("a-model", PICTURES, key="key-1")
        client.http.close()
    assert type(caught.value) is Unavailable  # not Unreachable: some bytes were sent
