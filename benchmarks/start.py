"""Measures the start of the demo, its first page with an empty cache, and its costs while idle.

    .venv/bin/python -m benchmarks.start [--idle 60]

Starts the demo in an empty folder, opens the form in Chromium several times with an empty cache,
with and without a limit of 9 Mbit/s, then measures the idle program. Prints a table in Markdown.
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
# After this event all deferred scripts have run, and Generate works.
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
    print(f"| form page with an empty cache, compressed | {median(visits, 'kilobytes'):.0f} kB |")
    print(f"| its requests | {median(visits, 'requests'):.0f} |")
    print(f"| Generate can be used after | {median(visits, 'usable'):.0f} ms |")
    print(f"| the same over 9 Mbit/s | {median(slow, 'usable'):.0f} ms |")
    print(f"| of that running scripts | {median(visits, 'scripts'):.0f} ms |")
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
    """Open the page with an empty cache; return milliseconds, kilobytes and number of requests."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    wire = context.new_cdp_session(page)
    wire.send("Performance.enable")
    if line:
        wire.send("Network.enable")
        wire.send("Network.emulateNetworkConditions", line)
    sizes: list[float] = []
    page.on(
        "requestfinished",
        lambda request: sizes.append(sum_sizes(request.sizes())),
    )
    page.goto(url, wait_until="networkidle")
    measured = {
        "usable": float(page.evaluate(USABLE)),
        "scripts": read_metric(wire, "ScriptDuration") * 1000,
        "requests": float(len(sizes)),
        "kilobytes": sum(sizes) / 1000,
    }
    context.close()
    return measured


def sum_sizes(sizes: Any) -> float:
    return float(sizes["responseBodySize"] + sizes["responseHeadersSize"])


def read_metric(wire: CDPSession, name: str) -> float:
    metrics = wire.send("Performance.getMetrics")["metrics"]
    return next(float(each["value"]) for each in metrics if each["name"] == name)


def median(visits: list[dict[str, float]], name: str) -> float:
    return statistics.median(each[name] for each in visits)


if __name__ == "__main__":
    main()
