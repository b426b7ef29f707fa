"""Unions whose branches cannot be distinguished by the type of a value."""

from typing import Any

import pytest
from django.utils.datastructures import MultiValueDict

from playground.schema import SchemaForm

BINARY = {"type": "string", "format": "binary"}
ADDRESS = {"type": "string", "format": "uri"}
TEXT = {"type": "string"}


def form_of(part: Any, **more: Any) -> SchemaForm:
    return SchemaForm({"type": "object", "properties": {"file": part}, **more})


@pytest.mark.parametrize("word", ["oneOf", "anyOf"])
@pytest.mark.parametrize(
    "branches",
    [
        [BINARY, ADDRESS],
        [ADDRESS, BINARY, {"type": "null"}],
        [{**BINARY, "title": "Upload"}, {**ADDRESS, "title": "Address"}],
        [{"type": "string", "contentMediaType": "image/png"}, TEXT],
        [{"type": "string", "format": "byte"}, ADDRESS, BINARY],
    ],
)
def test_a_file_and_its_address_share_one_control(word: str, branches: list[Any]) -> None:
    form = form_of({word: branches}, required=["file"])
    html = form.render()
    assert 'type="file"' in html
    assert "~pick" not in html
    for text in ("https://a.example/b.wav", "zz"):
        sent = form.parse(MultiValueDict({"/file": [text]}))
        assert (sent.value, sent.errors) == ({"file": text}, {})


def test_addresses_of_two_patterns_are_one_file() -> None:
    branches = [{**ADDRESS, "pattern": "^https:"}, {"type": "string", "pattern": "^data:image/"}]
    form = form_of({"oneOf": branches})
    assert 'type="file"' in form.render()
    assert list(form.validate({"file": "ftp://a.example"})) == ["/file"]
    assert form.validate({"file": "data:image/png;base64,AA"}) == {}


def test_a_list_of_files_or_addresses_is_one_control() -> None:
    form = form_of({"type": "array", "items": {"oneOf": [BINARY, ADDRESS]}})
    assert 'data-multiple="true"' in form.render()
    value = {"file": ["https://a.example/b", "zz"]}
    assert form.parse(MultiValueDict({"/file": ["https://a.example/b\nzz"]})).value == value


def test_files_beside_another_shape_are_one_branch() -> None:
    shape = {"type": "object", "properties": {"id": TEXT}, "required": ["id"]}
    form = form_of({"oneOf": [BINARY, ADDRESS, shape]})
    html = form.render()
    assert [html.count(f"<span>{label}</span>") for label in ("file", "id")] == [1, 1]
    sent = form.parse(MultiValueDict({"~pick/file": ["0"], "/file": ["https://a.example/b"]}))
    assert (sent.value, sent.errors) == ({"file": "https://a.example/b"}, {})
    sent = form.parse(MultiValueDict({"~pick/file": ["1"], "/file/id": ["x"]}))
    assert (sent.value, sent.errors) == ({"file": {"id": "x"}}, {})


@pytest.mark.parametrize(
    ("branches", "value"),
    [
        ([{"type": "integer"}, {"type": "number"}], 5),
        ([{"enum": ["a", "b"]}, TEXT], "a"),
        ([{"type": "string", "maxLength": 5}, {"type": "string", "maxLength": 9}], "abc"),
        ([{"type": "array", "items": {"type": "integer"}}, {"type": "array"}], [1]),
        ([{"type": "object", "properties": {"a": TEXT}}, {"type": "object"}], {"a": "x"}),
        ([{"type": "object", "properties": {"p": TEXT, "a": TEXT}, "required": ["p"]},
          {"type": "object", "properties": {"p": TEXT, "b": TEXT}, "required": ["p"]}], {"p": "x"}),
        ([{"$ref": "#/$defs/a"}, {"anyOf": [{"$ref": "#/$defs/a"}, {"type": "null"}]}], "x"),
    ],
)  # fmt: skip
def test_oneof_is_relaxed_to_anyof_where_branches_overlap(branches: Any, value: Any) -> None:
    form = form_of({"oneOf": branches}, **{"$defs": {"a": TEXT}})
    assert form.validate({"file": value}) == {}
    assert [note.pointer for note in form.notes] == ["/properties/file/oneOf"]


