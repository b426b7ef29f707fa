"""Limits the queries and bytes of the benchmarked pages; only `make bench` measures times."""

from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.test import Client

from benchmarks import gallery, pages, report
from benchmarks.report import BENCHMARKS, Benchmark
from playground.catalog.models import ModelSpec
from tests.launched import ROOT

# Queries, and bytes after brotli compression; the workspace's board is full, with 36 runs.
LIMITS = {
    "/healthz": (0, 20),
    "thumbnail": (3, 10_000),
    "middle size": (3, 10_000),
    "form page with the board": (13, 32_000),
    "form page, board of the team": (13, 32_000),
    "gallery, 60 tiles": (6, 18_000),
    "picture page": (13, 12_000),
    "run page": (13, 12_000),
    "poll of the bar, nothing runs": (4, 200),
    "one changed": (6, 2_500),
    "nothing new": (3, 1),
}
PAIRS = 40  # pairs of pictures: more than a board shows


@pytest.fixture
def filled(seedream: ModelSpec) -> Client:
    gallery.fill(PAIRS * gallery.PER_RUN)
    pages.store_pictures()
    client = Client(SERVER_NAME="localhost")
    client.force_login(User.objects.get(username="ana"))
    return client


def test_queries_and_bytes_of_pages_and_polls_stay_within_their_limits(filled: Client) -> None:
    costs = {}
    for name, request in pages.list_requests(filled):
        if name != "static file":
            pages.get(filled, request)
            costs[name] = pages.count(filled, request)
    for name, cost in costs.items():
        queries, size_bytes = LIMITS.get(name) or LIMITS[name.rpartition(", ")[2]]
        assert cost.queries <= queries, name
        assert cost.size_bytes <= size_bytes, name
        assert cost.status == (204 if name.endswith("nothing new") else 200), name
    assert len(costs) >= len(LIMITS)


def test_every_benchmark_is_run_by_make_bench() -> None:
    modules = {path.stem for path in (ROOT / "benchmarks").glob("*.py")} - {"report", "__init__"}
    assert {each.name for each in BENCHMARKS} == modules


def test_a_section_is_put_in_its_place_and_the_others_stay() -> None:
    first, second, third = BENCHMARKS[:3]
    page = "# Performance\n\nBy hand.\n"
    for benchmark, text in ((third, "three"), (first, "one"), (second, "two"), (third, "new")):
        section = report.write_section(benchmark, text, "2026-12-01: a machine.")
        page = report.put_section(page, section)
    assert page.startswith("# Performance\n\nBy hand.\n\n## Benchmarks\n")
    places = [page.index(text) for text in ("\none\n", "\ntwo\n", "\nnew\n")]
    assert places == sorted(places)
    assert "three" not in page
    assert page.count("### `") == 3


def test_a_table_stays_a_table() -> None:
    benchmark = Benchmark(name="pages", arguments=("sqlite",))
    text = "2026-12-01: sqlite\n\n| a | b |\n| --- | --- |\n| 1 | 2 |\n"
    section = report.write_section(benchmark, text, "A machine.")
    assert section == (
        "### `python -m benchmarks.pages sqlite`\n\nA machine.\n\n"
        "| a | b |\n| --- | --- |\n| 1 | 2 |\n"
    )


def test_a_benchmark_that_fails_keeps_its_old_section(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = tmp_path / "performance.md"
    page.write_text("# Performance\n")
    monkeypatch.setattr(report, "PAGE", page)
    monkeypatch.setattr(report, "BENCHMARKS", (Benchmark(name="no_such_module"),))
    assert report.main([]) == 1
    assert page.read_text() == "# Performance\n"
