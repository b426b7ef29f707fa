"""The viewer, a dialog over the page that lists a picture."""

import re
from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, Route, expect

from tests.browser.layout_shifts import expect_no_shifts, watch_shifts
from tests.browser.test_gallery import (
    expect_shown,
    expect_stars,
    gallery_program,
    grid,
    phone,
    tile,
)
from tests.launched import Launched
from tests.tables import sample

__all__ = ["gallery_program", "grid", "phone"]  # fixtures

pytestmark = pytest.mark.once

OF_A_PICTURE = re.compile(r"/gallery/[0-9a-f-]{36}/")


def link(page: Page, number: int) -> Locator:
    return page.get_by_role("link", name=f"picture {number}", exact=True)


def dialog(page: Page) -> Locator:
    return page.locator("dialog.viewer")


def open_dialog(page: Page, number: int) -> None:
    link(page, number).press("Enter")
    expect_shown(page, number)
    expect(dialog(page)).to_be_visible()
    expect(page).to_have_url(OF_A_PICTURE)
    expect(page).to_have_title(re.compile(f"picture {number} "))


def expect_closed(page: Page, gallery_program: Launched) -> None:
    expect(dialog(page)).to_have_count(0)
    expect(page).to_have_url(f"{gallery_program.url}gallery/")
    expect(page).to_have_title(re.compile("^Gallery"))


def test_the_viewer_opens_on_the_picture_and_every_exit_returns_to_its_tile(
    grid: Page, gallery_program: Launched
) -> None:
    ways: tuple[Callable[[], object], ...] = (
        lambda: grid.keyboard.press("Escape"),
        grid.go_back,
        lambda: grid.get_by_role("link", name="Close").click(),
        lambda: grid.mouse.click(5, 5),  # on the backdrop
    )
    for number, leave in zip((127, 126, 125, 124), ways, strict=True):
        open_dialog(grid, number)
        expect(dialog(grid).locator(".viewer__canvas > img")).to_be_focused()
        leave()
        expect_closed(grid, gallery_program)
        expect(link(grid, number)).to_be_focused()


def test_turning_replaces_the_address_and_back_closes_the_viewer(
    grid: Page, gallery_program: Launched
) -> None:
    open_dialog(grid, 127)
    for number in (126, 125):
        grid.keyboard.press("ArrowRight")
        expect_shown(grid, number)
    grid.get_by_role("navigation", name="Neighbours").locator("[aria-current] + a").click()
    expect_shown(grid, 124)
    grid.go_back()
    expect_closed(grid, gallery_program)
    expect(link(grid, 124)).to_be_focused()
    grid.go_forward()
    expect_shown(grid, 124)
    expect(dialog(grid)).to_be_visible()


def test_the_keyboard_alone_rates_tags_trashes_and_undoes(
    grid: Page, gallery_program: Launched
) -> None:
    open_dialog(grid, 120)
    grid.keyboard.press("4")
    expect_shown(grid, 119)
    grid.keyboard.press("t")
    grid.keyboard.type("owl 3")
    grid.keyboard.press("Enter")
    expect_shown(grid, 118)
    grid.keyboard.press("Delete")
    expect_shown(grid, 117)
    expect(tile(grid, 118)).to_have_count(0)
    grid.keyboard.press("u")
    expect_shown(grid, 118)
    grid.keyboard.press("ArrowLeft")
    expect(grid.get_by_role("button", name="Remove tag owl 3")).to_be_visible()
    grid.keyboard.press("Escape")
    expect(link(grid, 119)).to_be_focused()
    expect(tile(grid, 118)).to_have_count(1)
    expect_stars(grid, gallery_program, 120, 4)


@pytest.mark.slow
def test_the_trash_can_be_undone_after_the_viewer_closed(
    grid: Page, gallery_program: Launched
) -> None:
    open_dialog(grid, 114)
    grid.keyboard.press("Delete")
    expect_shown(grid, 113)
    grid.keyboard.press("Escape")
    expect_closed(grid, gallery_program)
    grid.get_by_role("button", name="Undo").click()
    expect(tile(grid, 114)).to_have_count(1)


