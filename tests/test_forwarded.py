"""Forwarding headers are trusted only if the peer's address is that of a trusted proxy."""

import itertools
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from pytest_django.fixtures import Settings

from playground.forwarded import HEADERS, ForwardedMiddleware
from playground.teams.accounts import AccountAdapter
from playground.teams.demo_login import find_trace_of_proxy
from tests.launched import ROOT
from tests.test_deployment import PUBLIC, manage

pytestmark = pytest.mark.once

FORWARDED = {
    "HTTP_FORWARDED": "for=203.0.113.9;proto=https;host=evil.example",
    "HTTP_X_FORWARDED_FOR": "203.0.113.9",
    "HTTP_X_FORWARDED_HOST": "evil.example",
    "HTTP_X_FORWARDED_PORT": "31337",
    "HTTP_X_FORWARDED_PREFIX": "/evil",
    "HTTP_X_FORWARDED_PROTO": "https",
    "HTTP_X_FORWARDED_SSL": "on",
    "HTTP_X_REAL_IP": "203.0.113.9",
}
LOOPBACK = ["127.0.0.0/8", "::1"]
# Trusted addresses, address of the peer, and whether its headers are trusted.
PEERS: list[tuple[list[str], str, bool]] = [
    (LOOPBACK, "127.0.0.1", True),
    (LOOPBACK, "127.8.8.8", True),
    (LOOPBACK, "::1", True),
    (LOOPBACK, "::ffff:127.0.0.1", True),
    (LOOPBACK, "", True),  # a Unix socket
    (LOOPBACK, "192.0.2.7", False),
    (LOOPBACK, "10.0.0.1", False),
    (LOOPBACK, "::ffff:192.0.2.7", False),
    (LOOPBACK, "2001:db8::1", False),
    (LOOPBACK, "nonsense", False),
    (["10.0.0.0/8"], "10.1.2.3", True),
    (["10.0.0.0/8"], "::ffff:10.1.2.3", True),
    (["10.0.0.0/8"], "11.1.2.3", False),
    (["10.0.0.0/8"], "127.0.0.1", False),
    (["192.0.2.7"], "192.0.2.7", True),
    (["192.0.2.7"], "192.0.2.8", False),
    (["2001:db8::/32"], "2001:db8::1", True),
    (["2001:db8::/32"], "2001:db9::1", False),
    ([], "127.0.0.1", False),
    (["*"], "192.0.2.7", True),
]


def receive(settings: Settings, allowed: list[str], **meta: str) -> dict[str, Any]:
    """Return scheme, client address and URL that the program determines for a request."""
    settings.FORWARDED_ALLOW_IPS, settings.ALLAUTH_TRUSTED_PROXY_COUNT = allowed, 1
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    found: dict[str, Any] = {}

    def view(request: HttpRequest) -> HttpResponse:
        found["is_secure"] = request.is_secure()
        found["from"] = AccountAdapter().get_client_ip(request)
        found["url"] = request.build_absolute_uri("/")
        found["trace"] = find_trace_of_proxy(request)
        return HttpResponse()

    request = RequestFactory().get("/", SERVER_PROTOCOL="HTTP/1.1", **meta)  # type: ignore[arg-type]  # META
    ForwardedMiddleware(view)(request)
    return found


@pytest.mark.parametrize(("allowed", "peer", "is_trusted"), PEERS)
def test_forwarded_headers_are_accepted_from_trusted_proxies_only(
    settings: Settings, allowed: list[str], peer: str, *, is_trusted: bool
) -> None:
    found = receive(settings, allowed, REMOTE_ADDR=peer, **FORWARDED)
    plain = receive(settings, allowed, REMOTE_ADDR=peer)
    assert found["is_secure"] is is_trusted
    assert (found["from"] == "203.0.113.9") is is_trusted
    if not is_trusted:
        assert {**found, "trace": ""} == {**plain, "trace": ""}
    assert "evil.example" not in found["url"]


