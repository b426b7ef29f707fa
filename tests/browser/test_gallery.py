"""The gallery: scrolling, navigating and sorting with keys, on a desktop and on a phone."""

import contextlib
import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from playwright.sync_api import TimeoutError as SlowError

from tests.browser.layout_shifts import (
    DESK,
    IS_DRAWN,
    PHONE,
    delay_requests,
    expect_no_shifts,
    watch_shifts,
)
from tests.browser.split_responses import split_response
from tests.launched import ROOT, Launched
from tests.sandbox_process import SandboxProcess
from tests.tables import sample

pytestmark = pytest.mark.once

COUNT = 130  # "picture 129" is the newest, and a video
SHIFTS = """() => new Promise(resolve => {
    new PerformanceObserver(list => resolve(
        list.getEntries().reduce((sum, entry) => sum + entry.value, 0)
    )).observe({type: "layout-shift", buffered: true});
    setTimeout(() => resolve(0), 300);
})"""


@pytest.fixture(scope="module")
def gallery_program(
    sandbox_process: SandboxProcess,
    new_database: Callable[[], str],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Launched]:
    """The program with a gallery full of pictures."""
    program = Launched(
        tmp_path_factory.mktemp("gallery_program"),
        DATABASE_URL=new_database(),
        MINDVIDEO_API_KEY=sandbox_process.api_key,
        MINDVIDEO_BASE_URL=sandbox_process.url,
    )
    with program:
        settings = {"DJANGO_SETTINGS_MODULE": "playground.settings"}
        hang = [sys.executable, "-m", "tests.browser.full_gallery", str(COUNT)]
        subprocess.run(hang, cwd=ROOT, env=program.environment | settings, check=True)
        yield program


@pytest.mark.parametrize(
    ("zone", "day", "moment"),
    [
        ("Pacific/Kiritimati", "2026-11-26", "26 Nov, 11:00"),  # UTC+14
        ("Pacific/Pago_Pago", "2026-11-25", "25 Nov, 10:00"),  # UTC-11
    ],
)
def test_days_and_times_are_in_the_reader_s_time_zone(
    browser: Browser, gallery_program: Launched, zone: str, day: str, moment: str
) -> None:
    context = browser.new_context(timezone_id=zone)
    page = context.new_page()
    page.goto(f"{gallery_program.url}gallery/?q=picture+129")  # 25 November, 21:00 UTC
    expect(page.locator(".day time")).to_have_attribute("datetime", day)
    expect(page.locator(".day")).not_to_contain_text("UTC")
    page.goto(f"{gallery_program.url}gallery/?q=picture+129&since={day}&until={day}")
    page.locator(".tile .picture").click()
    time = page.locator(".viewer__by time")
    expect(time).to_have_text(moment)
    expect(time).to_have_attribute("datetime", "2026-11-25T21:00:00Z")
    context.close()


@pytest.fixture
def grid(page: Page, gallery_program: Launched) -> Page:
    page.goto(f"{gallery_program.url}gallery/")
    return page


def tile(page: Page, number: int) -> Locator:
    link = page.get_by_role("link", name=f"picture {number}", exact=True)
    return page.locator(".tile").filter(has=link)


def open_picture(page: Page, gallery_program: Launched, number: int) -> None:
    page.goto(f"{gallery_program.url}gallery/?q={number}")
    page.get_by_role("link", name=f"picture {number}", exact=True).click()
    expect_shown(page, number)
    page.goto(re.sub(r"\?.*", "", page.url))  # among all pictures


def expect_shown(page: Page, number: int) -> None:
    """Wait for a picture, and for the script that listens to keys and swipes."""
    expect(page.get_by_role("heading", name=f"picture {number}", exact=True)).to_be_visible()
    expect(page.get_by_role("button", name="Details", exact=True)).to_be_visible()


def expect_stars(page: Page, gallery_program: Launched, number: int, stars: int) -> None:
    page.goto(f"{gallery_program.url}gallery/?q={number}")
    badge = tile(page, number).locator(".tile__badge")
    expect(badge).to_have_text(f"{stars} stars", use_inner_text=False)


