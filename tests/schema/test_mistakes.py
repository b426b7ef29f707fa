"""Mistakes in schemas are corrected, or reported to the author."""

from typing import Any

import pytest

from playground.schema import SchemaForm
from tests.schema.browser import submit


def form_of(part: Any, **more: Any) -> SchemaForm:
    return SchemaForm({"type": "object", "properties": {"a": part}, **more})


@pytest.mark.parametrize(
    ("part", "meant"),
    [
        ({"type": "integer", "enum": [5, 10], "default": "5"}, 5),
        ({"enum": ["5", "10"], "default": 5}, "5"),
        ({"type": "number", "default": "0.5"}, 0.5),
        ({"type": "integer", "default": "24000"}, 24000),
        ({"type": "boolean", "default": "true"}, True),
        ({"type": "boolean", "default": "False"}, False),
        ({"type": "string", "default": 3}, "3"),
        ({"anyOf": [{"type": "integer"}, {"type": "null"}], "default": "3"}, 3),
        ({"anyOf": [{"enum": [5, 10]}, {"enum": ["auto"]}], "default": "10"}, 10),
        ({"$ref": "#/$defs/n", "default": "7"}, 7),
        ({"type": "array", "items": {"type": "integer"}, "default": ["1", 2]}, [1, 2]),
        ({"type": "object", "properties": {"x": {"type": "integer"}}, "default": {"x": "1"}},
         {"x": 1}),
    ],
)  # fmt: skip
def test_a_default_of_another_type_is_read_by_its_text(part: Any, meant: Any) -> None:
    form = form_of(part, **{"$defs": {"n": {"type": "integer"}}})
    assert form.initial() == {"a": meant}
    assert form.parse(submit(form.render())).value == {"a": meant}
    assert [note.pointer for note in form.notes] == ["/properties/a/default"]
    assert "is used instead" in form.notes[0].message


@pytest.mark.parametrize(
    "part",
    [
        {"type": "integer", "maximum": 3, "default": "9"},
        {"enum": [1, "1"], "default": 1.5},
        {"enum": [5, 10], "default": "5 s"},
        {"type": "string", "default": False},
        {"type": "integer", "default": "0,5"},
        {"type": "boolean", "default": "maybe"},
    ],
)
def test_an_invalid_default_is_ignored(part: Any) -> None:
    form = form_of(part)
    assert form.initial() == {}
    assert "and is not used" in form.notes[0].message


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("str", '<input type="text"'),
        ("STRING", '<input type="text"'),
        ("int", 'inputmode="numeric"'),
        ("INTEGER", 'inputmode="numeric"'),
        ("float", 'inputmode="decimal"'),
        ("NUMBER", 'inputmode="decimal"'),
        ("bool", "<span>Yes</span>"),
        ("BOOLEAN", "<span>Yes</span>"),
        ("file", 'type="file"'),
        ("image", 'accept="image/*"'),
        ("list[str]", 'value="add /a"'),
        ("string[]", 'value="add /a"'),
        ("Array<integer>", 'value="add /a"'),
        ("Optional[int]", 'inputmode="numeric"'),
        ("int | None", 'inputmode="numeric"'),
        (["str", "NoneType"], '<input type="text"'),
        (["int", "list[int]"], "<span>list of whole numbers</span>"),
        ("date", 'type="date"'),
    ],
)
def test_type_names_of_other_languages_are_accepted(name: Any, shown: str) -> None:
    form = form_of({"type": name})
    assert shown in form.render()
    assert "Written as JSON" not in form.render()
    assert [note.pointer for note in form.notes] == ["/properties/a/type"]


def test_an_upper_case_schema_is_read() -> None:
    schema = {"type": "OBJECT", "properties": {"a": {"type": "ARRAY", "items": {"type": "STRING"}}}}
    form = SchemaForm(schema)
    assert form.parse(submit(form.render({"a": ["x"]}))).value == {"a": ["x"]}