@pytest.mark.parametrize(
    ("name", "peer"), list(itertools.product(HEADERS, ["192.0.2.7", "127.0.0.1"]))
)
def test_a_proxy_header_is_detected_whether_trusted_or_not(
    settings: Settings, name: str, peer: str
) -> None:
    assert receive(settings, ["192.0.2.7"], REMOTE_ADDR=peer, **{name: FORWARDED[name]})["trace"]


def test_every_forwarded_header_is_known() -> None:
    assert set(FORWARDED) == set(HEADERS)


@pytest.mark.parametrize(("peer", "is_limited"), [("127.0.0.1", False), ("192.0.2.7", True)])
def test_login_attempts_ignore_forwarded_headers_of_untrusted_peers(
    ana: User, settings: Settings, peer: str, *, is_limited: bool
) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    wrong = {"login": "ana", "password": "wrong"}
    for number in range(12):
        pretended = {"X-Forwarded-For": f"203.0.113.{number}"}
        answer = Client(REMOTE_ADDR=peer).post("/login/", wrong, headers=pretended)
    assert ("Too many attempts with this username." in answer.text) is is_limited
    assert ("Too many attempts" in answer.text) is is_limited


@pytest.mark.parametrize(("peer", "status"), [("127.0.0.1", 302), ("192.0.2.7", 301)])
def test_forwarded_https_is_accepted_from_trusted_proxies_only(
    settings: Settings, db: None, peer: str, status: int
) -> None:
    settings.SECURE_SSL_REDIRECT, settings.SECURE_SSL_HOST = True, "play.example.com"
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    client = Client(REMOTE_ADDR=peer)
    assert client.get("/team/", headers={"X-Forwarded-Proto": "https"}).status_code == status


@pytest.mark.parametrize("value", ["10.0.0.0/33", "proxy.example.com", "10.0.0.1/8", "10.0.0.1;"])
def test_an_invalid_address_is_refused_in_one_line(tmp_path: Path, value: str) -> None:
    ended = manage(tmp_path, "check", **PUBLIC | {"FORWARDED_ALLOW_IPS": value})
    assert ended.returncode == 1
    assert "playground: FORWARDED_ALLOW_IPS is" in ended.stderr


@pytest.mark.parametrize(
    ("environment", "bound"),
    [
        ({}, "127.0.0.1:8000"),
        ({"PORT": "9000"}, "127.0.0.1:9000"),
        ({"BIND_ADDRESS": "0.0.0.0", "PORT": "80"}, "0.0.0.0:80"),
        ({"BIND_ADDRESS": "::1"}, "[::1]:8000"),
    ],
)
def test_the_web_process_listens_on_loopback_by_default(
    tmp_path: Path, environment: dict[str, str], bound: str
) -> None:
    line = next(line for line in (ROOT / "Procfile").read_text().splitlines() if "web:" in line)
    assert "--bind" not in line
    said = "from gunicorn.config import Config; from playground import gunicorn as g;"
    said += "c = Config(); [c.set(n, getattr(g, n)) for n in ('bind', 'forwarder_headers')];"
    said += "print(c.address, c.forwarder_headers)"
    ended = manage(tmp_path, "shell", "--no-imports", "-c", said, **environment)
    host, port = re.fullmatch(r"\[?([^\]]+)\]?:(\d+)", bound).groups()  # type: ignore[union-attr]  # it does
    assert ended.stdout == f"[('{host}', {port})] []\n", ended.stderr


def test_an_invalid_bind_address_is_refused(tmp_path: Path) -> None:
    ended = manage(tmp_path, "check", BIND_ADDRESS="everywhere")
    assert "playground: BIND_ADDRESS is 'everywhere'" in ended.stderr


def test_the_demo_listens_on_loopback_whatever_the_settings() -> None:
    code = (
        "import os; os.environ['BIND_ADDRESS'] = '0.0.0.0'; from playground import launch;"
        "launch.listen_on_loopback(); print(os.environ['BIND_ADDRESS'])"
    )
    words = [sys.executable, "-c", code]
    ended = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=True)
    assert ended.stdout == "127.0.0.1\n"
