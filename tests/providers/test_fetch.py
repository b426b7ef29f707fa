"""The guarded fetch, with real servers on loopback; only DNS responses are scripted."""

import contextlib
import gzip
import socket
import ssl
import threading
import time
import zlib
from collections.abc import Iterator
from typing import Any

import brotli  # type: ignore[import-untyped]
import pytest

from playground.providers import guarded_connection, links
from playground.providers.errors import (
    FileError,
    FileRefused,
    FileTooLarge,
    FileUnavailable,
    LinkExpired,
)
from playground.providers.fetch import OpenFile, open_file
from tests.providers.certificate_authority import Authority
from tests.providers.scripted import Reply, ScriptedService, closed_port

PICTURE = bytes(range(256)) * 1000
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: image/png\r\n"


class ScriptedResolver:
    """A resolver that gives these answers in turn, repeats the last one, and records hosts."""

    def __init__(self, *answers: list[str]) -> None:
        self.answers = list(answers)
        self.hosts: list[str] = []

    def __call__(self, host: str, port: int, **_: Any) -> list[tuple[Any, ...]]:
        self.hosts.append(host)
        addresses = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if not addresses:
            raise socket.gaierror("no such name")
        return [
            (socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in addresses
        ]


@contextlib.contextmanager
def opened(url: str, trusted_origin: str, **changes: Any) -> Iterator[OpenFile]:
    limits: dict[str, Any] = {"limit_bytes": 300_000, "limit_seconds": 2.0} | changes
    with open_file(url, trusted_origin=trusted_origin, **limits) as file:
        yield file


def fetched(url: str, trusted_origin: str, **changes: Any) -> bytes:
    with opened(url, trusted_origin, **changes) as file:
        return b"".join(file.chunks())


def failing(url: str, trusted_origin: str, **changes: Any) -> FileError:
    with pytest.raises(FileError) as caught:
        fetched(url, trusted_origin, **changes)
    return caught.value


def test_a_file_of_the_trusted_origin_arrives(service: ScriptedService) -> None:
    service.reply_with(Reply(body=PICTURE, headers={"Content-Type": "Image/PNG ; charset=binary"}))
    with opened(f"{service.url}/1.png?sig=a%2B", service.url) as file:
        assert file.content_type == "image/png"
        assert b"".join(file.chunks()) == PICTURE
    assert service.requests[0].path == "/1.png?sig=a%2B"


def test_no_credentials_are_sent_to_file_servers(service: ScriptedService) -> None:
    service.reply_with(Reply(body=PICTURE))
    fetched(service.url, service.url)
    headers = service.requests[0].headers
    assert headers["Host"] == f"127.0.0.1:{service.port}"
    assert (headers["Authorization"], headers["Cookie"], headers["Referer"]) == (None, None, None)


def test_a_data_uri_needs_no_connection() -> None:
    with opened("data:image/png;base64,iVBORw==", "https://api.example") as file:
        assert (file.content_type, b"".join(file.chunks())) == ("image/png", b"\x89PNG")


@pytest.mark.parametrize(
    "addresses",
    [
        ["127.0.0.1"],
        ["10.0.0.1"],
        ["169.254.169.254"],
        ["::ffff:127.0.0.1"],
        ["64:ff9b::7f00:1"],
        ["1.1.1.1", "192.168.0.1"],
        ["fe80::1%eth0"],
        ["not an address"],
    ],
)
def test_a_hostname_with_a_private_address_is_refused(addresses: list[str]) -> None:
    names = ScriptedResolver(addresses)
    error = failing("https://files.example/1.png", "https://api.example", resolve=names)
    assert type(error) is FileRefused
    assert names.hosts == ["files.example"]


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "127.1", "2130706433", "0x7f000001", "0177.0.0.1", "[::1]", "localhost"]
)
def test_a_url_to_a_private_address_is_refused_in_every_notation(host: str) -> None:
    assert type(failing(f"https://{host}/", "https://api.example")) is FileRefused


