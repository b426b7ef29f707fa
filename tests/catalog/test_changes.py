"""Descriptions of the changes between two schemas, in the terms of the form."""

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


def test_an_added_and_a_removed_field_are_each_named_once() -> None:
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
def test_a_changed_field_shows_its_old_and_new_value(
    field: str, new: dict[str, Any], expected: ChangeDetail
) -> None:
    part = SCHEMA["properties"][field] | new
    assert details(SCHEMA, changed(**{field: part})) == {f"/{field}": (expected,)}


def test_changed_fields_are_named_by_their_titles() -> None:
    groups = [{"title": "Shape", "fields": ["n", "size"]}]
    new = SCHEMA | {"x-playground": {"order": ["n", "size"], "groups": groups}}
    assert details(SCHEMA, new)[""] == (
        ChangeDetail(label="order of its fields", old=None, new="n, size"),
        ChangeDetail(label="groups", old=None, new="Shape: n, size"),
    )


def test_a_newly_required_field_is_reported_at_the_field() -> None:
    new = SCHEMA | {"required": ["prompt", "n"]}
    assert details(SCHEMA, new) == {"/n": (ChangeDetail(label="required", old=None, new="yes"),)}


def test_a_schema_with_references_equals_the_same_schema_without() -> None:
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


def test_a_changed_order_is_reported_as_a_change() -> None:
    new = SCHEMA | {"properties": dict(reversed(SCHEMA["properties"].items()))}
    assert [change.title for change in compare_schemas(SCHEMA, new)] == ["Order of the fields"]


def test_a_list_reports_added_and_removed_entries() -> None:
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


def test_recursive_schemas_are_compared_to_a_limited_depth() -> None:
    old = {"properties": {name: {"$ref": "#"} for name in "abc"}}
    assert compare_schemas(old, old | {"title": "New"})


@pytest.mark.parametrize(
    "odd", [True, False, {}, {"properties": []}, {"allOf": 1}, {"$ref": "#/x"}]
)
def test_malformed_schemas_are_compared_without_an_error(odd: Any) -> None:
    assert compare_schemas(SCHEMA, odd)
