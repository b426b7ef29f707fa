"""The main job, generating pictures, by role and label."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect

from tests.browser.composer import choose, open_settings, open_sheet, set_images
from tests.browser.conftest import IS_THROTTLED, SLUG, open_without_draft
from tests.launched import Launched
from tests.sandbox_process import SandboxProcess
from tests.tables import sample

pytestmark = pytest.mark.once

CHINESE = "一只在花园里玩耍的金毛犬,阳光明媚,高清摄影风格。"
TIMEOUT_MS = 120_000 if IS_THROTTLED else 30_000  # milliseconds, on a busy machine


def card_of(page: Page, prompt: str) -> Locator:
    """Return the card of the newest run with a prompt."""
    return page.get_by_role("article", name=prompt).first


def pictures(card: Locator) -> Locator:
    return card.get_by_role("img", name=re.compile("^Picture "))


def expect_pictures(card: Locator, count: int) -> None:
    """Wait until the card shows `count` decoded pictures."""
    expect(pictures(card)).to_have_count(count, timeout=TIMEOUT_MS)
    for picture in pictures(card).all():
        expect(picture).to_have_js_property("complete", True, timeout=TIMEOUT_MS)
        assert picture.evaluate("image => image.naturalWidth") > 0


def run_of(card: Locator) -> Locator:
    """Return the list item of a card, which has the status of its run."""
    return card.locator("xpath=..")


def expect_done(card: Locator) -> None:
    """Wait until a run has all its pictures and will not change any more."""
    expect(run_of(card)).to_have_attribute("data-status", "succeeded", timeout=TIMEOUT_MS)
    expect(card.locator("input[name=run]")).to_have_count(0, timeout=TIMEOUT_MS)


def open_details(card: Locator) -> None:
    """Open the page of a run with the card's menu."""
    card.get_by_role("button", name="More").first.click()
    card.get_by_role("link", name="Run details").click()


def write(page: Page, prompt: str) -> None:
    open_sheet(page)
    page.get_by_label("Prompt").fill(prompt)


def press(page: Page) -> None:
    page.get_by_role("button", name="Generate").click()


def generate(page: Page, prompt: str) -> Locator:
    """Type a prompt and press Generate; return the card of the new run."""
    write(page, prompt)
    press(page)
    return card_of(page, prompt)


@pytest.mark.slow
def test_the_example_of_the_documentation_works(playground: Page, service: SandboxProcess) -> None:
    choose(playground, "Aspect ratio", "16:9")
    choose(playground, "Resolution", "2k")
    set_images(playground, "1")
    expect_pictures(generate(playground, CHINESE), 1)
    sent = service.ledger()["tasks"][-1]["input"]
    assert sent["prompt"] == CHINESE
    assert (sent["size"], sent["resolution"], sent["n"]) == ("16:9", "2k", 1)


def test_a_prompt_alone_generates_a_picture(playground: Page, service: SandboxProcess) -> None:
    card = generate(playground, "a lighthouse at dusk")
    expect_pictures(card, 1)
    expect_done(card)
    sent = service.ledger()["tasks"][-1]["input"]
    assert "image_urls" not in sent
    assert "sequential_image_generation_options" not in sent


@pytest.mark.slow
def test_the_console_has_no_errors(playground: Page) -> None:
    faults: list[str] = []
    playground.on("pageerror", lambda error: faults.append(str(error)))
    playground.on(
        "console", lambda said: faults.append(said.text) if said.type == "error" else None
    )
    playground.reload()
    expect_pictures(generate(playground, "in silence"), 1)
    assert faults == []


def test_an_uploaded_reference_is_sent_with_the_prompt(
    playground: Page, service: SandboxProcess, photo: Path
) -> None:
    playground.get_by_label("Reference images").set_input_files(photo)
    expect(playground.get_by_role("img", name="photo.png")).to_be_visible()
    expect_pictures(generate(playground, "the same, in oil"), 1)
    (reference,) = service.ledger()["tasks"][-1]["input"]["image_urls"]
    assert reference.startswith("data:image/")


@pytest.mark.slow
def test_a_picture_is_added_by_drop_and_paste_and_can_be_removed(
    playground: Page, photo: Path
) -> None:
    bytes_of_photo = list(photo.read_bytes())
    for kind in ("drop", "paste"):
        playground.evaluate(HAND_OVER, [kind, bytes_of_photo])
    thumbnails = playground.get_by_role("img", name=re.compile("handed"))
    expect(thumbnails).to_have_count(2)
    playground.get_by_label("Remove").first.click()
    expect(thumbnails).to_have_count(1)


HAND_OVER = """([kind, bytes]) => {
  const data = new DataTransfer();
  data.items.add(new File([new Uint8Array(bytes)], `handed by ${kind}.png`, {type: "image/png"}));
  const zone = document.querySelector(".files");
  zone.dispatchEvent(kind === "drop"
    ? new DragEvent("drop", {dataTransfer: data, bubbles: true, cancelable: true})
    : new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true}));
}"""


