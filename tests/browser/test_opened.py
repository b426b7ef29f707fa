"""From a picture among the results into the viewer, and back to the same place."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.composer import set_images
from tests.browser.conftest import SLUG, open_anew
from tests.browser.test_main_job import (
    ARRIVES,
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
    open_anew(page, f"{launched.url}models/{SLUG}/")
    write(page, "seen without a script")
    press(page)
    picture = page.get_by_role("img", name=re.compile("^Picture 1"))
    expect(picture).to_be_visible(timeout=ARRIVES)
    picture.click()
    expect(page.get_by_role("link", name="Download", exact=True)).to_be_visible()
    page.get_by_role("link", name="Close, back to the run").click()
    expect(picture).to_be_visible()
    context.close()
