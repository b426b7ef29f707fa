"""Security headers of every kind of response."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.http import HttpResponseBase
from django.test import Client
from pytest_django.fixtures import Settings

from playground.headers import PERMISSIONS
from playground.runs.models import Run
from playground.teams.rate_limits import LIMITS, Limit, LimitedAction
from tests.test_readme import PAGES

pytestmark = pytest.mark.once

EVERYWHERE = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": PERMISSIONS,
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
PAGE = (
    "default-src 'self'; img-src 'self' data: blob:; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'"
)
PARTS = ("file", "thumbnail", "static file")  # Permissions-Policy is for documents only
FILE = "default-src 'none'; sandbox"

type Ask = Callable[[Client, Run], HttpResponseBase]

ANSWERS: dict[str, tuple[int, str, Ask]] = {
    "page": (200, PAGE, lambda client, run: client.get(run.get_absolute_url())),
    "fragment": (
        200,
        PAGE,
        lambda client, run: client.get(run.get_absolute_url(), headers={"HX-Request": "true"}),
    ),
    "file": (200, FILE, lambda client, run: client.get(f"/outputs/{run.outputs.get().pk}/")),
    "thumbnail": (200, FILE, lambda client, run: client.get(run.outputs.get().thumbnail_url)),
    "static file": (200, PAGE, lambda client, _: client.get("/static/some.css")),
    "redirect": (302, PAGE, lambda client, _: client.get("/")),
    "for machines": (200, PAGE, lambda client, _: client.get("/healthz")),
    "400": (400, PAGE, lambda client, _: client.get("/", headers={"Host": "elsewhere.example"})),
    "401": (401, PAGE, lambda _, __: Client().get("/team/", headers={"HX-Request": "true"})),
    "403": (403, PAGE, lambda _, __: Client(enforce_csrf_checks=True).post("/login/")),
    "404": (404, PAGE, lambda client, _: client.get("/nowhere/")),
    "405": (405, PAGE, lambda client, _: client.get("/uploads/")),
    "413": (
        413,
        PAGE,
        lambda client, _: client.post("/team/keys/", {"secret": "x" * 9_000_000}),
    ),
    "422": (422, PAGE, lambda client, _: client.post("/uploads/", {})),
    "429": (429, PAGE, lambda client, _: client.post("/team/invitations/")),
    "500": (500, PAGE, lambda client, _: client.get("/readyz")),
}


@pytest.mark.parametrize("kind", ANSWERS)
def test_every_response_has_the_security_headers(
    client: Client,
    finished: Run,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    kind: str,
) -> None:
    (Path(settings.STATIC_ROOT) / "some.css").write_text("a {}")
    monkeypatch.setitem(LIMITS, LimitedAction.INVITE, Limit(most=0, seconds=9))
    monkeypatch.setattr("playground.health.checks.examine", None)  # an internal error
    client.raise_request_exception = False
    status, policy, ask = ANSWERS[kind]
    response = ask(client, finished)
    response.getvalue()  # reading it closes an open file
    wanted = EVERYWHERE | ({"Permissions-Policy": None} if kind in PARTS else {})
    sent_headers = {name: response.headers.get(name) for name in EVERYWHERE}
    assert (response.status_code, sent_headers) == (status, wanted)
    assert response.headers["Content-Security-Policy"] == policy
    is_kept = policy == FILE or kind == "static file"  # cacheable: see test_caches.py
    assert ("no-store" in response.headers["Cache-Control"]) != is_kept


def test_without_https_no_https_headers_are_sent(client: Client) -> None:
    assert "Strict-Transport-Security" not in client.get("/healthz").headers


def test_logout_sends_clear_site_data(client: Client) -> None:
    assert client.post("/logout/")["Clear-Site-Data"] == '"cache"'


def test_the_documented_nginx_passes_each_of_them_on() -> None:
    passed = set(re.findall(r"add_header (\S+) \$upstream_http_", PAGES["docs/self-hosting.md"]))
    assert passed == {*EVERYWHERE, "Content-Security-Policy", "Strict-Transport-Security"}
