"""The comparison: on a desktop, with the keyboard, on a phone, without scripts, and with videos."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.layout_shifts import DESK, PHONE

pytestmark = pytest.mark.once

type Visit = Callable[..., Page]
ORIGINAL = re.compile(r"/outputs/[0-9a-f-]{36}/$")
PLACES = """() => [...document.querySelectorAll("#compared img")].map((image) => {
    const [picture, stage] = [image, image.closest(".compared__stage")].map(
        (each) => each.getBoundingClientRect());
    return [picture.x - stage.x, picture.y - stage.y, picture.width].map(Math.round).join();
})"""


def places(page: Page) -> list[str]:
    """Return the position and the width of each picture."""
    found: list[str] = page.evaluate(PLACES)
    return found


def picture(page: Page, number: int) -> Locator:
    pictures = page.get_by_role("list", name="Pictures").get_by_role("listitem")
    return pictures.nth(number - 1)


def expect_together_elsewhere(page: Page, before: list[str]) -> list[str]:
    """Wait until all pictures have moved to the position of the first one."""
    page.wait_for_function(f"(before) => ({PLACES})().join(';') !== before", arg=";".join(before))
    after = places(page)
    assert len(set(after)) == 1
    return after


def test_zoom_and_pan_are_synchronised_and_load_the_originals(visit: Visit) -> None:
    asked: list[str] = []

    def watch(page: Page) -> None:
        page.on("request", lambda request: asked.append(request.url))

    page = visit("short", "compare large", viewport=DESK, prepare=watch)
    page.wait_for_load_state("networkidle")
    assert any("/sizes/" in url for url in asked)
    assert not [url for url in asked if ORIGINAL.search(url)]
    fit = places(page)
    assert len(set(fit)) == 1
    with page.expect_response(ORIGINAL):
        page.get_by_role("button", name="100%").click()
    expect(page.get_by_label("Zoom level")).to_have_text("100%")
    whole = expect_together_elsewhere(page, fit)
    stage = page.locator(".compared__stage").first
    stage.hover()
    page.mouse.down()
    page.mouse.move(200, 400)
    page.mouse.up()
    dragged = expect_together_elsewhere(page, whole)
    page.mouse.wheel(0, -200)
    expect_together_elsewhere(page, dragged)
    page.get_by_role("button", name="Fit").click()
    page.wait_for_function(f"(before) => ({PLACES})().join(';') === before", arg=";".join(fit))
    stage.click()
    expect(page.get_by_label("Zoom level")).to_have_text("100%")


def test_the_keyboard_alone_compares_and_tags_pictures(visit: Visit) -> None:
    page = visit("short", "gallery/?kind=image", viewport=DESK)
    page.locator(".tile .picture").first.focus()
    for key in ("x", "ArrowRight", "x", "c"):
        page.keyboard.press(key)
    expect(page.get_by_role("heading", name="Compare", exact=True)).to_be_visible()
    expect(picture(page, 1)).to_have_attribute("tabindex", "0")  # the script handles keys
    page.keyboard.press("ArrowRight")
    expect(picture(page, 1)).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(picture(page, 2)).to_be_focused()
    page.keyboard.press("4")
    expect(page.get_by_role("group", name="Rating of B: 4 stars")).to_be_visible()
    page.keyboard.press("u")
    expect(page.get_by_role("group", name="Rating of B: 0 stars")).to_be_visible()
    page.keyboard.press("t")
    expect(page.get_by_label("New tag for B")).to_be_focused()
    page.keyboard.type("best so far")
    page.keyboard.press("Enter")
    tag = page.get_by_role("button", name="Remove tag best so far")
    expect(tag).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_label("New tag for B")).to_be_hidden()
    tag.press("Enter")
    expect(tag).to_have_count(0)
    page.keyboard.press("s")
    expect(page.get_by_role("button", name="Slider")).to_have_attribute("aria-pressed", "true")
    divider = page.get_by_role("slider", name="Divider")
    divider.press("ArrowRight")
    expect(divider).to_have_attribute("aria-valuenow", "52")
    divider.press("Home")
    expect(divider).to_have_attribute("aria-valuenow", "0")
    page.keyboard.press("b")
    expect(picture(page, 1).get_by_role("img")).to_be_visible()
    expect(picture(page, 2).get_by_role("img")).to_be_hidden()
    page.keyboard.press("b")
    expect(picture(page, 1).get_by_role("img")).to_be_hidden()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Side by side")).to_have_attribute(
        "aria-pressed", "true"
    )
    page.keyboard.press("?")
    expect(page.get_by_text("Fit, side by side")).to_be_visible()


@pytest.mark.slow
def test_all_inputs_are_shown_on_request(visit: Visit) -> None:
    page = visit("short", "compare", viewport=DESK)
    images, prompt = (page.get_by_role("row", name=name) for name in ("Images", "Prompt"))
    expect(images).to_be_visible()
    expect(prompt).to_be_hidden()
    page.keyboard.press("i")
    expect(page.get_by_label("All inputs")).to_be_checked()
    expect(prompt).to_be_visible()


@pytest.mark.slow
def test_the_divider_can_be_dragged(visit: Visit) -> None:
    page = visit("short", "compare", viewport=DESK)
    page.get_by_role("button", name="Slider").click()
    divider = page.get_by_role("slider", name="Divider")
    box = divider.bounding_box()
    assert box
    page.mouse.move(box["x"], box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] - 120, box["y"] + 20)
    page.mouse.up()
    value = int(str(divider.get_attribute("aria-valuenow")))
    assert 20 < value < 45
    assert places(page)[0] == places(page)[1]


@pytest.mark.slow
def test_comparing_one_or_seven_pictures_is_refused_with_a_message(visit: Visit) -> None:
    page = visit("short", "gallery/?kind=image", viewport=DESK)
    page.get_by_role("checkbox").first.check(force=True)
    button = page.get_by_role("button", name="Compare")
    button.click()
    expect(page.get_by_text("Choose 2 to 6 pictures to compare.").first).to_be_visible()
    for number in range(1, 7):
        page.get_by_role("checkbox").nth(number).check(force=True)
    page.keyboard.press("c")
    expect(page.get_by_text("Choose 2 to 6 pictures to compare.").first).to_be_visible()
    page.get_by_role("checkbox").first.uncheck(force=True)
    button.click()
    expect(page.get_by_role("heading", name="Compare", exact=True)).to_be_visible()
    expect(picture(page, 6)).to_be_visible()


@pytest.mark.slow
def test_pictures_are_added_to_a_comparison_in_the_viewer(visit: Visit) -> None:
    page = visit("short", "gallery/?kind=image", viewport=DESK)
    page.locator(".tile .picture").first.click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("button", name="Details", exact=True)).to_be_visible()
    page.keyboard.press("c")
    expect(dialog.locator(".toast").get_by_text("Added to comparison (1 of 6)")).to_be_visible()
    page.keyboard.press("c")
    expect(dialog.locator(".toast").get_by_text("Removed from comparison")).to_be_visible()
    page.keyboard.press("c")
    before = page.url
    page.keyboard.press("ArrowRight")
    expect(page).not_to_have_url(before)
    dialog.get_by_role("button", name="More", exact=True).click()
    dialog.get_by_role("link", name="Add to comparison").click()
    expect(dialog.locator(".toast").get_by_text("Added to comparison (2 of 6)")).to_be_visible()
    dialog.get_by_role("button", name="Compare").click()
    expect(page.get_by_role("heading", name="Compare", exact=True)).to_be_visible()
    assert page.url.count("o=") == 2
    assert page.evaluate("sessionStorage.getItem('comparison')") is None


def test_a_rating_in_the_viewer_shows_in_the_comparison(visit: Visit) -> None:
    page = visit("short", "compare six", viewport=DESK)
    dialog = page.get_by_role("dialog")
    page.get_by_role("link", name="Open C").click()
    dialog.get_by_role("button", name="3 stars").click()
    expect(dialog.get_by_role("group", name="Rating: 3 stars")).to_be_visible()
    # The viewer changes the URL of the page; the page behind it must use its own URL.
    rating = page.locator("[aria-label='Rating of C: 3 stars']")
    expect(rating).to_have_count(1)
    dialog.get_by_role("button", name="4 stars").click()
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(page.get_by_role("group", name="Rating of C: 4 stars")).to_be_visible()


PLAYED = "() => [...document.querySelectorAll('#compared video')].map((v) => !v.paused).join()"
TIMES = """() => {
    const times = [...document.querySelectorAll("#compared video")].map((v) => v.currentTime);
    return Math.min(...times) > 0.9 && Math.max(...times) - Math.min(...times) < 0.3;
}"""


def test_videos_play_pause_and_seek_together(visit: Visit) -> None:
    page = visit("short", "compare films", viewport=DESK)
    first, second = (picture(page, number).locator("video") for number in (1, 2))
    for film in (first, second):
        film.evaluate("(video) => { video.muted = true; video.loop = true; }")
    first.evaluate("(video) => video.play()")
    page.wait_for_function(f"() => ({PLAYED})() === 'true,true'")
    second.evaluate("(video) => video.pause()")
    page.wait_for_function(f"() => ({PLAYED})() === 'false,false'")
    second.evaluate("(video) => { video.currentTime = 1.2; }")
    page.wait_for_function(TIMES)
    page.keyboard.press("Space")
    page.wait_for_function(f"() => ({PLAYED})() === 'true,true'")


SNAPPED = """(number) => {
    const list = document.querySelector("#compared");
    return Math.abs(list.scrollLeft - number * list.clientWidth) < 3;
}"""


def test_on_a_phone_a_swipe_shows_the_next_picture_and_a_pinch_zooms_all(visit: Visit) -> None:
    page = visit("short", "compare six", viewport=PHONE, has_touch=True, is_mobile=True)
    expect(page.get_by_text("1 of 5")).to_be_in_viewport()
    tools = page.context.new_cdp_session(page)
    box = page.locator(".compared__stage").first.bounding_box()
    assert box
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    swipe = {"x": x, "y": y, "xDistance": -260, "yDistance": 0, "speed": 1200}
    tools.send("Input.synthesizeScrollGesture", swipe)
    page.wait_for_function(SNAPPED, arg=1)
    expect(page.get_by_text("2 of 5")).to_be_in_viewport()
    for kind, apart in (("Start", 20), ("Move", 40), ("Move", 80)):
        points = [{"x": x + step, "y": y, "id": at} for at, step in enumerate((-apart, apart))]
        tools.send("Input.dispatchTouchEvent", {"type": f"touch{kind}", "touchPoints": points})
    tools.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    page.wait_for_selector("#compared[data-zoomed]")
    assert len(set(places(page))) == 1


def test_without_javascript_a_comparison_has_pictures_inputs_and_actions(visit: Visit) -> None:
    page = visit("short", "compare", viewport=DESK, java_script_enabled=False)
    expect(page.get_by_role("row", name="Images")).to_be_visible()
    for number in (1, 2):
        expect(picture(page, number).get_by_role("img")).to_be_visible()
    expect(page.get_by_role("button", name="Slider")).to_be_hidden()
    page.get_by_role("group", name="Actions for A").get_by_role("button", name="2 stars").click()
    expect(page.get_by_role("group", name="Rating of A: 2 stars")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("Undone")).to_be_visible()
    page.get_by_role("link", name="Open A").click()
    expect(page.locator("main.viewer--page")).to_be_visible()
