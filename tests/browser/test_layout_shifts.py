"""No layout shifts while pictures arrive or parts of a page load late."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.composer import choose, open_settings, set_images
from tests.browser.conftest import SLUG
from tests.browser.layout_shifts import (
    DESK,
    IS_DRAWN,
    PHONE,
    delay_requests,
    expect_no_shifts,
    watch_shifts,
)
from tests.browser.test_main_job import (
    TIMEOUT_MS,
    card_of,
    expect_done,
    expect_pictures,
    finish,
    open_details,
    write,
)
from tests.launched import Launched
from tests.sandbox_process import SandboxProcess
from tests.tables import IS_WHOLE, sample

pytestmark = pytest.mark.once

AMOUNTS = [("one", PHONE), ("four", DESK), ("a group", PHONE)]
some_amount = pytest.mark.parametrize(("amount", "size"), sample(AMOUNTS, 1))


def fill(page: Page, prompt: str, amount: str = "one") -> None:
    write(page, prompt)
    choose(page, "Aspect ratio", "16:9")
    if amount == "four":
        set_images(page, "4")
    if amount == "a group":
        open_settings(page)
        page.get_by_role("radio", name="auto").last.check()
        page.get_by_label("Max images").fill("5")
    page.evaluate("() => { window.shifts = []; }")  # the form has grown, as intended


def wait_for_end(page: Page, prompt: str, service: SandboxProcess) -> None:
    card = card_of(page, prompt)
    expect(card.get_by_text("Generating")).to_be_visible(timeout=TIMEOUT_MS)
    finish(service)
    expect_done(card)
    expect_pictures(card, card.get_by_role("img", name=re.compile("^Picture ")).count())


@pytest.fixture
def board(playground: Page, service: SandboxProcess) -> Page:
    """The form beside an earlier run, with shifts measured; a task runs until a test ends it."""
    if not playground.locator("#runs .run").count():
        fill(playground, "an earlier run")
        playground.get_by_role("button", name="Generate").click()
        expect_pictures(card_of(playground, "an earlier run"), 1)
    service.durations(queued=0.2, processing=600)
    watch_shifts(playground)
    return playground


@pytest.mark.parametrize(("amount", "size"), sample(AMOUNTS[::-1], 1))
def test_arriving_pictures_cause_no_layout_shift_on_the_board(
    board: Page, service: SandboxProcess, amount: str, size: object
) -> None:
    prompt = f"{amount} on a board {size}"
    board.set_viewport_size(size)  # type: ignore[arg-type]
    board.reload()
    fill(board, prompt, amount)
    board.get_by_role("button", name="Generate").click()
    wait_for_end(board, prompt, service)
    expect_no_shifts(board)


@pytest.mark.slow
@some_amount
def test_a_late_response_finds_a_placeholder_for_its_card(
    board: Page, service: SandboxProcess, amount: str, size: object
) -> None:
    prompt = f"{amount} answered late {size}"
    board.set_viewport_size(size)  # type: ignore[arg-type]
    board.reload()
    fill(board, prompt, amount)
    answer = delay_requests(board, f"**/models/{SLUG}/", method="POST")
    board.get_by_role("button", name="Generate").click()
    expect(board.locator("#runs [aria-busy]")).to_have_count(1)
    # For this time after a click, browsers count shifts as expected.
    board.evaluate("() => new Promise((resolve) => setTimeout(resolve, 600))")
    answer()
    expect(card_of(board, prompt)).to_be_visible()
    expect(board.locator("#runs [aria-busy]")).to_have_count(0)
    expect_no_shifts(board)
    wait_for_end(board, prompt, service)
    expect_no_shifts(board)


@pytest.mark.slow
def test_a_refused_form_removes_the_placeholder(board: Page) -> None:
    board.reload()
    answer = delay_requests(board, f"**/models/{SLUG}/", method="POST")
    board.get_by_label("Prompt").fill("")
    board.get_by_role("button", name="Generate").click()
    expect(board.locator("#runs [aria-busy]")).to_have_count(1)
    answer()
    expect(board.get_by_role("alert").first).to_be_visible()
    expect(board.locator("#runs [aria-busy]")).to_have_count(0)


@pytest.mark.parametrize(
    ("kind", "words"),
    sample(
        [
            ("server_error", "Provider not responding"),
            ("content_moderation", "Blocked"),
            ("throttled", "Rate limited"),
        ],
        1,
    ),
)
def test_an_error_is_shown_in_the_placeholder_of_the_pictures(
    board: Page, service: SandboxProcess, kind: str, words: str
) -> None:
    board.reload()
    prompt = f"a run with {kind}"
    fill(board, prompt)
    if kind == "content_moderation":
        service.durations(queued=0.2, processing=0.5)
        service.fault("submit", "failed", code=kind)
    elif kind == "throttled":
        service.fault("submit", kind, retry_after="seconds", seconds=600)
    else:
        service.fault("submit", kind, count=2)
    board.get_by_role("button", name="Generate").click()
    said = card_of(board, prompt).locator(".strip__what").get_by_text(words, exact=False)
    expect(said).to_be_visible(timeout=TIMEOUT_MS)
    if kind == "server_error":
        wait_for_end(board, prompt, service)
    expect_no_shifts(board)


@pytest.mark.slow
@some_amount
def test_arriving_pictures_cause_no_layout_shift_on_the_run_page(
    board: Page, service: SandboxProcess, amount: str, size: object
) -> None:
    prompt = f"{amount} on a page {size}"
    board.set_viewport_size(size)  # type: ignore[arg-type]
    service.durations(queued=2, processing=600)
    fill(board, prompt, amount)
    board.get_by_role("button", name="Generate").click()
    open_details(card_of(board, prompt))
    run = board.locator("#run")
    expect(run.get_by_text("Generating")).to_be_visible(timeout=TIMEOUT_MS)
    finish(service)
    expect(run.locator('[data-status="succeeded"]')).to_have_text("Done", timeout=TIMEOUT_MS)
    expect(run.get_by_role("img", name=re.compile("^Picture 1"))).to_be_visible()
    expect(board.get_by_text("Raw response")).to_be_visible(timeout=TIMEOUT_MS)
    expect_no_shifts(board)


PAGES = (
    f"models/{SLUG}/", "run", "picture", "gallery/", "models/", f"models/{SLUG}/edit/",
    "team/usage/", "team/", "team/keys/",
)  # fmt: skip
EACH = [(path, size) for path in PAGES for size in (DESK, PHONE)]
SOME = [(path, (PHONE, DESK)[number % 2]) for number, path in enumerate(PAGES[:6])]


@pytest.mark.slow
@pytest.mark.parametrize(("path", "size"), EACH if IS_WHOLE else sample(SOME, 1))
def test_late_scripts_cause_no_layout_shift(
    board: Page, launched: Launched, path: str, size: object
) -> None:
    board.set_viewport_size(size)  # type: ignore[arg-type]
    card = board.locator("#runs .run").last
    if path == "run":
        address = str(card.locator("a[href^='/runs/']").first.get_attribute("href"))
    elif path == "picture":
        board.goto(f"{launched.url}gallery/")
        address = str(board.locator(".tile__link").first.get_attribute("href"))
    else:
        address = f"/{path}"
    scripts = delay_requests(board, "**/static/**/*.js")
    board.goto(f"{launched.url.rstrip('/')}{address}", wait_until="commit")
    board.wait_for_function(IS_DRAWN)
    scripts()
    board.wait_for_load_state("load")
    expect_no_shifts(board)
