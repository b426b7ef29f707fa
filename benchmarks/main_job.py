"""Measures the time from the click on Generate to the decoded pictures, split into its parts.

    .venv/bin/python -m benchmarks.main_job [runs] [--pictures 1 4]

Starts the program with its own sandbox, drives Chromium, and prints a table in Markdown: medians in
seconds, the number of status checks, and the transferred bytes of the pictures. The browser, the
sandbox and the database have the same clock.
"""

import argparse
import math
import os
import platform
import shutil
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from playwright.sync_api import CDPSession, Page, sync_playwright

from tests.browser.composer import set_images
from tests.browser.conftest import BROWSERS, FLAGS, SLUG
from tests.launched import Launched
from tests.sandbox_process import SandboxProcess

QUEUED, PROCESSING = (0.05, 0.15), (2.5, 3.3)
RUNS = 20

# Resolves with the times of the click and of the last decoded picture, in seconds since 1970.
CLICK_AND_WAIT = """count => new Promise(resolve => {
  const known = new Set([...document.querySelectorAll("#runs li.run")].map(run => run.id));
  let clicked = 0;
  const look = () => {
    const run = [...document.querySelectorAll("#runs li.run")].find(run => !known.has(run.id));
    const images = [...run?.querySelectorAll(".picture img[width]") ?? []];
    if (images.length < count) return;
    watch.disconnect();
    Promise.all(images.map(image => image.decode())).then(
      () => resolve({clicked, seen: Date.now() / 1000, run: run.id.slice(4)}));
  };
  const watch = new MutationObserver(look);
  watch.observe(document.querySelector("#runs"), {childList: true, subtree: true});
  clicked = Date.now() / 1000;
  document.querySelector("#generate").click();
})"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """The times of one press of Generate, in seconds since 1970.

    charged    the provider accepted the task
    ended      the end of the task could first be seen
    noticed    the worker noticed it
    fetched    the last file was downloaded
    first      the first picture could be shown
    last       the last picture could be shown
    durable    the last file was stored
    seen       the browser had decoded all pictures
    checks     how often the worker asked the provider for the status
    kilobytes  transferred for pictures
    """

    clicked: float
    charged: float
    ended: float
    noticed: float
    fetched: float
    first: float
    last: float
    durable: float
    seen: float
    checks: int
    kilobytes: float


PARTS: dict[str, Callable[[Job], float]] = {
    "click to pictures, without the task's time": lambda job: (
        job.seen - job.clicked - (job.ended - job.charged)
    ),
    "click to charge": lambda job: job.charged - job.clicked,
    "end to noticed": lambda job: job.noticed - job.ended,
    "noticed to last file downloaded": lambda job: job.fetched - job.noticed,
    "noticed to first picture ready": lambda job: job.first - job.noticed,
    "noticed to last picture ready": lambda job: job.last - job.noticed,
    "noticed to stored": lambda job: job.durable - job.noticed,
    "last picture ready to seen": lambda job: job.seen - job.last,
    "noticed to seen": lambda job: job.seen - job.noticed,
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.main_job")
    parser.add_argument("runs", type=int, nargs="?", default=RUNS)
    parser.add_argument("--pictures", type=int, nargs="+", default=[1, 4])
    options = parser.parse_args()
    jobs = measure_all(options.runs, options.pictures)
    machine = f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores"
    print(f"{datetime.now(UTC):%Y-%m-%d}: {machine}, load {os.getloadavg()[0]:.1f}; ", end="")
    print(f"{options.runs} runs each, tasks of {QUEUED[0] + PROCESSING[0]:.2f} to ", end="")
    print(f"{QUEUED[1] + PROCESSING[1]:.2f} s\n")
    print_table(jobs)


def measure_all(runs: int, counts: list[int]) -> dict[int, list[Job]]:
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
        jobs = {}
        for count in counts:
            set_images(page, str(count))
            press(page, "warming up", count)
            jobs[count] = [measure(page, service, Path(folder), n, count) for n in range(runs)]
        browser.close()
    return jobs


def press(page: Page, prompt: str, count: int) -> dict[str, Any]:
    page.get_by_label("Prompt").fill(prompt)
    found: dict[str, Any] = page.evaluate(CLICK_AND_WAIT, count)
    return found


def measure(page: Page, service: SandboxProcess, folder: Path, number: int, count: int) -> Job:
    wire = page.context.new_cdp_session(page)
    weights: dict[str, float] = {}
    follow_pictures(wire, weights)
    seen = press(page, f"A quiet harbour, mountains behind, picture {number}", count)
    wire.detach()
    with sqlite3.connect(f"file:{find_database(folder)}?mode=ro", uri=True) as database:
        task_id, *moments = find_moments(database, seen["run"])
        while None in moments:  # the files are stored shortly after the pictures are shown
            time.sleep(0.02)
            task_id, *moments = find_moments(database, seen["run"])
    noticed, fetched, first, last, durable = map(as_seconds, moments)
    task = next(each for each in service.ledger()["tasks"] if each["task"] == task_id)
    return Job(
        clicked=seen["clicked"],
        charged=as_seconds(task["submitted"]),
        ended=as_seconds(task["ended"]),
        noticed=noticed,
        fetched=fetched,
        first=first,
        last=last,
        durable=durable,
        seen=seen["seen"],
        checks=task["looks"],
        kilobytes=sum(weights.values()) / 1000,
    )


def find_moments(database: sqlite3.Connection, run_id: str) -> tuple[Any, ...]:
    """Return the task id of a run and the times of its steps; None for steps that are not done."""
    found: tuple[Any, ...] = database.execute(
        "SELECT task_id, finished_at, max(arrived_at), min(previewed_at), max(previewed_at),"
        " runs_run.stored_at FROM runs_run JOIN runs_output ON run_id = runs_run.id"
        " WHERE runs_run.id = ?",
        [run_id.replace("-", "")],
    ).fetchone()
    return found


def follow_pictures(wire: CDPSession, weights: dict[str, float]) -> None:
    """Count the bytes of all pictures that are loaded from now on."""
    kinds: dict[str, str] = {}
    wire.send("Network.enable")
    wire.on(
        "Network.responseReceived", lambda event: kinds.update({event["requestId"]: event["type"]})
    )

    def finish(event: dict[str, Any]) -> None:
        if kinds.get(event["requestId"]) == "Image":
            weights[event["requestId"]] = event["encodedDataLength"]

    wire.on("Network.loadingFinished", finish)


def find_database(folder: Path) -> Path:
    return next(folder.glob("*.sqlite3"))


def as_seconds(moment: str | float) -> float:
    """Convert a time from the sandbox or from SQLite to seconds since 1970."""
    if isinstance(moment, int | float):
        return float(moment)
    read = datetime.fromisoformat(moment)
    return (read if read.tzinfo else read.replace(tzinfo=UTC)).timestamp()


def print_table(jobs: dict[int, list[Job]]) -> None:
    heads = [f"{count} picture{'s' * (count > 1)}" for count in jobs]
    print(f"| median (95th percentile) | {' | '.join(heads)} |")
    print(f"| --- |{' --- |' * len(heads)}")
    for name, part in PARTS.items():
        cells = [describe([part(job) for job in found]) for found in jobs.values()]
        print(f"| {name}, s | {' | '.join(cells)} |")
    for name, read in {
        "status checks of the task": "checks",
        "kB of pictures": "kilobytes",
    }.items():
        cells = [
            f"{statistics.mean(getattr(job, read) for job in found):.1f}" for found in jobs.values()
        ]
        print(f"| {name}, mean | {' | '.join(cells)} |")


def describe(seconds: list[float]) -> str:
    ordered = sorted(seconds)
    return f"{statistics.median(ordered):.2f} ({ordered[math.ceil(len(ordered) * 0.95) - 1]:.2f})"


if __name__ == "__main__":
    main()
