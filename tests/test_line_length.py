"""Limits line lengths, also of comments and texts, which the formatters do not wrap."""

from collections.abc import Iterator
from pathlib import Path

from tests.launched import ROOT

LONGEST = 120


def read_sources() -> Iterator[Path]:
    for pattern in ("static/**/*.js", "static/**/*.css", "templates/**/*.*"):
        yield from (path for path in ROOT.glob(pattern) if "vendor" not in path.parts)


def test_no_line_of_a_script_stylesheet_or_template_is_longer_than_a_screen() -> None:
    sources = list(read_sources())
    assert len(sources) > 200
    assert {path.suffix for path in sources} == {".js", ".css", ".html", ".txt"}
    long = [
        f"{path.relative_to(ROOT)}:{number}: {len(line)}"
        for path in sources
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if len(line) > LONGEST
    ]
    assert long == []