@pytest.mark.parametrize(
    ("branches", "value"),
    [
        ([{"type": "integer", "minimum": 0}, {"type": "number", "maximum": 10}], 5),
        ([{"type": "object", "properties": {"a": TEXT}, "required": ["a"]},
          {"type": "object", "properties": {"b": TEXT}, "required": ["b"]}], {"a": "", "b": ""}),
        ([{"required": ["a"]}, {"required": ["b"]}], {"a": 1, "b": 2}),
        ([{"type": "string", "pattern": "^a"}, {"type": "string", "pattern": "b$"}], "ab"),
        ([{"type": "object", "properties": {"a": TEXT}, "additionalProperties": False},
          {"type": "object", "properties": {"b": TEXT}, "additionalProperties": False}], {}),
    ],
)  # fmt: skip
def test_oneof_is_strict_where_branches_are_distinct(branches: Any, value: Any) -> None:
    form = form_of({"oneOf": branches})
    assert form.notes == ()
    assert list(form.validate({"file": value})) == ["/file"]


def test_alternatives_that_are_plain_strings_are_one_string() -> None:
    html = form_of({"anyOf": [TEXT, {"type": "string", "format": "date"}]}).render()
    assert html.count('name="/file"') == 1
    assert "~pick" not in html


WORDS = {"type": "object", "properties": {"kind": TEXT, "words": TEXT}, "required": ["kind"]}
WEB = {"type": "object", "properties": {"kind": TEXT, "url": TEXT}, "required": ["kind"]}
REFS = [{"$ref": "#/$defs/Words"}, {"$ref": "#/$defs/Web"}]
SHAPES = {"Words": WORDS, "Web": WEB}
BASE = {"propertyName": "kind", "mapping": {"text": "#/$defs/Words", "web": "#/$defs/Web"}}


def union(tells: Any, shapes: Any = None, word: str = "oneOf") -> SchemaForm:
    return SchemaForm(
        {
            "type": "object",
            "properties": {"source": {word: REFS, "discriminator": tells}},
            "required": ["source"],
            "$defs": shapes or SHAPES,
        }
    )


@pytest.mark.parametrize("word", ["oneOf", "anyOf"])
@pytest.mark.parametrize(
    ("mapping", "words"),
    [
        ({"text": "#/$defs/Words", "web": "#/$defs/Web"}, ("text", "web")),
        ({"text": "Words", "web": "Web"}, ("text", "web")),
        ({"text": "#/components/schemas/Words", "web": "Web.json"}, ("text", "web")),
        ({}, ("Words", "Web")),
        (None, ("Words", "Web")),
    ],
)
def test_a_discriminator_mapping_names_the_branches(word: str, mapping: Any, words: Any) -> None:
    form = union({"propertyName": "kind", "mapping": mapping}, word=word)
    assert 'name="/source/kind"' not in form.render()
    for number, name in enumerate(("words", "url")):
        texts = {"~pick/source": [str(number)], f"/source/{name}": ["hi"]}
        sent = form.parse(MultiValueDict(texts))
        assert (sent.value, sent.errors) == ({"source": {"kind": words[number], name: "hi"}}, {})
    assert list(form.validate({"source": {"kind": "none of them"}})) != []


def test_two_discriminator_values_of_one_branch_are_options() -> None:
    mapping = {"text": "Words", "html": "Words", "web": "Web"}
    html = union({"propertyName": "kind", "mapping": mapping}).render()
    assert html.count('name="/source/kind"') == 2


@pytest.mark.parametrize(
    ("kind", "value"), [({"const": "w"}, "w"), ({"type": "string", "enum": ["w"]}, "w")]
)
def test_titles_of_a_branch_override_the_mapping(kind: Any, value: str) -> None:
    shapes = {**SHAPES, "Words": {**WORDS, "properties": {"kind": kind, "words": TEXT}}}
    form = union(BASE, shapes)
    assert form.parse(MultiValueDict({"~pick/source": ["0"]})).value == {"source": {"kind": value}}


def test_a_shared_base_schema_has_the_discriminator() -> None:
    base = {"type": "object", "properties": {"kind": TEXT}, "required": ["kind"]}
    base["discriminator"] = BASE
    shapes = {
        "Base": base,
        "Words": {"allOf": [{"$ref": "#/$defs/Base"}, {"properties": {"words": TEXT}}]},
        "Web": {"allOf": [{"$ref": "#/$defs/Base"}, {"properties": {"url": TEXT}}]},
    }
    form = union(None, shapes)
    sent = form.parse(MultiValueDict({"~pick/source": ["1"], "/source/url": ["x"]}))
    assert (sent.value, sent.errors) == ({"source": {"kind": "web", "url": "x"}}, {})


def test_an_unresolved_discriminator_mapping_is_a_note() -> None:
    form = union({"propertyName": "kind", "mapping": {"text": "#/$defs/None"}})
    assert [note.message for note in form.notes] == ["“#/$defs/None” is not in this document."]
