"""The code of a request beside the form, and filling in the form from JSON."""

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.once

PASTED = '{"input": {"prompt": "a heron at dawn", "n": 40}}'


def test_the_code_follows_the_form_and_keeps_its_tab(playground: Page) -> None:
    playground.get_by_role("button", name="Import / code").click()
    playground.locator("#code > summary").click()
    playground.get_by_text("Python", exact=True).click()
    playground.get_by_label("Prompt").fill("a kite in the wind")
    expect(playground.locator("#code-python")).to_contain_text('"prompt": "a kite in the wind"')
    expect(playground.locator("#code-curl")).to_be_hidden()


@pytest.mark.slow
def test_pasted_json_fills_the_form_and_creates_no_run(playground: Page) -> None:
    before = playground.locator("#runs .run").count()
    playground.get_by_role("button", name="Import / code").click()
    playground.locator("#pasted").fill(PASTED)
    playground.locator("#pasted").press("Control+Enter")
    expect(playground.get_by_label("Prompt")).to_have_value("a heron at dawn")
    expect(playground.locator("#fields .field__error")).to_have_count(1)
    expect(playground.locator("#paste")).to_contain_text("Settings applied")
    assert playground.locator("#runs .run").count() == before
