"""Required values that the schema makes hard to enter: they have a control or are filled in."""

from typing import Any

import pytest

from playground.schema import SchemaForm
from tests.schema.browser import submit

TEXT = {"type": "string"}
ID = {"type": "string", "readOnly": True}


def form_of(properties: dict[str, Any], **more: Any) -> SchemaForm:
    return SchemaForm({"type": "object", "properties": properties, **more})


@pytest.mark.parametrize(
    "more",
    [
        {"required": ["id", "prompt"]},
        {"allOf": [{"required": ["id"]}], "required": ["prompt"]},
        {"$ref": "#/$defs/base", "$defs": {"base": {"required": ["id", "prompt"]}}},
        {"anyOf": [{"required": ["id"]}], "required": ["prompt"]},
        {"dependentRequired": {"prompt": ["id"]}},
        {"if": {"required": ["prompt"]}, "then": {"required": ["id"]}},
        {"dependentSchemas": {"prompt": {"required": ["id"]}}},
    ],
)
def test_a_required_read_only_property_is_not_required_of_the_form(more: dict[str, Any]) -> None:
    form = form_of({"id": ID, "prompt": TEXT}, **more)
    sent = form.parse(submit(form.render(), prompt="a fox"))
    assert (sent.value, sent.errors) == ({"prompt": "a fox"}, {})
    assert any("“id” is read-only" in note.message for note in form.notes)
    assert form.validate({"prompt": "a fox", "id": "x"}) == {}


@pytest.mark.parametrize("value", [{"default": "x"}, {"const": "x"}, {"enum": ["x"]}])
def test_a_read_only_property_with_a_value_is_sent(value: dict[str, Any]) -> None:
    form = form_of({"id": {**ID, **value}, "prompt": TEXT}, required=["id", "prompt"])
    assert form.parse(submit(form.render(), prompt="a")).value == {"id": "x", "prompt": "a"}
    opened = {"prompt": "b"}  # inputs of an older run
    assert form.parse(submit(form.render(opened)), initial=opened).errors == {}


def test_an_optional_read_only_property_is_not_added() -> None:
    for part in ({"enum": ["x"]}, {"enum": [None]}, {"type": "null"}):
        assert form_of({"id": {**part, "readOnly": True}, "prompt": TEXT}).initial() == {}


def test_required_read_only_branches_and_rows_are_filled_in() -> None:
    form = form_of({"a": {"type": "array", "items": ID}, "b": {"anyOf": [ID, {"type": "integer"}]}})
    value = {"a": ["x"], "b": "y"}
    assert form.parse(submit(form.render(value))).value == value


@pytest.mark.parametrize(
    ("more", "sent", "value"),
    [
        ({"required": ["b"]}, "1", 1),
        ({"required": ["b"], "additionalProperties": TEXT}, "1", "1"),
        ({"required": ["b"], "patternProperties": {"^b": {"type": "integer"}}}, "1", 1),
        ({"anyOf": [{"required": ["b"]}, {"required": ["c"]}]}, "1", 1),
        ({"dependentSchemas": {"a": {"required": ["b"]}}, "required": ["b"]}, '"x"', "x"),
    ],
)
def test_a_required_property_without_a_schema_has_a_control(
    more: Any, sent: str, value: Any
) -> None:
    form = form_of({"a": TEXT}, **more)
    assert form.parse(submit(form.render(), b=sent)).value == {"b": value}
    assert form.parse(submit(form.render(), b=sent)).errors == {}


def test_an_object_with_minproperties_accepts_additional_properties() -> None:
    form = form_of({"a": TEXT, "id": ID}, minProperties=2)
    assert 'value="add "' in form.render()
    value = {"a": "1", "more": 2}
    assert form.parse(submit(form.render(value))).value == value


@pytest.mark.parametrize("constant", [{"const": "v1"}, {"enum": ["v1"]}, {"type": "null"}])
def test_an_optional_constant_can_be_chosen(constant: dict[str, Any]) -> None:
    form = form_of({"a": constant}, minProperties=1)
    value = {"a": constant.get("const", "v1" if "enum" in constant else None)}
    assert form.parse(submit(form.render())).errors == {"": ["Fill in at least 1 of these fields"]}
    assert form.parse(submit(form.render(value))).value == value


@pytest.mark.parametrize(
    "constant", [{"const": "m1"}, {"enum": ["m1"]}, {"oneOf": [{"const": "m1"}]}]
)
def test_a_required_constant_is_sent_without_a_question(constant: dict[str, Any]) -> None:
    form = form_of({"model": {**constant, "title": "Model"}, "prompt": TEXT}, required=["model"])
    assert "Model" not in form.render()
    assert form.parse(submit(form.render())).value == {"model": "m1"}
    optional = form_of({"model": {**constant, "default": "m1"}})
    assert "<select" not in optional.render()
    assert optional.initial() == {"model": "m1"}


@pytest.mark.parametrize("word", ["anyOf", "oneOf"])
@pytest.mark.parametrize(
    "branches",
    [
        [{"required": ["a"]}],
        [{"required": ["a"]}, False],
        [{"required": ["a"]}, {"required": ["a", "b"]}],
    ],
)
def test_what_every_branch_requires_is_required(word: str, branches: list[Any]) -> None:
    form = form_of({"a": {"items": TEXT}, "b": TEXT}, **{word: branches})
    sent = form.parse(submit(form.render()))
    assert (sent.value, sent.errors) == ({"a": []}, {})


def test_what_only_one_branch_requires_is_not_required() -> None:
    branches = [{"required": ["a"]}, {"required": ["b"]}]
    form = form_of({"a": TEXT, "b": TEXT}, anyOf=branches)
    assert form.parse(submit(form.render(), b="x")).value == {"b": "x"}


@pytest.mark.parametrize("item", [{"enum": [1]}, {"const": 1}])
def test_no_row_of_a_constant_is_added_unrequested(item: dict[str, Any]) -> None:
    form = SchemaForm({"type": "array", "items": {"type": "number", "default": 1, **item}})
    assert form.parse(submit(form.render())).value == []
    assert form.parse(submit(form.render([1]))).value == [1]


@pytest.mark.parametrize("constant", [None, "x", 0])
@pytest.mark.parametrize("more", [{}, {"readOnly": True}])
def test_a_constant_with_dependencies_is_left_out(constant: Any, more: dict[str, Any]) -> None:
    form = form_of({"a": {"const": constant, **more}, "b": TEXT}, dependentRequired={"a": ["b"]})
    sent = form.parse(submit(form.render()))
    assert (form.initial(), sent.value, sent.errors) == ({}, {}, {})
