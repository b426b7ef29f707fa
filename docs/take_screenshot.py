"""Take the README's screenshots from the running program, light and dark: make screenshot"""

import shutil
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Page, expect, sync_playwright

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from tests.browser.composer import choose  # noqa: E402
from tests.browser.conftest import BROWSERS, FLAGS  # noqa: E402 - the path has to be known first
from tests.launched import Launched  # noqa: E402

PROMPTS = (
    ("A golden retriever on a meadow of tulips", "1:1"),
    ("A planet with rings and two moons", "1:1"),
    ("A wooden cabin in a pine forest in winter", "4:3"),
    ("Hot air balloons over the dunes", "16:9"),
    ("A sailboat on the ocean at golden sunset", "3:2"),
    ("Neon city skyline at night, reflections", "16:9"),
    ("A lighthouse on a cliff above the sea, a moonlit night", "16:9"),
)


def generate(page: Page, prompt: str, shape: str) -> None:
    page.get_by_label("Prompt", exact=True).fill(prompt)
    choose(page, "Aspect ratio", shape)
    page.get_by_role("button", name="Generate", exact=True).click()
    card = page.get_by_role("article").filter(has_text=prompt)
    expect(card.locator("img[src*='/thumbnail/']").first).to_be_visible(timeout=60_000)


def main() -> None:
    found = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    with (
        tempfile.TemporaryDirectory() as folder,
        Launched(Path(folder)) as program,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=found, args=FLAGS)
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.goto(program.url)
        for prompt, shape in PROMPTS:
            generate(page, prompt, shape)
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            page.reload()
            page.evaluate("Promise.all([...document.images].map(image => image.decode()))")
            page.evaluate("scrollTo(0, 0); document.querySelector('#form').scrollTop = 0")
            page.screenshot(path=ROOT / "docs" / f"screenshot-{scheme}.png")
        browser.close()


if __name__ == "__main__":
    main()
