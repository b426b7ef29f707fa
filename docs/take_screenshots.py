"""Take pictures of every page in its states: make screenshots

They show a desk and a phone, light and dark: `<page>-<desk|phone>-<light|dark>.png` in the folder
screenshots/, which is not committed.
SCREENSHOTS="viewer gallery" takes only the pages whose names begin so.
"""

import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from demo import ROOT, fill, run_demo, settle
from playwright.sync_api import Browser, Error, Page

FOLDER = ROOT / "screenshots"
SIZES = {"desk": (1440, 900), "phone": (390, 844)}
SCHEMES = ("light", "dark")
PATIENCE_MS = 8_000

type Act = Callable[[Page], object]


def stay(page: Page) -> None:
    del page


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """A page in one of its states.

    path  where it is; None for the page of the newest run
    act   what is pressed there
    """

    name: str
    path: str | None = "/"
    act: Act = stay


def press(name: str, role: str = "button") -> Act:
    return lambda page: page.get_by_role(role, name=name).first.click()  # type: ignore[arg-type]


def in_form(act: Act) -> Act:
    """Do something in the form, which is one line on a phone until it is opened."""

    def opened(page: Page) -> None:
        dock = page.locator("#dock")
        if dock.is_visible():
            dock.click()
        act(page)

    return opened


def generate_nothing(page: Page) -> None:
    page.get_by_label("Prompt", exact=True).fill("")
    page.get_by_role("button", name="Generate", exact=True).click()
    page.get_by_role("alert").first.wait_for()


def press_settings(page: Page) -> None:
    page.locator(".settings-fold > summary").click()


def open_tile_menu(page: Page) -> None:
    tile = page.locator("#runs .tile, .tiles .tile").first
    tile.hover()
    tile.get_by_role("button", name="More").click()


def select_two(page: Page) -> None:
    for number in (0, 1):
        page.locator(".tile__pick input").nth(number).check(force=True)


def open_viewer(page: Page) -> None:
    page.locator(".tile a.picture").first.click()
    page.locator("dialog.viewer .viewer__canvas > img").wait_for()


def open_viewer_and(name: str) -> Act:
    def act(page: Page) -> None:
        open_viewer(page)
        page.locator("#viewer").get_by_role("button", name=name, exact=True).click()

    return act


EMPTY = (
    State(name="create-empty"),
    State(name="gallery-empty", path="/gallery/"),
    State(name="collections-empty", path="/gallery/collections/"),
)
FILLED = (
    State(name="create"),
    State(name="create-tile-menu", act=open_tile_menu),
    State(name="create-selected", act=select_two),
    State(name="create-help", act=lambda page: page.keyboard.press("?")),
    State(name="create-person", act=lambda page: page.locator("[popovertarget=menu]").last.click()),
    State(name="create-error", act=in_form(generate_nothing)),
    State(name="create-code", act=in_form(press("Import / code"))),
    State(name="create-history", act=in_form(press("History"))),
    State(name="create-ratio", act=in_form(lambda page: page.locator(".pill").first.click())),
    State(name="create-settings", act=in_form(press_settings)),
    State(name="viewer", path="/gallery/", act=open_viewer),
    State(name="viewer-menu", path="/gallery/", act=open_viewer_and("More")),
    State(name="viewer-collections", path="/gallery/", act=open_viewer_and("Add to collection")),
    State(name="gallery", path="/gallery/"),
    State(name="gallery-filter", path="/gallery/", act=press("Model")),
    State(name="gallery-selected", path="/gallery/", act=select_two),
    State(name="gallery-tile-menu", path="/gallery/", act=open_tile_menu),
    State(name="gallery-nothing-found", path="/gallery/?q=nothingofthekind"),
    State(name="trash", path="/gallery/?trash=1"),
    State(name="collections", path="/gallery/collections/"),
    State(name="run", path=None),
    State(name="models", path="/models/"),
    State(name="model-new", path="/models/new/"),
    State(name="settings-general", path="/team/general/"),
    State(name="settings-members", path="/team/"),
    State(name="settings-keys", path="/team/keys/"),
    State(name="settings-budgets", path="/team/budget/"),
    State(name="settings-usage", path="/team/usage/"),
    State(name="settings-export", path="/team/export/"),
    State(name="account-email", path="/account/email/"),
    State(name="account-password", path="/account/password/change/"),
    State(name="account-two-step", path="/account/mfa/"),
    State(name="login", path="/login/"),
    State(name="not-found", path="/nowhere/"),
)


def read_wanted(states: tuple[State, ...]) -> Iterator[State]:
    names = tuple(os.environ.get("SCREENSHOTS", "").split()) or ("",)
    return (state for state in states if state.name.startswith(names))


def take(browser: Browser, url: str, states: tuple[State, ...], run: str = "") -> list[str]:
    """Take pictures of pages; return what could not be done, in words."""
    failed = []
    for size, (width, height) in SIZES.items():
        for scheme in SCHEMES:
            context = browser.new_context(
                viewport={"width": width, "height": height},
                color_scheme=scheme,  # type: ignore[arg-type]
                has_touch=size == "phone",
                reduced_motion="reduce",
            )
            page = context.new_page()
            page.set_default_timeout(PATIENCE_MS)
            for state in read_wanted(states):
                try:
                    page.goto(url.rstrip("/") + (run if state.path is None else state.path))
                    state.act(page)
                except Error as error:
                    failed.append(f"{state.name}, {size}: {str(error).splitlines()[0]}")
                settle(page)
                page.screenshot(path=FOLDER / f"{state.name}-{size}-{scheme}.png")
            context.close()
    return failed


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    with run_demo() as (program, browser):
        failed = take(browser, program.url, EMPTY)
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.goto(program.url)
        fill(page)
        run = page.locator("a[href^='/runs/']").first.get_attribute("href") or "/"
        failed += take(browser, program.url, FILLED, run)
    lines = [f"{len(list(FOLDER.glob('*.png')))} pictures are in {FOLDER}"]
    lines += [f"not in its state: {each}" for each in failed]
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
