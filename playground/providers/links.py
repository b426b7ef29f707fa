"""Links from outside, read with suspicion before anything is opened."""

import base64
import binascii
import string
from dataclasses import dataclass
from urllib.parse import SplitResult, quote, unquote_to_bytes, urlsplit

from playground.providers.errors import FileRefused, FileTooLarge

URL_CHARACTERS = 8_192
DEFAULT_PORTS = {"https": 443, "http": 80}
# 8443 is where file servers behind a second HTTPS port live; the rest are services of other kinds.
PUBLIC_PORTS = (443, 8443)


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """Where a link leads.

    host        a name or an address, in lower case and ASCII
    path        with its query, ready to be sent
    is_trusted  it has the provider's own origin
    """

    scheme: str
    host: str
    port: int
    path: str
    is_trusted: bool


def read_link(url: str, *, trusted_origin: str | None) -> Link:
    """A link to https, or to whatever the trusted origin speaks, where there is one.

    Raises  FileRefused
    """
    try:
        parts = _split(url)
        scheme, host, port = _origin(parts)
        is_trusted = trusted_origin is not None and (
            (scheme, host, port) == _origin(_split(trusted_origin))
        )
    except ValueError as error:
        raise FileRefused("This link cannot be read.") from error
    if not is_trusted and (scheme != "https" or port not in PUBLIC_PORTS):
        raise FileRefused("This link is no https link to a usual port.")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    path = quote(path, safe=string.punctuation)  # a signed link must arrive letter by letter
    return Link(scheme=scheme, host=host, port=port, path=path, is_trusted=is_trusted)


def _split(url: str) -> SplitResult:
    if len(url) > URL_CHARACTERS or "\\" in url or any(c <= " " or c == "\x7f" for c in url):
        raise ValueError("too long, or holds what no URL holds")
    parts = urlsplit(url)
    if parts.scheme not in DEFAULT_PORTS or "@" in parts.netloc or not parts.hostname:
        raise ValueError("no http(s)://host, or names a user")
    return parts


def _origin(parts: SplitResult) -> tuple[str, str, int]:
    host = parts.hostname or ""
    if "%" in host:
        raise ValueError("an address with a zone, or an escaped host")
    if not host.isascii():
        host = host.encode("idna").decode()
    port = DEFAULT_PORTS[parts.scheme] if parts.port is None else parts.port
    return parts.scheme, host.lower(), port


def read_data_uri(url: str, *, limit_bytes: int) -> tuple[str, bytes]:
    """The content type and the bytes of `data:image/png;base64,iVBOR...`.

    Raises  FileRefused, FileTooLarge
    Source  RFC 2397
    """
    head, comma, body = url[len("data:") :].partition(",")
    if not comma:
        raise FileRefused("This data URI holds no data.")
    content_type, *parameters = [part.strip().lower() for part in head.split(";")]
    if len(body) > 4 * limit_bytes:  # %-escapes triple, base64 adds a third
        raise FileTooLarge("The file is larger than the limit.")
    data = unquote_to_bytes(body)
    if "base64" in parameters:
        try:
            data = base64.b64decode(b"".join(data.split()), validate=True)
        except binascii.Error as error:
            raise FileRefused("This data URI is no valid base64.") from error
    if len(data) > limit_bytes:
        raise FileTooLarge("The file is larger than the limit.")
    return content_type or "text/plain", data
