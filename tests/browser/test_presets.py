"""Drafts, presets, prompt history and variables of a form."""

import pytest
from playwright.sync_api import Browser, Page, Response, expect

from tests.browser.composer import set_images
from tests.browser.conftest import SLUG, open_without_draft
from tests.browser.test_main_job import card_of, press, write
from tests.launched import Launched

pytestmark = pytest.mark.once

PROMPT_WITH_VARIABLES = "a {{animal:cat|dog}} with {{count:1..9}} hats"


def is_check(response: Response) -> bool:
    return "/form/?check" in response.url and response.ok


def test_a_draft_is_restored_after_a_reload_and_in_another_browser(
    playground: Page, browser: Browser
) -> None:
    with playground.expect_response(is_check):
        write(playground, "a draft of a heron")
    playground.reload()
    expect(playground.get_by_label("Prompt")).to_have_value("a draft of a heron")
    elsewhere = browser.new_context().new_page()
    elsewhere.goto(playground.url)
    expect(elsewhere.get_by_label("Prompt")).to_have_value("a draft of a heron")
    expect(elsewhere.locator("#draft")).to_contain_text("Draft saved")
    elsewhere.context.close()


def test_the_form_is_saved_as_a_preset_and_restored_from_it(playground: Page) -> None:
    form = playground.url
    write(playground, "a heron by night")
    set_images(playground, "4")
    playground.get_by_role("button", name="History", exact=True).click()
    playground.get_by_role("button", name="Save as preset").click()
    playground.get_by_role("textbox", name="Name").first.fill("Herons")
    playground.get_by_role("button", name="Save", exact=True).click()
    open_without_draft(playground, form)
    playground.get_by_role("button", name="History", exact=True).click()
    playground.get_by_role("link", name="Herons").click()
    expect(playground.get_by_label("Prompt")).to_have_value("a heron by night")
    expect(playground.get_by_label("Images", exact=True)).to_have_value("4")
    expect(playground.locator("#draft")).to_contain_text("Preset Herons")


@pytest.mark.slow
def test_an_earlier_prompt_is_found_and_put_into_the_form(playground: Page) -> None:
    write(playground, "an owl on a weathercock")
    press(playground)
    expect(card_of(playground, "an owl on a weathercock")).to_be_visible()
    expect(playground.locator("#runs [aria-busy]")).to_have_count(0)  # the run was accepted
    playground.get_by_role("button", name="History", exact=True).click()
    playground.get_by_role("button", name="Reset to defaults").click()
    expect(playground.get_by_label("Prompt")).to_have_value("")
    playground.get_by_role("button", name="History", exact=True).click()
    playground.get_by_label("Search prompts").fill("weathercock owl")
    playground.locator("#prompts").get_by_role("link", name="an owl on a weathercock").click()
    expect(playground.get_by_label("Prompt")).to_have_value("an owl on a weathercock")


def test_variables_become_fields_and_fill_the_prompt(playground: Page) -> None:
    write(playground, PROMPT_WITH_VARIABLES)
    variables = playground.get_by_role("group", name="Variables")
    variables.get_by_label("animal").select_option("dog")
    variables.get_by_label("count").fill("12")
    press(playground)
    expect(variables.get_by_label("count")).to_have_attribute("aria-invalid", "true")
    variables.get_by_label("count").fill("3")
    press(playground)
    expect(card_of(playground, "a dog with 3 hats")).to_be_visible()
    expect(playground.get_by_label("Prompt")).to_have_value(PROMPT_WITH_VARIABLES)


@pytest.mark.slow
def test_presets_and_prompt_history_work_without_javascript(
    browser: Browser, launched: Launched
) -> None:
    page = browser.new_context(java_script_enabled=False).new_page()
    page.goto(f"{launched.url}models/{SLUG}/")
    page.get_by_label("Prompt").fill("a plain heron")
    page.get_by_role("button", name="History", exact=True).click()
    page.get_by_role("button", name="Save as preset").click()
    page.get_by_role("textbox", name="Name").first.fill("Plain")
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_role("button", name="History", exact=True).click()
    expect(page.get_by_role("link", name="Plain")).to_be_visible()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="History", exact=True).click()
    page.get_by_role("link", name="Open", exact=True).click()
    expect(page.get_by_role("searchbox", name="Search prompts")).to_be_visible()
    page.context.close()
