"""No page breaks, cuts off or hides a word, whatever people named things and however wide it is."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.furnished import NAMES, Furnished
from tests.launched import ROOT, Launched
from tests.sandbox_process import SandboxProcess
from tests.tables import IS_WHOLE, sample

pytestmark = pytest.mark.once

WIDTHS = (320, 390, 768, 1024, 1366, 1920)
FAULTS = Path(__file__).with_name("layout_faults.js").read_text()
OWN = (
    "playground", "model", "presets", "prompts", "run", "failed run", "other models", "picture",
    "trashed picture", "collection", "delete key",
)  # fmt: skip
SHARED = (
    "models/", "models/new/", "gallery/", "gallery/filters/", "gallery/?trash=1",
    "gallery/?q=nothing+like+it", "gallery/collections/", "gallery/find-by-picture/", "team/",
    "team/keys/", "team/budget/", "team/usage/", "team/export/", "account/password/change/",
    "account/email/", "account/mfa/", "logout/", "not/there/",
)  # fmt: skip
OUTSIDE = ("login/", "account/password/reset/", "join")
OPEN_ALL = """() => {
    for (const details of document.querySelectorAll("details")) details.open = true;
    for (const box of [...document.querySelectorAll(".tile__pick input")].slice(0, 2)) box.click();
    document.querySelector("#menu")?.showPopover();
    document.querySelector("#tag-box")?.removeAttribute("hidden");
    for (const part of document.querySelectorAll("[data-needs-script]")) part.hidden = false;
}"""


@pytest.fixture(scope="module")
def furnished(
    sandbox_process: SandboxProcess,
    new_database: Callable[[], str],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[Launched, dict[str, Furnished]]]:
    """The program with a workspace for each kind of names."""
    program = Launched(
        tmp_path_factory.mktemp("furnished"),
        mode="serve",
        DATABASE_URL=new_database(),
        MINDVIDEO_API_KEY=sandbox_process.api_key,
        MINDVIDEO_BASE_URL=sandbox_process.url,
    )
    with program:
        settings = {"DJANGO_SETTINGS_MODULE": "playground.settings"}
        furnish = [sys.executable, "-m", "tests.browser.furnished"]
        done = subprocess.run(
            furnish, cwd=ROOT, env=program.environment | settings, check=True, capture_output=True
        )
        rooms = json.loads(done.stdout.splitlines()[-1])
        yield program, {kind: Furnished(**room) for kind, room in rooms.items()}


@pytest.fixture
def visit(
    furnished: tuple[Launched, dict[str, Furnished]], browser: Browser
) -> Iterator[Callable[..., Page]]:
    """Open a page as the owner of the workspace with such names, or as no one."""
    program, rooms = furnished
    context = browser.new_context()

    def open_page(kind: str, path: str, *, is_logged_in: bool = True) -> Page:
        name, value = rooms[kind].cookie
        if is_logged_in:
            context.add_cookies([{"name": name, "value": value, "url": program.url}])
        page = context.new_page()
        page.goto(f"{program.url}{rooms[kind].paths.get(path, path)}")
        return page

    yield open_page
    context.close()


def find_faults(page: Page) -> dict[int, list[str]]:
    """Look at a page in each width, as it is and with all that opens open: {width: faults}."""
    faults: dict[int, list[str]] = {width: [] for width in WIDTHS}
    for prepare in (None, OPEN_ALL):
        if prepare:
            page.evaluate(prepare)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 844 if width < 500 else 768})
            faults[width] += page.evaluate(FAULTS)
    return {width: sorted(set(found)) for width, found in faults.items() if found}


PAGES = (*OWN, *SHARED)
# `make slow` looks at each page with each kind of names, `make test` at some with one kind.
EACH = [(path, kind) for path in PAGES for kind in NAMES]
SOME = [(path, [*NAMES][number % len(NAMES)]) for number, path in enumerate(PAGES)]


@pytest.mark.parametrize(("path", "kind"), EACH if IS_WHOLE else sample(SOME, 6))
def test_words_are_whole_and_nothing_sticks_out(
    visit: Callable[..., Page], path: str, kind: str
) -> None:
    assert find_faults(visit(kind, path)) == {}


@pytest.mark.parametrize("path", sample(OUTSIDE, 1))
def test_so_it_is_before_the_login(visit: Callable[..., Page], path: str) -> None:
    assert find_faults(visit("long", path, is_logged_in=False)) == {}


PRICES = (
    "<span>about 0.0315</span>",
    "<span>about 1234.5678</span> <small>at most 12345.6789</small>",
)


@pytest.mark.parametrize("kind", sample([*NAMES][::-1], 1))
def test_a_long_price_beside_generate_moves_and_breaks_nothing(
    visit: Callable[..., Page], kind: str
) -> None:
    page = visit(kind, "playground")
    foot, generate = page.locator(".form__foot"), page.locator("#generate")
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 768})
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
