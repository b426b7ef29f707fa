"""A threaded HTTP server for one WSGI app, on loopback only."""

import socket
import struct
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer
from wsgiref.types import WSGIApplication

HOST = "127.0.0.1"
AT_ONCE = struct.pack("ii", 1, 0)  # SO_LINGER with timeout 0: closing sends RST


class Handler(WSGIRequestHandler):
    """Handles one request per connection; adds `sandbox.hang_up` to the environment."""

    timeout = 30  # seconds until a silent client's thread is freed

    def get_environ(self) -> dict[str, Any]:
        return {**super().get_environ(), "sandbox.hang_up": self.hang_up}

    def hang_up(self) -> None:
        """Reset the connection, as after a crash."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, AT_ONCE)
        self.connection.close()

    def address_string(self) -> str:
        return str(self.client_address[0])

    def log_message(self, *_: object) -> None:
        """Log nothing; the ledger records requests."""

    def handle(self) -> None:
        try:
            super().handle()
        except (ConnectionError, TimeoutError):
            return  # the client disconnected

    def finish(self) -> None:
        try:
            super().finish()
        except OSError:
            return  # reset by `hang_up`


class Server(ThreadingMixIn, WSGIServer):
    """A server with one daemon thread per connection."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, port: int, app: WSGIApplication) -> None:
        super().__init__((HOST, port), Handler)
        self.set_app(app)

    @property
    def url(self) -> str:
        """The base URL, without trailing slash."""
        return f"http://{HOST}:{self.server_port}"

    def server_bind(self) -> None:
        """Bind without resolving our own host name, which can take seconds."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()
        self.server_name, self.server_port = HOST, self.server_address[1]
        self.setup_environ()

    def shutdown_request(self, request: Any) -> None:
        try:
            super().shutdown_request(request)
        except OSError:
            return  # reset by `hang_up`
