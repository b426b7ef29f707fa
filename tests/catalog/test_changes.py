"""What changed between two schemas, in the words of those who fill in the form."""

from copy import deepcopy
from typing import Any

import pytest

from playground.catalog.changes import (
    ChangeDetail,
    ChangeKind,
    FieldChange,
    compare_lists,
    compare_schemas,
)
from tests.catalog.pages import SCHEMA


def changed(**properties: Any) -> dict[str, Any]:
    return SCHEMA | {"properties": SCHEMA["properties"] | properties}


def details(old: Any, new: Any) -> dict[str, tuple[ChangeDetail, ...]]:
    return {change.name: change.details for change in compare_schemas(old, new)}


def test_the_same_schema_has_no_changes() -> None:
    assert compare_schemas(SCHEMA, deepcopy(SCHEMA)) == ()


def test_a_field_that_came_and_one_that_went_are_named_once() -> None:
    new = changed(seed={"type": "integer", "title": "Seed"})
    del new["properties"]["options"]
    assert [(each.kind, each.name, each.title) for each in compare_schemas(SCHEMA, new)] == [
        (ChangeKind.REMOVED, "/options", "Options"),
        (ChangeKind.ADDED, "/seed", "Seed"),
    ]


@pytest.mark.parametrize(
    ("field", "new", "expected"),
    [
        ("n", {"maximum": 9}, ChangeDetail(label="largest", old="4", new="9")),
        ("n", {"title": "Count"}, ChangeDetail(label="name", old="Images", new="Count")),
        ("n", {"default": 2}, ChangeDetail(label="default", old="1", new="2")),
        ("n", {"type": "number"}, ChangeDetail(label="type", old="integer", new="number")),
        ("n", {"multipleOf": 2}, ChangeDetail(label="step", old=None, new="2")),
        ("size", {"enum": ["1:1", "9:16"]}, ChangeDetail(label="options", old="16:9", new="9:16")),
        (
            "size",
            {"enum": ["16:9", "1:1"]},
            ChangeDetail(label="order of options", old="1:1, 16:9", new="16:9, 1:1"),
        ),
        ("prompt", {"x-new": {"a": 1}}, ChangeDetail(label="x-new", old=None, new='{"a":1}')),
    ],
)
def test_a_change_of_a_field_says_what_it_was_and_is(
    field: str, new: dict[str, Any], expected: ChangeDetail
) -> None:
    part = SCHEMA["properties"][field] | new
    assert details(SCHEMA, changed(**{field: part})) == {f"/{field}": (expected,)}


def test_where_fields_stand_is_said_in_words() -> None:
    groups = [{"title": "Shape", "fields": ["n", "size"]}]
    new = SCHEMA | {"x-playground": {"order": ["n", "size"], "groups": groups}}
    assert details(SCHEMA, new)[""] == (
        ChangeDetail(label="order of its fields", old=None, new="n, size"),
        ChangeDetail(label="groups", old=None, new="Shape: n, size"),
    )


def test_what_became_required_is_said_at_the_field() -> None:
    new = SCHEMA | {"required": ["prompt", "n"]}
    assert details(SCHEMA, new) == {"/n": (ChangeDetail(label="required", old=None, new="yes"),)}


def test_a_schema_written_with_references_is_the_same_schema() -> None:
    new = changed(n={"allOf": [{"$ref": "#/$defs/N"}]}) | {
        "$defs": {"N": SCHEMA["properties"]["n"]}
    }
    assert compare_schemas(SCHEMA, new) == ()


def test_changes_inside_objects_and_lists_have_pointers() -> None:
    old = changed(urls={"type": "array", "items": {"type": "string"}})
    new = changed(
        urls={"type": "array", "items": {"type": "string", "format": "uri"}},
        options={"type": "object", "properties": {"most": {"type": "number"}}},
    )
    assert set(details(old, new)) == {"/urls/*", "/options/most"}


def test_another_order_is_a_change_of_its_own() -> None:
    new = SCHEMA | {"properties": dict(reversed(SCHEMA["properties"].items()))}
    assert [change.title for change in compare_schemas(SCHEMA, new)] == ["Order of the fields"]


def test_a_list_says_what_came_and_what_went() -> None:
    (change,) = compare_lists("Rules", [{"rule": "a"}, {"rule": "b"}], [{"rule": "b"}, "c"])
    assert change == FieldChange(
        kind=ChangeKind.CHANGED,
        name="",
        title="Rules",
        details=(
            ChangeDetail(label="", old='{"rule":"a"}', new=None),
            ChangeDetail(label="", old=None, new="c"),
        ),
    )


def test_schemas_that_contain_themselves_are_compared_as_far_as_is_sensible() -> None:
    old = {"properties": {name: {"$ref": "#"} for name in "abc"}}
    assert compare_schemas(old, old | {"title": "New"})


@pytest.mark.parametrize(
    "odd", [True, False, {}, {"properties": []}, {"allOf": 1}, {"$ref": "#/x"}]
)
def test_odd_schemas_are_compared_too(odd: Any) -> None:
    assert compare_schemas(SCHEMA, odd)
