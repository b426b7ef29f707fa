"""Branches and parts that accept no value, and forbidden properties."""

from typing import Any

import pytest
from django.utils.datastructures import MultiValueDict

from playground.schema import SchemaForm
from tests.schema.browser import submit


def form_of(part: Any, **more: Any) -> SchemaForm:
    return SchemaForm({"type": "object", "properties": {"x": part}, **more})


SHORT = {"type": "string", "maxLength": 2}


@pytest.mark.parametrize(
    ("part", "error"),
    [
        (False, "No value is allowed here"),
        ({"anyOf": [False, False]}, "No value is allowed here"),
        ({"oneOf": [False, {"not": {}}]}, "No value is allowed here"),
        ({"allOf": [False]}, "No value is allowed here"),
        (
            {"anyOf": [{"anyOf": [False]}, {"allOf": [{"oneOf": [False]}]}]},
            "No value is allowed here",
        ),
        ({"anyOf": [SHORT, False]}, "Enter at most 2 characters; now there are 7"),
        ({"oneOf": [False, SHORT]}, "Enter at most 2 characters; now there are 7"),
        (
            {"anyOf": [False, {"type": "null"}, SHORT]},
            "Enter at most 2 characters; now there are 7",
        ),
        ({"not": {"anyOf": [True]}}, "Enter a different value"),
    ],
)
def test_a_schema_that_accepts_nothing_says_so(part: Any, error: str) -> None:
    form = form_of(part)
    sent = form.parse(submit(form.render({"x": "toolong"})))
    assert sent.errors == {"/x": [error]}
    assert error in form.render(sent, sent.errors)
    assert form.validate({"x": "toolong"}) == {"/x": [error]}


def test_errors_are_those_of_a_branch_that_can_be_satisfied() -> None:
    form = form_of({"oneOf": [{"oneOf": [False, False]}, {"type": "integer"}]})
    assert form.validate({"x": "text"}) == {"/x": ["Enter a whole number"]}


def test_a_value_a_condition_forbids_is_reported_at_its_field() -> None:
    form = SchemaForm(
        {
            "type": "object",
            "properties": {"a": {"type": "string"}, "items": {"type": "string"}},
            "dependentSchemas": {"a": {"properties": {"items": False}}},
        }
    )
    assert form.validate({"a": "1", "items": "2"}) == {"/items": ["No value is allowed here"]}
    patterned = SchemaForm({"type": "object", "patternProperties": {"^x": False}})
    assert patterned.validate({"xy": 1}) == {"/xy": ["No value is allowed here"]}


@pytest.mark.parametrize("false", [False, {"not": {}}, {"not": True}, {"allOf": [False]}])
def test_a_branch_that_accepts_nothing_is_not_offered(false: Any) -> None:
    shapes = [{"type": "integer"}, false, {"type": "boolean"}]
    html = form_of({"anyOf": shapes}).render()
    assert "anything" not in html
    assert html.count('type="radio"') == 3  # including "Not set"
    assert '<input type="number"' in form_of({"anyOf": [{"type": "integer"}, false]}).render()


def test_the_errors_of_a_branch_behind_one_that_accepts_nothing_are_its_own() -> None:
    shapes = [False, {"type": "integer", "maximum": 5}, {"type": "boolean"}]
    sent = form_of({"oneOf": shapes}).parse(MultiValueDict({"~pick/x": ["0"], "/x": ["9"]}))
    assert sent.errors == {"/x": ["Enter a number of at most 5"]}


BOTH = {"seed": 1, "seeds": "2"}


@pytest.mark.parametrize(
    ("refused", "value", "error"),
    [
        ({"required": ["seed", "seeds"]}, BOTH, "Fill in only “Seed” or “Seeds”"),
        ({"allOf": [{"required": ["seed"]}, {"required": ["seeds"]}]}, BOTH,
         "Fill in only “Seed” or “Seeds”"),
        ({"anyOf": [{"required": ["a", "b"]}, {"required": ["seed", "seeds"]}]}, BOTH,
         "Fill in only “Seed” or “Seeds”"),
        ({"required": ["image_url"]}, {"image_url": "x"}, "Leave “Image url” empty"),
        ({"required": ["a", "b", "c"]}, {"a": 1, "b": 1, "c": 1},
         "Leave at least one of “A”, “B” and “C” empty"),
        ({"properties": {"mode": {"const": "fast"}, "hd": {"const": True}}},
         {"mode": "fast", "hd": True},
         "This combination is not allowed: “Mode” = fast, “Hd” = Yes"),
        ({"minProperties": 2}, BOTH, "Fill in fewer than 2 of these fields"),
    ],
)  # fmt: skip
def test_mutually_exclusive_fields_are_named(refused: Any, value: Any, error: str) -> None:
    form = SchemaForm({"type": "object", "properties": {"seed": {}, "seeds": {}}, "not": refused})
    assert form.validate(value) == {"": [error]}


@pytest.mark.parametrize(
    ("refused", "value", "error"),
    [
        ({"const": "none"}, "none", "This must not be none"),
        ({"enum": [1, 2]}, 2, "This must not be 2"),
        ({"type": "string"}, "x", "This must not be text"),
        ({"type": ["null", "array"]}, [], "Enter a different kind of value"),
        ({"type": "array"}, [], "This must not be a list"),
        ({"minimum": 5}, 7, "Enter a number less than 5"),
        ({"type": "string", "maxLength": 3}, "abc", "Enter more than 3 characters"),
        ({"type": "string", "maxLength": 3, "minLength": 1}, "abc",
         "Enter a different value"),
    ],
)  # fmt: skip
def test_a_forbidden_value_is_named(refused: Any, value: Any, error: str) -> None:
    assert form_of({"not": refused}).validate({"x": value}) == {"/x": [error]}
