"""HTTP requests to a provider, limited in time and size; the API key is removed from results."""

import html
import io
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from http.client import HTTPException
from http.cookiejar import DefaultCookiePolicy
from typing import Any
from urllib.parse import quote, urlsplit

import requests
import urllib3
from requests.adapters import HTTPAdapter
from requests.auth import AuthBase
from urllib3.exceptions import NewConnectionError

from playground.providers.watchdog import Watchdog

SHORTEST_SECRET = 6  # characters; hiding "demo" would redact unrelated text of a sandbox
HIDDEN = "[API key]"
CHUNK_BYTES = 64 * 1024
SLOWEST_RATE = 100_000.0  # bytes per second
STREAMING_TYPES = ("text/event-stream", "application/x-ndjson")  # these may never end


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The limits of one request in time and size.

    connect_seconds  to connect, and for each block of 16 kB of the request
    read_seconds     to the end of the headers, then between two chunks of the body
    total_seconds    from the headers to the last byte; a larger response may take longer, at
                     SLOWEST_RATE
    """

    connect_seconds: float = 5.0
    read_seconds: float = 30.0
    total_seconds: float = 60.0
    body_bytes: int = 5_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """The response of a provider, with its text unchanged.

    secret  the API key of the session: some services echo it in their errors
    """

    status: int
    headers: Mapping[str, str] = field(repr=False)
    text: str = field(repr=False)
    secret: str = field(repr=False)

    @property
    def is_success(self) -> bool:
        return 200 <= self.status < 300  # noqa: PLR2004 - HTTP's own numbers

    @property
    def content_type(self) -> str:
        return self.headers.get("Content-Type", "").partition(";")[0].strip().lower()

    @property
    def is_web_page(self) -> bool:
        """Whether it is an HTML page, as from gateways, login pages and captive portals."""
        start = self.text.lstrip()[:1]
        return start == "<" or (self.content_type == "text/html" and start not in ("{", "["))

    def clean(self, text: str) -> str:
        """Return a text that can be stored and shown: without the API key."""
        for form in _forms(self.secret):
            text = text.replace(form, HIDDEN)
        return storable(text)

    def plain(self, value: Any) -> Any:
        """Return a document of `read_json` as plain JSON without the API key."""
        match value:
            case str():
                return self.clean(value)
            case Decimal():
                number = float(value)
                return number if abs(number) < float("inf") else str(value)
            case list():
                return [self.plain(item) for item in value]
            case dict():
                return {self.clean(name): self.plain(item) for name, item in value.items()}
        return value


def storable(text: str) -> str:
    """Return the text without NUL and lone surrogates, which databases refuse."""
    if text.isascii():  # such as base64, where each copy costs memory
        return text.replace("\0", "")
    return text.replace("\0", "").encode(errors="replace").decode()


def _forms(secret: str) -> list[str]:
    """Return the secret as escaped in text, JSON, URLs, HTML; the longest first."""
    if len(secret) < SHORTEST_SECRET:
        return []
    in_json = json.dumps(secret)[1:-1]
    forms = {secret, in_json, in_json.replace("/", r"\/"), quote(secret, safe=""), quote(secret)}
    return sorted(forms | {html.escape(secret)}, key=len, reverse=True)


class ApiKeyAuth(AuthBase):
    """Adds the API key to requests to its own origin only.

    header, scheme  the header for the key, and the prefix of its value
    """

    def __init__(
        self, key: str, base_url: str, *, header: str = "Authorization", scheme: str = "Bearer "
    ) -> None:
        self.key = key
        self._origin = _origin(base_url)
        self._header, self._scheme = header, scheme

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        if _origin(request.url or "") == self._origin:
            request.headers[self._header] = f"{self._scheme}{self.key}"
        return request


def _origin(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.scheme.lower(), parts.netloc.lower()


class NoConnectionError(requests.ConnectionError):
    """No byte of the request was sent: DNS, TCP or the TLS handshake failed."""


class TooLargeError(requests.RequestException):
    """A response exceeds the size limit."""

    def __init__(self, limit_bytes: int) -> None:
        super().__init__(f"more than {limit_bytes / 1e6:,.0f} MB")
        self.limit_bytes = limit_bytes


class _PlainConnection(urllib3.connection.HTTPConnection):
    def connect(self) -> None:
        try:
            super().connect()
        except NewConnectionError:
            raise
        except (OSError, ValueError, urllib3.exceptions.HTTPError) as error:
            # Else errors of the handshake look like errors of the response.
            raise NewConnectionError(self, str(error)) from error

    def getresponse(self) -> urllib3.HTTPResponse:  # type: ignore[override]  # theirs does too
        with Watchdog(self.timeout or Limits().read_seconds) as watchdog:
            watchdog.watch(self.sock)
            try:
                response = super().getresponse()
            except (OSError, HTTPException):
                watchdog.seconds_left()  # the watchdog closed it, not the provider
                raise
            if watchdog.is_over:  # headers that it cut off look complete
                response.close()
                raise TimeoutError
            return response


class _SecureConnection(_PlainConnection, urllib3.connection.HTTPSConnection):
    """The same over TLS."""


class _PlainPool(urllib3.HTTPConnectionPool):
    ConnectionCls = _PlainConnection


class _SecurePool(urllib3.HTTPSConnectionPool):
    ConnectionCls = _SecureConnection


class _Adapter(HTTPAdapter):
    """Applies the read timeout to all headers together, not to each byte.

    Raises  NoConnectionError besides what requests raises
    """

    def send(self, *args: Any, **options: Any) -> requests.Response:
        try:
            return super().send(*args, **options)
        except requests.ConnectionError as error:
            reason = getattr(error.args[0], "reason", None) if error.args else None
            if isinstance(reason, NewConnectionError):
                _, _, words = str(reason).partition(": ")  # without the name of our own class
                raise NoConnectionError(words) from error
            raise

    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        super().init_poolmanager(*args, **options)
        pools = {"http": _PlainPool, "https": _SecurePool}
        self.poolmanager.pool_classes_by_scheme = pools


class Session(requests.Session):
    """A requests Session without redirects and without settings from the environment."""

    def __init__(self, auth: AuthBase) -> None:
        super().__init__()
        self.auth = auth
        self.mount("http://", _Adapter())
        self.mount("https://", _Adapter())
        self.trust_env = False  # a proxy or .netrc would see or replace the API key
        self.headers["User-Agent"] = "playground"
        self.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))

    def get_redirect_target(self, resp: requests.Response) -> None:
        """Return None: else requests reads the body of unfollowed redirects without limit."""


def send_request(
    http: requests.Session,
    method: str,
    url: str,
    *,
    limits: Limits,
    body: bytes = b"",
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Send one request and read its response; redirects are responses too.

    The body is sent in blocks: else all of it would have to be sent within the connect timeout, and
    pictures take longer on slow networks.

    Raises  requests.RequestException; NoConnectionError if nothing was sent
    """
    with http.request(
        method,
        url,
        data=io.BytesIO(body) if body else None,
        headers=headers,
        timeout=(limits.connect_seconds, limits.read_seconds),
        allow_redirects=False,
        stream=True,
    ) as response:
        deadline = time.monotonic() + limits.total_seconds
        content = _read_body(response, deadline, limits.body_bytes)
        return Response(
            status=response.status_code,
            headers=response.headers,
            text=content.decode("utf-8-sig", errors="replace"),
            secret=http.auth.key if isinstance(http.auth, ApiKeyAuth) else "",
        )


