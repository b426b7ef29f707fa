"""Switching between the light and the dark theme."""

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.once

SHOWN = """() => [
    getComputedStyle(document.documentElement).colorScheme,
    ...[...document.querySelectorAll("meta[name=theme-color]")]
        .filter((meta) => matchMedia(meta.media).matches).map((meta) => meta.content),
]"""
LIGHT, DARK = ["light", "#ffffff"], ["dark", "#17130f"]


def choose(page: Page, theme: str) -> None:
    page.get_by_role("button", name="You: ").click()
    with page.expect_response("**/theme/"):
        page.get_by_role("radio", name=theme, exact=True).check()
    page.keyboard.press("Escape")


def test_a_theme_is_applied_at_once_and_remembered(playground: Page) -> None:
    """With any preference of the system; typed text is kept, because no page is loaded."""
    playground.emulate_media(color_scheme="light")
    playground.get_by_label("Prompt", exact=True).fill("typed before")
    choose(playground, "Dark")
    assert playground.evaluate(SHOWN) == DARK
    expect(playground.get_by_label("Prompt", exact=True)).to_have_value("typed before")
    playground.goto(playground.url.split("models/")[0] + "gallery/")
    assert playground.evaluate(SHOWN) == DARK
    playground.emulate_media(color_scheme="dark")
    choose(playground, "Light")
    assert playground.evaluate(SHOWN) == LIGHT
    choose(playground, "System")
    assert playground.evaluate(SHOWN) == ["light dark", "#17130f"]
