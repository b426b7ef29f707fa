"""Checks of appearance of the forms of each schema in `tests/schemas/` and each shipped model."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from playground.schema import SchemaForm
from tests.html import parse
from tests.schema.browser import Element
from tests.schema.test_conformance import CASES
from tests.tables import sample

SHIPPED = Path(__file__).parents[2] / "playground" / "catalog" / "data"
FORMS: dict[str, Any] = {name: case["schema"] for name, case in CASES.items()} | {
    path.stem: json.loads(path.read_text())["schema"] for path in sorted(SHIPPED.glob("*.json"))
}
MARKS = re.compile(r"\*\*|`|\]\(|</?(?:br|p|b|code|a)\b|&(?:amp|lt|gt|nbsp|quot|#\d+);")
ADDRESS = re.compile(r"https?://")
RUN_TOGETHER = re.compile(r"[a-z][A-Z][a-z]|_")
NO_WORDS = {"names-like-django", "name-escapes", "unicode"}  # the names are no words


@pytest.fixture(params=FORMS, scope="module")
def drawn(request: pytest.FixtureRequest) -> Element:
    return parse(SchemaForm(FORMS[request.param]).render())


def with_class(root: Element, *names: str) -> Iterator[Element]:
    return (each for each in root.iter() if set(names) & set((each.get("class") or "").split()))


def words(element: Element, *, but: tuple[str, ...] = ()) -> str:
    """Return the text of an element, without that of some child elements."""
    parts = [element.text or ""]
    for each in element:
        parts += ["" if each.tag in but else words(each, but=but), each.tail or ""]
    return " ".join("".join(parts).split())


def test_help_contains_no_markdown_marks_or_unlinked_addresses(drawn: Element) -> None:
    helps = [words(each, but=("code", "a")) for each in with_class(drawn, "field__help")]
    assert [text for text in helps if MARKS.search(text) or ADDRESS.search(text)] == []


def test_no_field_repeats_a_text(drawn: Element) -> None:
    for field in with_class(drawn, "field", "group"):
        own = [each for each in field if each.tag in {"label", "legend", "div"}]
        said = [words(each).rstrip(".*").strip().casefold() for each in own]
        said += [each.get("placeholder", "").casefold() for each in field if each.tag == "input"]
        said = [text for text in said if text and text != "https://…"]
        assert len(set(said)) == len(said)


def test_a_select_or_radio_group_has_several_options(drawn: Element) -> None:
    for select in drawn.iter("select"):
        assert len([each for each in select.iter("option") if each.get("value")]) > 1
    for row in with_class(drawn, "segments"):
        labels = [words(each) for each in with_class(row, "segment")]
        assert len(set(labels)) == len(labels) > 1


def test_a_slider_is_active_only_if_its_number_is_set(drawn: Element) -> None:
    numbers = {each.get("id"): each.get("value") for each in drawn.iter("input")}
    for slider in [each for each in drawn.iter("input") if each.get("type") == "range"]:
        assert bool(numbers[slider.get("data-mirrors")]) == (slider.get("data-unset") is None)


@pytest.mark.parametrize("name", sample(sorted(set(FORMS) - NO_WORDS), 40))
def test_labels_are_words(name: str) -> None:
    root = parse(SchemaForm(FORMS[name]).render())
    labels = [words(each) for each in with_class(root, "field__label", "group__legend")]
    assert [text for text in labels if RUN_TOGETHER.search(text)] == []
