"""Pasted YAML is read and converted to JSON."""

import json
from typing import Any

import pytest

from playground.catalog.schema_search import find_schemas
from playground.catalog.yaml_text import YAMLTextError, read_yaml

SCHEMA = """\
type: object
required: [prompt]
properties:
  prompt: {type: string}
  mode:
    type: string
    enum: [on, off, no, yes]
  size:
    enum: [1:1, 16:9]
"""
FLOW = (
    "{required: [prompt], properties: {prompt: {type: string}, mode: {type: string, "
    "enum: [on, off, no, yes]}, size: {enum: [1:1, 16:9]}}}"
)
OPENAPI = """\
# What the API takes
openapi: 3.0.0
info:
  title: Pictures
  version: 1.0
paths:
  /images:
    post:
      summary: Draw a picture
      requestBody:
        content:
          application/json:
            schema:
              $ref: '#/components/schemas/Image'
            example: {"prompt": "a fox", "properties": {"a": {}}}
      responses:
        200:
          description: OK
components:
  schemas:
    Image:
      type: object
      properties:
        prompt: &text {type: string}
        negative: *text
"""


def found(text: str) -> dict[str, Any]:
    finding = find_schemas(text)
    assert [candidate.name for candidate in finding.candidates][1:] == [], finding.problem
    return finding.candidates[0].read_schema()


@pytest.mark.parametrize(
    "text",
    [
        SCHEMA,
        f"---\n{SCHEMA}",
        f"# A comment\n\n{SCHEMA}...\n",
        f"\ufeff{SCHEMA}",
        SCHEMA.replace("\n", "\r\n"),
        f"# The model\n\nIt draws.\n\n```yaml\n{SCHEMA}```\n\nThat is all.",
        f"Title: The model\n\n~~~~\n{SCHEMA}~~~~\n",
        "1. Look:\n\n   ```yml\n"
        + "".join(f"   {line}\n" for line in SCHEMA.splitlines())
        + "   ```\n",
        f"The schema of the model is\n{SCHEMA}\nand that is all.",
        SCHEMA.replace("  ", "\xa0 "),
        "".join(f"{number}  {line}\n" for number, line in enumerate(SCHEMA.splitlines(), 1)),
        "".join(f"> {line}\n" for line in SCHEMA.splitlines()),
        "input_schema:\n" + "".join(f"  {line}\n" for line in SCHEMA.splitlines()),
        FLOW,
    ],
)
def test_a_yaml_schema_is_found_anywhere_in_a_text(text: str) -> None:
    schema = found(text)
    assert schema["required"] == ["prompt"]
    assert schema["properties"]["mode"] == {"type": "string", "enum": ["on", "off", "no", "yes"]}
    assert schema["properties"]["size"] == {"enum": ["1:1", "16:9"]}


def test_an_openapi_document_in_yaml_is_read_as_in_json() -> None:
    (candidate,) = find_schemas(OPENAPI).candidates
    assert (candidate.name, candidate.title) == ("POST /images (Image)", "Draw a picture")
    assert list(candidate.read_schema()["properties"]) == ["prompt", "negative"]


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("on", "on"),
        ("No", "No"),
        ("y", "y"),
        ("true", True),
        ("False", False),
        ("~", None),
        ("", None),
        ("16:9", "16:9"),
        ("12:30:45", "12:30:45"),
        ("2024-01-01", "2024-01-01"),
        ("2024-01-01T10:00:00Z", "2024-01-01T10:00:00Z"),
        ("1.0", 1.0),
        ("1e3", 1000.0),
        ("-7", -7),
        ("014", 14),
        ("0o14", 12),
        ("0x1F", 31),
        ("1_000", "1_000"),
        ("'1'", "1"),
        ("!!str 1", "1"),
        ("!!int '1'", 1),
        ("!custom 1", "1"),
        ("“quoted”", "quoted"),
        ("say “so”", "say “so”"),
        ("=", "="),
    ],
)
def test_scalars_follow_yaml_1_2(written: str, value: Any) -> None:
    (document,) = read_yaml(f"key: {written}\n")
    assert json.dumps(document) == json.dumps({"key": value})