def scroll_through(page: Page, count: int) -> None:
    """Scroll until `count` pictures are loaded."""
    tiles = page.locator(".tile")
    while tiles.count() < count:
        page.mouse.wheel(0, 300)
        page.evaluate("() => new Promise(requestAnimationFrame)")


# The grid

SIZES = [pytest.param(PHONE, id="phone"), pytest.param(DESK, id="desk")]
each_size = pytest.mark.parametrize("size", sample(SIZES, 1))


def test_loading_pictures_shifts_nothing_and_loads_thumbnails_only(
    page: Page, gallery_program: Launched
) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{gallery_program.url}gallery/", wait_until="networkidle")
    scroll_through(page, 121)
    page.wait_for_load_state("networkidle")
    assert page.evaluate(SHIFTS) < 0.01
    pictures = [url for url in asked if "/outputs/" in url]
    assert pictures
    assert all(url.endswith("/thumbnail/") for url in pictures), pictures


@pytest.mark.slow
@pytest.mark.parametrize("query", sample(["?q=picture&stars=0&kind=image&since=2026-11-01", ""], 1))
@each_size
def test_late_counts_cause_no_layout_shift(
    page: Page, gallery_program: Launched, query: str, size: Any
) -> None:
    page.set_viewport_size(size)
    watch_shifts(page)
    counts = delay_requests(page, "**/gallery/filters/**")
    page.goto(f"{gallery_program.url}gallery/{query}")
    page.wait_for_function(IS_DRAWN)
    counts()
    expect(page.locator("#filter-2-choices")).to_contain_text("demo")
    expect(page.locator("#found")).to_contain_text("pictures")
    expect_no_shifts(page)


@each_size
def test_a_partly_received_page_is_not_drawn(
    page: Page, gallery_program: Launched, size: Any
) -> None:
    page.set_viewport_size(size)
    watch_shifts(page)
    with split_response(gallery_program.url, "/gallery/", at=b'id="tile-', count=4) as (
        url,
        goes_on,
    ):
        page.goto(f"{url}/gallery/", wait_until="commit")
        page.wait_for_function("() => document.querySelectorAll('.tile').length > 2", polling=20)
        with contextlib.suppress(SlowError):
            page.wait_for_function(IS_DRAWN, polling=20, timeout=1_000)
        goes_on.set()
        page.wait_for_load_state("load")
        page.wait_for_function(IS_DRAWN)
        expect_no_shifts(page)


@pytest.mark.slow
def test_rows_are_full_and_tiles_keep_the_aspect_ratio(grid: Page) -> None:
    boxes = [tile(grid, number).bounding_box() for number in range(127, 117, -1)]
    found = [box for box in boxes if box]
    assert len({round(box["y"]) for box in found}) > 1
    list_box = grid.locator(".tiles").bounding_box()
    assert list_box
    first_row = grid.locator(".tile").evaluate_all(
        "all => all.map(t => t.getBoundingClientRect()).filter((b, _, a) => b.y === a[0].y)"
        ".map(b => b.right)"
    )
    assert abs(max(first_row) - list_box["x"] - list_box["width"]) < 1
    image = tile(grid, 127).locator("img").last
    assert (
        image.evaluate(
            "i => Math.abs(i.clientWidth / i.clientHeight - i.naturalWidth / i.naturalHeight)"
        )
        < 0.05
    )


@pytest.mark.slow
def test_going_back_restores_the_scroll_position(grid: Page) -> None:
    scroll_through(grid, 125)
    link = grid.get_by_role("link", name="picture 14", exact=True)
    link.scroll_into_view_if_needed()
    before = link.bounding_box()
    link.click()
    expect_shown(grid, 14)
    grid.reload()  # on the page of the picture, with the grid behind it in the history
    expect_shown(grid, 14)
    grid.go_back()
    expect(link).to_be_in_viewport()
    after = link.bounding_box()
    assert before
    assert after
    assert abs(before["y"] - after["y"]) < 3
    assert grid.locator(".tile").count() >= 116