@pytest.mark.slow
def test_files_are_chosen_from_earlier_pictures_and_reordered(
    playground: Page, service: SandboxProcess, photo: Path
) -> None:
    expect_pictures(generate(playground, "to be used again"), 1)
    playground.get_by_label("Reference images").set_input_files(photo)
    expect(playground.get_by_role("img", name="photo.png")).to_be_visible()
    playground.get_by_role("button", name="More ways to add reference images").click()
    playground.get_by_role("button", name="Earlier pictures").click()
    picker = playground.get_by_role("dialog", name="Earlier pictures")
    picker.get_by_role("button", name="to be used again").first.click()
    expect(playground.get_by_role("img", name="to-be-used-again-1.jpg")).to_be_visible()
    playground.get_by_role("button", name="Move to-be-used-again-1.jpg one place forward").click()
    expect_pictures(generate(playground, "with both"), 1)
    first, second = service.ledger()["tasks"][-1]["input"]["image_urls"]
    assert first.startswith("data:image/jpeg")
    assert second.startswith("data:image/png")


@pytest.mark.slow
def test_an_upload_in_progress_can_be_cancelled(playground: Page, photo: Path) -> None:
    playground.route("**/uploads/", lambda _route: None)  # the upload never ends
    playground.get_by_label("Reference images").set_input_files(photo)
    expect(playground.get_by_role("progressbar", name="Sending photo.png")).to_be_visible()
    playground.locator("#form").get_by_role("button", name="Cancel").click()
    expect(playground.get_by_text("photo.png")).to_have_count(0)


@pytest.mark.slow
def test_a_file_that_is_no_picture_is_refused_at_its_field(
    playground: Page, tmp_path: Path
) -> None:
    text = tmp_path / "cat.png"
    text.write_text("no picture")
    write(playground, "a cat")
    playground.get_by_label("Reference images").set_input_files(text)
    expect(
        playground.get_by_text("not a JPEG, PNG, WebP, GIF, AVIF or HEIC picture")
    ).to_be_visible()
    expect(playground.get_by_label("Prompt")).to_have_value("a cat")


def finish(service: SandboxProcess) -> None:
    """Let the sandbox finish all of its tasks now, also on a slow machine."""
    for task in service.ledger()["tasks"]:
        service.durations(task=task["task"])


@pytest.mark.slow
def test_grouped_generation_shows_all_its_pictures(playground: Page) -> None:
    expect(playground.get_by_label("Max images")).to_be_hidden()
    open_settings(playground)
    playground.get_by_role("radio", name="auto").last.check()
    playground.get_by_label("Max images").fill("3")  # the field appears without scrolling
    expect(playground.locator("#price")).to_contain_text("~$0.09", timeout=TIMEOUT_MS)
    card = generate(playground, "four seasons of one lake")
    expect_done(card)
    count = pictures(card).count()
    assert 2 <= count <= 3
    expect_pictures(card, count)


def test_a_reload_during_generation_loses_nothing(
    playground: Page, service: SandboxProcess
) -> None:
    service.durations(queued=0.5, processing=600)
    card = generate(playground, "a slow river")
    expect(card.get_by_text("Generating")).to_be_visible(timeout=TIMEOUT_MS)
    playground.reload()
    finish(service)
    expect_pictures(card, 1)
    assert len(service.ledger()["charges"]) == 1


@pytest.mark.slow
def test_two_concurrent_runs_each_show_their_status(
    playground: Page, service: SandboxProcess
) -> None:
    service.durations(queued=0, processing=600)
    first = generate(playground, "the first of two")
    expect(first).to_be_visible(timeout=TIMEOUT_MS)  # a click during a request is ignored
    cards = [first, generate(playground, "the second of two")]
    for card in cards:
        expect(card.get_by_text("Generating")).to_be_visible(timeout=TIMEOUT_MS)
    finish(service)
    for card in cards:
        expect_pictures(card, 1)


@pytest.mark.slow
def test_control_and_enter_in_the_prompt_generate(playground: Page) -> None:
    write(playground, "by keyboard alone")
    playground.get_by_label("Prompt").press("Control+Enter")
    expect_pictures(card_of(playground, "by keyboard alone"), 1)


def test_a_double_click_creates_one_run(playground: Page, service: SandboxProcess) -> None:
    write(playground, "pressed twice")
    playground.get_by_role("button", name="Generate").dblclick()
    expect_pictures(card_of(playground, "pressed twice"), 1)
    assert len(service.ledger()["charges"]) == 1


def test_an_error_is_shown_at_its_field_and_input_is_kept(playground: Page) -> None:
    set_images(playground, "16")
    press(playground)
    prompt, images = (
        playground.get_by_label("Prompt"),
        playground.get_by_label("Images", exact=True),
    )
    expect(prompt).to_have_attribute("aria-invalid", "true")
    expect(images).to_have_attribute("aria-invalid", "true")
    expect(images).to_have_value("16")
    expect(playground.get_by_role("alert").first).to_be_visible()


@pytest.mark.slow
def test_errors_are_removed_when_a_run_is_accepted(playground: Page) -> None:
    press(playground)
    expect(playground.get_by_role("alert").first).to_be_visible()
    expect_pictures(generate(playground, "mended"), 1)
    expect(playground.get_by_label("Prompt")).not_to_have_attribute("aria-invalid", "true")
    expect(playground.locator(".form-errors")).to_have_count(0)