def test_mapping_keys_are_kept_as_strings() -> None:
    assert list(read_yaml("{200: 1, on: 2, null: 3, 1.0: 4, y: 5, 2024-01-01: 6}")[0]) == [
        "200",
        "on",
        "null",
        "1.0",
        "y",
        "2024-01-01",
    ]


def test_string_scalars_are_kept_as_written() -> None:
    (schema,) = read_yaml("{type: string, enum: [1.0, 1.10, true, a], default: 1.10, minLength: 1}")
    assert schema["enum"] == ["1.0", "1.10", "true", "a"]
    assert (schema["default"], schema["minLength"]) == ("1.10", 1)
    (schema,) = read_yaml("{type: [string, 'null'], enum: [1.0, null], default: null}")
    assert (schema["enum"], schema["default"]) == (["1.0", None], None)
    (schema,) = read_yaml("{type: number, enum: [1.0, 2]}")
    assert schema["enum"] == [1.0, 2]


def test_merge_keys_fill_in_missing_values() -> None:
    text = "base: &base {type: string, title: A}\none: {<<: *base, title: B}\n"
    assert read_yaml(text)[0]["one"] == {"type": "string", "title": "B"}
    text = "a: &a {x: 1}\nb: &b {x: 2, y: 2}\nc: {<<: [*a, *b], z: 3}\n"
    assert read_yaml(text)[0]["c"] == {"x": 1, "y": 2, "z": 3}


LAUGHS = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 9)
)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: b: c", "Line 1, column 5: a colon followed by a space"),
        ("a:\n\t- b", "Line 2, column 1: a tab is not allowed here"),
        ("a:\n  b: 1\n c: 2", "Line 3, column 2: this line is not indented"),
        ("a: [1, 2\n", "Line 2, column 1: a comma or the closing ]"),
        ("a: 'b", "Line 1, column 6: the text ends within quotes"),
        ("a: @b", "Line 1, column 4: a text that begins with this character"),
        ("a: *b", "Line 1, column 4: *b is not defined before"),
        ("a: &b [*b]", "Line 1, column 8: *b contains itself"),
        ("? [a]\n: b", "Line 1, column 3: a name has to be a text"),
        ("a: .inf", "Line 1, column 4: .inf is not a number"),
        ("a: 1e999", "Line 1, column 4: the number 1e999 is too large"),
        ("a: " + "9" * 5000, "Line 1, column 4: the number is too long"),
        ("[" * 100_000, "nested too deeply"),
        ("- " * 100_000, "nested too deeply"),
        ('a: "\\0"', "cannot be stored"),
        ("a: \ud800", "cannot be stored"),
        (LAUGHS, "too many values"),
    ],
)
def test_yaml_that_json_cannot_represent_is_refused_with_its_line(text: str, said: str) -> None:
    with pytest.raises(YAMLTextError) as raised:
        read_yaml(text)
    assert said in str(raised.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            OPENAPI.replace("a picture", "a: picture"),
            "This is not valid YAML yet. Line 9, column 22",
        ),
        (f"Look:\n\n```yaml\n{SCHEMA}\n  a\n```\n", "The YAML that begins on line 4"),
        ("openapi: 3.1.0\npaths:\n  /images:\n", "This text contains YAML, but no JSON Schema"),
        ("swagger: '2.0'\nx: " + LAUGHS.replace("\n", "\n  "), "not valid YAML"),
    ],
)
def test_unusable_yaml_is_reported_as_yaml(text: str, said: str) -> None:
    finding = find_schemas(text)
    assert finding.candidates == ()
    assert said in finding.problem


def test_json_on_a_page_that_begins_like_yaml_is_found() -> None:
    page = f"Model: Dreamer\nPrice: 3\n\nIts schema: {json.dumps({'properties': {'a': {}}})} Good."
    assert [each.fields for each in find_schemas(page).candidates] == [("a",)]