@pytest.mark.slow
def test_escape_returns_the_focus_to_the_last_viewed_picture(
    page: Page, gallery_program: Launched
) -> None:
    open_picture(page, gallery_program, 20)
    page.keyboard.press("ArrowRight")
    expect_shown(page, 19)
    page.keyboard.press("Escape")
    link = page.get_by_role("link", name="picture 19", exact=True)
    expect(link).to_be_in_viewport()
    expect(link).to_be_focused()


def test_without_javascript_the_gallery_has_pages_and_a_way_back(
    browser: Browser, gallery_program: Launched
) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{gallery_program.url}gallery/")
    page.get_by_role("link", name="Earlier pictures").click()
    page.get_by_role("link", name="picture 30", exact=True).click()
    page.get_by_role("button", name="More").click()  # a popover needs no script
    page.get_by_role("button", name="Move to trash").click()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("Undone")).to_be_visible()
    page.get_by_role("link", name="Close, back to the gallery").click()
    expect(page.get_by_role("link", name="picture 30", exact=True)).to_be_in_viewport()
    context.close()


# Selecting


@pytest.mark.slow
def test_arrow_keys_move_in_the_grid_and_shift_extends_the_selection(grid: Page) -> None:
    grid.get_by_role("link", name="picture 128", exact=True).focus()
    grid.keyboard.press("ArrowRight")
    expect(grid.get_by_role("link", name="picture 127", exact=True)).to_be_focused()
    grid.keyboard.press("Shift+ArrowRight")
    expect(grid.get_by_text("2 selected")).to_be_visible()
    grid.get_by_role("checkbox", name="Select picture 123").focus()
    grid.keyboard.press("Shift+Space")
    expect(grid.get_by_text("5 selected")).to_be_visible()
    grid.keyboard.press("Escape")
    expect(grid.get_by_role("group", name="Selected pictures")).to_be_hidden()


def test_the_selection_is_kept_while_tiles_are_added_and_removed(grid: Page) -> None:
    grid.get_by_role("checkbox", name="Select picture 122").check(force=True)
    grid.get_by_role("checkbox", name="Select picture 120").click(modifiers=["Shift"], force=True)
    scroll_through(grid, 120)
    top = grid.evaluate("scrollY")
    expect(grid.get_by_text("3 selected")).to_be_visible()
    grid.locator(".bulk summary", has=grid.locator("svg")).last.click()
    grid.get_by_role("button", name="Move to trash").click()
    expect(grid.get_by_text("Moved 3 pictures to trash").first).to_be_visible()
    expect(tile(grid, 121)).to_have_count(0)
    assert grid.evaluate("scrollY") > top - 500
    grid.get_by_role("button", name="Undo").click()
    expect(tile(grid, 121)).to_have_count(1)
    grid.reload()
    expect(tile(grid, 121)).to_have_count(1)


def test_the_last_picture_is_trashed_and_restored_without_a_reload(
    grid: Page, gallery_program: Launched
) -> None:
    grid.goto(f"{gallery_program.url}gallery/?q=96")
    grid.evaluate("window.isSame = true")
    grid.get_by_role("link", name="picture 96", exact=True).focus()
    grid.keyboard.press("Delete")
    expect(grid.get_by_text("No pictures match.")).to_be_visible()
    grid.get_by_role("button", name="Undo").click()
    expect(tile(grid, 96)).to_be_visible()
    expect(grid.get_by_text("No pictures match.")).to_be_hidden()
    assert grid.evaluate("window.isSame")


@pytest.mark.slow
def test_pictures_are_added_to_and_removed_from_a_collection_in_the_grid(
    grid: Page, gallery_program: Launched
) -> None:
    grid.get_by_role("checkbox", name="Select picture 110").check(force=True)
    grid.get_by_role("checkbox", name="Select picture 109").check(force=True)
    grid.locator("summary", has_text="Collection").click()
    grid.get_by_role("combobox", name="Collection").fill("Autumn")
    grid.keyboard.press("Enter")
    expect(grid.get_by_text("Added 2 pictures to “Autumn”").last).to_be_visible()
    grid.goto(f"{gallery_program.url}gallery/collections/")
    grid.get_by_role("link", name="Autumn").click()
    expect(grid.get_by_role("heading", name="Autumn")).to_be_visible()
    grid.get_by_role("checkbox", name="Select picture 110").check(force=True)
    grid.locator("summary", has_text="Collection").click()
    grid.get_by_role("button", name="Remove from “Autumn”").click()
    expect(tile(grid, 110)).to_have_count(0)
    expect(tile(grid, 109)).to_have_count(1)


