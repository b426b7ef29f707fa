"""A real HTTP server on loopback that sends scripted responses and records the requests."""

import contextlib
import http.client
import json
import socket
import socketserver
import ssl
import struct
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.message import Message
from typing import Any, cast

RESET = struct.pack("ii", 1, 0)  # SO_LINGER that makes close() send a TCP reset


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A received request."""

    method: str
    path: str
    headers: Message
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """One response of the script.

    body   bytes, a function of the request that returns them, or a value to be sent as JSON
    raw    bytes to send instead of a well-formed response
    hangs  then keep the connection open without sending
    resets then reset the connection
    drips  then send these bytes every 20 ms until the client disconnects
    """

    status: int = 200
    body: Any = b""
    headers: dict[str, str] = field(default_factory=dict)
    raw: bytes | None = None
    hangs: bool = False
    resets: bool = False
    drips: bytes = b""

    def written(self, request: Request) -> bytes:
        if self.raw is not None:
            return self.raw
        body = self.body(request) if callable(self.body) else self.body
        if not isinstance(body, bytes):
            body = json.dumps(body).encode()
        headers = {"Content-Length": str(len(body)), "Connection": "close"} | self.headers
        lines = [f"HTTP/1.1 {self.status} Said", *(f"{k}: {v}" for k, v in headers.items())]
        return "\r\n".join([*lines, "", ""]).encode() + body


class ScriptedService(socketserver.ThreadingTCPServer):
    """Sends `replies` one after the other, and repeats the last one."""

    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 64

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        super().__init__(("127.0.0.1", 0), _Connection)
        self.tls = tls
        self.server_names: list[str] = []
        if tls:
            tls.sni_callback = lambda _, name, __: self.server_names.append(name)
        self.replies: list[Reply] = []
        self.requests: list[Request] = []
        self.closing = threading.Event()

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def reply_with(self, *replies: Reply) -> None:
        self.replies = list(replies)

    def next_reply(self, request: Request) -> Reply:
        self.requests.append(request)
        return self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]


class _Connection(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        service = cast("ScriptedService", self.server)
        with contextlib.suppress(OSError):  # the client disconnected, as some tests want
            connection: socket.socket = self.request
            if service.tls:
                connection = service.tls.wrap_socket(connection, server_side=True)
            request = _read_request(connection)
            if request:
                _answer(connection, service, request)
            connection.close()


def _read_request(connection: socket.socket) -> Request | None:
    with connection.makefile("rb") as lines:
        first = lines.readline().decode("latin-1").split()
        if len(first) < 2:  # the client disconnected within its first line
            return None
        headers = http.client.parse_headers(lines)
        body = lines.read(int(headers.get("Content-Length", 0)))
        return Request(method=first[0], path=first[1], headers=headers, body=body)


def _answer(connection: socket.socket, service: ScriptedService, request: Request) -> None:
    reply = service.next_reply(request)
    connection.sendall(reply.written(request))
    if reply.resets:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
    while reply.drips and not service.closing.wait(0.02):
        connection.sendall(reply.drips)
    if reply.hangs:
        service.closing.wait()


@contextlib.contextmanager
def serving(service: ScriptedService) -> Iterator[ScriptedService]:
    """Run the server in a thread until the block ends."""
    thread = threading.Thread(target=service.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield service
    finally:
        service.closing.set()
        service.shutdown()
        service.server_close()
        thread.join()


def closed_port() -> int:
    """Return a port of loopback on which nothing listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
