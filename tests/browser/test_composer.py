"""The form as a panel beside the board, and as a sheet on a phone."""

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.composer import choose, open_settings, open_sheet, pill, set_images
from tests.browser.conftest import SLUG, open_without_draft
from tests.browser.layout_shifts import PHONE
from tests.browser.test_main_job import card_of, expect_pictures, generate, press, write
from tests.launched import Launched

pytestmark = pytest.mark.once

LEAST_SHARE = 0.55  # of the panel's height
TEMPLATE = "A {{place}} with {{count:1..9}} {{animal:cat|dog|fox}} at dusk"
BUDGET = """<div class="notice notice--line" data-kind="warning"><svg></svg>
  <p>The workspace's budget for this month: 94% used, 0.066 left.</p>
  <a class="button button--quiet button--small" href="#">View usage</a></div>"""
SHARE = """() => {
  const panel = document.querySelector(".composer").getBoundingClientRect();
  const room = document.querySelector(".composer__scroll").getBoundingClientRect();
  const fields = document.querySelector("#fields").getBoundingClientRect();
  return [room.height / panel.height, (room.bottom - fields.top) / panel.height];
}"""


def expect_room_for_fields(page: Page) -> None:
    """Expect that most of the panel scrolls, and that fields take more than half of it."""
    for width, height in ((1366, 768), (1440, 900)):
        page.set_viewport_size({"width": width, "height": height})
        scrolls, shown = page.evaluate(SHARE)
        assert scrolls > 0.8, (width, scrolls)
        assert shown >= LEAST_SHARE, (width, shown)


def test_the_fields_have_most_of_the_panel_with_every_notice_shown(playground: Page) -> None:
    expect_room_for_fields(playground)
    card = generate(playground, "a sailboat at sunset")
    expect_pictures(card, 1)
    card.get_by_role("link", name="Vary").click()
    expect(playground.locator("#changes")).to_contain_text("no changes")
    write(playground, TEMPLATE)
    choose(playground, "Aspect ratio", "3:2")
    set_images(playground, "8")
    expect(playground.locator("#changes")).to_contain_text("3 changes")
    expect(playground.locator("#variables .field")).to_have_count(3)
    playground.locator("#budget").evaluate("(part, html) => part.innerHTML = html", BUDGET)
    expect_room_for_fields(playground)
    playground.get_by_role("button", name="Detach").click()
    expect(playground.locator("#changes .lineage")).to_have_count(0)
    expect(playground.locator("#fields .field__was")).to_have_count(0)
    expect(playground.get_by_label("Prompt")).to_have_value(TEMPLATE)


def test_a_pill_works_with_the_keyboard_alone(playground: Page) -> None:
    ratio = pill(playground, "Aspect ratio")
    ratio.press("Enter")
    expect(playground.get_by_role("radio", name="1:1", exact=True)).to_be_focused()
    playground.keyboard.press("ArrowRight")
    expect(playground.get_by_role("radio", name="4:3", exact=True)).to_be_checked()
    expect(ratio).to_contain_text("4:3")
    playground.keyboard.press("Escape")
    expect(ratio).to_be_focused()
    expect(playground.get_by_role("radio", name="4:3", exact=True)).to_be_hidden()


@pytest.mark.slow
def test_every_setting_has_its_label_at_the_left(playground: Page) -> None:
    open_settings(playground)
    lefts = playground.evaluate("""() => [...document.querySelectorAll(".row")].map((row) => {
        const parts = [".row__label, legend", "input:not([type=hidden]), .segments"];
        const [label, control] = parts.map((part) =>
            row.querySelector(part).getBoundingClientRect().left);
        return label < control;
    })""")
    assert lefts
    assert all(lefts)


@pytest.mark.slow
def test_opened_settings_stay_open_after_a_reload(playground: Page) -> None:
    fold = playground.locator(".settings-fold")
    expect(fold).to_contain_text("JPEG · no watermark")
    open_settings(playground)
    expect(playground.get_by_label("Watermark")).to_be_visible()
    playground.reload()
    expect(playground.get_by_label("Watermark")).to_be_visible()
    playground.locator(".settings-fold > summary").click()
    expect(playground.get_by_label("Watermark")).to_be_hidden()
    playground.reload()
    expect(fold).to_be_visible()
    expect(playground.get_by_label("Watermark")).to_be_hidden()