def test_keys_select_rate_tag_trash_and_undo(grid: Page, gallery_program: Launched) -> None:
    grid.get_by_role("link", name="picture 105", exact=True).focus()
    grid.keyboard.press("4")
    expect(tile(grid, 105).locator(".tile__badge")).to_contain_text("4")
    grid.keyboard.press("ArrowRight")
    grid.keyboard.press("x")
    expect(grid.get_by_text("1 selected")).to_be_visible()
    grid.keyboard.press("t")
    expect(grid.get_by_role("combobox", name="Tag")).to_be_focused()
    grid.keyboard.type("x5")  # text in a field, no shortcuts
    grid.keyboard.press("Enter")
    expect(grid.get_by_text("Tagged 1 picture “x5”").last).to_be_visible()
    grid.get_by_role("link", name="picture 104", exact=True).focus()
    grid.keyboard.press("Delete")
    expect(tile(grid, 104)).to_have_count(0)
    expect(grid.get_by_role("link", name="picture 103", exact=True)).to_be_focused()
    grid.keyboard.press("u")
    expect(tile(grid, 104)).to_have_count(1)
    page = grid.context.new_page()
    page.goto(f"{gallery_program.url}gallery/?tag=x5")
    expect(page.locator(".tile")).to_have_count(1)


def test_a_filter_opens_under_its_pill_and_works_by_keyboard(grid: Page) -> None:
    expect(grid.locator("#filter-2-choices")).to_contain_text("demo")
    pill = grid.get_by_role("button", name="Stars", exact=True)
    pill.click()
    popover = grid.get_by_role("dialog", name="Stars")
    below, above = popover.bounding_box(), pill.bounding_box()
    assert below
    assert above
    assert abs(below["x"] - above["x"]) < 2
    assert 0 < below["y"] - above["y"] - above["height"] < 8
    grid.keyboard.press("ArrowUp")
    expect(popover.get_by_role("link", name="No stars")).to_be_focused()
    grid.keyboard.press("Escape")
    expect(popover).to_be_hidden()
    expect(pill).to_be_focused()
    pill.click()
    popover.get_by_role("link", name="No stars").click()
    expect(grid.get_by_role("button", name="Stars: No stars")).to_be_visible()
    grid.get_by_role("link", name="Clear filters").click()
    expect(grid.get_by_role("link", name="Clear filters")).to_have_count(0)


@pytest.mark.slow
def test_filters_work_without_javascript(browser: Browser, gallery_program: Launched) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{gallery_program.url}gallery/")
    page.get_by_role("button", name="Person", exact=True).click()
    page.get_by_role("link", name="Show choices").click()
    page.get_by_role("link", name="demo").click()
    expect(page.get_by_role("button", name="Person: demo")).to_be_visible()
    page.get_by_role("button", name="Cost", exact=True).click()
    page.get_by_role("dialog", name="Cost").get_by_label("From").fill("5")
    page.get_by_role("dialog", name="Cost").get_by_role("button", name="Apply").click()
    expect(page.get_by_text("No pictures match.")).to_be_visible()
    context.close()


@pytest.mark.slow
def test_the_size_of_pictures_is_chosen_and_remembered(grid: Page) -> None:
    def height() -> float:
        box = tile(grid, 127).bounding_box()
        assert box
        return box["height"]

    grid.get_by_role("radio", name="Large").check(force=True)
    large = height()
    grid.get_by_role("radio", name="Small").check(force=True)
    small = height()
    assert small * 1.5 < large
    grid.reload()
    expect(grid.get_by_role("radio", name="Small")).to_be_checked()
    assert abs(height() - small) < 1


# The viewer


