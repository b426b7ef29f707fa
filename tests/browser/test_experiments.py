"""Experiments, from several values to the grid, by role and label; once with the keyboard only."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import focus_by_tab
from tests.browser.test_costs import set_budgets
from tests.browser.test_main_job import TIMEOUT_MS, write
from tests.launched import Launched
from tests.sandbox_process import SandboxProcess

pytestmark = pytest.mark.once


def vary(page: Page, prompt: str) -> None:
    """Go from the form of a model to the page on which fields get several values."""
    write(page, prompt)
    page.get_by_role("button", name="Vary values").click()
    expect(page.get_by_role("heading", name="Vary values")).to_be_visible()


def pictures(page: Page) -> Locator:
    return page.get_by_role("region", name="Grid").get_by_role("img")


def expect_counted(page: Page, words: str) -> None:
    """Wait until the page shows this progress of the experiment."""
    expect(page.get_by_role("status").filter(has_text=words)).to_be_visible(timeout=TIMEOUT_MS)


def test_prompts_and_numbers_fill_a_grid_whose_pictures_open_and_are_compared(
    playground: Page,
) -> None:
    page = playground
    vary(page, "a lighthouse")
    page.get_by_label("Prompt").fill("a red lighthouse\na blue lighthouse")
    page.get_by_role("group", name="Resolution").get_by_label("2k").check()
    page.get_by_role("group", name="Resolution").get_by_label("3k").check()
    expect(page.get_by_role("status").filter(has_text="4 runs")).to_be_visible()
    page.get_by_role("button", name="Start all runs").click()
    expect(page.get_by_role("rowheader", name="a red lighthouse")).to_be_visible()
    for head in ("2k", "3k"):
        expect(page.get_by_role("columnheader", name=head)).to_be_visible()
    expect(pictures(page)).to_have_count(4, timeout=TIMEOUT_MS)
    expect_counted(page, "4 of 4 done")
    grid = page.url
    page.get_by_role("img", name="a blue lighthouse · 3k").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("button", name="Details", exact=True)).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(page).to_have_url(grid)
    for name in ("Select a red lighthouse · 2k", "Select a blue lighthouse · 2k"):
        page.get_by_role("checkbox", name=name).check(force=True)
    page.get_by_role("button", name="Compare").click()
    expect(page.get_by_role("heading", name="Compare", exact=True)).to_be_visible()
    expect(page.get_by_role("list", name="Pictures").get_by_role("listitem")).to_have_count(2)


def test_the_keyboard_alone_starts_and_compares_an_experiment(playground: Page) -> None:
    page = playground
    write(page, "a harbour")
    focus_by_tab(page, page.get_by_role("button", name="Vary values"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Vary values")).to_be_visible()
    focus_by_tab(page, page.get_by_label("Repeat"))
    page.keyboard.type("3")
    expect(page.get_by_role("status").filter(has_text="3 runs")).to_be_visible()
    focus_by_tab(page, page.get_by_role("button", name="Start all runs"))
    page.keyboard.press("Enter")
    expect(pictures(page)).to_have_count(3, timeout=TIMEOUT_MS)
    first = page.get_by_role("link", name="1", exact=True)
    focus_by_tab(page, first)
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("button", name="Details", exact=True)).to_be_visible()
    page.keyboard.press("Escape")
    expect(first).to_be_focused()
    for key in ("x", "ArrowRight", "x", "c"):
        page.keyboard.press(key)
    expect(page.get_by_role("heading", name="Compare", exact=True)).to_be_visible()
    expect(page.get_by_role("list", name="Pictures").get_by_role("listitem")).to_have_count(2)


def test_the_rest_of_an_experiment_is_stopped_and_failed_runs_are_retried(
    playground: Page, service: SandboxProcess
) -> None:
    page = playground
    service.fault("submit", "failed", code="content_policy")
    service.durations(queued=0, processing=0.05, count=2)
    service.durations(queued=600)
    vary(page, "a street")
    page.get_by_label("Repeat").fill("4")
    page.get_by_role("button", name="Start all runs").click()
    expect_counted(page, "1 failed")
    page.get_by_role("button", name="Stop the rest").click()
    expect(page.get_by_text("Stopped 2 runs.")).to_be_visible()
    expect_counted(page, "1 of 4 done · 1 failed · 2 stopped")
    service.durations(queued=0.05, processing=0.1)
    page.get_by_role("button", name="Retry failed").click()
    expect(page.get_by_text("Sent 1 run again.")).to_be_visible()
    expect_counted(page, "2 of 4 done · 2 stopped")
    expect(page.get_by_role("button", name="Retry failed")).to_have_count(0)
    assert len(service.ledger()["tasks"]) == 5


@pytest.fixture
def form_with_budget(playground: Page, launched: Launched) -> Iterator[Page]:
    """The form, with a budget of the workspace for about three more pictures."""
    form = playground.url
    set_budgets(playground, launched, "0.1", "", "")
    playground.goto(form)
    yield playground
    set_budgets(playground, launched, "", "", "")


@pytest.mark.slow
def test_cells_waiting_for_budget_continue_and_values_and_rows_are_added(
    form_with_budget: Page, launched: Launched
) -> None:
    page = form_with_budget
    vary(page, "a market")
    page.get_by_label("Images").fill("1, 2, 3")
    expect(page.get_by_text("The budget has no room for 1 of these.")).to_be_visible()
    page.get_by_role("button", name="Start all runs").click()
    expect_counted(page, "1 waits for budget")
    grid = page.url
    page.get_by_role("button", name="Start the rest").click()
    expect(page.get_by_role("alert").filter(has_text="budget")).to_be_visible()
    set_budgets(page, launched, "9", "", "")
    page.goto(grid)
    expect_counted(page, "3 of 3 done")
    page.get_by_role("link", name="Add values").click()
    page.get_by_label("Images").fill("4")
    expect(page.get_by_role("status").filter(has_text="1 run")).to_be_visible()
    page.get_by_role("button", name="Start all runs").click()
    expect_counted(page, "4 of 4 done")
    page.get_by_role("link", name="Repeat a market").click()
    page.get_by_role("button", name="Start all runs").click()
    expect_counted(page, "8 of 8 done")
