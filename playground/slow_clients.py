"""A gunicorn worker that receives headers before a thread handles them (slowloris protection).

gunicorn's threaded worker assigns a thread to each connection before any bytes arrive, which waits
for header and body without time limit: sixteen clients that send a byte per second would block all
threads. A proxy that buffers requests prevents this too; this module is for installations without
one.

- A connection gets a thread once its header is complete; until then the main loop waits for it.
- A thread waits for a body only while it arrives at a minimum rate, and the number of waiting
  threads is limited, lower without login. Bytes that have arrived are read without waiting.
- Closing connections linger in the main loop, which does not block on them.

Source: gunicorn 27.0, workers/gthread.py
"""

import socket
import time
from collections import deque
from contextlib import suppress
from functools import partial
from http import HTTPStatus
from selectors import EVENT_READ
from typing import Any

from gunicorn.http import get_parser
from gunicorn.workers.gthread import TConn, ThreadWorker

from playground import body_timeouts
from playground.body_timeouts import PacedSocket, SlowBodyError

HEADER_SECONDS = 10.0  # for a whole header, since the connection or the previous request
MOST_HEADER_BYTES = 64 * 1024
PIECE_BYTES = 64 * 1024
LINGER_SECONDS = 2.0
END_OF_HEADER = b"\r\n\r\n"
REFUSAL = "HTTP/1.1 {0.value} {0.phrase}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"


class Connection(TConn):  # type: ignore[misc]  # untyped upstream
    """One connection.

    head  received bytes of an incomplete header
    """

    def __init__(self, worker: "BufferingWorker", *arguments: Any) -> None:
        super().__init__(*arguments)
        self.worker = worker
        self.head = b""
        self.paced = PacedSocket(self.sock)

    def close(self, *, graceful: bool = False) -> None:
        if graceful:
            self.worker.linger(self.sock)
        else:
            super().close()


class BufferingWorker(ThreadWorker):  # type: ignore[misc]  # untyped upstream
    """gunicorn's threaded worker, which waits for headers in the main loop."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        # Idle connections may use half of all connections.
        self.max_keepalived = self.worker_connections // 2
        self.lingering: deque[tuple[float, socket.socket]] = deque()

    def accept(self, listener: Any) -> None:
        with suppress(BlockingIOError, ConnectionAbortedError):
            client, address = listener.accept()
            self.nr_conns += 1
            self.enqueue_req(Connection(self, self.cfg, client, address, listener.getsockname()))

    def enqueue_req(self, conn: Any) -> None:
        """Pass a connection to a thread once its header is complete; until then the loop waits."""
        if conn.parser:  # bytes read after the previous request
            conn.head += conn.parser.unreader.take_buffered()
        conn.sock.setblocking(False)
        conn.timeout = time.monotonic() + HEADER_SECONDS
        if not self._read_header(conn):
            self.pending_conns.append(conn)
            self.poller.register(conn.sock, EVENT_READ, partial(self._go_on_reading, conn))

    def _go_on_reading(self, conn: Any, _sock: socket.socket) -> None:
        if self._read_header(conn):
            self.poller.unregister(conn.sock)
            self.pending_conns.remove(conn)

    def _read_header(self, conn: Any) -> bool:
        """Read the available bytes; return whether waiting is over: header complete, or closed."""
        try:
            while END_OF_HEADER not in conn.head:
                piece = conn.sock.recv(PIECE_BYTES)
                conn.head += piece
                if not piece:
                    self._drop(conn)
                    return True
                if len(conn.head) > MOST_HEADER_BYTES and END_OF_HEADER not in conn.head:
                    self._drop(conn, HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)
                    return True
        except BlockingIOError:
            return False
        except OSError:
            self._drop(conn)
            return True
        self._hand_over(conn)
        return True

    def _hand_over(self, conn: Any) -> None:
        conn.paced.arrived_at = time.monotonic()
        if conn.parser is None:
            conn.parser = get_parser(self.cfg, conn.paced, conn.client)
            conn.initialized = True
        conn.parser.unreader.unread(conn.head)
        conn.head = b""
        conn.data_ready = True
        super().enqueue_req(conn)

    def _drop(self, conn: Any, status: HTTPStatus | None = None) -> None:
        self.nr_conns -= 1
        if status:
            with suppress(OSError):
                conn.sock.send(REFUSAL.format(status).encode())
        conn.close(graceful=bool(status))

    def murder_pending(self) -> None:
        """Close connections whose header did not arrive in time."""
        while self.pending_conns and self.pending_conns[0].timeout <= time.monotonic():
            conn = self.pending_conns.popleft()
            with suppress(OSError, KeyError, ValueError):
                self.poller.unregister(conn.sock)
            self._drop(conn, HTTPStatus.REQUEST_TIMEOUT if conn.head else None)
        while self.lingering and self.lingering[0][0] <= time.monotonic():
            self._let_go(self.lingering[0][1])

    def handle_request(self, req: Any, conn: Any) -> Any:
        conn.paced.begin()
        with body_timeouts.reading_by(conn.paced):
            return super().handle_request(req, conn)

    def _keepalive_after(self, conn: Any, keepalive: Any) -> bool:
        """Return whether the connection can be reused: not if the body was not read completely."""
        if not keepalive or conn.paced.problem:
            return False
        conn.paced.is_patient = False
        with suppress(SlowBodyError):
            return bool(conn.parser.finish_body(deadline=time.monotonic()))
        return False

    def _cap_keepalive(self, deadline: float) -> None:
        super()._cap_keepalive(deadline)
        for conn in self.pending_conns:
            conn.timeout = min(conn.timeout, deadline)

    def linger(self, sock: socket.socket) -> None:
        """Close a connection after the client has, so that the client can read the whole response.

        Closing with unread bytes resets the connection, and the response is lost (RFC 9112, 9.6).
        """
        try:
            sock.shutdown(socket.SHUT_WR)
            sock.setblocking(False)
            self.lingering.append((time.monotonic() + LINGER_SECONDS, sock))
            self.poller.register(sock, EVENT_READ, self._read_to_nowhere)
        except (OSError, KeyError, ValueError):
            sock.close()

    def _read_to_nowhere(self, sock: socket.socket) -> None:
        try:
            if sock.recv(PIECE_BYTES):
                return
        except BlockingIOError:
            return
        except OSError:
            pass
        self._let_go(sock)

    def _let_go(self, sock: socket.socket) -> None:
        self.lingering = deque(each for each in self.lingering if each[1] is not sock)
        with suppress(OSError, KeyError, ValueError):
            self.poller.unregister(sock)
        sock.close()