def test_the_trusted_origin_includes_its_port(service: ScriptedService) -> None:
    other = f"http://127.0.0.1:{closed_port()}"
    assert type(failing(f"{service.url}/1.png", other)) is FileRefused
    assert service.requests == []


def test_the_trusted_origin_must_not_resolve_to_metadata_addresses() -> None:
    url = "http://api.example"
    assert type(failing(url, url, resolve=ScriptedResolver(["169.254.169.254"]))) is FileRefused


def test_a_hostname_is_resolved_once_and_the_checked_address_is_used(
    service: ScriptedService,
) -> None:
    service.reply_with(Reply(body=PICTURE))
    names = ScriptedResolver(["127.0.0.1"], ["169.254.169.254"])
    url = f"http://api.example:{service.port}"
    assert fetched(url, url, resolve=names) == PICTURE
    assert names.hosts == ["api.example"]
    assert service.requests[0].headers["Host"] == f"api.example:{service.port}"


def test_a_redirect_is_followed(service: ScriptedService) -> None:
    service.reply_with(Reply(status=302, headers={"Location": "/2.png?a=1"}), Reply(body=PICTURE))
    assert fetched(f"{service.url}/1.png", service.url) == PICTURE
    assert [request.path for request in service.requests] == ["/1.png", "/2.png?a=1"]


@pytest.mark.parametrize(
    "location",
    [
        "https://192.168.0.1/",
        "//10.0.0.1/",
        "http://169.254.169.254/latest/meta-data",
        "http://127.0.0.1:1/",
        "file:///etc/passwd",
        "data:image/png;base64,iVBORw==",
        "https://user@files.example/",
        "https://[",
        "\xff\xfe",
    ],
)
def test_a_redirect_to_a_forbidden_address_is_not_followed(
    service: ScriptedService, location: str
) -> None:
    head = f"HTTP/1.1 302 Found\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n"
    service.reply_with(Reply(raw=head.encode("latin-1")))
    error = failing(service.url, service.url)
    assert type(error) is FileUnavailable  # a later link may work; the redirect was not followed
    assert isinstance(error.__cause__, FileRefused)
    assert len(service.requests) == 1


def test_each_redirect_is_checked_even_with_the_same_hostname(service: ScriptedService) -> None:
    service.reply_with(Reply(status=302, headers={"Location": "/2.png"}), Reply(body=PICTURE))
    url = f"http://api.example:{service.port}"
    names = ScriptedResolver(["127.0.0.1"], ["169.254.169.254"])
    assert isinstance(failing(url, url, resolve=names).__cause__, FileRefused)
    assert len(service.requests) == 1


def test_an_untrusted_server_cannot_redirect_to_the_trusted_origin(
    service: ScriptedService,
    tls_service: ScriptedService,
    authority: Authority,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(links, "PUBLIC_PORTS", (tls_service.port,))
    monkeypatch.setattr(guarded_connection, "is_public", lambda address: address == "127.0.0.1")
    tls_service.reply_with(Reply(status=302, headers={"Location": f"{service.url}/restart"}))
    url = f"https://files.example:{tls_service.port}/1.png"
    options = {"resolve": ScriptedResolver(["127.0.0.1"]), "tls": authority.client_context()}
    error = failing(url, service.url, **options)
    assert isinstance(error.__cause__, FileRefused)
    assert (len(tls_service.requests), len(service.requests)) == (1, 0)


def test_redirects_are_bounded(service: ScriptedService) -> None:
    service.reply_with(Reply(status=307, headers={"Location": "/again"}))
    assert type(failing(service.url, service.url)) is FileUnavailable
    assert len(service.requests) == 4


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, FileUnavailable),
        (405, FileUnavailable),
        (407, FileUnavailable),
        (451, FileUnavailable),
        (401, LinkExpired),
        (403, LinkExpired),
        (404, LinkExpired),
        (410, LinkExpired),
        (204, FileUnavailable),
        (206, FileUnavailable),
        (302, FileUnavailable),
        (304, FileUnavailable),
        (408, FileUnavailable),
        (429, FileUnavailable),
        (500, FileUnavailable),
        (503, FileUnavailable),
    ],
)
def test_each_response_without_a_file_has_its_error(
    service: ScriptedService, status: int, kind: type[FileError]
) -> None:
    service.reply_with(Reply(status=status))
    error = failing(service.url, service.url)
    assert (type(error), error.status) == (kind, status)


