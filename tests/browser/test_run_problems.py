"""Problems of a run at the provider: the message, and the button that helps."""

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

from tests.browser.test_main_job import TIMEOUT_MS, open_details
from tests.sandbox_process import SandboxProcess
from tests.tables import sample

pytestmark = pytest.mark.once


def generate(page: Page, prompt: str) -> Locator:
    page.get_by_label("Prompt").fill(prompt)
    page.get_by_role("button", name="Generate").click()
    return page.get_by_role("article", name=prompt).first


def expect_words(card: Locator, *words: str) -> None:
    for text in words:
        expect(card.locator(".strip").get_by_text(text)).to_be_visible(timeout=TIMEOUT_MS)


def expect_picture(card: Locator) -> None:
    expect(card.get_by_role("img", name="Picture 1")).to_be_visible(timeout=TIMEOUT_MS)


def test_a_rejected_key_is_reported_and_the_run_can_be_sent_again(
    playground: Page, service: SandboxProcess
) -> None:
    service.fault("submit", "unauthorized")
    card = generate(playground, "a door that is shut")
    expect_words(card, "API key rejected", "Nothing charged")
    card.get_by_role("button", name="Try again").click()
    again = playground.get_by_role("article", name="a door that is shut")
    expect(again).to_have_count(2)
    expect_picture(again.first)
    assert len(service.ledger()["charges"]) == 1


@pytest.mark.slow
def test_a_content_filter_rejection_leads_back_to_the_form(
    playground: Page, service: SandboxProcess
) -> None:
    service.fault("submit", "failed", code="content_moderation")
    card = generate(playground, "something unseemly")
    expect_words(card, "Blocked by the content filter")
    card.get_by_role("link", name="Edit and retry").click()
    expect(playground.get_by_label("Prompt")).to_have_value("something unseemly")


@pytest.mark.slow
def test_a_rate_limited_run_can_be_cancelled(playground: Page, service: SandboxProcess) -> None:
    service.fault("submit", "throttled", retry_after="seconds", seconds=600)
    card = generate(playground, "one too many")
    expect_words(card, "Rate limited, waiting", "Nothing charged")
    card.get_by_role("button", name="Cancel").click()
    expect_words(card, "Cancelled")
    assert service.ledger()["charges"] == []


@pytest.mark.slow
def test_waiting_for_a_run_can_be_stopped_and_resumed(
    playground: Page, service: SandboxProcess
) -> None:
    service.durations(queued=0, processing=600)
    card = generate(playground, "a very slow river")
    expect(card.get_by_text("Generating")).to_be_visible(timeout=TIMEOUT_MS)
    card.get_by_role("button", name="Stop tracking").click()
    expect_words(card, "Not tracked")
    task = service.ledger()["tasks"][0]["task"]
    service.durations(queued=0, processing=0, task=task)
    card.get_by_role("button", name="Resume tracking").click()
    expect_picture(card)
    assert len(service.ledger()["charges"]) == 1


@pytest.mark.slow
def test_the_page_of_a_run_shows_its_timeline(playground: Page, service: SandboxProcess) -> None:
    service.fault("submit", "unavailable", retry_after="seconds", seconds=600)
    card = generate(playground, "a service at lunch")
    expect_words(card, "Rate limited, waiting")
    open_details(card)
    expect(playground.get_by_text("Started by")).to_be_visible()


@pytest.mark.slow
@pytest.mark.parametrize("scheme", sample(["dark", "light"], 1))
def test_an_explanation_passes_axe(playground: Page, service: SandboxProcess, scheme: str) -> None:
    playground.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    service.fault("submit", "payment_required")
    purse, rush = f"an empty purse, {scheme}", f"too much at a time, {scheme}"
    expect_words(generate(playground, purse), "Provider balance is empty")
    service.fault("submit", "throttled", retry_after="seconds", seconds=600)
    expect_words(generate(playground, rush), "Rate limited, waiting")
    found = Axe().run(playground).response["violations"]
    assert not found, found


@pytest.mark.slow
def test_a_file_that_is_too_large_is_refused_at_its_field(playground: Page, tmp_path: Path) -> None:
    playground.get_by_label("Prompt").fill("a lighthouse")
    large = tmp_path / "large.png"
    large.write_bytes(bytes(30_000_000))
    playground.locator("#fields input[type=file]").set_input_files(large)
    refused = playground.locator("#form [data-refused]")
    expect(refused).to_have_text("large.png: This file has 30 MB; the limit is 20 MB.")
    expect(playground.get_by_label("Prompt")).to_have_value("a lighthouse")
