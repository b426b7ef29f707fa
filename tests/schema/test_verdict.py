"""Rules across fields, notes for authors, and positions of messages."""

from dataclasses import dataclass
from typing import Any

import pytest
from django.utils.datastructures import MultiValueDict

from playground.schema import SchemaError, SchemaForm
from tests.schema.seedream import SCHEMA


@dataclass(frozen=True)
class AtMostFifteen:
    fields: tuple[str, ...] = ("/n", "/image_urls")

    def check(self, value: Any) -> str | None:
        total = value["n"] + len(value.get("image_urls", ()))
        return "Together at most 15" if total > 15 else None


def test_a_violated_rule_is_reported_at_each_of_its_fields() -> None:
    form = SchemaForm(SCHEMA, [AtMostFifteen()])
    value = {"prompt": "a", "n": 10, "image_urls": ["u"] * 6}
    assert form.validate(value) == {
        "/n": ["Together at most 15"],
        "/image_urls": ["Together at most 15"],
    }
    assert form.validate({**value, "n": 9}) == {}


def test_a_rule_is_checked_after_its_fields_are_valid() -> None:
    form = SchemaForm(SCHEMA, [AtMostFifteen()])
    errors = form.validate({"prompt": "a", "n": 99, "image_urls": ["u"] * 6})
    assert errors == {"/n": ["Enter a number from 1 to 15"]}


@pytest.mark.parametrize(
    "document",
    [[], "x", 5, None, {"type": 5}, {"properties": []}, {"x": {1, 2}}, {"a": float("nan")}],
)
def test_an_invalid_schema_is_refused(document: Any) -> None:
    with pytest.raises(SchemaError):
        SchemaForm(document)


def test_an_invalid_keyword_in_a_nested_schema_is_ignored_alone() -> None:
    form = SchemaForm(
        {"type": "object", "properties": {"a": {"type": "strng"}, "b": 5, "c": {"minimum": "x"}}}
    )
    assert {note.pointer for note in form.notes} == {
        "/properties/a/type",
        "/properties/b",
        "/properties/c/minimum",
    }
    assert 'name="/a"' in form.render()
    assert form.validate({"a": 1, "b": 2, "c": 3}) == {}


def test_the_error_summary_links_to_the_control() -> None:
    form = SchemaForm(SCHEMA)
    html = form.render({"prompt": ""}, {"/prompt": ["Enter a value"]})
    assert '<a href="#f_2f_prompt">Prompt: Enter a value</a>' in html
    assert 'aria-describedby="f_2f_prompt-help f_2f_prompt-error"' in html


def test_a_duplicate_property_name_is_reported_at_the_name() -> None:
    form = SchemaForm({"type": "object", "additionalProperties": {"type": "string"}})
    texts = {"~rows": ["0", "1"], "~key/0": ["a"], "/0": ["x"], "~key/1": ["a"], "/1": ["y"]}
    sent = form.parse(MultiValueDict(texts))
    assert sent.value == {"a": "x"}
    assert sent.errors == {"/+1": ["This name is already used"]}
    html = form.render(sent, sent.errors)
    assert '<a href="#f_2f_1-key">Name of a: This name is already used</a>' in html
    assert 'aria-invalid="true" aria-describedby="f_2f_1-key-error"' in html
    assert html.count("This name is already used") == 2


def test_an_error_in_folded_fields_unfolds_them() -> None:
    form = SchemaForm(SCHEMA)
    assert '<details class="advanced">' in form.render()
    number = "/sequential_image_generation_options/max_images"
    sent = form.parse(MultiValueDict({"/prompt": ["a"], number: ["99"]}))
    assert '<details class="advanced" open>' in form.render(sent, sent.errors)


def test_errors_of_a_union_are_those_of_the_selected_branch() -> None:
    shapes = [
        {"type": "object", "properties": {"w": {"type": "integer"}}, "required": ["w"]},
        {"type": "object", "properties": {"name": {"type": "string"}}, "required": ["name"]},
    ]
    form = SchemaForm({"type": "object", "properties": {"s": {"oneOf": shapes}}})
    sent = form.parse(MultiValueDict({"~pick/s": ["1"], "/s/name": [""]}))
    assert sent.errors == {"/s/name": ["Enter a value"]}