@pytest.mark.parametrize("name", ["strng", "", "x" * 100, "list[", "foo | bar", 5, ["str", "foo"]])
def test_an_unknown_type_is_ignored(name: Any) -> None:
    assert [note.message for note in form_of({"type": name}).notes] == [
        "“type” cannot be read here and is ignored."
    ]


TEXT = {"type": "string"}


def closed(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "additionalProperties": False}


@pytest.mark.parametrize(
    ("schema", "pointer", "words"),
    [
        ({"allOf": [closed(a=TEXT), closed(b=TEXT)]}, "/additionalProperties", "never be filled"),
        ({"type": "object", "additionalProperties": False,
          "oneOf": [{"properties": {"a": TEXT}}]}, "/additionalProperties", "“a” can never"),
        ({**closed(b=TEXT), "then": {"properties": {"a": TEXT}}, "if": True},
         "/additionalProperties", "“a” can never"),
        ({**closed(b=TEXT), "required": ["a"]}, "/required", "Nothing is accepted"),
        ({"type": "object", "properties": {"a": False}, "required": ["a"]}, "/required", "Nothing"),
        ({**closed(a=TEXT), "minProperties": 2}, "/minProperties", "room for 1 of 2"),
        ({"type": "integer", "minimum": 5, "maximum": 1}, "/minimum", "between minimum 5"),
        ({"type": "integer", "exclusiveMinimum": 1, "exclusiveMaximum": 2}, "/minimum", "number"),
        ({"type": "number", "minimum": 1, "exclusiveMaximum": 1}, "/minimum", "number"),
        ({"type": "integer", "minimum": 1, "maximum": 4, "multipleOf": 5}, "/minimum",
         "No multiple of 5"),
        ({"type": "string", "minLength": 5, "maxLength": 2}, "/minLength", "No text is accepted"),
        ({"type": "array", "minItems": 3, "maxItems": 2}, "/minItems", "No list is accepted"),
        ({"type": "array", "items": False, "minItems": 1}, "/minItems", "room for 0 of 1"),
        ({"allOf": [{"type": "string"}, {"type": "integer"}]}, "/allOf", "different types"),
        ({"allOf": [{"enum": [1, 2]}, {"enum": [3]}]}, "/allOf", "no value in common"),
        ({"type": "string", "enum": [1, 2]}, "/enum", "refuses 1, 2"),
        ({"type": "string", "enum": ["a", None]}, "/enum", "offers null, which"),
        ({"type": "integer", "const": "x"}, "/const", 'refuses "x"'),
    ],
)  # fmt: skip
def test_contradictory_keywords_are_reported(schema: Any, pointer: str, words: str) -> None:
    for form, place in (
        (SchemaForm(schema), pointer),
        (form_of(schema), f"/properties/a{pointer}"),
    ):
        found = [note for note in form.notes if note.pointer == place]
        assert found
        assert words in found[0].message


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "integer", "minimum": 5, "maximum": 5},
        {"type": "number", "exclusiveMinimum": 0, "maximum": 0.1},
        {"type": "integer", "exclusiveMinimum": 0, "exclusiveMaximum": 2},
        {"type": "integer", "minimum": 10**400, "maximum": 10**401, "multipleOf": 1e-300},
        {"type": "number", "minimum": -1e308, "maximum": 1e308, "multipleOf": 1e-300},
        {"type": "number", "minimum": 0.1, "maximum": 0.3, "multipleOf": 0.1},
        {"type": "string", "minLength": 2, "maxLength": 2},
        {**closed(a=TEXT), "patternProperties": {"^b": TEXT}, "required": ["b1"]},
        {"allOf": [closed(a=TEXT), {"required": ["a"]}]},
        {"type": "array", "prefixItems": [TEXT], "items": False, "minItems": 1},
    ],
)
def test_satisfiable_keywords_give_no_note(schema: Any) -> None:
    assert SchemaForm(schema).notes == ()
