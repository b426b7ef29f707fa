"""Checks of URLs before they are opened, and data URIs."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground.providers.errors import FileRefused, FileTooLarge
from playground.providers.links import read_data_uri, read_link, read_reference

TRUSTED = "http://sandbox.example:9000/api"


@pytest.mark.parametrize(
    ("url", "host", "port", "path"),
    [
        ("https://files.example/a?sig=a%2Bb~c==&x", "files.example", 443, "/a?sig=a%2Bb~c==&x"),
        ("https://files.example/my cat.png", "files.example", 443, "/my%20cat.png"),
        ("https://files.example/my%20cat.png", "files.example", 443, "/my%20cat.png"),
        ("https://files.example/100%.png", "files.example", 443, "/100%.png"),
        ("https://files.example/?n=my cat&s=%2B=", "files.example", 443, "/?n=my%20cat&s=%2B="),
        ("https://files.example?n=my cat", "files.example", 443, "/?n=my%20cat"),
        (" https://files.example/a\n", "files.example", 443, "/a"),
        ("https://files.example/a\r\nb", "files.example", 443, "/ab"),
        ("https://files.example/\r\nHost: evil", "files.example", 443, "/Host:%20evil"),
        ("https://files.example/a\x7f", "files.example", 443, "/a%7F"),
        ("https://files.example/a\\b?c\\d", "files.example", 443, "/a/b?c%5Cd"),
        ("https://files.example/a|b{c}", "files.example", 443, "/a|b{c}"),
        ("HTTPS://Files.Example", "files.example", 443, "/"),
        ("https://files.example:8443/a#part", "files.example", 8443, "/a"),
        ("https://bücher.example/ä.png", "xn--bcher-kva.example", 443, "/%C3%A4.png"),
        ("https://[2606:4700::1111]/a", "2606:4700::1111", 443, "/a"),
        ("http://sandbox.example:9000/a", "sandbox.example", 9000, "/a"),
        ("http://SANDBOX.example:9000", "sandbox.example", 9000, "/"),
    ],
)  # fmt: skip
def test_a_link_is_read(url: str, host: str, port: int, path: str) -> None:
    link = read_link(url, trusted_origin=TRUSTED)
    assert (link.host, link.port, link.path) == (host, port, path)
    assert link.is_trusted == (host == "sandbox.example")


@pytest.mark.parametrize(
    "url",
    [
        "",
        "files.example/a.png",
        "//files.example/a.png",
        "http://files.example/a.png",
        "http://sandbox.example/a.png",
        "http://sandbox.example:9001/a.png",
        "https://sandbox.example:9000/a.png",
        "http://sandbox.example.evil.example:9000/",
        "ftp://files.example/a.png",
        "file:///etc/passwd",
        "gopher://files.example:443/",
        "javascript:alert(1)",
        "https://",
        "https:///a.png",
        "https://user@files.example/",
        "https://user:word@files.example/",
        "https://sandbox.example:9000@evil.example/",
        "https://files.example:22/",
        "https://files.example:6379/",
        "https://files.example:0/",
        "https://files.example:99999/",
        "https://files.example:x/",
        "https://files.example\\.evil.example/",
        "https://files example/a",
        "https://files.example\x7f/",
        "https://[::1",
        "https://[fe80::1%25eth0]/",
        "https://files%2Eexample/",
        "https://" + "ü" * 70 + ".example/",
        "https://files.example/" + "a" * 9000,
    ],
)
def test_an_invalid_link_is_refused(url: str) -> None:
    with pytest.raises(FileRefused):
        read_link(url, trusted_origin=TRUSTED)


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://files.example/a.png?sig=a%2Bb", "files.example"),
        ("HTTPS://Files.Example:8443/a.png", "files.example"),
        ("https://bücher.example/ä.png", "xn--bcher-kva.example"),
        ("https://93.184.215.14/a.png", ""),
        ("https://[2606:4700::1111]/a.png", ""),
        ("http://sandbox.example:9000/a.png", ""),
    ],
)
def test_an_address_for_the_provider_is_read(url: str, name: str) -> None:
    assert read_reference(url, trusted_origins=[TRUSTED]).name == name


REFUSED = {
    "is not a": (
        "", "not a url", "a.png", "files.example/a.png", "//files.example/a.png", "upload:x",
        "ftp://files.example/a", "file:///etc/passwd", "javascript:alert(1)", "data:,x",
        "https://[::1", "https://files.example:x/", "https://files.example:99999/",
    ),
    "has no valid host name": (
        "https://", "https:///a.png", "https://..", "https://a..b/", "https://-a.example/",
        "https://256.1.1.1/", "https://1.2.3.4.5/", "https://08.1.1.1/", "https://[fe80::1%25e]/",
        "https://files%2Eexample/", "https://" + "a" * 64 + ".example/", "https://a:0/",
        "https://exa$mple.example/",
    ),
    "has to begin with https://": (
        "http://files.example/a.png", "http://sandbox.example/", "http://127.0.0.1/",
        "http://sandbox.example.evil.example:9000/",
    ),
    "leads into a private network": (
        "https://127.0.0.1/", "https://127.1/", "https://2130706433/", "https://0x7f000001/",
        "https://0x7f.0.0.1/", "https://017700000001/", "https://0/", "https://127.0.0.1./",
        "https://①②⑦.⓪.⓪.①/", "https://127。0。0。1/", "https://10.1.2.3/",
        "https://172.16.0.1/", "https://192.168.1.1/", "https://100.64.0.1/",
        "https://169.254.169.254/latest", "https://2852039166/", "https://[::1]/", "https://[::]/",
        "https://[::ffff:127.0.0.1]/", "https://[::ffff:7f00:1]/", "https://[64:ff9b::a00:1]/",
        "https://[fd00:ec2::254]/", "https://[fe80::1]/", "https://[2002:7f00:1::]/",
        "https://localhost/", "https://LOCALHOST./", "https://a.localhost/", "https://db/",
        "https://metadata.google.internal/", "https://printer.local/", "https://nas.home.arpa/",
    ),
    "contains a user name": ("https://user@files.example/", "https://files.example:443@127.0.0.1/"),
    "uses port": ("https://files.example:22/", "https://files.example:6379/"),
    "contains a space": (
        "https://files.example/a b", "https://files.example\\@127.0.0.1/", "https://files.example/\n",
        "https://files.example/\u2028", "https://files.example/\x7f",
    ),
    "has more than 8,192 characters": ("https://files.example/" + "a" * 9000,),
}  # fmt: skip


@pytest.mark.parametrize(
    ("url", "words"), [(url, words) for words, urls in REFUSED.items() for url in urls]
)
def test_a_reference_url_that_must_not_be_fetched_is_refused_with_a_message(
    url: str, words: str
) -> None:
    with pytest.raises(FileRefused, match=words):
        read_reference(url, trusted_origins=[TRUSTED])


@given(st.text() | st.text().map(lambda tail: f"https://{tail}"))
def test_any_text_is_a_provider_address_or_refused(url: str) -> None:
    try:
        reference = read_reference(url, trusted_origins=[TRUSTED])
    except FileRefused:
        return
    assert reference.name.isascii()


@given(st.text() | st.text().map(lambda tail: f"https://{tail}"))
def test_any_text_is_a_link_or_refused(url: str) -> None:
    try:
        link = read_link(url, trusted_origin=TRUSTED)
    except FileRefused:
        return
    assert link.path.isascii()
    assert link.path.isprintable()


@pytest.mark.parametrize(
    ("url", "content_type", "data"),
    [
        ("data:image/png;base64,iVBORw==", "image/png", b"\x89PNG"),
        ("DATA:Image/PNG;BASE64,iVBO%0ARw%3D%3D", "image/png", b"\x89PNG"),
        ("data:text/plain;charset=utf-8,a%20b", "text/plain", b"a b"),
        ("data:,", "text/plain", b""),
        ("data:;base64,iVBORw", "text/plain", b"\x89PNG"),
        ("data:;base64,iVBO\n Rw==", "text/plain", b"\x89PNG"),
        ("data:;base64,-_-_", "text/plain", b"\xfb\xff\xbf"),
    ],
)
def test_a_data_uri_is_read(url: str, content_type: str, data: bytes) -> None:
    assert read_data_uri(url, limit_bytes=100) == (content_type, data)


@pytest.mark.parametrize(
    "url", ["data:", "data:image/png;base64", "data:;base64,====", "data:;base64,a"]
)
def test_a_broken_data_uri_is_refused(url: str) -> None:
    with pytest.raises(FileRefused):
        read_data_uri(url, limit_bytes=100)


@pytest.mark.parametrize("size", [101, 10_000])
def test_the_size_of_a_data_uri_is_limited(size: int) -> None:
    with pytest.raises(FileTooLarge):
        read_data_uri(f"data:;base64,{base64.b64encode(bytes(size)).decode()}", limit_bytes=100)


@given(st.text(), st.booleans())
def test_any_data_uri_is_read_or_refused(text: str, is_base64: bool) -> None:  # noqa: FBT001 - generated
    try:
        _, data = read_data_uri(f"data:{';base64,' if is_base64 else ''}{text}", limit_bytes=20)
    except FileRefused:
        return
    assert len(data) <= 20
