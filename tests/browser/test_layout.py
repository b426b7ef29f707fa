"""No page breaks, clips or hides a word, with names of any length and in any width."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.browser.composer import open_sheet
from tests.browser.every_page import OPEN_PARTS, OPEN_POPOVERS, OUTSIDE, PAGES
from tests.browser.sample_workspaces import NAMES
from tests.tables import IS_WHOLE, sample

pytestmark = pytest.mark.once

WIDTHS = (320, 390, 768, 1024, 1366, 1920)
FAULTS = Path(__file__).with_name("layout_faults.js").read_text()
POPOVER_FAULTS = Path(__file__).with_name("popover_faults.js").read_text()


def find_faults(page: Page) -> dict[int, list[str]]:
    """Return {width: faults} of a page, as it is and with everything opened."""
    faults: dict[int, list[str]] = {width: [] for width in WIDTHS}
    for prepare in ((), (OPEN_PARTS, OPEN_POPOVERS)):
        for script in prepare:
            page.evaluate(script)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 844 if width < 500 else 768})
            faults[width] += page.evaluate(FAULTS)
    return {width: sorted(set(found)) for width, found in faults.items() if found}


# `make slow` tests each page with each kind of names, `make test` some pages with one kind.
EACH = [(path, kind) for path in PAGES for kind in NAMES]
SOME = [(path, [*NAMES][number % len(NAMES)]) for number, path in enumerate(PAGES)]


@pytest.mark.parametrize(("path", "kind"), EACH if IS_WHOLE else sample(SOME, 2))
def test_no_word_is_cut_and_nothing_overflows(
    visit: Callable[..., Page], path: str, kind: str
) -> None:
    assert find_faults(visit(kind, path)) == {}


@pytest.mark.parametrize("path", sample(OUTSIDE, 1))
def test_no_word_is_cut_and_nothing_overflows_on_anonymous_pages(
    visit: Callable[..., Page], path: str
) -> None:
    assert find_faults(visit("long", path, is_logged_in=False)) == {}


def test_the_buttons_of_a_long_form_are_above_the_tabs(visit: Callable[..., Page]) -> None:
    page = visit("short", "models/new/edit/", viewport={"width": 390, "height": 844})
    foot = page.locator(".foot--sticky").bounding_box()
    tabs = page.locator(".tabs").bounding_box()
    assert foot
    assert tabs
    below = foot["y"] + foot["height"] - tabs["y"]
    assert 0 <= below <= 1  # the border of the tabs


@pytest.mark.parametrize("path", ["playground", "gallery/"])
def test_on_a_phone_the_bar_of_bulk_actions_is_in_front(
    visit: Callable[..., Page], path: str
) -> None:
    page = visit("short", path, viewport={"width": 390, "height": 844}, has_touch=True)
    if path == "playground":
        page.get_by_role("button", name="Select", exact=True).click()
    page.locator(".tile__pick input").first.check(force=True)
    page.locator(".bulk [data-comparison]").click(trial=True)


FLUSH = """() => [...document.querySelectorAll(".part")].flatMap((part) => {
    const edge = part.getBoundingClientRect().left + 8;
    return [...part.querySelectorAll("a, p, summary, li")]
        .filter((each) => each.textContent.trim() && !each.querySelector("a, p, summary"))
        .filter((each) => {
            const words = document.createRange();
            words.selectNodeContents(each);
            return words.getBoundingClientRect().left < edge;
        }).map((each) => each.textContent.trim());
})"""


@pytest.mark.parametrize("path", ["presets", "models/doubao-seedream-5-0-lite/presets/"])
def test_presets_have_a_margin_to_their_frame(visit: Callable[..., Page], path: str) -> None:
    page = visit("short", path, viewport={"width": 390, "height": 844})
    assert page.evaluate(FLUSH) == []


def test_the_languages_are_centred_below_the_login(visit: Callable[..., Page]) -> None:
    page = visit("short", "login/", is_logged_in=False)
    card = page.locator(".login").bounding_box()
    languages = page.locator(".languages ul").bounding_box()
    assert card
    assert languages
    assert languages["y"] >= card["y"] + card["height"] + 8
    assert card["x"] < languages["x"]
    assert languages["x"] + languages["width"] < card["x"] + card["width"]


def test_there_is_a_margin_above_the_fields_of_an_experiment(visit: Callable[..., Page]) -> None:
    page = visit("short", "experiments/new/?model=doubao-seedream-5-0-lite")
    above = page.locator("main > p").last.bounding_box()
    field = page.locator(".vary__field").first.bounding_box()
    assert above
    assert field
    assert field["y"] - above["y"] - above["height"] >= 8


def test_the_button_for_another_tag_is_beside_the_tags(visit: Callable[..., Page]) -> None:
    page = visit("short", "picture")
    tags = page.get_by_role("group", name="Tags").locator(".chip").filter(visible=True)
    tag, another = (tags.nth(number).bounding_box() for number in range(2))
    assert tag
    assert another
    assert another["x"] > tag["x"] + tag["width"]


TWICE_OUTLINED = """() => {
  const controls = [...document.querySelectorAll("input, textarea, select")];
  return controls.filter((control) => {
    const outlined = (element) => getComputedStyle(element).outlineStyle !== "none";
    control.focus();
    const frames = [control.parentElement, control.parentElement.parentElement];
    const isSeen = control.checkVisibility({ checkOpacity: true });
    return isSeen && outlined(control) && frames.some(outlined) && !control.closest("label");
  }).map((control) => control.outerHTML);
}"""


@pytest.mark.parametrize("path", ["playground", "team/budget/"])
def test_a_control_in_a_frame_is_outlined_once(visit: Callable[..., Page], path: str) -> None:
    assert visit("short", path).evaluate(TWICE_OUTLINED) == []


WITH_POPOVERS = ("run", "playground", "picture", "gallery")


@pytest.mark.parametrize("path", sample(WITH_POPOVERS, 1))
def test_a_menu_stays_within_the_window(visit: Callable[..., Page], path: str) -> None:
    page = visit("short", path)
    for width, height in ((1280, 720), (1024, 400), (844, 390), (390, 844)):
        page.set_viewport_size({"width": width, "height": height})
        assert "\n".join(page.evaluate(POPOVER_FAULTS)) == ""


PRICES = (
    "<span>~$0.03</span>",
    "<span>about 1234.5678</span> <small>at most 12345.6789</small>",
)


@pytest.mark.parametrize("kind", sample([*NAMES][::-1], 1))
def test_a_long_price_beside_generate_shifts_nothing(visit: Callable[..., Page], kind: str) -> None:
    page = visit(kind, "playground")
    foot, generate = page.locator(".form__foot"), page.locator("#generate")
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 768})
        open_sheet(page)
        heights = []
        for price in PRICES:
            page.locator("#price").evaluate("(part, words) => part.innerHTML = words", price)
            box, button = foot.bounding_box(), generate.bounding_box()
            assert box
            assert button
            assert button["height"] < 50
            assert button["width"] > 120
            heights.append(box["height"])
            assert (width, page.evaluate(FAULTS)) == (width, [])
        assert width < WIDTHS[1] or heights[0] == heights[1]
