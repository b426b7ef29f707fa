"""Checks that docs/architecture.md names only files, functions and classes that exist."""

import re
from pathlib import Path

import pytest

from tests.launched import ROOT

DOCUMENT = (ROOT / "docs" / "architecture.md").read_text()
FOLDERS = ("playground/", "templates/", "static/", "tests/", "docs/", "benchmarks/", ".ci/")
RECIPES = {
    "a provider": "a second provider",
    "a language": "French",
    "a filter of the gallery": "a gallery filter",
    "a budget by week": "a budget by week",
    "a webhook when a run ends": "a webhook when a run ends",
}


def read_code_spans(text: str) -> list[str]:
    """Return the code spans outside of code blocks."""
    return re.findall(
        r"`([^`\n]+)`", re.sub(r"^```.*?^```", "", text, flags=re.DOTALL | re.MULTILINE)
    )


def is_path(span: str) -> bool:
    return span.startswith(FOLDERS) and "<" not in span and " " not in span


def read_recipe(name: str) -> str:
    """Return the section of one recipe."""
    found = re.search(
        rf"^### \.\.\. {re.escape(name)}\b.*?(?=^##|\Z)", DOCUMENT, re.DOTALL | re.MULTILINE
    )
    assert found
    return found[0]


def test_every_path_exists() -> None:
    paths = {span for span in read_code_spans(DOCUMENT) if is_path(span)}
    assert len(paths) > 80
    assert sorted(path for path in paths if not any(ROOT.glob(path.rstrip("/")))) == []


def test_every_module_named_without_its_folder_exists() -> None:
    names = {
        span for span in read_code_spans(DOCUMENT) if re.fullmatch(r"\w+\.(py|js|css|html)", span)
    }
    known = {
        path.name
        for folder in ("playground", "templates", "static", "tests", "docs")
        for path in Path(ROOT / folder).rglob("*.*")
    }
    assert sorted(names - known) == []


def test_every_function_and_class_is_in_the_code() -> None:
    code = "".join(
        path.read_text()
        for folder in ("playground", "tests", "static/js", "templates")
        for path in (ROOT / folder).rglob("*.*")
        if path.suffix in {".py", ".js", ".html"}
    )
    words = {
        word
        for span in read_code_spans(DOCUMENT)
        if re.fullmatch(r"[A-Za-z_][\w.]*(\(\))?", span) and not is_path(span)
        for word in [re.split(r"[.(]", span.removesuffix("()"))[-1]]
    }
    outside = {"weekly_budget", "begin_of_week", "msgid"}  # two of a recipe, one of gettext
    missing = {word for word in words - outside if not re.search(rf"\b{word}\b", code)}
    assert sorted(missing) == []


@pytest.mark.parametrize("name", RECIPES)
def test_each_recipe_names_files(name: str) -> None:
    paths = [span for span in read_code_spans(read_recipe(name)) if is_path(span)]
    assert len(set(paths)) >= 5
