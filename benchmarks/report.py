"""Runs the benchmarks and writes their output into docs/performance.md: make bench

    .venv/bin/python -m benchmarks.report [name ...]

Without names it runs all benchmarks one after the other, which takes an hour; with names, such as
"pages", only those. The page keeps the sections of the others, and of a benchmark that fails; the
command then exits with an error.
"""

import os
import platform
import re
import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs/performance.md"
BEGIN = "\n## Benchmarks\n"
INTRODUCTION = """
`make bench` runs these and writes this part of the page, each with its date and the machine.
Compare ratios and counts: other programs make all times longer.
"""
LIMIT_SECONDS = 2 * 60 * 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Benchmark:
    """A module of this package with its arguments."""

    name: str
    arguments: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        return " ".join(["python -m", f"benchmarks.{self.name}", *self.arguments])


BENCHMARKS = (
    Benchmark(name="start"),
    Benchmark(name="main_job"),
    Benchmark(name="many_people"),
    Benchmark(name="pages", arguments=("sqlite",)),
    Benchmark(name="pages", arguments=("postgresql",)),
    Benchmark(name="gallery_page"),
    Benchmark(name="gallery", arguments=("sqlite",)),
    Benchmark(name="gallery", arguments=("postgresql",)),
    Benchmark(name="experiments", arguments=("sqlite",)),
    Benchmark(name="experiments", arguments=("postgresql",)),
    Benchmark(name="forms"),
    Benchmark(name="claims"),
    Benchmark(name="reliability"),
    Benchmark(name="engines", arguments=("--runs", "1000", "--processes", "1", "2")),
    Benchmark(name="growth"),
)


def main(names: list[str]) -> int:
    if unknown := set(names) - {each.name for each in BENCHMARKS}:
        sys.exit(f"There is no benchmark called {', '.join(sorted(unknown))}.")
    failed = []
    for benchmark in BENCHMARKS:
        if names and benchmark.name not in names:
            continue
        print(benchmark.title, flush=True)
        load = os.getloadavg()[0]
        try:
            text = run(benchmark)
        except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
            print(f"failed: {error}", flush=True)
            failed.append(benchmark.title)
            continue
        section = write_section(benchmark, text, describe_machine(load))
        PAGE.write_text(put_section(PAGE.read_text(), section))
    return 1 if failed else 0


def run(benchmark: Benchmark) -> str:
    command = [sys.executable, "-m", f"benchmarks.{benchmark.name}", *benchmark.arguments]
    return subprocess.run(
        command, cwd=ROOT, check=True, timeout=LIMIT_SECONDS, stdout=subprocess.PIPE, text=True
    ).stdout


def describe_machine(load_before: float) -> str:
    system = f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores"
    loads = f"load {load_before:.1f} at the start, {os.getloadavg()[0]:.1f} at the end"
    return f"{datetime.now(UTC):%Y-%m-%d}: {system}, {loads}."


def write_section(benchmark: Benchmark, text: str, machine: str) -> str:
    """Return a section of the page with a table in Markdown, or other output as a text block."""
    text = text.strip()
    table = re.search(r"^\|.*\Z", text, re.MULTILINE | re.DOTALL)
    body = f"{table[0]}" if table else f"```text\n{text}\n```"
    return f"### `{benchmark.title}`\n\n{machine}\n\n{body}\n"


def put_section(page: str, section: str) -> str:
    """Put a section into the page, in the order of `BENCHMARKS`."""
    before, _, rest = page.partition(BEGIN)
    found = {}
    for old in re.findall(r"^### `.*?(?=^### `|\Z)", rest, re.MULTILINE | re.DOTALL):
        found[old.partition("\n")[0]] = old.strip() + "\n"
    found[section.partition("\n")[0]] = section
    titles = [f"### `{each.title}`" for each in BENCHMARKS]
    sections = [found[title] for title in titles if title in found]
    return f"{before}{BEGIN}" + "\n".join([INTRODUCTION, *sections])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
