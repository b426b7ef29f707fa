"""The start of the demo, its first page in an empty browser, and what it costs while idle.

    .venv/bin/python -m benchmarks.start [--idle 60]

Starts the demo in an empty folder, opens the form in Chromium several times with an empty cache,
without a limit and as over a line of 9 Mbit/s, then leaves the program alone. Prints a table in
Markdown.
"""

import argparse
import os
import platform
import shutil
import statistics
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, CDPSession, sync_playwright

from benchmarks.many_people import count_processor_seconds, find_processes
from tests.browser.conftest import BROWSERS, FLAGS, SLUG
from tests.launched import Launched

IDLE_SECONDS = 60
VISITS = 7
SLOW_LINE = {"offline": False, "latency": 20, "downloadThroughput": 9e6 / 8, "uploadThroughput": -1}
# Deferred scripts have run when this event is over, and Generate answers.
USABLE = "performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.start")
    parser.add_argument("--idle", type=int, default=IDLE_SECONDS, help="seconds")
    options = parser.parse_args()
    load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as folder, Launched(Path(folder)) as program:
        visits = visit_all(f"{program.url}models/{SLUG}/", line=None)
        slow = visit_all(f"{program.url}models/{SLUG}/", line=SLOW_LINE)
        before = count_processor_seconds(program)
        time.sleep(options.idle)
        idle = (count_processor_seconds(program) - before) / options.idle
        memory = sum(process.memory_full_info().pss for process in find_processes(program))
    machine = f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores"
    print(f"{datetime.now(UTC):%Y-%m-%d}: {machine}, load {load:.1f} at the start\n")
    print("| what | measured |\n| --- | --- |")
    print(f"| start in an empty folder, to the line with the address | {program.seconds:.1f} s |")
    print(f"| form page with an empty cache, compressed | {middle(visits, 'kilobytes'):.0f} kB |")
    print(f"| its requests | {middle(visits, 'requests'):.0f} |")
    print(f"| Generate can be used after | {middle(visits, 'usable'):.0f} ms |")
    print(f"| the same over 9 Mbit/s | {middle(slow, 'usable'):.0f} ms |")
    print(f"| of that running scripts | {middle(visits, 'scripts'):.0f} ms |")
    print(f"| memory of all processes (PSS), sandbox included | {memory / 2**20:.0f} MiB |")
    print(f"| processor while idle, sandbox included | {idle:.1%} of a core |")


def visit_all(url: str, *, line: dict[str, Any] | None) -> list[dict[str, float]]:
    found = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=FLAGS)
        visits = [visit(browser, url, line=line) for _ in range(VISITS)]
        browser.close()
    return visits


def visit(browser: Browser, url: str, *, line: dict[str, Any] | None) -> dict[str, float]:
    """Open the page with an empty cache; return what came and how long it took, milliseconds."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    wire = context.new_cdp_session(page)
    wire.send("Performance.enable")
    if line:
        wire.send("Network.enable")
        wire.send("Network.emulateNetworkConditions", line)
    came: list[float] = []
    page.on(
        "requestfinished",
        lambda request: came.append(sum_sizes(request.sizes())),
    )
    page.goto(url, wait_until="networkidle")
    measured = {
        "usable": float(page.evaluate(USABLE)),
        "scripts": read_metric(wire, "ScriptDuration") * 1000,
        "requests": float(len(came)),
        "kilobytes": sum(came) / 1000,
    }
    context.close()
    return measured


def sum_sizes(sizes: Any) -> float:
    return float(sizes["responseBodySize"] + sizes["responseHeadersSize"])


def read_metric(wire: CDPSession, name: str) -> float:
    metrics = wire.send("Performance.getMetrics")["metrics"]
    return next(float(each["value"]) for each in metrics if each["name"] == name)


def middle(visits: list[dict[str, float]], name: str) -> float:
    return statistics.median(each[name] for each in visits)


if __name__ == "__main__":
    main()