@pytest.mark.slow
def test_quickly_pressed_keys_each_act_on_the_next_picture(
    page: Page, gallery_program: Launched
) -> None:
    open_picture(page, gallery_program, 100)
    for key in ("5", "3"):
        page.keyboard.press(key)
    expect_shown(page, 98)
    expect_stars(page, gallery_program, 100, 5)
    expect_stars(page, gallery_program, 99, 3)


@pytest.mark.slow
def test_tags_typed_in_the_viewer_can_be_repeated_and_undone(
    page: Page, gallery_program: Launched
) -> None:
    open_picture(page, gallery_program, 95)
    page.keyboard.press("t")
    page.keyboard.type("fox 5x")  # all of it is typed into the field
    page.keyboard.press("Enter")
    expect_shown(page, 94)
    page.keyboard.press(".")
    expect_shown(page, 93)
    page.keyboard.press("u")
    expect_shown(page, 94)
    expect(page.get_by_role("button", name="Remove tag fox 5x")).to_have_count(0)
    page.keyboard.press("ArrowLeft")
    expect_shown(page, 95)
    expect(page.get_by_role("button", name="Remove tag fox 5x")).to_be_visible()


@pytest.mark.slow
def test_the_trash_can_be_undone_by_button_and_by_key(
    page: Page, gallery_program: Launched
) -> None:
    open_picture(page, gallery_program, 90)
    page.keyboard.press("x")
    expect_shown(page, 89)
    page.get_by_role("button", name="Undo").click()
    expect_shown(page, 90)
    page.keyboard.press("x")
    expect_shown(page, 89)
    page.keyboard.press("Control+z")
    expect_shown(page, 90)
    expect(page.get_by_text("In the trash since")).to_have_count(0)


@pytest.mark.slow
def test_a_key_that_is_held_down_is_one_action(page: Page, gallery_program: Launched) -> None:
    open_picture(page, gallery_program, 85)
    for _ in range(4):
        page.keyboard.down("x")  # the second one and later ones are repeats
    page.keyboard.up("x")
    expect_shown(page, 84)
    page.keyboard.press("u")
    expect_shown(page, 85)


def test_failed_actions_are_reported_and_retried(page: Page, gallery_program: Launched) -> None:
    open_picture(page, gallery_program, 80)
    page.route("**/gallery/sort/", lambda route: route.abort())
    page.keyboard.press("4")
    page.keyboard.press("2")
    expect(
        page.get_by_text("The last 2 steps are not saved yet", exact=False).first
    ).to_be_visible()
    page.unroute("**/gallery/sort/")
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_text("Everything is saved now.").first).to_be_visible()
    expect(page.get_by_role("button", name="Try again")).to_have_count(0)
    expect_stars(page, gallery_program, 80, 4)
    expect_stars(page, gallery_program, 79, 2)


def test_a_picture_is_zoomed_panned_and_reset(page: Page, gallery_program: Launched) -> None:
    open_picture(page, gallery_program, 75)
    image, stage = page.locator(".viewer__canvas > svg"), page.locator("#stage")
    box = image.bounding_box()
    assert box
    page.mouse.click(box["x"] + 5, box["y"] + 5)
    expect(stage).to_have_attribute("data-zoom", "")
    for _ in range(5):
        page.keyboard.press("+")
    before = image.bounding_box()
    middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.move(*middle)
    page.mouse.down()
    page.mouse.move(middle[0] - 40, middle[1], steps=3)
    page.mouse.up()
    after = image.bounding_box()
    assert before
    assert after
    assert after["x"] == pytest.approx(before["x"] - 40, abs=2)
    page.keyboard.press("Escape")
    expect(stage).not_to_have_attribute("data-zoom", "")
    expect_shown(page, 75)
    page.mouse.move(*middle)
    page.keyboard.down("Control")
    page.mouse.wheel(0, -300)
    page.keyboard.up("Control")
    expect(stage).to_have_attribute("data-zoom", "")


