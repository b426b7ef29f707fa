"""Takes screenshots of every page in its states: make screenshots

They are `<page>-<desk|phone>-<light|dark>.png` in the folder screenshots/, which is not committed,
for a desktop and a phone, light and dark. Those in Chinese are in screenshots/zh-Hans/.
SCREENSHOTS="viewer gallery" takes only the pages whose names start with these.
SCREENSHOTS_LANGUAGE="zh-Hans" takes only one language.
"""

import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import product

from demo import ROOT, Words, fill, run_demo, settle
from playwright.sync_api import Browser, Error, Page

FOLDER = ROOT / "screenshots"
SIZES = {"desk": (1440, 900), "phone": (390, 844)}
SCHEMES = ("light", "dark")
TIMEOUT_MS = 8_000
LANGUAGES = ("en", "zh-Hans")
SLUG = "doubao-seedream-5-0-lite"

type Act = Callable[[Page, Words], object]


def stay(page: Page, words: Words) -> None:
    del page, words


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """A page in one of its states.

    path  path of the page; None for the page of the newest run
    act   the actions that lead to the state
    """

    name: str
    path: str | None = "/"
    act: Act = stay


def press(name: str) -> Act:
    return lambda page, words: page.get_by_role("button", name=words(name)).first.click()


def click(selector: str) -> Act:
    return lambda page, words: page.locator(selector).first.click()  # noqa: ARG005


def in_form(act: Act) -> Act:
    """Return an action in the form, which on a phone first opens the form."""

    def opened(page: Page, words: Words) -> None:
        dock = page.locator("#dock")
        if dock.is_visible():
            dock.click()
        act(page, words)

    return opened


def generate_nothing(page: Page, words: Words) -> None:
    page.get_by_label(words("Prompt"), exact=True).fill("")
    page.get_by_role("button", name=words("Generate"), exact=True).click()
    page.get_by_role("alert").first.wait_for()


def open_tile_menu(page: Page, words: Words) -> None:
    page.locator("#runs .tile, .tiles .tile").first.hover()
    more = page.locator("#runs, .tiles").get_by_role("button", name=words("More"))
    more.filter(visible=True).first.click()


def select_two(page: Page, words: Words) -> None:
    select = page.get_by_role("button", name=words("Select"), exact=True)
    if select.is_visible():  # on a phone the board shows checkboxes only after this
        select.click()
    for number in (0, 1):
        page.locator(".tile__pick input").nth(number).check(force=True)


def compare_two(page: Page, words: Words) -> None:
    select_two(page, words)
    page.locator(".bulk [data-comparison]").click()
    page.wait_for_url("**/compare/**")


def start_experiment(page: Page, words: Words) -> None:
    """Start an experiment that varies the aspect ratio."""
    page.get_by_label(words("Prompt"), exact=True).fill("A sailboat on the ocean at sunset")
    page.locator(".vary__ticks").first.get_by_role("checkbox").nth(1).check()
    page.locator(".vary__ticks").first.get_by_role("checkbox").nth(3).check()
    page.get_by_role("button", name=words("Start all runs")).click()
    page.wait_for_url("**/experiments/*-*/")


def open_filter(page: Page, words: Words) -> None:
    page.wait_for_load_state("networkidle")  # the choices are loaded after the pictures
    page.get_by_role("button", name=words("Model")).first.click()


def open_viewer(page: Page, words: Words) -> None:
    del words
    page.locator(".tile a.picture").first.click()
    page.locator("dialog.viewer .viewer__canvas > img").wait_for()


def open_viewer_and(name: str) -> Act:
    def act(page: Page, words: Words) -> None:
        open_viewer(page, words)
        page.locator("#viewer").get_by_role("button", name=words(name), exact=True).click()

    return act


def scroll_to_the_end(page: Page, words: Words) -> None:
    del words
    page.evaluate("scrollTo(0, document.body.scrollHeight)")


def show_help(page: Page, words: Words) -> None:
    del words
    page.keyboard.press("?")