@pytest.mark.parametrize(
    "reply",
    [
        Reply(raw=b""),
        Reply(raw=b"garbage\r\n\r\n"),
        Reply(raw=HEAD + b"X" * 70_000),
        Reply(raw=HEAD, resets=True),
        Reply(raw=HEAD + b"Content-Length: 500\r\n\r\nonly this"),
        Reply(raw=HEAD + b"Content-Length: 500\r\n\r\nonly this", resets=True),
        Reply(raw=HEAD + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"),
        Reply(raw=HEAD + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhel"),
        Reply(raw=HEAD + b"Transfer-Encoding: chunked\r\n\r\nzz\r\nhello"),
        *(
            Reply(raw=HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + size + b"\r\nhello")
            for size in (b"-5", b"-8000000000000001", b"9" * 30)
        ),
    ],
)
def test_a_truncated_file_is_retried_later(service: ScriptedService, reply: Reply) -> None:
    service.reply_with(reply)
    assert type(failing(service.url, service.url)) is FileUnavailable


def test_a_chunked_file_arrives(service: ScriptedService) -> None:
    body = b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n2\r\n, \r\n5\r\nworld\r\n0\r\n\r\n"
    service.reply_with(Reply(raw=HEAD + body))
    assert fetched(service.url, service.url) == b"hello, world"


@pytest.mark.parametrize(
    "reply",
    [
        Reply(raw=b"", hangs=True),
        Reply(raw=HEAD, hangs=True),
        Reply(raw=HEAD + b"X-Slow: ", drips=b"z"),
        Reply(raw=HEAD + b"Content-Length: 9999\r\n\r\n", drips=b"z"),
        Reply(raw=HEAD + b"\r\n", drips=b"z"),
        Reply(raw=HEAD + b"Transfer-Encoding: chunked\r\n\r\n", drips=b"1\r\nz\r\n"),
        Reply(raw=b"", drips=b"HTTP/1.1 100 Continue\r\n\r\n"),
    ],
)
def test_a_download_over_the_time_limit_is_aborted(service: ScriptedService, reply: Reply) -> None:
    service.reply_with(reply)
    began = time.monotonic()
    error = failing(service.url, service.url, limit_seconds=0.3)
    assert type(error) is FileUnavailable
    assert str(error) == "The download took too long."
    assert time.monotonic() - began < 2


def test_a_refused_connection_is_retried_later() -> None:
    url = f"http://127.0.0.1:{closed_port()}"
    assert type(failing(url, url)) is FileUnavailable


def test_a_slow_dns_lookup_times_out() -> None:
    found = threading.Event()

    def search(*_: object, **__: object) -> list[tuple[Any, ...]]:
        found.wait(5)
        return []

    began = time.monotonic()
    error = failing("https://a.example/", "https://b.example", resolve=search, limit_seconds=0.2)
    found.set()
    assert str(error) == "The download took too long."
    assert time.monotonic() - began < 2


def test_an_unknown_hostname_is_retried_later() -> None:
    error = failing("https://files.example/", "https://api.example", resolve=ScriptedResolver([]))
    assert type(error) is FileUnavailable


@pytest.mark.parametrize(
    "reply",
    [
        Reply(body=b"x" * 1001),
        Reply(raw=HEAD + b"\r\n" + b"x" * 1001),
        Reply(raw=HEAD + b"\r\n", drips=b"x" * 1001),
        Reply(raw=HEAD + b"Content-Length: 1001\r\n\r\n", hangs=True),
    ],
)
def test_a_download_over_the_size_limit_is_aborted(service: ScriptedService, reply: Reply) -> None:
    service.reply_with(reply)
    assert type(failing(service.url, service.url, limit_bytes=1000)) is FileTooLarge


def test_a_file_at_the_limit_arrives(service: ScriptedService) -> None:
    service.reply_with(Reply(body=b"x" * 1000))
    assert len(fetched(service.url, service.url, limit_bytes=1000)) == 1000


LONG = bytes(range(256)) * 40
FRAMED = b"400;chunk-signature=" + b"0" * 64 + b"\r\n" + LONG[:1024] + b"\r\n"
FRAMED += f"{len(LONG) - 1024:x}\r\n".encode() + LONG[1024:] + b"\r\n0\r\nx-amz-checksum:abc\r\n"
RAW_DEFLATE = zlib.compress(LONG)[2:-4]
ENCODED = {
    "gzip": ("gzip", gzip.compress(LONG)),
    "x-gzip": ("X-GZip", gzip.compress(LONG)),
    "gzip in two members": ("gzip", gzip.compress(LONG[:100]) + gzip.compress(LONG[100:])),
    "gzip with padding": ("gzip", gzip.compress(LONG) + bytes(8)),
    "gzip twice": ("gzip, gzip", gzip.compress(gzip.compress(LONG))),
    "gzip that is not": ("gzip", LONG),
    "deflate": ("deflate", zlib.compress(LONG)),
    "raw deflate": ("deflate", RAW_DEFLATE),
    "deflate that is not": ("deflate", LONG),
    "brotli": ("br", brotli.compress(LONG)),
    "brotli that is not": ("br", LONG),
    "aws-chunked": ("aws-chunked", LONG),
    "aws-chunked in its frames": ("aws-chunked", FRAMED),
    "aws-chunked and gzip": ("gzip,aws-chunked", gzip.compress(LONG)),
    "what nobody knows": ("utf-8", LONG),
    "nothing": ("", LONG),
    "zstd that is not": ("zstd", LONG),
}


@pytest.mark.parametrize("how", ENCODED)
def test_a_compressed_file_arrives_decompressed(service: ScriptedService, how: str) -> None:
    encoding, body = ENCODED[how]
    service.reply_with(Reply(body=body, headers={"Content-Encoding": encoding, "ETag": '"v1"'}))
    with opened(service.url, service.url) as file:
        assert b"".join(file.chunks()) == LONG
        assert file.validator == ("" if encoding else '"v1"')


@pytest.mark.parametrize("how", ["gzip", "deflate", "brotli"])
def test_a_compressed_file_has_the_same_size_limit(service: ScriptedService, how: str) -> None:
    pack = {"gzip": gzip.compress, "deflate": zlib.compress, "brotli": brotli.compress}[how]
    encoding = {"brotli": "br"}.get(how, how)
    service.reply_with(Reply(body=pack(bytes(50_000_000)), headers={"Content-Encoding": encoding}))
    assert type(failing(service.url, service.url)) is FileTooLarge


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("gzip", gzip.compress(PICTURE)[:-9]),
        ("gzip", gzip.compress(PICTURE)[:12] + bytes(30)),
        ("deflate", zlib.compress(LONG)[:-5]),
        ("br", brotli.compress(LONG)[:-3]),
        ("aws-chunked", FRAMED[:-30]),
    ],
    ids=["gzip end", "gzip start", "deflate", "br", "aws-chunked"],  # gzip has a time stamp
)
def test_a_truncated_compressed_file_is_retried(
    service: ScriptedService, encoding: str, body: bytes
) -> None:
    service.reply_with(Reply(body=body, headers={"Content-Encoding": encoding}))
    assert type(failing(service.url, service.url)) is FileUnavailable