@pytest.mark.slow
def test_shortcuts_are_ignored_in_fields_and_menus(grid: Page, gallery_program: Launched) -> None:
    open_dialog(grid, 112)
    dialog(grid).get_by_text("Tag", exact=True).click()
    expect(grid.get_by_label("New tag")).to_be_focused()
    grid.keyboard.type("x5")
    grid.keyboard.press("Enter")
    expect(grid.get_by_role("button", name="Remove tag x5")).to_be_visible()
    grid.keyboard.type("u")  # the field still has the focus
    expect(grid.get_by_label("New tag")).to_have_value("u")
    grid.keyboard.press("Escape")
    grid.keyboard.press("?")
    expect(grid.get_by_text("Rate and go to next")).to_be_visible()
    grid.keyboard.press("Escape")
    expect(grid.get_by_text("Rate and go to next")).to_be_hidden()
    expect_shown(grid, 112)
    grid.keyboard.press("Escape")
    expect_closed(grid, gallery_program)


@pytest.mark.slow
def test_a_picture_is_put_into_a_collection_and_made_private(grid: Page) -> None:
    open_dialog(grid, 108)
    dialog(grid).get_by_role("button", name="Add to collection").click()
    dialog(grid).get_by_label("Collection", exact=True).fill("Winter")
    grid.keyboard.press("Enter")
    expect(
        dialog(grid).get_by_role("status").get_by_text("Added 1 picture to “Winter”")
    ).to_be_attached()
    dialog(grid).get_by_role("button", name="More").click()
    dialog(grid).get_by_role("button", name="Make private").click()
    expect(dialog(grid).get_by_text("Private", exact=True)).to_be_visible()
    dialog(grid).get_by_role("button", name="Add to collection").click()
    expect(dialog(grid).get_by_role("button", name="Remove from Winter")).to_be_visible()


@pytest.mark.slow
def test_fullscreen_shows_the_picture_alone_and_turns(grid: Page) -> None:
    open_dialog(grid, 106)
    grid.keyboard.press("f")
    expect(grid.locator(".viewer__box:fullscreen")).to_be_visible()
    expect(grid.get_by_role("complementary", name="Details")).to_be_hidden()
    grid.keyboard.press("ArrowRight")
    expect(grid).to_have_title(re.compile("picture 105 "))
    assert grid.evaluate("Boolean(document.fullscreenElement)")


@pytest.mark.slow
def test_without_a_partial_the_viewer_opens_the_page_of_the_picture(grid: Page) -> None:
    def refuse_parts(route: Route) -> None:
        if "hx-request" in route.request.headers:
            route.abort()
        else:
            route.continue_()

    grid.route(OF_A_PICTURE, refuse_parts)
    link(grid, 104).click()
    expect(grid.locator("main.viewer--page")).to_be_visible()


@pytest.mark.slow
@pytest.mark.parametrize("colour_scheme", sample(["dark", "light"], 1))
def test_the_viewer_passes_axe_without_layout_shifts(grid: Page, colour_scheme: str) -> None:
    grid.emulate_media(color_scheme="dark" if colour_scheme == "dark" else "light")
    watch_shifts(grid)
    grid.reload()
    open_dialog(grid, 102)
    grid.keyboard.press("ArrowRight")
    expect_shown(grid, 101)
    expect_no_shifts(grid)
    assert Axe().run(grid).response["violations"] == []


@pytest.mark.parametrize("size", sample([(320, 568), (320, 256)], 1))
def test_on_a_small_screen_nothing_is_cut_off(
    phone: Page, gallery_program: Launched, size: tuple[int, int]
) -> None:
    phone.set_viewport_size({"width": size[0], "height": size[1]})
    phone.goto(f"{gallery_program.url}gallery/")
    link(phone, 100).tap()
    expect_shown(phone, 100)
    wide = dialog(phone).evaluate(
        "viewer => [...viewer.querySelectorAll('a, button, h1, dd')]"
        ".filter(part => part.checkVisibility() && !part.closest('.filmstrip, [popover]'))"
        ".map(part => [part.outerHTML.slice(0, 80), part.getBoundingClientRect()])"
        ".filter(([, box]) => box.left < 0 || box.right > innerWidth).map(([name]) => name)"
    )
    assert wide == []
    phone.get_by_text("Timeline and raw response").scroll_into_view_if_needed()
    expect(phone.get_by_text("Timeline and raw response")).to_be_in_viewport()


def open_menu(page: Page) -> None:
    page.locator("#viewer").get_by_role("button", name="More", exact=True).click()


