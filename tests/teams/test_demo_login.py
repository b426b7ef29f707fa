"""The demo logs in a person on the same machine who opens the printed address, and nobody else."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests
from django.contrib.auth.models import User
from django.test import Client
from pytest_django.fixtures import Settings

from playground.teams.models import Membership, Role, Workspace
from tests.launched import Launched
from tests.tables import sample

pytestmark = pytest.mark.once

PORT = 8000
KEYS = "/team/keys/"  # a page for owners only; the demo account is an owner

PROXY_TRACES: dict[str, dict[str, str]] = {
    "peer": {"REMOTE_ADDR": "192.0.2.7"},
    "peer in the same network": {"REMOTE_ADDR": "172.17.0.1"},
    "no peer address": {"REMOTE_ADDR": ""},
    "HTTP/1.0": {"SERVER_PROTOCOL": "HTTP/1.0"},
    "another name": {"HTTP_HOST": f"play.example.com:{PORT}"},
    "another port": {"HTTP_HOST": "127.0.0.1:9000"},
    "no port": {"HTTP_HOST": "127.0.0.1"},
    "the name of an upstream": {"HTTP_HOST": "playground"},
    "Origin": {"HTTP_ORIGIN": "https://play.example.com"},
    "Origin of another port": {"HTTP_ORIGIN": "http://127.0.0.1:9000"},
    "Origin by https": {"HTTP_ORIGIN": f"https://127.0.0.1:{PORT}"},
    "Origin null": {"HTTP_ORIGIN": "null"},
    "Referer": {"HTTP_REFERER": "https://play.example.com/gallery/"},
    "malformed Referer": {"HTTP_REFERER": "http://[::1/"},
    "foreign Referer called same-origin": {
        "HTTP_REFERER": "https://play.example.com/gallery/",
        "HTTP_SEC_FETCH_SITE": "same-origin",
    },
    "Referer of a request without a page": {
        "HTTP_REFERER": "https://play.example.com/",
        "HTTP_SEC_FETCH_SITE": "none",
    },
} | {
    name: {f"HTTP_{name.upper().replace('-', '_')}": value}
    for name, value in {
        "Forwarded": "for=192.0.2.7",
        "X-Forwarded-For": "192.0.2.7",
        "X-Forwarded-Proto": "https",
        "X-Forwarded-Host": "play.example.com",
        "X-Forwarded-Port": "443",
        "X-Forwarded-Server": "edge",
        "X-Forwarded-Prefix": "/play",
        "X-Forwarded-Ssl": "on",
        "X-Forwarded": "for=192.0.2.7",
        "Forwarded-For": "192.0.2.7",
        "X-Real-IP": "192.0.2.7",
        "Via": "1.1 edge",
        "CF-Connecting-IP": "192.0.2.7",
        "CF-IPCountry": "DE",
        "CF-Ray": "8a1",
        "CF-Visitor": '{"scheme":"https"}',
        "CDN-Loop": "cloudflare",
        "True-Client-IP": "192.0.2.7",
        "X-Client-IP": "192.0.2.7",
        "Client-IP": "192.0.2.7",
        "X-Cluster-Client-IP": "192.0.2.7",
        "Fastly-Client-IP": "192.0.2.7",
        "Fly-Client-IP": "192.0.2.7",
        "X-Original-URL": "/",
        "X-Original-Host": "play.example.com",
        "X-Original-Forwarded-For": "192.0.2.7",
        "X-Rewrite-URL": "/",
        "X-Envoy-External-Address": "192.0.2.7",
        "X-Envoy-Expected-Rq-Timeout-Ms": "15000",
        "X-ProxyUser-Ip": "192.0.2.7",
        "X-Amzn-Trace-Id": "Root=1-67891233",
        "X-Azure-ClientIP": "192.0.2.7",
        "X-ARR-SSL": "2048|256",
        "X-Cloud-Trace-Context": "1/2",
        "X-Request-ID": "1",
        "X-Scheme": "https",
        "Front-End-Https": "on",
        "WL-Proxy-Client-IP": "192.0.2.7",
        "Tailscale-User-Login": "ana@example.com",
        "Traceparent": "00-1-2-01",
        "Max-Forwards": "9",
        "Proxy-Connection": "keep-alive",
        "Authorization": "Basic YW5hOmE=",  # a proxy asked for a password
        "Remote-User": "ana",
        "X-Some-New-Proxy": "1",
    }.items()
}

# Requests that pages of other sites cause in the same browser.
OTHER_SITES: dict[str, dict[str, str]] = {
    "link": {"HTTP_SEC_FETCH_SITE": "cross-site", "HTTP_SEC_FETCH_MODE": "navigate"},
    "link with its page": {
        "HTTP_SEC_FETCH_SITE": "cross-site",
        "HTTP_REFERER": "https://mail.example.com/",
    },
    "link of another program here": {
        "HTTP_SEC_FETCH_SITE": "same-site",
        "HTTP_REFERER": "http://127.0.0.1:3000/",
    },
    "picture": {"HTTP_SEC_FETCH_SITE": "cross-site", "HTTP_SEC_FETCH_DEST": "image"},
    "something new": {"HTTP_SEC_FETCH_SITE": "elsewhere"},
}

CHROMIUM = {
    "HTTP_CONNECTION": "keep-alive",
    "HTTP_CACHE_CONTROL": "max-age=0",
    "HTTP_SEC_CH_UA": '"Chromium";v="142"',
    "HTTP_SEC_CH_UA_MOBILE": "?0",
    "HTTP_SEC_CH_UA_PLATFORM": '"Linux"',
    "HTTP_UPGRADE_INSECURE_REQUESTS": "1",
    "HTTP_USER_AGENT": "Mozilla/5.0 (X11; Linux x86_64) Chrome/142.0.0.0",
    "HTTP_ACCEPT": "text/html,*/*;q=0.8",
    "HTTP_SEC_FETCH_SITE": "none",
    "HTTP_SEC_FETCH_MODE": "navigate",
    "HTTP_SEC_FETCH_USER": "?1",
    "HTTP_SEC_FETCH_DEST": "document",
    "HTTP_ACCEPT_ENCODING": "gzip, deflate, br, zstd",
    "HTTP_ACCEPT_LANGUAGE": "en-GB,en;q=0.9",
}
LOCAL_REQUESTS: dict[str, dict[str, str]] = {
    "no header": {},
    "curl": {"HTTP_USER_AGENT": "curl/8.14", "HTTP_ACCEPT": "*/*"},
    "Chromium": CHROMIUM,
    "Firefox": {
        "HTTP_USER_AGENT": "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Firefox/145.0",
        "HTTP_DNT": "1",
        "HTTP_SEC_GPC": "1",
        "HTTP_PRIORITY": "u=0, i",
        "HTTP_SEC_FETCH_SITE": "none",
    },
    "localhost": {"HTTP_HOST": f"localhost:{PORT}"},
    "IPv6": {"HTTP_HOST": f"[::1]:{PORT}", "REMOTE_ADDR": "::1"},
    "IPv4 in IPv6": {"REMOTE_ADDR": "::ffff:127.0.0.1"},
    "from one of our pages": {
        "HTTP_REFERER": f"http://127.0.0.1:{PORT}/gallery/",
        "HTTP_SEC_FETCH_SITE": "same-origin",
    },
    "from one of our pages in an old browser": {"HTTP_REFERER": f"http://127.0.0.1:{PORT}/models/"},
}


@pytest.fixture(autouse=True)
def _demo(settings: Settings) -> None:
    settings.DEMO_LOGIN = True
    settings.PORT = PORT
    settings.ALLOWED_HOSTS = ["*"]


def open_keys(client: Client, request: dict[str, str]) -> int:
    headers = {"HTTP_HOST": f"127.0.0.1:{PORT}", **request}
    return client.get(KEYS, **headers).status_code  # type: ignore[arg-type]  # WSGI's names


@pytest.mark.parametrize("case", LOCAL_REQUESTS)
def test_the_demo_logs_in_the_person_at_this_machine(db: None, case: str) -> None:
    client = Client()
    assert open_keys(client, LOCAL_REQUESTS[case]) == 200
    assert "demo" in client.get(KEYS, HTTP_HOST=f"127.0.0.1:{PORT}").text


@pytest.mark.parametrize("case", PROXY_TRACES)
def test_no_automatic_login_through_a_proxy_or_another_host(db: None, case: str) -> None:
    client = Client()
    assert open_keys(client, PROXY_TRACES[case]) == 302
    assert not client.session.keys()
    assert not User.objects.exists()


@pytest.mark.parametrize("case", sample(PROXY_TRACES, 15))
def test_a_demo_session_is_rejected_through_a_proxy_or_another_host(db: None, case: str) -> None:
    client = Client()
    assert open_keys(client, {}) == 200
    assert open_keys(client, PROXY_TRACES[case]) == 302
    nowhere = client.get("/nowhere/", **{"HTTP_HOST": f"127.0.0.1:{PORT}", **PROXY_TRACES[case]})  # type: ignore[arg-type]
    assert "demo" not in nowhere.text
    assert open_keys(client, {}) == 200  # the session is still valid where it was opened


# Login attempts are counted by address, so the request needs one.
@pytest.mark.parametrize("case", sample(sorted(set(PROXY_TRACES) - {"no peer address"}), 15))
def test_an_account_with_a_password_can_log_in_to_the_demo(ana: User, case: str) -> None:
    client = Client()
    headers = {"HTTP_HOST": f"127.0.0.1:{PORT}", **PROXY_TRACES[case]}
    fields = {"login": "ana", "password": "correct horse"}
    assert client.post("/login/", fields, **headers).status_code == 302  # type: ignore[arg-type]
    assert open_keys(client, PROXY_TRACES[case]) == 200


@pytest.mark.parametrize("case", OTHER_SITES)
def test_a_cross_site_request_neither_logs_in_nor_out(db: None, case: str) -> None:
    assert open_keys(Client(), OTHER_SITES[case]) == 302
    client = Client()
    open_keys(client, {})
    assert open_keys(client, OTHER_SITES[case]) == 200


def test_after_a_cross_site_link_the_demo_opens_with_a_button(db: None) -> None:
    headers = {"HTTP_HOST": f"127.0.0.1:{PORT}", **OTHER_SITES["link"]}
    page = Client().get(KEYS, follow=True, **headers)  # type: ignore[arg-type]
    assert f'<a class="button" href="{KEYS}">Open the demo</a>' in page.text


@pytest.mark.parametrize("path", ["//evil.example/", "https://evil.example/", "\\\\evil", "x"])
def test_the_demo_button_redirects_to_no_other_site(db: None, path: str) -> None:
    headers = {"HTTP_HOST": f"127.0.0.1:{PORT}", **OTHER_SITES["link"]}
    page = Client().get("/login/", {"next": path}, **headers)  # type: ignore[arg-type]
    assert '<a class="button" href="/">Open the demo</a>' in page.text


@pytest.mark.parametrize(
    ("case", "why"),
    [
        ("X-Forwarded-For", "it has the header X-Forwarded-For."),
        ("HTTP/1.0", "its protocol is HTTP/1.0."),
        ("another name", f"The request is for play.example.com:{PORT}"),
        ("peer", "The request comes from 192.0.2.7"),
    ],
)
def test_the_page_and_the_log_say_why_login_is_refused(
    db: None, caplog: pytest.LogCaptureFixture, case: str, why: str
) -> None:
    caplog.set_level("INFO", "playground.audit")
    headers = {"HTTP_HOST": f"127.0.0.1:{PORT}", **PROXY_TRACES[case]}
    page = Client().get(KEYS, follow=True, **headers)  # type: ignore[arg-type]
    assert why in page.text
    assert "ask an owner for an invitation" in page.text
    assert any("automatic login refused" in line and why in line for line in caplog.messages)
    script = Client().get(KEYS, HTTP_HX_REQUEST="true", **headers)  # type: ignore[arg-type]
    assert (script.status_code, why in script.text) == (401, True)


def test_after_a_password_login_a_demo_session_is_an_ordinary_one(db: None) -> None:
    client = Client()
    open_keys(client, {})
    demo = User.objects.get()
    demo.set_password("a long walk home")
    demo.save()
    fields = {"login": "demo", "password": "a long walk home"}
    client.logout()
    client.post("/login/", fields, HTTP_HOST="play.example.com")
    assert open_keys(client, PROXY_TRACES["another name"]) == 200


def test_a_demo_session_of_an_earlier_version_is_invalid(db: None, workspace: Workspace) -> None:
    demo = User.objects.create(username="demo")  # created as in that version: without a password
    Membership.objects.create(workspace=workspace, user=demo, role=Role.OWNER)
    client = Client()
    client.force_login(demo)
    assert open_keys(client, PROXY_TRACES["HTTP/1.0"]) == 302


def test_without_the_demo_its_sessions_are_invalid(db: None, settings: Settings) -> None:
    client = Client()
    open_keys(client, {})
    settings.DEMO_LOGIN = False
    assert open_keys(client, {}) == 302


def test_in_the_demo_nobody_is_redirected_to_the_setup(db: None) -> None:
    headers = {"HTTP_HOST": f"127.0.0.1:{PORT}", **PROXY_TRACES["HTTP/1.0"]}
    assert Client().get(KEYS, **headers)["Location"] == f"/login/?next={KEYS}"  # type: ignore[arg-type]


# With the real web server


@contextmanager
def old_proxy(port: int) -> Iterator[str]:
    """A proxy that adds no header and uses HTTP/1.0, which was nginx's default for many years."""
    server = socket.create_server(("127.0.0.1", 0))
    threading.Thread(target=pass_on, args=(server, port), daemon=True).start()
    yield f"http://127.0.0.1:{server.getsockname()[1]}"
    server.shutdown(socket.SHUT_RDWR)
    server.close()


