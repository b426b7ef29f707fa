"""Repeating runs in a browser: marks of changes, a dropped download, a double click."""

import base64
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_main_job import card_of, expect_pictures, generate
from tests.sandbox_process import SandboxProcess
from tests.tables import sample

pytestmark = pytest.mark.once

DROP = """([content, selector]) => {
  const bytes = Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0));
  const dataTransfer = new DataTransfer();
  dataTransfer.items.add(new File([bytes], "kept.jpeg", { type: "image/jpeg" }));
  const event = new DragEvent("drop", { dataTransfer, bubbles: true, cancelable: true });
  document.querySelector(selector).dispatchEvent(event);
}"""

DROP_LINK = """([link, selector]) => {
  const dataTransfer = new DataTransfer();
  dataTransfer.setData("text/uri-list", link);
  const event = new DragEvent("drop", { dataTransfer, bubbles: true, cancelable: true });
  document.querySelector(selector).dispatchEvent(event);
  return event.defaultPrevented;
}"""


def drop(page: Page, path: Path, selector: str) -> None:
    page.evaluate(DROP, [base64.b64encode(path.read_bytes()).decode(), selector])


def prompts_sent(service: SandboxProcess) -> list[str]:
    """Return the prompts of the sandbox's tasks; each task must be charged."""
    ledger = service.ledger()
    assert len(ledger["charges"]) == len(ledger["tasks"])
    return [task["input"]["prompt"] for task in ledger["tasks"]]


@pytest.mark.slow
def test_changed_fields_are_marked_while_typing_and_can_be_reset(playground: Page) -> None:
    generate(playground, "a mill by the river")
    card_of(playground, "a mill by the river").get_by_role("link", name="Vary").click()
    expect(playground.locator("#changes")).to_contain_text("no changes")
    playground.get_by_label("Prompt").fill("a mill by the sea")
    mark = playground.locator('.field[data-pointer="/prompt"] > .field__was')
    expect(mark).to_contain_text("a mill by the river")
    expect(playground.locator("#changes")).to_contain_text("1 change")
    mark.get_by_role("button", name="Put back").click()
    expect(mark).to_have_count(0)
    expect(playground.get_by_label("Prompt")).to_have_value("a mill by the river")
    expect(playground.get_by_label("Prompt")).to_be_focused()


def write_another(page: Page, prompt: str, name: str) -> str:
    """Return the prompt that the button sends; only Generate asks to confirm a repeated one."""
    if name == "Run again":
        return prompt
    page.get_by_label("Prompt").fill(f"{prompt}, in snow")
    return f"{prompt}, in snow"


@pytest.mark.parametrize("name", ["Generate", "Run again"])
def test_a_double_click_creates_one_run_even_after_a_fast_response(
    playground: Page, service: SandboxProcess, name: str
) -> None:
    prompt = f"a bridge in fog for {name}"
    expect_pictures(generate(playground, prompt), 1)
    other = write_another(playground, prompt, name)
    runs = playground.locator("#runs .run")
    before = runs.count()
    mouse = playground.mouse
    playground.get_by_role("button", name=name, exact=True).first.hover()
    mouse.down(click_count=1)
    mouse.up(click_count=1)
    expect(runs).to_have_count(before + 1)
    expect(playground.locator("#runs [aria-busy]")).to_have_count(0)
    for clicks in (2, 3):
        mouse.down(click_count=clicks)
        mouse.up(click_count=clicks)
    expect_pictures(runs.first, 1)
    expect(runs).to_have_count(before + 1)
    assert prompts_sent(service) == [prompt, other]


def test_repeated_inputs_are_sent_only_after_a_second_press(
    playground: Page, service: SandboxProcess
) -> None:
    prompt = "a lock and its keeper"
    expect_pictures(generate(playground, prompt), 1)
    runs = playground.locator("#runs .run")
    before = runs.count()
    notice = playground.locator("#same")
    press = playground.get_by_role("button", name="Generate", exact=True)
    press.click()
    expect(notice.get_by_role("alert")).to_contain_text("Press Generate again")
    expect(notice.locator("img")).to_be_visible()
    said, foot = notice.bounding_box(), playground.locator(".form__press").bounding_box()
    assert said
    assert foot
    assert said["width"] == foot["width"]
    assert prompts_sent(service) == [prompt]
    press.click()
    expect(runs).to_have_count(before + 1)
    expect_pictures(runs.first, 1)
    assert prompts_sent(service) == [prompt, prompt]


@pytest.mark.parametrize("name", sample(["Ctrl+Enter", "Generate", "Run again"], 1))
def test_a_key_that_is_held_down_creates_one_run(
    playground: Page, service: SandboxProcess, name: str
) -> None:
    prompt = f"a ferry at night by {name}"
    expect_pictures(generate(playground, prompt), 1)
    other = write_another(playground, prompt, name)
    runs = playground.locator("#runs .run")
    before = runs.count()
    keyboard = playground.keyboard
    if name == "Ctrl+Enter":
        playground.get_by_label("Prompt").focus()
        keyboard.down("Control")
    else:
        playground.get_by_role("button", name=name, exact=True).first.focus()
    for _ in range(3):
        keyboard.down("Enter")  # key presses after the first one are repeats
        expect(runs).to_have_count(before + 1)
        expect(playground.locator("#runs [aria-busy]")).to_have_count(0)
    keyboard.up("Enter")
    expect_pictures(runs.first, 1)
    assert prompts_sent(service) == [prompt, other]


@pytest.mark.slow
def test_a_dropped_download_restores_inputs_and_on_a_file_field_is_uploaded(
    playground: Page, tmp_path: Path
) -> None:
    card = generate(playground, "a heron at dusk")
    expect_pictures(card, 1)
    with playground.expect_download() as caught:
        card.get_by_role("link", name="Download").click()
    caught.value.save_as(tmp_path / "kept.jpeg")
    playground.get_by_label("Prompt").fill("something else")
    playground.get_by_role("button", name="Import / code").click()
    drop(playground, tmp_path / "kept.jpeg", "#import")
    expect(playground.get_by_label("Prompt")).to_have_value("a heron at dusk")
    expect(playground.locator("#changes")).to_contain_text("Variation of a heron at dusk")
    drop(playground, tmp_path / "kept.jpeg", ".files input")
    expect(playground.locator(".files__item img")).to_have_count(1)
    address = card.get_by_role("link", name="Download").get_attribute("href")
    assert playground.evaluate(DROP_LINK, [f"{playground.url}#{address}", ".files input"])
    expect(playground.get_by_text("it brings no file along")).to_be_visible()
    link = playground.evaluate("(path) => new URL(path, location.href).href", address)
    assert playground.evaluate(DROP_LINK, [link, ".files input"])
    expect(playground.locator(".files__item img")).to_have_count(2)
