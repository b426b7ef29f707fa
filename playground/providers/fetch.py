"""Downloads external links with SSRF protection; the only place that opens them.

Each link and each redirect must be https to a public address. Only the provider's own origin, which
the operator configured, may be http, local or on another port, and not as the target of a redirect
from elsewhere. The address is checked after DNS resolution, and the connection uses the checked
address, so DNS rebinding has no effect.
"""

import contextlib
import http.client
import re
import socket
import ssl
from collections.abc import Iterator
from dataclasses import dataclass, field
from http import HTTPStatus
from urllib.parse import urljoin

from playground.providers import texts
from playground.providers.content_encoding import BrokenPackingError, read_encodings, unpack
from playground.providers.errors import (
    FileError,
    FileRefused,
    FileTooLarge,
    FileUnavailable,
    LinkExpired,
    RestUnavailable,
)
from playground.providers.guarded_connection import HEADERS, GuardedClient, Resolve, faults_named
from playground.providers.links import normalise_url, read_data_uri, read_link
from playground.providers.watchdog import Watchdog

CHUNK_BYTES = 64 * 1024
LONGEST_VALIDATOR = 200
CONTENT_RANGE = re.compile(r"bytes ([0-9]{1,15})-([0-9]{1,15})/([0-9]{1,15})\Z")
WHOLE = (HTTPStatus.OK, HTTPStatus.NON_AUTHORITATIVE_INFORMATION)
REDIRECTS = (301, 302, 303, 307, 308)
EXPIRED = (401, 403, 404, 410)  # object stores differ in their response to an expired link


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenFile:
    """A file that is being downloaded.

    content_type  of the response, in lower case without parameters; "" without one
    offset        position in the file where this begins, in bytes; 0 unless the rest was requested
    validator     strong ETag for a range request (If-Range); "" for none
    """

    content_type: str
    pieces: Iterator[bytes] = field(repr=False)
    offset: int = 0
    validator: str = ""

    def chunks(self) -> Iterator[bytes]:
        """Yield the file, once. Raises FileUnavailable if it is truncated, FileTooLarge."""
        return self.pieces


@dataclass(frozen=True, slots=True, kw_only=True)
class Rest:
    """A range request for the rest of a partial file.

    offset     number of bytes that we have
    validator  ETag of their version, from `OpenFile`
    Source     RFC 9110 §13.1.5, §14
    """

    offset: int
    validator: str

    @property
    def headers(self) -> dict[str, str]:
        return {"Range": f"bytes={self.offset}-", "If-Range": self.validator}


@contextlib.contextmanager
def open_file(
    url: str,
    *,
    trusted_origin: str,
    limit_bytes: int,
    limit_seconds: float,
    silence_seconds: float | None = None,
    slowest_rate: float | None = None,
    rest: Rest | None = None,
    limit_redirects: int = 3,
    resolve: Resolve = socket.getaddrinfo,
    tls: ssl.SSLContext | None = None,
) -> Iterator[OpenFile]:
    """Open a link or a data: URI, without API key and cookies.

    trusted_origin   the provider's base URL: only this origin may be http and local
    limit_seconds    total time limit
    silence_seconds  maximum time without a byte; None for no limit
    slowest_rate     bytes per second; a faster download may exceed the total limit
    rest             request only the rest of a file; a server with another version, or without
                     ranges, sends the whole file, and `OpenFile.offset` is 0
    Raises           FileUnavailable (try later; RestUnavailable among them: ask for the whole),
                     LinkExpired (ask for a fresh link), FileRefused (never), FileTooLarge (never)
    """
    if url[:5].lower() == "data:":
        content_type, data = read_data_uri(url, limit_bytes=limit_bytes)
        yield OpenFile(content_type=content_type, pieces=iter([data]))
        return
    with (
        Watchdog(limit_seconds, silence_seconds, slowest_rate) as watchdog,
        contextlib.ExitStack() as opened,
    ):
        headers = HEADERS | (rest.headers if rest else {})
        client = GuardedClient(
            resolve=resolve, tls=tls, watchdog=watchdog, opened=opened, headers=headers
        )
        response = _follow(client, url, trusted_origin, limit_redirects)
        yield _open_body(response, watchdog, limit_bytes, rest)


def _open_body(
    response: http.client.HTTPResponse, watchdog: Watchdog, limit_bytes: int, rest: Rest | None
) -> OpenFile:
    wanted = _check(response, limit_bytes, rest)
    packed = read_encodings(_header(response, "Content-Encoding"))
    return OpenFile(
        content_type=_header(response, "Content-Type").partition(";")[0].strip(),
        pieces=_pieces(response, watchdog, wanted, packed),
        offset=wanted.offset,
        validator="" if packed else _validator(response),  # ranges are of the encoded file
    )


