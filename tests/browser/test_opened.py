"""Opening a picture of the board in the viewer, and returning to the same scroll position."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.composer import set_images
from tests.browser.conftest import SLUG, focus_by_tab, open_without_draft
from tests.browser.test_main_job import (
    TIMEOUT_MS,
    card_of,
    expect_done,
    expect_pictures,
    generate,
    pictures,
    press,
    write,
)
from tests.launched import Launched
from tests.sandbox_process import SandboxProcess

pytestmark = pytest.mark.once


def test_a_result_opens_in_the_viewer_and_returns_to_the_board(playground: Page) -> None:
    expect_pictures(generate(playground, "not of this group"), 1)
    set_images(playground, "2")
    card = generate(playground, "two of a kind")
    expect_pictures(card, 2)
    expect_done(card)
    for way_back in ("Escape", "button", "browser"):
        pictures(card).first.click()
        viewer = playground.get_by_role("dialog", name="two of a kind").get_by_role("article")
        expect(viewer.get_by_role("link", name="Download", exact=True)).to_be_visible()
        first = viewer.get_attribute("data-output")
        playground.keyboard.press("ArrowRight")
        expect(viewer).not_to_have_attribute("data-output", first or "")
        expect(playground.get_by_role("link", name="Next")).to_have_count(0)
        playground.keyboard.press("ArrowLeft")
        expect(viewer).to_have_attribute("data-output", first or "")
        expect(playground.get_by_role("link", name="Previous")).to_have_count(0)
        if way_back == "Escape":
            playground.keyboard.press("Escape")
        elif way_back == "button":
            playground.get_by_role("link", name="Close, back to the results").click()
        else:
            playground.go_back()
        expect(viewer).to_have_count(0)
        expect(playground).to_have_url(re.compile(rf"/models/{SLUG}/"))
        expect(playground.locator(f"#picture-{first}")).to_be_focused()
        expect(playground.locator(f"#picture-{first}")).to_be_in_viewport()


def test_the_keyboard_alone_generates_rates_tags_selects_and_trashes(playground: Page) -> None:
    page = playground
    focus_by_tab(page, page.get_by_label("Prompt", exact=True))
    page.keyboard.type("a heron at dawn")
    page.keyboard.press("Control+Enter")
    card = card_of(page, "a heron at dawn")
    expect_pictures(card, 1)
    expect_done(card)
    picture = card.locator(".picture__open")
    focus_by_tab(page, picture)
    page.keyboard.press("Enter")
    viewer = page.get_by_role("dialog", name="a heron at dawn")
    expect(viewer.get_by_role("link", name="Download", exact=True)).to_be_visible()
    for key in ("4", "t"):
        page.keyboard.press(key)
    expect(viewer.get_by_role("combobox", name="Tag and next")).to_be_focused()
    page.keyboard.type("heron")
    page.keyboard.press("Enter")
    expect(viewer.get_by_role("button", name="Remove tag heron")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    expect(viewer).to_have_count(0)
    expect(picture).to_be_focused()
    page.keyboard.press("x")
    expect(page.get_by_text("1 selected")).to_be_visible()
    page.keyboard.press("Delete")
    expect(pictures(card)).to_have_count(0)
    page.keyboard.press("u")
    expect(pictures(card)).to_have_count(1)
    focus_by_tab(page, picture)
    page.keyboard.press("Enter")
    expect(viewer.get_by_role("group", name="Rating: 4 stars")).to_be_visible()


@pytest.mark.slow
def test_a_deep_link_into_the_viewer_returns_to_the_results(
    playground: Page, browser: Browser
) -> None:
    card = generate(playground, "sent to a friend")
    expect_pictures(card, 1)
    address = card.locator(".picture__open").first.evaluate("link => link.href")
    page = browser.new_page()
    page.goto(address)
    page.keyboard.press("Escape")
    expect(page.get_by_role("heading", name="Results")).to_be_visible()
    expect(page.locator(".picture__open:focus")).to_have_count(1)
    page.context.close()


@pytest.mark.slow
def test_without_javascript_a_picture_opens_on_its_page(
    browser: Browser, launched: Launched, service: SandboxProcess
) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    open_without_draft(page, f"{launched.url}models/{SLUG}/")
    write(page, "seen without a script")
    press(page)
    picture = page.get_by_role("img", name=re.compile("^Picture 1"))
    expect(picture).to_be_visible(timeout=TIMEOUT_MS)
    picture.click()
    expect(page.get_by_role("link", name="Download", exact=True)).to_be_visible()
    page.get_by_role("link", name="Close, back to the run").click()
    expect(picture).to_be_visible()
    context.close()
