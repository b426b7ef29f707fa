"""The switch between the light and the dark theme."""

import re

import pytest
from django.test import Client

pytestmark = pytest.mark.once

HTMX = {"HX-Request": "true"}


def shown(client: Client, path: str = "/gallery/") -> tuple[str, str, list[str]]:
    """Return a page's theme, its colour schemes, and the media queries of its theme colours."""
    text = client.get(path).text
    theme = re.search(r'<html[^>]*data-theme="(\w+)"', text)
    scheme = re.search(r'<meta name="color-scheme"\s+content="([\w ]+)"', text)
    media = re.findall(r'<meta name="theme-color"[^>]*media="([^"]*)"', text)
    assert scheme
    return theme[1] if theme else "", scheme[1], media


SYSTEM = ("", "light dark", ["(prefers-color-scheme: light)", "(prefers-color-scheme: dark)"])


def test_a_theme_is_stored_and_rendered_by_the_server(client: Client) -> None:
    assert shown(client) == SYSTEM
    answer = client.post("/theme/", {"theme": "dark", "next": "/gallery/?stars=5"})
    assert answer.headers["Location"] == "/gallery/?stars=5"
    assert shown(client) == ("dark", "dark", ["not all", "all"])
    client.post("/theme/", {"theme": "light"})
    assert shown(client) == ("light", "light", ["all", "not all"])
    assert 'value="light" autocomplete="off"\n        checked' in client.get("/gallery/").text
    client.post("/theme/", {"theme": "system"})
    assert shown(client) == SYSTEM


def test_a_theme_applies_before_login_and_on_error_pages(client: Client) -> None:
    client.post("/theme/", {"theme": "dark"})
    assert shown(client, "/nowhere/")[0] == "dark"
    client.logout()
    client.cookies["theme"] = "dark"
    assert shown(client, "/login/")[0] == "dark"


def test_a_theme_change_by_script_answers_without_a_page(client: Client) -> None:
    answer = client.post("/theme/", {"theme": "dark"}, headers=HTMX)
    assert answer.status_code == 204
    assert answer.cookies["theme"].value == "dark"


@pytest.mark.parametrize("theme", ["", "pink", '"><script>'])
def test_an_unknown_theme_means_the_theme_of_the_system(client: Client, theme: str) -> None:
    client.post("/theme/", {"theme": theme})
    assert shown(client) == SYSTEM
    client.cookies["theme"] = "pink"
    assert shown(client) == SYSTEM


@pytest.mark.parametrize("back", ["//elsewhere.example/", "https://elsewhere.example/", "x"])
def test_the_theme_switch_redirects_to_no_other_site(client: Client, back: str) -> None:
    assert client.post("/theme/", {"theme": "dark", "next": back}).headers["Location"] == "/"
