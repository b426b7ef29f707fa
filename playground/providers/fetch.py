"""The one guarded opener for every link that comes from outside.

A link decides which machine this one talks to. So each link, and each redirect from it,
must be https to a public address; only the provider's own origin, which the operator configured,
may be http, local or on another port, and that only by the provider's word: a redirect from
elsewhere leads no one there. The address is checked after resolution, and the connection goes to
the very address that was checked, so a name that changes its mind changes nothing.
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
EXPIRED = (401, 403, 404, 410)  # the storages differ in what they answer to a link out of date


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenFile:
    """A file as it comes in.

    content_type  what its server says it is, in lower case without parameters; "" when it does not
    offset        where in the file this begins, in bytes; 0 unless the rest was requested
    validator     what names this version of the file, for asking for the rest of it; "" for none
    """

    content_type: str
    pieces: Iterator[bytes] = field(repr=False)
    offset: int = 0
    validator: str = ""

    def chunks(self) -> Iterator[bytes]:
        """The file in order, once. Raises FileUnavailable when it ends early, FileTooLarge."""
        return self.pieces


@dataclass(frozen=True, slots=True, kw_only=True)
class Rest:
    """The rest of a file, of which the beginning is here.

    offset     how many bytes are here
    validator  of the version that they are of, as `OpenFile` said it
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
    """Open a link or a data: URI; nothing of ours, no key and no cookie, is sent along.

    trusted_origin   the provider's base URL: its scheme, host and port alone may be http and local
    limit_seconds    for everything together, to the last byte
    silence_seconds  the longest time in which nothing comes; None for no limit of its own
    slowest_rate     bytes per second; what comes so fast gets as much time as it takes at this rate
    rest             asks for the rest of a file alone; a server that has another version, or
                     gives no parts, sends the whole, and `OpenFile.offset` is 0
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
        validator="" if packed else _validator(response),  # its parts are of the packed file
    )


def _follow(
    client: GuardedClient, url: str, trusted_origin: str, limit: int
) -> http.client.HTTPResponse:
    """Return the answer at a link, behind its redirects; each is checked as the first one was."""
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
    """A bad redirect condemns no link: its server may know better the next time."""
    try:
        yield
    except FileRefused as error:
        raise FileUnavailable(texts.MOVED_ELSEWHERE) from error


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wanted:
    """The bytes of the file that a response should contain.

    offset       where it begins in the file
    least_bytes  with fewer it broke off; 0 if only the connection's end marks the file's
    most_bytes   with more it is larger than the limit
    """

    offset: int = 0
    least_bytes: int = 0
    most_bytes: int


def _check(response: http.client.HTTPResponse, limit_bytes: int, rest: Rest | None) -> _Wanted:
    """See that an answer is a file, or the rest of it."""
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
    """Return the size of the whole file of which an answer brings the rest, or some of it.

    Raises  RestUnavailable where it brings anything else
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
    # Any other status may be a gateway's or a proxy's: what was paid for is not given up for it.
    return FileUnavailable(texts.FILE_UNAVAILABLE(status=status), status=status)


def _header(response: http.client.HTTPResponse, name: str) -> str:
    return response.headers.get(name, "").strip().lower()


def _pieces(
    response: http.client.HTTPResponse, watchdog: Watchdog, wanted: _Wanted, packed: list[str]
) -> Iterator[bytes]:
    """The file piece by piece, unpacked, under one limit for both of its sizes."""
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
            watchdog.seconds_left()  # a connection that the watchdog broke also just ends
        watchdog.note_progress(len(piece))
        return piece
