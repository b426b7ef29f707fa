"""Costs: the price beside Generate, the confirmation, and the rest of the budget."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.composer import set_images
from tests.browser.test_main_job import card_of, open_details, press, write
from tests.launched import Launched

pytestmark = pytest.mark.once

BUDGETS = ("Monthly, workspace", "Daily, per person", "Confirm runs above")


def set_budgets(page: Page, launched: Launched, *amounts: str) -> None:
    page.goto(f"{launched.url}team/budget/")
    for label, amount in zip(BUDGETS, amounts, strict=True):
        page.get_by_label(label).fill(amount)
    page.get_by_role("button", name="Save changes").click()
    expect(page.get_by_role("status").filter(has_text="Saved")).to_be_visible()


@pytest.fixture
def form_with_limit(playground: Page, launched: Launched) -> Iterator[Page]:
    """The form, with a limit that requires confirmation for three pictures or more."""
    form = playground.url
    set_budgets(playground, launched, "", "", "0.08")
    playground.goto(form)
    yield playground
    set_budgets(playground, launched, "", "", "")


@pytest.mark.slow
def test_the_price_follows_the_form_and_says_its_source(playground: Page) -> None:
    price = playground.locator("#price")
    before = price.inner_text()
    set_images(playground, "7")
    expect(price).not_to_have_text(before)
    expect(price).to_have_attribute("title", re.compile("catalogue|median"))
    set_images(playground, "6")
    expect(price).to_contain_text("~$0.19")


def test_an_expensive_run_needs_a_tick_each_time(form_with_limit: Page) -> None:
    for prompt in ("three dear pictures", "three more"):
        write(form_with_limit, prompt)
        set_images(form_with_limit, "3")
        press(form_with_limit)
        yes = form_with_limit.get_by_role("checkbox", name="Yes, for about $0.09")
        expect(yes).to_be_focused()
        expect(card_of(form_with_limit, prompt)).to_have_count(0)
        yes.check()
        press(form_with_limit)
        expect(card_of(form_with_limit, prompt)).to_be_visible()
        expect(yes).to_have_count(0)


@pytest.mark.slow
def test_a_private_run_is_marked_and_can_be_shared(playground: Page) -> None:
    playground.get_by_label("Who sees it").select_option("Only me")
    write(playground, "for my eyes only")
    press(playground)
    card = card_of(playground, "for my eyes only")
    expect(card.get_by_title("Only you can see this").first).to_be_visible()
    open_details(card)
    playground.get_by_role("button", name="Share with workspace").click()
    expect(playground.get_by_text("Everyone in Workspace", exact=True)).to_be_visible()


def test_a_nearly_exhausted_budget_shows_a_warning_that_links_to_usage(
    playground: Page, launched: Launched
) -> None:
    write(playground, "the last of the month")
    press(playground)
    expect(card_of(playground, "the last of the month")).to_be_visible()
    set_budgets(playground, launched, "0.0001", "", "")
    playground.goto(f"{launched.url}")
    playground.get_by_role("link", name="View usage").click()
    expect(playground.get_by_role("heading", name="Usage")).to_be_visible()
    expect(
        playground.get_by_role("meter", name="The workspace's budget for this month")
    ).to_be_visible()
    set_budgets(playground, launched, "", "", "")
