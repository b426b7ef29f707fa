"""Measures the main pages with Lighthouse and writes docs/performance.md: make lighthouse

Measures each page as on a desktop and on a phone, in a new demo with pictures. Nothing leaves the
machine. LIGHTHOUSE="gallery" measures only the pages whose names start with it, and prints the
result instead of writing it.
"""

import json
import os
import platform
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from demo import ROOT, fill, find_browser, run_demo

TOOL = ROOT / ".tools/lighthouse/node_modules/lighthouse"
NODE = os.environ.get("NODE", str(ROOT / ".venv/bin/node"))
PAGES = {
    "create": "",  # set later: the first model
    "gallery": "/gallery/",
    "picture": "",  # set later: the newest picture
    "settings": "/team/",
    "login": "/login/",
}
DEVICES = {"desktop": ["--preset=desktop"], "mobile": []}
CATEGORIES = ("performance", "accessibility", "best-practices")
TIMES = {
    "first-contentful-paint": "FCP",
    "largest-contentful-paint": "LCP",
    "total-blocking-time": "TBT",
    "cumulative-layout-shift": "CLS",
    "total-byte-weight": "bytes",
}
RUN_SECONDS = 300
COSTS = "\n## What pages cost the server\n"  # this heading and the text below are kept
GOOD = 0.9  # the score from which Lighthouse marks an audit green


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The result of Lighthouse for one page on one device."""

    page: str
    device: str
    answer: dict[str, Any]

    @property
    def row(self) -> list[str]:
        audits = self.answer["audits"]
        scores = [round(self.answer["categories"][name]["score"] * 100) for name in CATEGORIES]
        times = [audits[name].get("displayValue", "").split("was ")[-1] for name in TIMES]
        return [
            self.page,
            self.device,
            *map(str, scores),
            *(each.replace("\xa0", " ") for each in times),
        ]

    @property
    def faults(self) -> list[str]:
        """Return the audits that lower a score, in the words of Lighthouse."""
        audits = self.answer["audits"]
        named = (
            audits[each["id"]]
            for name in CATEGORIES
            for each in self.answer["categories"][name]["auditRefs"]
            if each["weight"]
        )
        return [
            f"{audit['title']} {audit.get('displayValue', '')}".strip()
            for audit in named
            if audit.get("score") is not None and audit["score"] < GOOD
        ]


def measure(page: str, address: str, device: str, folder: Path) -> Report:
    output = folder / f"{page}-{device}.json"
    command = [
        NODE, str(TOOL / "cli/index.js"), address, "--quiet", "--output=json",
        f"--output-path={output}", f"--only-categories={','.join(CATEGORIES)}",
        "--chrome-flags=--headless=new --no-sandbox --disable-gpu --disable-background-networking",
        *DEVICES[device],
    ]  # fmt: skip
    environment = os.environ | {"CHROME_PATH": find_browser() or ""}
    subprocess.run(command, check=True, timeout=RUN_SECONDS, env=environment, cwd=folder)
    return Report(page=page, device=device, answer=json.loads(output.read_text()))


def measure_all() -> Iterator[Report]:
    wanted = tuple(os.environ.get("LIGHTHOUSE", "").split()) or ("",)
    with run_demo() as (program, browser), tempfile.TemporaryDirectory() as folder:
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.goto(program.url)
        fill(page)
        addresses = {name: f"{program.url.rstrip('/')}{path}" for name, path in PAGES.items()}
        addresses["create"] = page.url
        page.goto(f"{program.url}gallery/")
        newest = page.locator(".tile a.picture").first
        addresses["picture"] += str(newest.get_attribute("href"))
        page.close()
        for name, address in addresses.items():
            for device in DEVICES if name.startswith(wanted) else ():
                yield measure(name, address, device, Path(folder))


def write_table(reports: list[Report]) -> str:
    heads = ["page", "device", "performance", "accessibility", "best practices", *TIMES.values()]
    rows = [heads, ["---"] * len(heads), *(report.row for report in reports)]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def write_faults(reports: list[Report]) -> str:
    pages: dict[str, list[str]] = {}
    for report in reports:
        for fault in report.faults:
            kind = re.sub(r"\s[\d,.]+\s.*$", "", fault)
            pages.setdefault(kind, []).append(f"{report.page} ({report.device})")
    lines = [f"- {fault}: {', '.join(places)}" for fault, places in pages.items()]
    return "\n".join(lines) or "Nothing."


def describe_machine() -> str:
    load = os.getloadavg()[0]
    return f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, load {load:.1f}"


def main() -> None:
    before = describe_machine()
    reports = list(measure_all())
    version = json.loads((TOOL / "package.json").read_text())["version"]
    text = f"""# Performance of the pages

`make lighthouse` measures the main pages with Lighthouse {version} in the Chromium of the browser
tests, against a demo on the same machine, and writes this part of the page. Last time on
{datetime.now(UTC):%Y-%m-%d}: {before} at the start, {os.getloadavg()[0]:.1f} at the end.
The speed of a phone is simulated: a processor that is four times slower, and slow 4G. While other
programs keep the machine busy, the times are longer.

{write_table(reports)}

Audits that lower a score:

{write_faults(reports)}
"""
    if os.environ.get("LIGHTHOUSE"):
        sys.stdout.write(text)
    else:
        page = ROOT / "docs/performance.md"
        _, heading, rest = page.read_text().partition(COSTS)
        page.write_text(f"{text}{heading}{rest}")


if __name__ == "__main__":
    main()
