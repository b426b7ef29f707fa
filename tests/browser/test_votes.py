"""Votes with the keyboard only, and without scripts."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.layout_shifts import DESK

pytestmark = pytest.mark.once

type Visit = Callable[..., Page]


def test_a_vote_key_that_is_held_down_votes_once(visit: Visit) -> None:
    page = visit("short", "vote", viewport=DESK)
    count = page.get_by_role("status").filter(has_text="votes of yours")
    expect(count).to_contain_text("7 votes of yours")
    for _ in range(5):  # the second one and later ones are repeats
        page.keyboard.down("ArrowLeft")
    page.keyboard.up("ArrowLeft")
    expect(count).to_contain_text("8 votes of yours")
    page.keyboard.press("ArrowUp")
    expect(count).to_contain_text("9 votes of yours")


@pytest.mark.slow
def test_voting_works_without_javascript(visit: Visit) -> None:
    page = visit("han", "vote", java_script_enabled=False, locale="en")
    expect(page.get_by_text("7 votes of yours")).to_be_visible()
    page.get_by_role("button", name="Neither").click()
    expect(page.get_by_text("8 votes of yours")).to_be_visible()