def pass_on(server: socket.socket, port: int) -> None:
    while True:
        try:
            client, _ = server.accept()
        except OSError:
            return
        with client, socket.create_connection(("127.0.0.1", port)) as upstream:
            lines = client.recv(65536).decode().split("\r\n")
            kept = [line for line in lines[1:] if not line.startswith(("Host:", "Connection:"))]
            ours = [f"Host: 127.0.0.1:{port}", "Connection: close"]
            head = [lines[0].replace("HTTP/1.1", "HTTP/1.0"), *ours, *kept]
            upstream.sendall("\r\n".join(head).encode())
            while piece := upstream.recv(65536):
                client.sendall(piece)


@pytest.mark.slow
def test_no_automatic_login_behind_a_proxy_without_forwarded_headers(
    tmp_path: Path, new_database: Callable[[], str]
) -> None:
    with Launched(tmp_path, DATABASE_URL=new_database()) as program, requests.Session() as here:
        here.trust_env = False
        assert here.get(f"{program.url}team/keys/", timeout=60).url.endswith(KEYS)
        with old_proxy(program.port) as public:
            for cookies in ({}, dict(here.cookies)):
                page = requests.get(f"{public}{KEYS}", cookies=cookies, timeout=60)
                assert "/login/" in page.url
                assert "its protocol is HTTP/1.0" in page.text
        assert here.get(f"{program.url}team/keys/", timeout=60).url.endswith(KEYS)
