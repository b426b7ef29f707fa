"""A threaded HTTP server of the standard library for one WSGI app, on loopback alone."""

import socket
import struct
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer
from wsgiref.types import WSGIApplication

HOST = "127.0.0.1"
AT_ONCE = struct.pack("ii", 1, 0)  # SO_LINGER: closing sends RST and forgets what was unsent


class Handler(WSGIRequestHandler):
    """One connection, one request; the environment also brings `sandbox.hang_up`."""

    timeout = 30  # a client that connects and says nothing gives its thread back

    def get_environ(self) -> dict[str, Any]:
        return {**super().get_environ(), "sandbox.hang_up": self.hang_up}

    def hang_up(self) -> None:
        """Reset the connection, as a crashed machine would."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, AT_ONCE)
        self.connection.close()

    def address_string(self) -> str:
        return str(self.client_address[0])

    def log_message(self, *_: object) -> None:
        """Say nothing: the ledger keeps every request when a person wants to know."""

    def handle(self) -> None:
        try:
            super().handle()
        except (ConnectionError, TimeoutError):
            return  # the client went away

    def finish(self) -> None:
        try:
            super().finish()
        except OSError:
            return  # hung up by ourselves


class Server(ThreadingMixIn, WSGIServer):
    """A thread for each connection; they end with the process."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, port: int, app: WSGIApplication) -> None:
        super().__init__((HOST, port), Handler)
        self.set_app(app)

    @property
    def url(self) -> str:
        """The base URL, without a slash at the end."""
        return f"http://{HOST}:{self.server_port}"

    def server_bind(self) -> None:
        """Bind without asking the name service for our own name, which can take seconds."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()
        self.server_name, self.server_port = HOST, self.server_address[1]
        self.setup_environ()

    def shutdown_request(self, request: Any) -> None:
        try:
            super().shutdown_request(request)
        except OSError:
            return  # hung up by ourselves