def _follow(
    client: GuardedClient, url: str, trusted_origin: str, limit: int
) -> http.client.HTTPResponse:
    """Return the response of a link after redirects; each target is checked like the link."""
    link = read_link(url, trusted_origin=trusted_origin)
    response = client.get(link)
    for _ in range(limit):
        if response.status not in REDIRECTS:
            break
        with _detours_named():
            url = _next_url(url, response)
            link = read_link(url, trusted_origin=trusted_origin if link.is_trusted else None)
            response = client.get(link)
    return response


def _next_url(url: str, response: http.client.HTTPResponse) -> str:
    location = response.headers.get("Location")
    if not location:
        raise FileUnavailable(texts.MOVED_NOWHERE, status=response.status)
    try:
        return urljoin(url, normalise_url(location.encode("latin-1").decode()))
    except ValueError as error:
        raise FileRefused(texts.MOVED_UNREADABLE) from error


@contextlib.contextmanager
def _detours_named() -> Iterator[None]:
    """Make errors of redirects temporary: the server may redirect differently next time."""
    try:
        yield
    except FileRefused as error:
        raise FileUnavailable(texts.MOVED_ELSEWHERE) from error


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wanted:
    """The expected range of a response.

    offset       first byte
    least_bytes  fewer mean truncation; 0 if the length is unknown
    most_bytes   more exceed the size limit
    """

    offset: int = 0
    least_bytes: int = 0
    most_bytes: int


def _check(response: http.client.HTTPResponse, limit_bytes: int, rest: Rest | None) -> _Wanted:
    """Check that a response is a file, or the rest of it."""
    offset, size_bytes = 0, response.length or 0
    if rest and response.status == HTTPStatus.PARTIAL_CONTENT:
        offset, size_bytes = rest.offset, _read_size(response, rest)
    elif rest and response.status == HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
        raise RestUnavailable(texts.FILE_SHORTER, status=response.status)
    elif response.status not in WHOLE:
        raise _failure(response.status)
    if offset and read_encodings(_header(response, "Content-Encoding")):
        raise RestUnavailable(texts.PACKED_PART, status=response.status)
    if size_bytes > limit_bytes:
        raise FileTooLarge(texts.FILE_TOO_LARGE)
    least = max(size_bytes - offset, 0)
    return _Wanted(offset=offset, least_bytes=least, most_bytes=limit_bytes - offset)


def _read_size(response: http.client.HTTPResponse, rest: Rest) -> int:
    """Return the size of the whole file from a partial response (Content-Range).

    Raises  RestUnavailable for another range
    """
    found = CONTENT_RANGE.match(_header(response, "Content-Range"))
    begin, end, size_bytes = map(int, found.groups()) if found else (-1, -1, -1)
    if begin != rest.offset or not begin <= end < size_bytes:
        raise RestUnavailable(texts.OTHER_PART, status=response.status)
    if _validator(response) not in ("", rest.validator):
        raise RestUnavailable(texts.OTHER_FILE, status=response.status)
    return size_bytes


def _validator(response: http.client.HTTPResponse) -> str:
    """Return a strong ETag; a weak one, or a date, does not promise the same bytes."""
    etag: str = response.headers.get("ETag", "").strip()
    return etag if etag.startswith('"') and len(etag) < LONGEST_VALIDATOR else ""


def _failure(status: int) -> FileError:
    if status in EXPIRED:
        return LinkExpired(texts.LINK_EXPIRED(status=status), status=status)
    # Any other status may come from a gateway or proxy, so a paid result is not given up.
    return FileUnavailable(texts.FILE_UNAVAILABLE(status=status), status=status)


def _header(response: http.client.HTTPResponse, name: str) -> str:
    return response.headers.get(name, "").strip().lower()


def _pieces(
    response: http.client.HTTPResponse, watchdog: Watchdog, wanted: _Wanted, packed: list[str]
) -> Iterator[bytes]:
    """Yield the decoded file in chunks, with one limit for encoded and decoded size."""
    pieces = _limited(_arriving(response, watchdog, wanted), wanted)
    try:
        yield from _limited(unpack(pieces, packed), wanted) if packed else pieces
    except BrokenPackingError as error:
        raise FileUnavailable(texts.PACKED_DAMAGED) from error


def _limited(pieces: Iterator[bytes], wanted: _Wanted) -> Iterator[bytes]:
    received = 0
    for piece in pieces:
        received += len(piece)
        if received > wanted.most_bytes:
            raise FileTooLarge(texts.FILE_TOO_LARGE)
        yield piece


def _arriving(
    response: http.client.HTTPResponse, watchdog: Watchdog, wanted: _Wanted
) -> Iterator[bytes]:
    received = 0
    while piece := _read(response, watchdog):
        received += len(piece)
        yield piece
    if received < wanted.least_bytes:
        raise FileUnavailable(texts.FILE_CUT_OFF)


def _read(response: http.client.HTTPResponse, watchdog: Watchdog) -> bytes:
    with faults_named(watchdog):
        piece = response.read1(CHUNK_BYTES)
        if not piece:
            watchdog.seconds_left()  # raise if the watchdog closed the connection
        watchdog.note_progress(len(piece))
        return piece