EMPTY = (
    State(name="create-empty"),
    State(name="gallery-empty", path="/gallery/"),
    State(name="collections-empty", path="/gallery/collections/"),
)
FILLED = (
    State(name="create"),
    State(name="create-tile-menu", act=open_tile_menu),
    State(name="create-selected", act=select_two),
    State(name="create-help", act=show_help),
    State(name="create-person", act=click("[popovertarget=menu]:visible")),
    State(name="create-error", act=in_form(generate_nothing)),
    State(name="create-code", act=in_form(press("Import / code"))),
    State(name="create-history", act=in_form(press("History"))),
    State(name="create-ratio", act=in_form(click(".pill"))),
    State(name="create-settings", act=in_form(click(".settings-fold > summary"))),
    State(name="viewer", path="/gallery/", act=open_viewer),
    State(name="viewer-menu", path="/gallery/", act=open_viewer_and("More")),
    State(name="viewer-collections", path="/gallery/", act=open_viewer_and("Add to collection")),
    State(name="gallery", path="/gallery/"),
    State(name="gallery-filter", path="/gallery/", act=open_filter),
    State(name="gallery-selected", path="/gallery/", act=select_two),
    State(name="gallery-tile-menu", path="/gallery/", act=open_tile_menu),
    State(name="gallery-nothing-found", path="/gallery/?q=nothingofthekind"),
    State(name="trash", path="/gallery/?trash=1"),
    State(name="collections", path="/gallery/collections/"),
    State(name="compare", path="/gallery/", act=compare_two),
    State(name="vary-values", path=f"/experiments/new/?model={SLUG}"),
    State(name="experiment", path=f"/experiments/new/?model={SLUG}", act=start_experiment),
    State(name="experiments", path="/experiments/"),
    State(name="run", path=None),
    State(name="models", path="/models/"),
    State(name="model-new", path="/models/new/"),
    State(name="model-editor", path=f"/models/{SLUG}/edit/"),
    State(name="model-versions", path=f"/models/{SLUG}/edit/", act=scroll_to_the_end),
    State(name="settings-general", path="/team/general/"),
    State(name="settings-members", path="/team/"),
    State(name="settings-keys", path="/team/keys/"),
    State(name="settings-budgets", path="/team/budget/"),
    State(name="settings-usage", path="/team/usage/"),
    State(name="settings-export", path="/team/export/"),
    State(name="account-email", path="/account/email/"),
    State(name="account-password", path="/account/password/change/"),
    State(name="account-two-step", path="/account/mfa/"),
    State(name="account-sessions", path="/account/sessions/"),
    State(name="login", path="/login/"),
    State(name="password-reset", path="/account/password/reset/"),
    State(name="not-found", path="/nowhere/"),
)


def read_wanted(states: tuple[State, ...]) -> Iterator[State]:
    names = tuple(os.environ.get("SCREENSHOTS", "").split()) or ("",)
    return (state for state in states if state.name.startswith(names))


def take(browser: Browser, url: str, states: tuple[State, ...], run: str = "") -> list[str]:
    """Take screenshots in every language; return a message for each state that failed."""
    languages = os.environ.get("SCREENSHOTS_LANGUAGE", "").split() or LANGUAGES
    looks = product(languages, SIZES, SCHEMES)
    wanted = tuple(read_wanted(states))
    return [line for look in looks for line in take_look(browser, url, wanted, run, look)]


def take_look(
    browser: Browser, url: str, states: tuple[State, ...], run: str, look: tuple[str, str, str]
) -> Iterator[str]:
    language, size, scheme = look
    width, height = SIZES[size]
    folder = FOLDER if language == LANGUAGES[0] else FOLDER / language
    folder.mkdir(parents=True, exist_ok=True)
    context = browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme=scheme,  # type: ignore[arg-type]
        has_touch=size == "phone",
        reduced_motion="reduce",
        locale=language,
    )
    page = context.new_page()
    page.set_default_timeout(TIMEOUT_MS)
    for state in states:
        try:
            page.goto(url.rstrip("/") + (run if state.path is None else state.path))
            state.act(page, Words(language))
        except Error as error:
            yield f"{state.name}, {language}, {size}: {str(error).splitlines()[0]}"
        settle(page)
        page.screenshot(path=folder / f"{state.name}-{size}-{scheme}.png")
    context.close()


def main() -> None:
    with run_demo() as (program, browser):
        failed = take(browser, program.url, EMPTY)
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.goto(program.url)
        fill(page)
        details = page.locator("a[href^='/runs/']", has_text="Run details").first
        run = details.get_attribute("href") or "/"
        failed += take(browser, program.url, FILLED, run)
    lines = [f"{len(list(FOLDER.rglob('*.png')))} screenshots are in {FOLDER}"]
    lines += [f"failed: {each}" for each in failed]
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