def test_a_space_in_an_address_is_sent_escaped(service: ScriptedService) -> None:
    service.reply_with(
        Reply(status=302, headers={"Location": "/my other cat.png"}), Reply(body=PICTURE)
    )
    assert fetched(f"{service.url}/my cat.png?n=my cat&s=a%2B", service.url) == PICTURE
    paths = [request.path for request in service.requests]
    assert paths == ["/my%20cat.png?n=my%20cat&s=a%2B", "/my%20other%20cat.png"]


def test_an_exception_of_the_reader_is_not_wrapped(service: ScriptedService) -> None:
    service.reply_with(Reply(body=PICTURE))
    with pytest.raises(OSError, match="disk full"), opened(service.url, service.url):
        raise OSError("disk full")


def test_an_https_file_arrives(tls_service: ScriptedService, authority: Authority) -> None:
    tls_service.reply_with(Reply(body=PICTURE))
    url = f"https://files.example:{tls_service.port}"
    names = ScriptedResolver(["127.0.0.1"])
    assert fetched(url, url, resolve=names, tls=authority.client_context()) == PICTURE
    assert tls_service.server_names == ["files.example"]
    assert tls_service.requests[0].headers["Host"] == f"files.example:{tls_service.port}"


@pytest.mark.parametrize("host", ["other.example", "127.0.0.2"])
def test_a_certificate_for_another_hostname_is_refused(
    tls_service: ScriptedService, authority: Authority, host: str
) -> None:
    url = f"https://{host}:{tls_service.port}"
    error = failing(
        url, url, resolve=ScriptedResolver(["127.0.0.1"]), tls=authority.client_context()
    )
    assert type(error) is FileUnavailable
    assert isinstance(error.__cause__, ssl.SSLCertVerificationError)
    assert tls_service.requests == []


