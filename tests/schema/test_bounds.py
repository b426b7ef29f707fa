"""The form engine handles hostile and huge inputs in a short time."""

import time
from typing import Any

import pytest
from django.utils.datastructures import MultiValueDict

from playground.schema import SchemaForm
from tests.html import parse
from tests.schema.browser import submit

ROWS = SchemaForm(
    {
        "type": "object",
        "properties": {
            "a": {"type": "array", "items": {"type": "object", "properties": {"x": {}}}},
            "json": {},
        },
    }
)
ROOMY = SchemaForm(
    {
        "type": "object",
        "properties": {
            "a": {"type": "array", "items": {"type": "object", "properties": {"x": {}, "z": {}}}},
            "free": {"type": "object", "additionalProperties": {"type": "string"}},
        },
    }
)


def test_ten_thousand_rows_are_refused_at_once() -> None:
    rows = [str(number) for number in range(10_000)]
    texts = {"~rows/a": rows, **{f"/a/{row}/x": ["1"] for row in rows}}
    best = min(_seconds(texts) for _ in range(3))
    assert ROWS.parse(MultiValueDict(texts)).errors == {"/a": ["Keep at most 1,000 items"]}
    assert best < 0.5  # seconds of processor time; 0.06 on an idle machine


def _seconds(texts: dict[str, list[str]]) -> float:
    start = time.process_time()
    assert ROWS.parse(MultiValueDict(texts)).errors
    return time.process_time() - start


@pytest.mark.parametrize(
    "text",
    ["[" * 100_000, '{"a":' * 5000, "[" * 80 + "]" * 80, "9" * 5000, "1e999", "NaN",
     '"\\ud800"', '"\\u0000"', "[1" * 400_000],
)  # fmt: skip
def test_hostile_json_is_refused_with_a_message(text: str) -> None:
    sent = ROWS.parse(MultiValueDict({"/json": [text]}))
    assert list(sent.errors) == ["/json"]
    assert "json" not in sent.value


@pytest.mark.parametrize(
    "value",
    [
        {"a": [{"x": 1}] * 1999},
        {"json": {}, "a": [{"x": number, "y": "more"} for number in range(1001)]},
        {"free": {str(number): "x" for number in range(2500)}},
    ],
)
def test_values_without_a_control_are_kept(value: dict[str, Any]) -> None:
    assert ROOMY.validate(value) == {}
    sent = ROOMY.parse(submit(ROOMY.render(value)), initial=value)
    assert sent.value == value
    assert sent.errors == {}


def test_a_recursive_schema_is_compiled_to_a_limited_depth() -> None:
    schema: dict[str, Any] = {
        "type": "object",
        "properties": {name: {"$ref": "#/$defs/a"} for name in "uvwxyz"},
        "$defs": {
            each: {"type": "object", "required": list("lmnopq"),
                   "properties": {name: {"$ref": f"#/$defs/{after}"} for name in "lmnopq"}}
            for each, after in ("ab", "bc", "cd", "de", "ef", "fa")
        },
    }  # fmt: skip
    html = SchemaForm(schema).render()
    assert 0 < len(list(parse(html).iter("input"))) < 2500
