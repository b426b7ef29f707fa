"""Take the README's screenshot from the running program: make screenshot"""

import shutil
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Page, expect, sync_playwright

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from tests.browser.conftest import BROWSERS, FLAGS  # noqa: E402 - the path has to be known first
from tests.launched import Launched  # noqa: E402

PROMPTS = (
    ("A quiet harbour at sunset, mountains behind, painted in gouache", "16:9"),
    ("A lighthouse on a cliff above the sea, a moonlit night", "16:9"),
)


def generate(page: Page, prompt: str, shape: str) -> None:
    page.get_by_label("Prompt").fill(prompt)
    page.get_by_role("radio", name=shape, exact=True).check()
    page.get_by_role("button", name="Generate").click()
    card = page.get_by_role("article").filter(has_text=prompt)
    expect(card.get_by_role("img", name="Picture 1 of 1")).to_be_visible(timeout=60_000)


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
        page.evaluate("Promise.all([...document.images].map(image => image.decode()))")
        page.get_by_text("Prompt", exact=True).first.scroll_into_view_if_needed()
        page.screenshot(path=ROOT / "docs" / "screenshot.png")
        browser.close()


if __name__ == "__main__":
    main()