def test_a_picture_of_the_board_becomes_a_reference(playground: Page) -> None:
    expect_pictures(generate(playground, "a heron to refer to"), 1)
    write(playground, "the same heron, in ink")
    picture = card_of(playground, "a heron to refer to").get_by_role("img").first
    address = str(picture.get_attribute("src")).replace("thumbnail/", "")
    number = re.search(r"outputs/([0-9a-f-]{36})/", address)
    assert number
    playground.evaluate(USE, f"/outputs/{number[1]}/reference/")
    thumbnails = playground.locator(".references .files__item img")
    expect(thumbnails).to_have_count(1)
    expect(playground.get_by_label("Reference images")).to_be_focused()
    expect(playground.get_by_label("Prompt")).to_have_value("the same heron, in ink")
    expect(playground.locator("#announcement")).to_have_text("Added: Reference images")
    assert playground.evaluate(DROP_LINK, [address, ".model-head"])  # anywhere on the form
    expect(thumbnails).to_have_count(2)


DROP_LINK = """([path, selector]) => {
  const data = new DataTransfer();
  data.setData("text/uri-list", new URL(path, location.href).href);
  const look = {dataTransfer: data, bubbles: true, cancelable: true};
  return !document.querySelector(selector).dispatchEvent(new DragEvent("drop", look));
}"""
USE = """(action) => {
  const form = Object.assign(document.createElement("form"), {method: "post", action});
  form.append(document.querySelector("[name=csrfmiddlewaretoken]").cloneNode());
  document.body.append(form);
  form.requestSubmit();
}"""


@pytest.fixture
def phone(playground: Page) -> Page:
    playground.set_viewport_size(PHONE)
    return playground


def test_on_a_phone_the_form_is_a_bottom_sheet(phone: Page) -> None:
    dock, generate_button = phone.locator("#dock"), phone.locator("#generate")
    expect(generate_button).to_be_hidden()
    expect(dock).to_have_attribute("aria-expanded", "false")
    open_sheet(phone)
    write(phone, "a kite over the dunes")
    phone.go_back()
    expect(generate_button).to_be_hidden()
    expect(dock).to_be_focused()
    expect(dock).to_contain_text("a kite over the dunes")
    expect(dock).to_contain_text("1:1")
    open_sheet(phone)
    phone.get_by_role("button", name="Close", exact=True).click()
    expect(generate_button).to_be_hidden()
    open_sheet(phone)
    press(phone)
    expect(generate_button).to_be_hidden()
    expect_pictures(card_of(phone, "a kite over the dunes"), 1)
    open_sheet(phone)
    write(phone, "")
    press(phone)  # refused: the errors are in the sheet
    expect(phone.get_by_role("alert").first).to_be_visible()
    expect(generate_button).to_be_visible()


def test_without_javascript_the_form_is_inline_and_pills_work(
    browser: Browser, launched: Launched, photo: Path
) -> None:
    size: Any = PHONE
    context = browser.new_context(java_script_enabled=False, viewport=size)
    page = context.new_page()
    open_without_draft(page, f"{launched.url}models/{SLUG}/")
    expect(page.locator("#dock")).to_be_hidden()
    page.get_by_label("Prompt").fill("a plain kite")
    pill(page, "Aspect ratio").click()
    page.get_by_role("radio", name="3:2", exact=True).check()
    page.keyboard.press("Escape")
    page.get_by_label("Reference images").set_input_files(photo)
    press(page)
    expect(page.get_by_role("heading", name="Run of Seedream 5 Lite")).to_be_visible()
    page.goto(f"{launched.url}models/{SLUG}/")
    expect(pill(page, "Aspect ratio")).to_contain_text("3:2")
    page.get_by_label("Remove").check()
    context.close()


@pytest.mark.slow
def test_another_model_is_chosen_in_a_popover(playground: Page) -> None:
    playground.get_by_role("button", name="All models").click()
    models = playground.locator("#models")
    expect(models.get_by_role("link", name="Seedream 5 Lite")).to_be_visible()
    models.get_by_role("link", name="All models").click()
    expect(playground.get_by_role("heading", name="Models", exact=True)).to_be_visible()


@pytest.mark.slow
def test_the_source_of_the_price_is_reachable_by_keyboard(playground: Page) -> None:
    playground.locator("#generate").focus()
    playground.keyboard.press("Tab")
    expect(playground.get_by_role("button", name="About the price")).to_be_focused()
    playground.keyboard.press("Enter")
    expect(playground.locator("#price-said")).to_be_visible()
