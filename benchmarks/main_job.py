"""From the click on Generate to the decoded picture, less the time the service took to make it.

    .venv/bin/python benchmarks/main_job.py [runs]

Starts the program with a sandbox of its own and drives Chromium; prints seconds.
"""

import shutil
import statistics
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from tests.browser.conftest import BROWSERS, FLAGS, SLUG  # noqa: E402 - the path comes first
from tests.launched import Launched  # noqa: E402
from tests.sandbox_process import SandboxProcess  # noqa: E402

QUEUED, PROCESSING = 0.5, 2.5

CLICK_AND_WAIT = """() => new Promise(resolve => {
  const known = new Set([...document.querySelectorAll("#runs > li")].map(run => run.id));
  const start = performance.now();
  const watch = new MutationObserver(() => {
    const runs = [...document.querySelectorAll("#runs > li")].filter(run => !known.has(run.id));
    const image = runs[0]?.querySelector(".picture img");
    if (!image) return;
    watch.disconnect();
    image.decode().then(() => resolve((performance.now() - start) / 1000));
  });
  watch.observe(document.querySelector("#runs"), {childList: true, subtree: true});
  document.querySelector("#generate").click();
})"""


def measure(page: Page, runs: int) -> list[float]:
    seconds = []
    for number in range(runs):
        page.get_by_label("Prompt").fill(f"A quiet harbour, mountains behind, picture {number}")
        seconds.append(page.evaluate(CLICK_AND_WAIT) - QUEUED - PROCESSING)
    return sorted(seconds)


def main(runs: int) -> None:
    found = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    with (
        tempfile.TemporaryDirectory() as folder,
        SandboxProcess() as service,
        Launched(
            Path(folder), MINDVIDEO_API_KEY=service.api_key, MINDVIDEO_BASE_URL=service.url
        ) as program,
        sync_playwright() as playwright,
    ):
        service.durations(queued=QUEUED, processing=PROCESSING)
        browser = playwright.chromium.launch(executable_path=found, args=FLAGS)
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.goto(f"{program.url}models/{SLUG}/")
        seconds = measure(page, runs)
        browser.close()
    print(f"{runs} runs, generation {QUEUED + PROCESSING:.1f} s each, overhead in seconds:")
    print(f"median {statistics.median(seconds):.2f}, p95 {seconds[int(runs * 0.95) - 1]:.2f}, ")
    print(f"least {seconds[0]:.2f}, most {seconds[-1]:.2f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20)
