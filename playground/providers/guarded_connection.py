"""Connections for downloads: only to checked addresses (SSRF), with a total timeout."""

import contextlib
import functools
import http.client
import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any

import certifi

from playground.providers import texts
from playground.providers.addresses import is_local, is_public
from playground.providers.errors import FileRefused, FileUnavailable
from playground.providers.links import Link
from playground.providers.watchdog import Watchdog

Resolve = Callable[..., list[tuple[Any, ...]]]  # as socket.getaddrinfo

CONNECT_SECONDS = 10.0
HEADERS = {"User-Agent": "playground", "Accept": "*/*", "Connection": "close"}


class _PinnedConnection(http.client.HTTPConnection):
    """Connects to a checked address instead of resolving the hostname again."""

    def __init__(
        self, link: Link, addresses: list[str], tls: ssl.SSLContext | None, watchdog: Watchdog
    ) -> None:
        self.default_port = 443 if tls else 80  # else Host has a port, which breaks signed URLs
        super().__init__(link.host, link.port)
        self._addresses = addresses
        self._tls = tls
        self._watchdog = watchdog

    def connect(self) -> None:
        opened = self._open()
        self.sock = opened
        self._watch(opened)
        if self._tls:
            secured = self._tls.wrap_socket(
                opened,
                server_hostname=self.host,
                do_handshake_on_connect=False,
                suppress_ragged_eofs=False,  # else a truncated body looks complete
            )
            self.sock = secured
            self._watch(secured)
            secured.do_handshake()

    def _open(self) -> socket.socket:
        failure = OSError("no address")
        for address in self._addresses:
            seconds = min(CONNECT_SECONDS, self._watchdog.seconds_left())
            try:
                return socket.create_connection((address, self.port), timeout=seconds)
            except OSError as error:
                failure = error
        raise failure

    def _watch(self, opened: socket.socket) -> None:
        self._watchdog.watch(opened)
        opened.settimeout(self._watchdog.seconds_left())


@functools.cache
def _default_tls() -> ssl.SSLContext:
    return ssl.create_default_context(cafile=certifi.where())


@contextlib.contextmanager
def faults_named(watchdog: Watchdog) -> Iterator[None]:
    try:
        yield
    except (OSError, http.client.HTTPException, ValueError, OverflowError) as error:
        if watchdog.is_over or isinstance(error, TimeoutError):
            raise FileUnavailable(texts.FILE_TOO_SLOW) from error
        raise FileUnavailable(texts.FILE_NOT_HERE) from error


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardedClient:
    """Opens several links; close() closes all connections."""

    resolve: Resolve
    tls: ssl.SSLContext | None
    watchdog: Watchdog
    opened: contextlib.ExitStack
    headers: Mapping[str, str]

    def get(self, link: Link) -> http.client.HTTPResponse:
        addresses = self.checked_addresses(link)
        tls = (self.tls or _default_tls()) if link.scheme == "https" else None
        connection = _PinnedConnection(link, addresses, tls, self.watchdog)
        self.opened.callback(connection.close)
        with faults_named(self.watchdog):
            connection.request("GET", link.path, headers=dict(self.headers))
            response = connection.getresponse()
        self.opened.callback(response.close)
        return response

    def checked_addresses(self, link: Link) -> list[str]:
        """Resolve a host; one private address among them makes it forbidden."""
        try:
            found = self.found_addresses(link)
        except TimeoutError as error:
            raise FileUnavailable(texts.FILE_TOO_SLOW) from error
        except (OSError, UnicodeError) as error:
            raise FileUnavailable(texts.NO_HOST) from error
        addresses = list(dict.fromkeys(str(address[0]) for *_, address in found))
        for address in addresses:
            if not (is_public(address) or (link.is_trusted and is_local(address))):
                raise FileRefused(texts.PRIVATE_LINK)
        return addresses

    def found_addresses(self, link: Link) -> list[tuple[Any, ...]]:
        """Resolve with a timeout; the system call continues in its thread after it."""
        answer: Future[list[tuple[Any, ...]]] = Future()

        def ask() -> None:
            try:
                answer.set_result(self.resolve(link.host, link.port, type=socket.SOCK_STREAM))
            except Exception as error:  # noqa: BLE001 - it is raised where the answer is awaited
                answer.set_exception(error)

        threading.Thread(target=ask, name=f"resolve-{link.host}", daemon=True).start()
        return answer.result(self.watchdog.seconds_left())
