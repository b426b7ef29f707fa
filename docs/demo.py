"""Starts the demo and a browser and generates pictures, for screenshots and measurements."""

import gettext
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, expect, sync_playwright

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from tests.browser.composer import choose  # noqa: E402 - needs the path above
from tests.browser.conftest import BROWSERS, FLAGS  # noqa: E402
from tests.launched import Launched  # noqa: E402

TIMEOUT_MS = 120_000
PROMPTS = (
    ("A golden retriever on a meadow of tulips", "1:1"),
    ("A planet with rings and two moons", "1:1"),
    ("A wooden cabin in a pine forest in winter", "4:3"),
    ("Hot air balloons over the dunes", "16:9"),
    ("A sailboat on the ocean at golden sunset", "3:2"),
    ("Neon city skyline at night, reflections", "16:9"),
    ("A lighthouse on a cliff above the sea, a moonlit night", "16:9"),
)


class Words:
    """Translates the labels of a page into a language."""

    def __init__(self, language: str) -> None:
        self.catalog = gettext.translation(
            "django", ROOT / "locale", [language.replace("-", "_")], fallback=True
        )

    def __call__(self, english: str) -> str:
        return self.catalog.gettext(english)


def find_browser() -> str | None:
    """Return the path of the browser that the tests use; None for Playwright's own."""
    return next((path for name in BROWSERS if (path := shutil.which(name))), None)


@contextmanager
def run_demo() -> Iterator[tuple[Launched, Browser]]:
    """Start a new demo without pictures, and a browser."""
    with (
        tempfile.TemporaryDirectory() as folder,
        Launched(Path(folder)) as program,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=find_browser(), args=FLAGS)
        yield program, browser
        browser.close()


def generate(page: Page, prompt: str, shape: str) -> None:
    """Generate a picture on the page of a model, and wait for it."""
    page.get_by_label("Prompt", exact=True).fill(prompt)
    choose(page, "Aspect ratio", shape)
    page.get_by_role("button", name="Generate", exact=True).click()
    card = page.get_by_role("article").filter(has_text=prompt)
    expect(card.locator("img[src*='/thumbnail/']").first).to_be_visible(timeout=TIMEOUT_MS)


def fill(page: Page) -> None:
    for prompt, shape in PROMPTS:
        generate(page, prompt, shape)


def settle(page: Page) -> None:
    """Wait until all pictures of a page are decoded."""
    page.evaluate(
        "Promise.all([...document.images].filter((image) => image.loading !== 'lazy')"
        ".map((image) => image.decode().catch(() => {})))"
    )