def test_an_untrusted_certificate_is_refused(tls_service: ScriptedService) -> None:
    url = f"https://files.example:{tls_service.port}"
    error = failing(url, url, resolve=ScriptedResolver(["127.0.0.1"]))
    assert isinstance(error.__cause__, ssl.SSLCertVerificationError)


def test_a_truncated_https_file_is_detected(
    tls_service: ScriptedService, authority: Authority
) -> None:
    tls_service.reply_with(
        Reply(raw=HEAD + b"\r\nonly this")
    )  # no Content-Length, no TLS close_notify
    url = f"https://files.example:{tls_service.port}"
    error = failing(
        url, url, resolve=ScriptedResolver(["127.0.0.1"]), tls=authority.client_context()
    )
    assert type(error) is FileUnavailable


@pytest.mark.parametrize(
    "reply", [Reply(raw=HEAD, hangs=True), Reply(raw=HEAD + b"\r\n", drips=b"z")]
)
def test_a_slow_https_file_times_out(
    tls_service: ScriptedService, authority: Authority, reply: Reply
) -> None:
    tls_service.reply_with(reply)
    url = f"https://files.example:{tls_service.port}"
    began = time.monotonic()
    options = {"resolve": ScriptedResolver(["127.0.0.1"]), "tls": authority.client_context()}
    assert type(failing(url, url, limit_seconds=0.3, **options)) is FileUnavailable
    assert time.monotonic() - began < 2


def test_a_server_that_never_finishes_the_handshake_times_out(authority: Authority) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"https://127.0.0.1:{silent.getsockname()[1]}"
        error = failing(url, url, limit_seconds=0.2, tls=authority.client_context())
    assert str(error) == "The download took too long."


def test_the_next_address_is_tried_when_the_first_does_not_answer(
    service: ScriptedService,
) -> None:
    service.reply_with(Reply(body=PICTURE))
    url = f"http://api.example:{service.port}"
    assert fetched(url, url, resolve=ScriptedResolver(["127.0.0.2", "127.0.0.1"])) == PICTURE
