"""A deployment behind a TLS-terminating proxy, tested in separate processes with its settings."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.launched import ROOT
from tests.tables import sample

pytestmark = pytest.mark.once

PUBLIC = {
    "PUBLIC_BASE_URL": "https://play.example.com",
    "SECRET_KEY": "an-owl-5-Lanterns_9-and-a-very-quiet-harbour-at-2am",
    "EMAIL_URL": "smtp+tls://mail.example.com:587",
    "ENCRYPTION_KEYS": "J5hFzE4n3LwVb6YpKq0sTtUuXxWwYyZz0123456789A=",
}
# Reads lines with path and headers; prints status, headers and cookies of each response.
VISITS = """
import json, sys
from django.test import Client
for line in sys.stdin:
    path, headers = json.loads(line)
    answer = Client().get(path, headers={"Host": "play.example.com"} | headers)
    cookies = answer.cookies.output(header="").split("\\n")
    print(json.dumps([answer.status_code, dict(answer.headers), cookies]), flush=True)
"""
type Visit = Callable[..., Any]


def environment(data_dir: Path, **settings: str) -> dict[str, str]:
    known = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return known | {"DATA_DIR": str(data_dir)} | settings


def manage(data_dir: Path, *words: str, **settings: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-W", "error", "manage.py", *words],
        cwd=ROOT,
        env=environment(data_dir, **settings),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.fixture(scope="module")
def visit(
    tmp_path_factory: pytest.TempPathFactory, new_database: Callable[[], str]
) -> Iterator[Visit]:
    """Requests pages of the deployment, in a separate process."""
    folder = tmp_path_factory.mktemp("deployed")
    settings = PUBLIC | {"DATABASE_URL": new_database()}
    ended = manage(folder, "release", **settings)
    assert ended.returncode == 0, ended.stderr
    words = [sys.executable, "-W", "error", "manage.py", "shell", "--no-imports", "-c"]
    process = subprocess.Popen(
        [*words, f"exec({VISITS!r}, {{}})"],
        cwd=ROOT,
        env=environment(folder, **settings),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        assert process.stdin
        assert process.stdout
        sent, answered = process.stdin, process.stdout

        def ask(path: str, *headers: str) -> Any:
            pairs = dict(header.split("=") for header in headers)
            sent.write(f"{json.dumps([path, pairs])}\n")
            sent.flush()
            return json.loads(answered.readline())

        yield ask
        sent.close()


@pytest.mark.parametrize(
    "without",
    sample(
        [
            ("EMAIL_URL", "ENCRYPTION_KEYS"),  # the minimum of docs/self-hosting.md
            (),
            ("EMAIL_URL",),
            ("ENCRYPTION_KEYS",),
        ],
        1,
    ),
)
def test_the_deployment_check_of_django_reports_nothing(
    tmp_path: Path, without: tuple[str, ...]
) -> None:
    settings = {name: value for name, value in PUBLIC.items() if name not in without}
    ended = manage(tmp_path, "check", "--deploy", "--fail-level", "WARNING", **settings)
    assert ended.returncode == 0, ended.stderr
    assert "no issues" in ended.stdout
    assert "WARNING" not in ended.stderr


def test_plain_http_is_redirected_to_https(visit: Visit) -> None:
    status, headers, _ = visit("/team/", "X-Forwarded-Proto=http")
    assert (status, headers["Location"]) == (301, "https://play.example.com/team/")


@pytest.mark.parametrize(
    ("path", "proto", "status"),
    [("/team/", "http", 301), ("/healthz", "http", 400), ("/team/", "https", 400)],
)
def test_a_request_with_an_unknown_host_is_redirected_or_refused_with_security_headers(
    visit: Visit, path: str, proto: str, status: int
) -> None:
    strange = ("Host=elsewhere.example", f"X-Forwarded-Proto={proto}")
    answered, headers, _ = visit(path, *strange)
    security_headers = (headers["X-Content-Type-Options"], headers["Referrer-Policy"])
    assert (answered, security_headers) == (status, ("nosniff", "same-origin"))
    assert headers.get("Location", "https://play.example.com/team/").startswith(
        "https://play.example.com/"
    )
    assert "elsewhere.example" not in str(headers)


@pytest.mark.parametrize("proto", ["http", "https"])
def test_a_remote_request_for_a_loopback_host_is_redirected_to_public_base_url(
    visit: Visit, proto: str
) -> None:
    sent = ("Host=localhost:8000", f"X-Forwarded-Proto={proto}", "X-Forwarded-For=192.0.2.7")
    status, headers, _ = visit("/login/", *sent)
    assert status in {301, 302}
    assert headers["Location"] == "https://play.example.com/login/"


@pytest.mark.parametrize(("path", "status"), [("/healthz", 200), ("/readyz", 503)])
def test_hosts_beside_the_proxy_are_answered_by_plain_http(
    visit: Visit, path: str, status: int
) -> None:
    assert visit(path, "Host=127.0.0.1")[0] == status


def test_https_responses_carry_hsts_with_subdomains_and_preload(visit: Visit) -> None:
    status, headers, _ = visit("/setup/", "X-Forwarded-Proto=https")
    hsts = headers["Strict-Transport-Security"]
    assert (status, hsts) == (200, "max-age=31536000; includeSubDomains; preload")


def test_cookies_are_secure_and_host_only(visit: Visit) -> None:
    _, _, cookies = visit("/setup/", "X-Forwarded-Proto=https")
    assert [cookie.split("=")[0].strip() for cookie in cookies] == ["__Host-csrftoken"]
    for cookie in cookies:
        words = {word.strip() for word in cookie.split(";")}
        assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= words
        assert "Domain" not in cookie


@pytest.mark.slow
def test_each_cookie_is_bound_to_its_host(tmp_path: Path) -> None:
    said = "from django.conf import settings as s; print([getattr(s, n) for n in dir(s)"
    said += " if n.endswith('COOKIE_NAME') and n != 'LANGUAGE_COOKIE_NAME'])"
    ended = manage(tmp_path, "shell", "--no-imports", "-c", said, **PUBLIC)
    assert ended.stdout.count("'__Host-") == 3, ended.stderr


@pytest.mark.parametrize(
    ("name", "value"),
    sample(
        [
            ("TRUSTED_PROXIES", "0"),
            ("TRUSTED_PROXIES", "two"),
            ("HSTS_SECONDS", "x"),
            ("ADMIN_PATH", "a b"),
            ("ACCEL_REDIRECT", "http://x"),
            ("LOCALE_DIR", "not/there"),
        ],
        2,
    ),
)
def test_an_invalid_setting_is_named_in_one_line(tmp_path: Path, name: str, value: str) -> None:
    ended = manage(tmp_path, "check", **PUBLIC | {name: value})
    assert ended.returncode == 1
    assert ended.stderr.startswith(f"playground: {name} is")
    assert ended.stderr.count("\n") == 1


@pytest.mark.slow
def test_without_a_proxy_forwarded_https_is_ignored(tmp_path: Path) -> None:
    said = "from django.conf import settings as s; print(s.SECURE_PROXY_SSL_HEADER)"
    ended = manage(tmp_path, "shell", "--no-imports", "-c", said, PUBLIC_BASE_URL="")
    assert ended.stdout == "None\n", ended.stderr


@pytest.mark.parametrize("end", sample(["\n", "\r\n", ""], 1))
def test_a_setting_is_read_from_the_file_that_is_named(tmp_path: Path, end: str) -> None:
    secret = "$an0wl: 5 \\$ $lanterns, a very quiet harbour"
    (tmp_path / "secret").write_bytes(f"{secret}{end}".encode())
    named = {"SECRET_KEY_FILE": str(tmp_path / "secret"), "PUBLIC_BASE_URL": "https://a.example"}
    said = "from django.conf import settings as s; print(repr(s.SECRET_KEY))"
    ended = manage(tmp_path, "shell", "--no-imports", "-c", said, **named)
    assert ended.stdout == f"{secret!r}\n", ended.stderr


@pytest.mark.slow
def test_a_database_is_found_by_the_file_that_is_named(tmp_path: Path) -> None:
    (tmp_path / "url").write_text("postgres://us:s3cr%24t@db.example.com/play\n")
    said = "from django.conf import settings as s; print(s.DATABASES['default']['PASSWORD'])"
    named = {"DATABASE_URL_FILE": str(tmp_path / "url")}
    ended = manage(tmp_path, "shell", "--no-imports", "-c", said, **named)
    assert ended.stdout == "s3cr$t\n", ended.stderr
