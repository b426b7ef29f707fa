"""Parses and validates external links before anything is opened."""

import base64
import binascii
import string
from collections.abc import Collection
from dataclasses import dataclass
from urllib.parse import SplitResult, quote, unquote_to_bytes, urlsplit

from playground.providers import texts
from playground.providers.addresses import find_literal, is_private_name, is_public
from playground.providers.errors import FileRefused, FileTooLarge

SHOWN = 60  # characters of a URL in a message
URL_CHARACTERS = 8_192
DEFAULT_PORTS = {"https": 443, "http": 80}
# 8443 is a common second HTTPS port of file servers; others are different services.
PUBLIC_PORTS = (443, 8443)
C0_AND_SPACE = "".join(map(chr, range(33)))
NOT_SEEN = str.maketrans("", "", "\t\r\n")


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A link, split into its parts.

    host        a name or an address, in lower case and ASCII
    path        with the query, escaped
    is_trusted  it has the provider's own origin
    """

    scheme: str
    host: str
    port: int
    path: str
    is_trusted: bool


def read_link(url: str, *, trusted_origin: str | None) -> Link:
    """Parse a link: https, or the scheme of the trusted origin.

    Invalid characters in the path are escaped, as browsers do.

    Raises  FileRefused
    """
    try:
        parts = _split(normalise_url(url))
        scheme, host, port = _origin(parts)
        is_trusted = trusted_origin is not None and (
            (scheme, host, port) == _origin(_split(trusted_origin))
        )
    except ValueError as error:
        raise FileRefused(texts.BAD_LINK) from error
    if not is_trusted and (scheme != "https" or port not in PUBLIC_PORTS):
        raise FileRefused(texts.ODD_LINK)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    path = quote(path, safe=string.punctuation)  # a signed URL must not change
    return Link(scheme=scheme, host=host, port=port, path=path, is_trusted=is_trusted)


def normalise_url(url: str) -> str:
    """Normalise a URL as browsers do: add escapes, keep the host.

    Source  WHATWG URL, "URL parsing"; read 2026-11-30
    """
    url = url.strip(C0_AND_SPACE).translate(NOT_SEEN)
    scheme, colon, rest = url.partition("://")
    end = next((at for at, each in enumerate(rest) if each in "/?#\\"), len(rest))
    host, rest = rest[:end], rest[end:]
    if not colon or rest.startswith("\\"):
        return url
    path, mark, after = rest.partition("?")
    return scheme + colon + host + escape(path.replace("\\", "/") + mark + after)


def escape(text: str) -> str:
    """Escape invalid characters of a URL; existing escapes stay."""
    return quote(text, safe=string.punctuation).replace("\\", "%5C")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """A URL from which the provider fetches a file.

    name  hostname to resolve and check; "" if not necessary
    """

    name: str
    port: int


def read_reference(url: str, *, trusted_origins: Collection[str]) -> Reference:
    """Validate a URL, entered by a person, from which the provider fetches a file.

    It must be https to a public host on a usual port, like our own downloads; the hostname is not
    resolved here.

    trusted_origins  URLs whose scheme, host and port may be http, and private
    Raises           FileRefused, which names the address
    """
    parts = _split_reference(url)
    try:
        scheme, host, port = _origin(parts)
        literal = find_literal(host)
    except ValueError as error:
        raise FileRefused(texts.ADDRESS_NO_HOST(address=quoted(url))) from error
    if (scheme, host, port) in {_origin(_split(origin)) for origin in trusted_origins}:
        return Reference(name="", port=port)
    if scheme != "https":
        raise FileRefused(texts.ADDRESS_NO_HTTPS(address=quoted(url)))
    if not is_public(literal) if literal else is_private_name(host):
        raise FileRefused(texts.ADDRESS_PRIVATE(address=quoted(url)))
    if port not in PUBLIC_PORTS:
        raise FileRefused(texts.ADDRESS_PORT(address=quoted(url), port=port))
    return Reference(name="" if literal else host, port=port)


def quoted(address: str) -> str:
    """Return a URL for a message: shortened, without password."""
    shown = address if "@" not in address else f"…{address.rpartition('@')[2]}"
    return f"“{shown if len(shown) <= SHOWN else f'{shown[:SHOWN]}…'}”"


def _split_reference(url: str) -> SplitResult:
    if len(url) > URL_CHARACTERS:
        most = f"{URL_CHARACTERS:,}"
        raise FileRefused(texts.ADDRESS_TOO_LONG(address=quoted(url), most=most))
    try:
        parts = urlsplit(url)
        has_port = parts.port is None or parts.port > 0
    except ValueError as error:
        raise FileRefused(texts.ADDRESS_INVALID(address=quoted(url))) from error
    if parts.scheme not in DEFAULT_PORTS:
        raise FileRefused(texts.ADDRESS_NO_URL(address=quoted(url)))
    if "\\" in url or not url.isprintable() or any(c.isspace() for c in url):
        raise FileRefused(texts.ADDRESS_CHARACTERS(address=quoted(url)))
    if "@" in parts.netloc:
        raise FileRefused(texts.ADDRESS_PASSWORD(address=quoted(url)))
    if not parts.hostname or not has_port:
        raise FileRefused(texts.ADDRESS_NO_HOST(address=quoted(url)))
    return parts


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


def read_base64(written: bytes) -> bytes:
    """Decode Base64 in either alphabet, with or without padding and line breaks.

    Raises  binascii.Error
    """
    bare = b"".join(written.split()).rstrip(b"=").translate(bytes.maketrans(b"-_", b"+/"))
    if written.strip() and not bare:
        raise binascii.Error("padding alone")
    return base64.b64decode(bare + b"=" * (-len(bare) % 4), validate=True)


def read_data_uri(url: str, *, limit_bytes: int) -> tuple[str, bytes]:
    """Parse a data URI, `data:image/png;base64,iVBOR...`: content type and bytes.

    Raises  FileRefused, FileTooLarge
    Source  RFC 2397
    """
    head, comma, body = url[len("data:") :].partition(",")
    if not comma:
        raise FileRefused(texts.EMPTY_DATA)
    content_type, *parameters = [part.strip().lower() for part in head.split(";")]
    if len(body) > 4 * limit_bytes:  # %-escapes triple, base64 adds a third
        raise FileTooLarge(texts.FILE_TOO_LARGE)
    data = unquote_to_bytes(body)
    if "base64" in parameters:
        try:
            data = read_base64(data)
        except binascii.Error as error:
            raise FileRefused(texts.BAD_BASE64) from error
    if len(data) > limit_bytes:
        raise FileTooLarge(texts.FILE_TOO_LARGE)
    return content_type or "text/plain", data
