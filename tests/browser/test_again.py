"""Made again in a real browser: marks while one types, a dropped download, a double click."""

import base64
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_main_job import card_of, expect_pictures, generate

pytestmark = pytest.mark.once

DROP = """([content, selector]) => {
  const bytes = Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0));
  const dataTransfer = new DataTransfer();
  dataTransfer.items.add(new File([bytes], "kept.jpeg", { type: "image/jpeg" }));
  const event = new DragEvent("drop", { dataTransfer, bubbles: true, cancelable: true });
  document.querySelector(selector).dispatchEvent(event);
}"""


def drop(page: Page, path: Path, selector: str) -> None:
    page.evaluate(DROP, [base64.b64encode(path.read_bytes()).decode(), selector])


def test_what_is_changed_is_marked_while_one_types_and_put_back(playground: Page) -> None:
    generate(playground, "a mill by the river")
    card_of(playground, "a mill by the river").get_by_role("link", name="Vary").click()
    expect(playground.locator("#changes")).to_contain_text("nothing changed yet")
    playground.get_by_label("Prompt").fill("a mill by the sea")
    mark = playground.locator('.field[data-pointer="/prompt"] > .field__was')
    expect(mark).to_contain_text("a mill by the river")
    expect(playground.locator("#changes")).to_contain_text("1 change")
    mark.get_by_role("button", name="Put back").click()
    expect(mark).to_have_count(0)
    expect(playground.get_by_label("Prompt")).to_have_value("a mill by the river")
    expect(playground.get_by_label("Prompt")).to_be_focused()


def test_a_double_click_on_same_again_makes_one_run(playground: Page) -> None:
    expect_pictures(generate(playground, "a bridge in fog"), 1)
    runs = playground.locator("#runs > li")
    before = runs.count()
    card_of(playground, "a bridge in fog").get_by_role("button", name="Same again").dblclick()
    expect(runs).to_have_count(before + 1)
    expect_pictures(runs.first, 1)
    assert runs.count() == before + 1


def test_a_dropped_download_fills_the_form_and_on_a_field_it_is_a_file(
    playground: Page, tmp_path: Path
) -> None:
    card = generate(playground, "a heron at dusk")
    expect_pictures(card, 1)
    with playground.expect_download() as caught:
        card.get_by_role("link", name="Download").click()
    caught.value.save_as(tmp_path / "kept.jpeg")
    playground.get_by_label("Prompt").fill("something else")
    drop(playground, tmp_path / "kept.jpeg", "#fields")
    expect(playground.get_by_label("Prompt")).to_have_value("a heron at dusk")
    expect(playground.locator("#changes")).to_contain_text("From a heron at dusk")
    playground.get_by_text("Advanced", exact=True).click()
    drop(playground, tmp_path / "kept.jpeg", ".files input")
    expect(playground.locator(".files__item img")).to_have_count(1)