@pytest.mark.slow
def test_generate_waits_for_an_upload_in_progress(
    playground: Page, service: SandboxProcess, photo: Path
) -> None:
    held: list[Route] = []
    playground.route("**/uploads/", lambda route: held.append(route))  # noqa: PLW0108 - Playwright marks it
    playground.get_by_label("Reference images").set_input_files(photo)
    card = generate(playground, "with its reference")
    expect(playground.get_by_text("Waiting for a file")).to_be_visible()
    assert service.ledger()["charges"] == []
    held[0].continue_()
    expect_pictures(card, 1)
    assert len(service.ledger()["tasks"][-1]["input"]["image_urls"]) == 1


def test_an_unreachable_server_loses_no_input(playground: Page, service: SandboxProcess) -> None:
    playground.context.set_offline(True)
    write(playground, "typed while nobody listened")
    press(playground)
    expect(playground.get_by_text("press Generate again")).to_be_visible()
    playground.context.set_offline(False)
    press(playground)
    expect_pictures(card_of(playground, "typed while nobody listened"), 1)
    assert len(service.ledger()["charges"]) == 1


def test_a_stale_page_gets_a_fresh_csrf_token_and_keeps_its_input(playground: Page) -> None:
    write(playground, "from a stale page")
    playground.evaluate("document.querySelector('#form [name=csrfmiddlewaretoken]').value = 'x'")
    press(playground)
    expect(playground.get_by_text("Press Generate again")).to_be_visible()
    press(playground)
    expect_pictures(card_of(playground, "from a stale page"), 1)


@pytest.mark.slow
def test_the_page_of_a_run_shows_its_pictures_as_they_arrive(
    playground: Page, service: SandboxProcess
) -> None:
    service.fault("submit", "server_error", count=1)
    card = generate(playground, "seen on its own page")
    open_details(card)
    expect(playground.get_by_role("heading", name="Timeline")).to_be_visible()
    expect(playground.get_by_role("img", name=re.compile("^Picture 1"))).to_be_visible(
        timeout=TIMEOUT_MS
    )


@pytest.mark.slow
def test_a_provider_outage_is_reported_and_waited_for(
    playground: Page, service: SandboxProcess
) -> None:
    service.fault("submit", "server_error", count=2)
    card = generate(playground, "in spite of all")
    expect(card.locator(".strip").get_by_text("Provider not responding")).to_be_visible(
        timeout=TIMEOUT_MS
    )
    expect_pictures(card, 1)


@pytest.mark.slow
@pytest.mark.parametrize("colour_scheme", sample(["light", "dark"], 1))
def test_the_playground_passes_axe(playground: Page, colour_scheme: str) -> None:
    from axe_playwright_python.sync_playwright import Axe  # noqa: PLC0415 - slow to import

    playground.emulate_media(color_scheme=colour_scheme)  # type: ignore[arg-type]
    expect_pictures(generate(playground, "seen by all"), 1)
    open_settings(playground)
    found = Axe().run(playground)
    assert found.violations_count == 0, found.generate_report()


def test_the_main_task_works_without_javascript(
    browser: Browser, launched: Launched, service: SandboxProcess, photo: Path
) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    open_without_draft(page, f"{launched.url}models/{SLUG}/")
    write(page, "without a script")
    page.get_by_label("Reference images").set_input_files(photo)
    press(page)
    expect(page.get_by_role("img", name=re.compile("^Picture 1"))).to_be_visible(timeout=TIMEOUT_MS)
    page.get_by_role("link", name="Vary").click()
    expect(page.get_by_label("Prompt")).to_have_value("without a script")
    assert len(service.ledger()["tasks"][-1]["input"]["image_urls"]) == 1
    context.close()


@pytest.mark.slow
def test_a_new_session_shows_the_earlier_run(
    playground: Page, browser: Browser, launched: Launched
) -> None:
    expect_pictures(generate(playground, "to be kept"), 1)
    context = browser.new_context()
    page = context.new_page()
    page.goto(launched.url)
    expect_pictures(card_of(page, "to be kept"), 1)
    context.close()


def test_the_first_page_is_light(playground: Page, browser: Browser, launched: Launched) -> None:
    context = browser.new_context()  # with an empty cache
    page = context.new_page()
    wire = context.new_cdp_session(page)
    wire.send("Network.enable")
    weights: list[int] = []
    wire.on("Network.loadingFinished", lambda event: weights.append(event["encodedDataLength"]))
    hosts: set[str] = set()
    page.on("request", lambda request: hosts.add(request.url.split("/")[2]))
    page.goto(f"{launched.url}models/{SLUG}/?before=2000-01-01T00:00:00Z", wait_until="networkidle")
    # Bytes: the page has 16,000, the stylesheet 19,000, htmx 16,000, all other scripts 27,000.
    assert sum(weights) <= 79_000
    assert len(weights) <= 16
    assert hosts == {f"127.0.0.1:{launched.port}"}
    context.close()