def _read_body(response: requests.Response, deadline: float, limit_bytes: int) -> bytes:
    """Read the whole body; of an error or an endless stream, the part that arrived in time."""
    streaming = response.headers.get("Content-Type", "").lower().startswith(STREAMING_TYPES)
    body = bytearray()
    failure: requests.RequestException
    try:
        while time.monotonic() <= deadline + len(body) / SLOWEST_RATE:
            if len(body) > limit_bytes:
                break
            piece = response.raw.read1(CHUNK_BYTES, decode_content=True)
            if not piece:
                return bytes(body)
            body += piece
        failure = requests.ReadTimeout("The answer took too long.")
        if len(body) > limit_bytes:
            failure = TooLargeError(limit_bytes)
    except urllib3.exceptions.TimeoutError as error:
        failure = requests.ReadTimeout(str(error))
    except (urllib3.exceptions.HTTPError, OverflowError) as error:  # a chunk of -2^63 bytes
        failure = requests.ConnectionError(str(error))
    if response.ok and not streaming:
        raise failure
    return bytes(body[:limit_bytes])


def read_json(text: str) -> Any:
    """Parse JSON; fractions become Decimal, NaN and infinities None.

    Raises  ValueError, RecursionError
    """
    return json.loads(text, parse_float=_read_number, parse_constant=lambda _: None)


def _read_number(text: str) -> Decimal | None:
    try:
        return Decimal(text)
    except ArithmeticError:  # a huge exponent
        return None
