"""Schemas found in pasted texts."""

import json
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground.catalog.drafts import list_notes, make_draft_model
from playground.catalog.schema_search import MOST_CHARACTERS, find_schemas
from tests.catalog.pages import FAL, OPENAPI, PAGE, REPLICATE, SCHEMA
from tests.tables import sample


def names(text: str) -> list[str]:
    return [candidate.name for candidate in find_schemas(text).candidates]


@pytest.mark.parametrize("text", [json.dumps(SCHEMA), PAGE, json.dumps({"schema": SCHEMA})])
def test_a_schema_is_found_alone_and_inside_other_text(text: str) -> None:
    (candidate,) = find_schemas(text).candidates
    assert candidate.read_schema() == SCHEMA


def test_a_documentation_page_gives_name_price_and_example() -> None:
    finding = find_schemas(PAGE)
    draft = make_draft_model(finding, finding.candidates[0])
    assert (draft.slug, draft.title) == ("dreamer-2-0-lite", "Dreamer 2 Lite")
    assert draft.description.startswith("Dreamer 2 Lite supports")
    assert draft.category == "image"
    assert draft.price == {"amount": "0.0315", "per": "picture"}
    assert draft.examples == [{"prompt": "一只在花园里玩耍的金毛犬", "size": "16:9"}]


def test_the_position_of_a_schema_is_given_as_a_line_number() -> None:
    (candidate,) = find_schemas(PAGE).candidates
    assert PAGE.splitlines()[candidate.line - 1] == "{"


def test_an_openapi_document_offers_request_bodies_not_responses() -> None:
    assert names(json.dumps(OPENAPI)) == ["POST /images (ImageRequest)", "POST /videos"]


def test_a_schema_includes_everything_it_references() -> None:
    schema = find_schemas(json.dumps(OPENAPI)).candidates[0].read_schema()
    assert schema["properties"]["style"] == {"$ref": "#/$defs/Style"}
    assert schema["$defs"]["Style"]["properties"]["mood"] == {"$ref": "#/$defs/Mood"}
    assert schema["$defs"]["Mood"] == {"enum": ["calm", "wild"]}


def test_a_replicate_model_gives_its_input_schema_and_example() -> None:
    finding = find_schemas(json.dumps(REPLICATE))
    (candidate,) = finding.candidates
    draft = make_draft_model(finding, candidate)
    assert candidate.fields == ("prompt", "scheduler")
    assert draft.schema["$defs"] == {"scheduler": {"enum": ["DDIM", "K_EULER"], "type": "string"}}
    assert (draft.slug, draft.examples) == ("sdxl", [{"prompt": "an astronaut"}])


def test_a_fal_document_gives_its_input_schema() -> None:
    finding = find_schemas(json.dumps(FAL))
    assert finding.candidates[0].fields == ("prompt", "seed")
    assert make_draft_model(finding, finding.candidates[0]).slug == "fal-ai-flux-dev"


@pytest.mark.parametrize(
    ("title", "expected"),
    [("Veo31TextToVideoInput", "Veo 31 Text To Video"), ("Input", ""), ("Dreams", "Dreams")],
)
def test_a_model_is_named_by_its_schema_title_without_technical_words(
    title: str, expected: str
) -> None:
    finding = find_schemas(json.dumps(SCHEMA | {"title": title}))
    assert make_draft_model(finding, finding.candidates[0]).title == expected


def test_a_recursive_schema_is_included_whole() -> None:
    tree = {"properties": {"left": {"$ref": "#/$defs/Tree"}, "right": {"$ref": "#/$defs/Tree"}}}
    schema = {"properties": {"child": {"$ref": "#/$defs/Tree"}}, "$defs": {"Tree": tree}}
    assert find_schemas(json.dumps(schema)).candidates[0].read_schema() == schema


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "Paste a documentation page or a schema first."),
        ("A page about nothing.", "No JSON or YAML found"),
        ('{"images": []}', "no JSON Schema with fields"),
        ('{\n"type": "object",\n"properties": {"a": {}}\n', "Line 4, column 1: a comma or"),
        ('{"a" 1}', "Line 1, column 6: a colon is missing"),
        ('{"a": NaN}', "NaN"),
        ('{"a": "\\ud800"}', "cannot be stored"),
        ('{"a": "\\u0000"}', "cannot be stored"),
        ('{"a":' * 5000, "nested too deeply"),
        ('{"a":' * 150 + "1" + "}" * 150, "nested too deeply"),
        ('{"a": ' + "9" * 5000 + "}", "too long"),
        ("{type: 'object'}", "Line 1, column 2"),
        ("x" * (MOST_CHARACTERS + 1), "the limit is 10 million"),
    ],
)
def test_unusable_text_is_refused_with_a_message(text: str, said: str) -> None:
    finding = find_schemas(text)
    assert finding.candidates == ()
    assert said in finding.problem


def test_a_fragment_of_a_broken_schema_is_not_taken_for_the_whole() -> None:
    broken = json.dumps(SCHEMA, indent=1).replace('"title": "Prompt"', '"title" "Prompt"')
    assert find_schemas(broken).candidates == ()
    inside = find_schemas(f"Prose first. {broken}")
    assert inside.candidates == ()
    assert "Line 24, column" in inside.problem


def test_a_truncated_schema_beside_a_good_one_is_reported() -> None:
    broken = json.dumps({"note": "n" * 600})[:-1]
    finding = find_schemas(f"See: {broken}\n{json.dumps(SCHEMA)}")
    assert len(finding.candidates) == 1
    assert "not valid JSON" in finding.problem


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from(
            ["properties", "$ref", "allOf", "components", "schemas", "paths", "openapi", "input",
             "model", "requestBody", "content", "schema", "post", "type", "$defs", "examples",
             "cost_estimate", "title", "price", "rules", "info", "parameters", "$id", "$self", "id",
             "$anchor", "$dynamicAnchor", "$dynamicRef", "$recursiveRef", "$schema", "swagger",
             "discriminator", "mapping", "propertyName", "oneOf", "name", "in", "enum", "const",
             "required", "get", "a", "prompt"]
        ),
        inner | st.sampled_from(["#/$defs/a", "#/properties", "#/", "#", "#a", "a", "http://[",
                                 "urn:a#a", "query", "body", "path", "input", "3.1.0", "object"]),
        max_size=4,
    ),
    max_leaves=25,
)  # fmt: skip


@given(st.text() | JSON.map(json.dumps) | st.tuples(st.text(), JSON.map(json.dumps)).map("".join))
def test_any_text_is_searched_without_an_error(text: str) -> None:
    finding = find_schemas(text)
    for candidate in finding.candidates:
        draft: Any = make_draft_model(finding, candidate)
        assert isinstance(draft.schema, dict)
        assert all(isinstance(note, str) for note in list_notes(finding, candidate))


@pytest.mark.parametrize(
    "part",
    sample(
        [
            '{"a":{"a"',
            '{"a{',
            '{"',
            "{ ",
            '{"a":1}',
            '{"a":{},',
            "[",
            '"\\',
            '{"\\"',
            "{'a':{'a'",
            "{“a",
            "{&quot;a&quot;:",
            "{/*",
            "{`",
            "{" + "'" * 3,
            "a: {\n",
            "type: x\n",
            "- ",
            "```yaml\n",
            "1\n",
            "> ",
        ],
        6,
    ),
)
def test_half_a_million_characters_are_searched_in_seconds(part: str) -> None:
    began = time.thread_time()
    find_schemas("x" + part * (500_000 // len(part)))
    find_schemas(part * (500_000 // len(part)))
    assert time.thread_time() - began < 10
