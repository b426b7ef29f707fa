"""Measures the form engine: `python -m benchmarks.forms [schema.json ...]`.

Prints for each schema the median and the 95th percentile in milliseconds of compiling it, rendering
a new form, and parsing and validating the POST of a browser. Without arguments it measures the
conformance schemas, the schema of the first model, some generated large schemas, and published
schemas if they are in a folder beside this project. Then it prints how long it takes to reject ten
thousand rows, and how much memory a POST of 10 MB needs in addition to its own size.
"""

import json
import statistics
import sys
import time
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import django
from django.conf import settings
from django.utils.datastructures import MultiValueDict

from playground.schema import SchemaForm
from playground.schema.form import _compile
from tests.schema.browser import submit
from tests.schema.seedream import SCHEMA

FOLDER = Path(__file__).parent.parent / "tests" / "schemas"
PUBLISHED = Path(__file__).parents[2] / "shared" / "data" / "model-schemas"
ROUNDS = 30
MOST_SECONDS = 1.0


def large() -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield schemas as large as the largest published ones."""
    members = [f"member-{number}" for number in range(1001)]
    yield "enum of 1,001", {"type": "object", "properties": {"a": {"enum": members}}}
    kinds: list[dict[str, Any]] = [
        {"type": "string", "description": "Some help."},
        {"type": "integer", "minimum": 0, "maximum": 9, "default": 3},
        {"enum": ["x", "y", "z"], "default": "x"},
        {"anyOf": [{"type": "number"}, {"type": "null"}], "default": None},
    ]
    leaves = {f"p{number}": kinds[number % len(kinds)] for number in range(274)}
    yield "274 leaves", {"type": "object", "properties": leaves}


def measure(work: Callable[[], Any]) -> tuple[float, float]:
    """Return the median and the 95th percentile of a function's duration, in milliseconds."""
    times: list[float] = []
    while len(times) < ROUNDS and (sum(times) < MOST_SECONDS * 1000 or not times):
        start = time.perf_counter()
        work()
        times.append((time.perf_counter() - start) * 1000)
    return statistics.median(times), sorted(times)[int(len(times) * 0.95)]


def report(name: str, schema: dict[str, Any]) -> None:
    def compile_uncached() -> None:
        _compile.cache_clear()
        SchemaForm(schema)

    compiled = measure(compile_uncached)
    form = SchemaForm(schema)
    drawn = measure(form.render)
    sent = submit(form.render())
    parsed = measure(lambda: form.parse(sent).errors)
    columns = "   ".join(f"{median:7.2f} {p95:7.2f}" for median, p95 in (compiled, drawn, parsed))
    print(f"{name[:40]:40} {columns}")


def report_flood() -> None:
    """Print how long it takes to reject ten thousand rows."""
    items = {"type": "array", "items": {"type": "object", "properties": {"x": {"type": "string"}}}}
    form = SchemaForm({"type": "object", "properties": {"a": items}})
    rows = [str(number) for number in range(10_000)]
    texts = {"~rows/a": rows, **{f"/a/{row}/x": ["text"] for row in rows}}
    median, p95 = measure(lambda: form.parse(MultiValueDict(texts)).errors)
    print(f"{'10,000 rows refused':40} {'':36}{median:7.2f} {p95:7.2f}")


def report_memory() -> None:
    """Print the peak memory of parsing and rendering a POST of 10 MB, without its own size."""
    form = SchemaForm(SCHEMA)
    posts = {
        "one text": {"/prompt": ["x" * 10_000_000]},
        "100,000 texts": {"/image_urls": ["https://a.example/b.png" + "x" * 77] * 100_000},
        "100,000 names": {f"/unknown/{number}": ["x" * 80] for number in range(100_000)},
    }
    for name, texts in posts.items():
        data = MultiValueDict(texts)
        tracemalloc.start()
        sent = form.parse(data)
        form.render(sent, sent.errors)
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        print(f"{'10 MB posted: ' + name:40} {most / 1e6:7.1f} MB")


def main() -> None:
    settings.configure()
    django.setup()
    print(f"{'':40} {'compile p50, p95':>15}   {'render p50, p95':>15}   {'parse p50, p95':>15}")
    given = [Path(argument) for argument in sys.argv[1:]]
    for path in given or [*sorted(FOLDER.glob("*.json")), *sorted(PUBLISHED.glob("*.json"))]:
        document = json.loads(path.read_text())
        report(path.stem, document.get("schema", document))
    if not given:
        report("seedream", SCHEMA)
        for name, schema in large():
            report(name, schema)
        report_flood()
        report_memory()


if __name__ == "__main__":
    main()
