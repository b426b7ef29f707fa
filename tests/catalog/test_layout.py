"""The layout of a form by its owner: order and groups of fields."""

import re
from dataclasses import replace
from typing import Any

from playground.catalog.layout import FieldPlacement, carry_layout, read_layout, write_layout
from playground.schema import SchemaForm
from tests.catalog.pages import SCHEMA

ROWS: dict[str, Any] = {
    "type": "object",
    "required": ["prompt"],
    "properties": {
        "style": {"type": "string"},
        "seed": {"type": "integer"},
        "prompt": {"type": "string"},
        "strength": {"type": "number"},
    },
}


def names(schema: Any) -> list[str]:
    return [place.name for place in read_layout(schema)]


def drawn(schema: Any) -> list[str]:
    """Return the names of the controls in the order of the form."""
    found = re.findall(r' name="/([^"]+)"', SchemaForm(schema).render())
    return list(dict.fromkeys(found))


def moved(schema: Any, name: str, **changes: Any) -> list[FieldPlacement]:
    return [replace(p, **changes) if p.name == name else p for p in read_layout(schema)]


def test_layout_rows_are_in_the_order_of_the_form() -> None:
    assert names(SCHEMA) == ["prompt", "n", "size", "options"]
    assert drawn(SCHEMA) == ["prompt", "size", "n", "options/most"]  # pills have their own order
    assert names(ROWS) == drawn(ROWS) == ["prompt", "style", "seed", "strength"]


def test_a_moved_field_is_drawn_at_its_new_position() -> None:
    schema = write_layout(SCHEMA, moved(SCHEMA, "size", position=0))
    assert names(schema) == ["size", "prompt", "n", "options"]
    rows = write_layout(ROWS, moved(ROWS, "strength", position=0))
    assert names(rows) == ["strength", "prompt", "style", "seed"]
    assert drawn(rows) == ["prompt", "strength", "style", "seed"]  # the prompt is always first


def test_groups_and_folding_round_trip_through_hints() -> None:
    places = moved(SCHEMA, "n", group="Amount", advanced=True)
    schema = write_layout(SCHEMA, places)
    assert schema["x-playground"]["groups"] == [{"title": "Amount", "fields": ["n"]}]
    assert schema["properties"]["n"]["x-playground"] == {"advanced": True}
    assert read_layout(schema)[1] == places[1]


def test_removing_layout_hints_leaves_no_remains() -> None:
    schema = write_layout(SCHEMA, moved(SCHEMA, "n", group="Amount", advanced=True))
    plain = write_layout(schema, read_layout(SCHEMA))
    assert plain["x-playground"] == {"order": ["prompt", "n", "size", "options"]}
    assert plain["properties"] == SCHEMA["properties"]


def test_a_field_of_a_referenced_schema_can_be_arranged() -> None:
    schema = {"$ref": "#/$defs/Input", "$defs": {"Input": SCHEMA}}
    changed = write_layout(schema, moved(schema, "size", position=0))
    assert names(changed)[0] == "size"
    assert changed["$ref"] == "#/$defs/Input"


def test_a_newer_schema_inherits_the_order_of_the_older() -> None:
    old = write_layout(SCHEMA, moved(SCHEMA, "size", position=0))
    new = SCHEMA | {"properties": {"seed": {"type": "integer"}, **SCHEMA["properties"]}}
    assert names(carry_layout(old, new)) == ["size", "prompt", "n", "options", "seed"]


def test_malformed_schemas_have_no_layout() -> None:
    odd: list[Any] = [True, None, [], {}, {"properties": 1}, {"$ref": "#/$defs/a", "$defs": {}}]
    assert [read_layout(each) for each in odd] == [()] * len(odd)
