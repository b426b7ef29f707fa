"""Pages in languages with longer words: none is clipped, and no text is in English."""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.every_page import OPEN_PARTS, OPEN_POPOVERS, OUTSIDE, OWN, SHARED
from tests.browser.sample_workspaces import NAMES
from tests.launched import ROOT
from tests.longer_language import ACCENTED, HEBREW, LETTERS, lengthen
from tests.pseudo_language import READ_ATTRIBUTES, untranslated
from tests.tables import sample

pytestmark = pytest.mark.once

FAULTS = Path(__file__).with_name("layout_faults.js").read_text()
READ_TEXTS = Path(__file__).with_name("read_texts.js").read_text()
# Lengths of an unbreakable word and of a label: 40 % more than in English.
LENGTHS = {"word": 26, "label": 34}
WIDTHS = {ACCENTED: (320, 1366), HEBREW: (390, 1366)}
# For developers, in English.
IN_ENGLISH = {"styleguide/"}
PAGES = [path for path in (*OWN, *SHARED) if path not in IN_ENGLISH]

# The same in every language: names of formats, programs and people, and typed text.
KEPT = (
    *("JPEG", "PNG", "curl", "Python", "JavaScript", "MindVideo", "English", ACCENTED),
    *("Chrome", "Safari", "Linux", "Windows", "macOS"),  # the browser and system of these tests
    *("https://…", "a@example.org", "404 · /not/there/", "nothing like it", "another"),
    *(names.model for names in NAMES.values()),
)
CATEGORY = "image"  # the author's text for a model
MARKUP = re.compile(r"<[^>]*>|https?://\S+")
# Scripts format days with Intl, which has no locale en-XA.
DAY = re.compile(r"\b(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sept?|Oct|Nov|Dec) \d+\b")


def texts_of(document: Any) -> Iterator[str]:
    """Yield the texts of the shipped models, which the program does not translate."""
    if isinstance(document, str):
        yield document
    children = document.values() if isinstance(document, dict) else document
    for each in children if isinstance(children, list) or isinstance(document, dict) else ():
        yield from texts_of(each)


SHIPPED = {
    text
    for path in (ROOT / "playground/catalog/data").glob("*.json")
    for text in texts_of(json.loads(path.read_text()))
}


def open_in(visit: Callable[..., Page], language: str, path: str) -> Page:
    def choose(page: Page) -> None:
        page.set_extra_http_headers({"Accept-Language": language})

    return visit("han", path, prepare=choose, is_logged_in=path not in OUTSIDE)


def find_faults(page: Page, widths: tuple[int, ...]) -> dict[int, list[str]]:
    """Look at a page in each width, as it is and with all that opens open: {width: faults}."""
    faults: dict[int, set[str]] = {width: set() for width in widths}
    for prepare in ((), (OPEN_PARTS, OPEN_POPOVERS)):
        for script in prepare:
            page.evaluate(script)
        for width in widths:
            page.set_viewport_size({"width": width, "height": 640 if width < 390 else 768})
            faults[width] |= {*page.evaluate(FAULTS, LENGTHS)}
    return {width: sorted(found) for width, found in faults.items() if found}


def in_english(said: str) -> bool:
    own = DAY.sub("", MARKUP.sub("", said))
    models = (text for text in SHIPPED if len(text) > len("Seedream"))
    return said not in {*SHIPPED, CATEGORY} and bool(untranslated(own, *KEPT, *models))


def find_english(page: Page) -> list[str]:
    return [said for said in page.evaluate(READ_TEXTS, READ_ATTRIBUTES) if in_english(said)]


@pytest.mark.parametrize("path", [*sample(PAGES, 3), *sample(OUTSIDE, 1)])
def test_a_page_is_translated_and_fits_longer_words(visit: Callable[..., Page], path: str) -> None:
    page = open_in(visit, ACCENTED, path)
    assert page.evaluate("document.documentElement.lang") == ACCENTED
    assert find_english(page) == []
    assert find_faults(page, WIDTHS[ACCENTED]) == {}


@pytest.mark.parametrize("path", [*sample(PAGES[::-1], 2)])
def test_a_page_is_mirrored_in_a_right_to_left_language(
    visit: Callable[..., Page], path: str
) -> None:
    page = open_in(visit, HEBREW, path)
    assert page.evaluate("[document.documentElement.lang, document.dir]") == [HEBREW, "rtl"]
    assert find_faults(page, WIDTHS[HEBREW]) == {}
    page.evaluate("scrollTo(0, 0)")
    mark = page.locator(".bar a, .bar img, .bar svg").first.bounding_box()
    assert mark
    assert mark["x"] > WIDTHS[HEBREW][-1] / 2, "the logo is not at the right"


def test_an_untranslated_text_is_detected(page: Page) -> None:
    accented = lengthen("Open the gallery", str.maketrans(LETTERS, "ä" * len(LETTERS)))
    page.set_content(
        f"<title>{accented}</title><p>{accented}</p><code>run</code>"
        "<p hidden>Not yet</p><img alt='A boat'><option>Newest</option>"
    )
    assert find_english(page) == ["Not yet", "Newest", "A boat"]


def test_a_label_that_is_cut_off_is_detected(page: Page) -> None:
    page.set_viewport_size({"width": 320, "height": 640})
    page.set_content(
        "<style>button { width: 3rem; overflow: hidden; white-space: nowrap }</style>"
        "<button>Çöļļéçţîöñššššš</button>"
    )
    assert any("cut off" in each for each in page.evaluate(FAULTS, LENGTHS))