@pytest.mark.slow
def test_details_can_be_hidden_and_the_viewer_fills_the_screen(
    page: Page, gallery_program: Launched
) -> None:
    open_picture(page, gallery_program, 70)
    page.keyboard.press("i")
    expect(page.get_by_role("complementary", name="Details")).to_be_hidden()
    page.keyboard.press("ArrowRight")
    expect(page).to_have_title(re.compile("picture 69"))
    page.reload()
    expect(page.get_by_role("complementary", name="Details")).to_be_hidden()
    page.keyboard.press("i")
    page.keyboard.press("f")
    expect(page.locator("#main:fullscreen")).to_be_visible()
    page.keyboard.press("ArrowRight")
    expect(page).to_have_title(re.compile("picture 68"))
    assert page.evaluate("Boolean(document.fullscreenElement)")


@pytest.mark.slow
def test_a_video_plays_in_the_viewer(page: Page, gallery_program: Launched) -> None:
    open_picture(page, gallery_program, COUNT - 1)
    film = page.locator("#stage > video")
    film.evaluate("async video => { video.muted = true; await video.play(); }")
    assert film.evaluate("video => video.videoWidth > 0")


def touch(page: Page, *path: Sequence[tuple[float, float]]) -> None:
    """Touch with fingers, move and lift them: one list of positions for each step."""
    wire = page.context.new_cdp_session(page)
    for moment, fingers in enumerate(path):
        points = [{"x": x, "y": y, "id": number} for number, (x, y) in enumerate(fingers)]
        kind = "touchMove" if moment else "touchStart"
        wire.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    wire.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


def swipe(page: Page, across: int) -> None:
    touch(page, *([(195 + across * step, 300 + step)] for step in (-0.5, 0, 0.5)))


@pytest.fixture
def phone(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(
        viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True
    )
    yield context.new_page()
    context.close()


TABS = 56  # height in pixels of the tab bar of a phone


def test_a_swipe_turns_and_actions_are_within_reach_of_a_thumb(
    phone: Page, gallery_program: Launched
) -> None:
    open_picture(phone, gallery_program, 65)
    swipe(phone, -200)
    expect_shown(phone, 64)
    swipe(phone, 200)
    expect_shown(phone, 65)
    for name in ("5 stars", "More", "Run again"):
        box = phone.get_by_role("button", name=name).bounding_box()
        assert box
        assert 844 - TABS - 120 < box["y"] < 844 - TABS
    phone.get_by_role("button", name="More").click()  # a tap might only stop the swipe
    expect(phone.get_by_role("button", name="Move to trash")).to_be_in_viewport()


@pytest.mark.slow
def test_a_pinch_zooms_the_picture(phone: Page, gallery_program: Launched) -> None:
    open_picture(phone, gallery_program, 60)
    touch(phone, *([(185 - apart, 300), (205 + apart, 300)] for apart in range(0, 120, 10)))
    assert phone.evaluate("visualViewport.scale") > 1.5
    swipe(phone, -200)
    expect_shown(phone, 60)


@pytest.mark.slow
@pytest.mark.parametrize("colour_scheme", sample(["light", "dark"], 1))
def test_every_gallery_page_passes_axe(
    page: Page, gallery_program: Launched, colour_scheme: Any
) -> None:
    from axe_playwright_python.sync_playwright import Axe  # noqa: PLC0415 - slow to import

    page.emulate_media(color_scheme=colour_scheme, reduced_motion="reduce")
    open_picture(page, gallery_program, 50 if colour_scheme == "light" else 52)
    wrong = {"viewer": Axe().run(page)}
    page.keyboard.press("t")
    wrong["tag box"] = Axe().run(page)
    page.keyboard.press("Escape")
    page.get_by_role("button", name="More").click()
    wrong["menu"] = Axe().run(page)
    page.keyboard.press("Escape")
    page.keyboard.press("x")
    expect(page.get_by_role("button", name="Undo")).to_be_visible()
    for path in ("gallery/", "gallery/?trash=1", "gallery/collections/"):
        page.goto(f"{gallery_program.url}{path}", wait_until="networkidle")
        if box := page.locator(".tile__pick input").all()[:1]:
            box[0].check(force=True)
        wrong[path] = Axe().run(page)
    reports = {
        name: found.generate_report() for name, found in wrong.items() if found.violations_count
    }
    assert reports == {}