def test_tiles_loaded_behind_the_viewer_change_only_the_address_below_it(
    grid: Page, gallery_program: Launched
) -> None:
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    grid.route(re.compile(r"after="), hold)
    with grid.expect_request(re.compile(r"after=")):
        grid.mouse.wheel(0, 4000)
    open_dialog(grid, 120)
    address = grid.url
    held[0].continue_()
    expect(link(grid, 50)).to_have_count(1)
    assert grid.url == address
    grid.keyboard.press("Escape")
    expect(grid).to_have_url(re.compile(rf"^{re.escape(gallery_program.url)}gallery/\?through="))
    expect(link(grid, 120)).to_be_focused()
    grid.keyboard.press("x")
    expect(grid.locator("#picked [name=back]")).to_have_value(re.compile("^/gallery/.through="))


def test_zooming_loads_the_original(grid: Page) -> None:
    open_dialog(grid, 118)
    picture = dialog(grid).locator(".viewer__canvas > img")
    picture.evaluate("(image) => { image.dataset.original = `${image.src}?whole`; }")
    expect(picture).not_to_have_attribute("src", re.compile("whole"))
    grid.keyboard.press("z")
    expect(picture).to_have_attribute("src", re.compile(r"\?whole$"))


@pytest.mark.slow
def test_a_picture_that_is_made_private_has_a_lock_on_its_tile(grid: Page) -> None:
    lock = tile(grid, 117).locator("[data-lock]")
    expect(lock).to_have_count(0)
    open_dialog(grid, 117)
    open_menu(grid)
    dialog(grid).get_by_role("button", name="Make private").click()
    expect(dialog(grid).locator(".viewer__seen")).to_have_text("Private")
    grid.keyboard.press("Escape")
    expect(lock).to_have_count(1)


@pytest.mark.slow
def test_a_picture_is_shared_as_a_file_by_the_share_sheet(grid: Page) -> None:
    grid.evaluate(
        "() => { navigator.canShare = () => true;"
        " navigator.share = async (shared) => { window.shared = shared; }; }"
    )
    open_dialog(grid, 116)
    open_menu(grid)
    dialog(grid).get_by_role("button", name="Share", exact=True).click()
    kind = grid.wait_for_function("() => window.shared?.files[0].type")
    assert kind.json_value() == "image/png"


@pytest.mark.slow
def test_the_menu_of_a_tile_acts_on_its_picture(grid: Page) -> None:
    place = tile(grid, 112)
    output = str(place.locator(".tile__pick input").get_attribute("value"))
    place.hover()
    place.get_by_role("button", name="More for picture 112").click()
    menu = grid.locator("#tile-menu")
    download = menu.get_by_role("link", name="Download")
    expect(download).to_have_attribute("href", f"/outputs/{output}/?download")
    menu.get_by_role("button", name="Move to trash").click()
    expect(place).to_have_count(0)
    grid.get_by_role("button", name="Undo").click()
    expect(place).to_have_count(1)


SCRIPTS = re.compile(r"/js/bundles/viewer[^/]*\.js$")


@pytest.mark.slow
def test_the_viewer_s_scripts_load_when_a_picture_is_hovered(grid: Page) -> None:
    asked: list[str] = []
    grid.on("request", lambda request: asked.append(request.url))
    grid.goto(grid.url, wait_until="networkidle")
    assert [*filter(SCRIPTS.search, asked)] == []
    with grid.expect_response(SCRIPTS):
        tile(grid, 122).hover()
    link(grid, 122).click()
    expect(dialog(grid)).to_be_visible()
    assert len([*filter(SCRIPTS.search, asked)]) == 1


@pytest.mark.slow
def test_a_reloaded_page_goes_forward_to_a_picture(grid: Page, gallery_program: Launched) -> None:
    open_dialog(grid, 123)
    grid.go_back()
    expect_closed(grid, gallery_program)
    grid.reload()
    grid.go_forward()
    expect_shown(grid, 123)
    expect(dialog(grid)).to_be_visible()
    grid.keyboard.press("Escape")
    expect_closed(grid, gallery_program)


@pytest.mark.slow
def test_without_its_scripts_the_viewer_opens_the_page_of_the_picture(grid: Page) -> None:
    grid.route(SCRIPTS, lambda route: route.abort())
    link(grid, 121).click()
    expect(grid.locator("main.viewer--page")).to_be_visible()
