"""The laws of the form engine, tested with generated schemas and values."""

import re
from typing import Any

from django.utils.datastructures import MultiValueDict
from hypothesis import assume, given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from playground.schema import ABSENT, SchemaForm
from playground.schema.reading.documents import Document
from playground.schema.reading.flattening import flatten
from playground.schema.values import compact
from tests.html import parse
from tests.schema.browser import submit
from tests.schema.schemas import SCHEMAS
from tests.schema.strategies import ANYTHING, TEXTS, Values
from tests.schema.unusual_schemas import UNUSUAL

CONTROL_CHARACTER = re.compile(r"\\u00[01]|\\[bfnrt]|\x7f")  # not allowed in URLs
ANY_SCHEMA = UNUSUAL | SCHEMAS
EXPLAINS = re.compile(r"is accepted here|never be filled in")


@given(ANY_SCHEMA, st.data())
def test_values_survive_a_round_trip(schema: dict[str, Any], data: st.DataObject) -> None:
    form = SchemaForm(schema)
    value = data.draw(Values(schema).any())
    assume(form.validate(value) == {})
    sent = form.parse(submit(form.render(value)), initial=value)
    assert compact(sent.value) == compact(value)
    assert sent.errors == {}
    assert sent.edit is None


@given(SCHEMAS)
def test_an_untouched_form_adds_no_values(schema: dict[str, Any]) -> None:
    form = SchemaForm(schema)
    sent = form.parse(submit(form.render()))
    assert sent.value == form.initial()
    assert sent.value is ABSENT or compact(sent.value) == compact(form.initial())
    _check_nothing_invented(schema, sent.value)


def _check_nothing_invented(schema: dict[str, Any], value: Any) -> None:
    """Check that every key is required, or has a default somewhere in its schema."""
    if (
        not isinstance(value, dict)
        or schema.get("type") != "object"
        or {"if", "dependentSchemas"} & set(schema)
    ):
        return
    for name, inner in value.items():
        own = schema["properties"].get(name, {})
        shown = "default" in compact(own) or "const" in compact(own)
        assert name in schema.get("required", []) or shown, name
        _check_nothing_invented(own, inner)


@given(ANY_SCHEMA, ANYTHING)
def test_the_form_accepts_what_the_validator_accepts(schema: dict[str, Any], value: Any) -> None:
    form = SchemaForm(schema)
    errors = form.validate(value)
    sent = form.parse(submit(form.render(value)), initial=value)
    if sent.value is not ABSENT and compact(sent.value) == compact(value):
        assert sent.errors == errors
    assert sent.value is ABSENT or sent.errors or form.validate(sent.value) == {}


@given(SCHEMAS, st.data())
def test_the_validator_agrees_with_jsonschema(schema: dict[str, Any], data: st.DataObject) -> None:
    text = compact(schema)
    assume(not any(f'"{trap}"' in text for trap in ("pattern", "format", "multipleOf", "nullable")))
    assume('"patternProperties"' not in text or "\\p" not in text)
    value = data.draw(Values(schema).any() | ANYTHING)
    form = SchemaForm(schema)
    assume(not any("fits another too" in note.message for note in form.notes))
    theirs = Draft202012Validator(schema).is_valid(value)
    assert (form.validate(value) == {}) == theirs


@given(SCHEMAS, st.data())
def test_filling_in_the_required_fields_is_enough(
    schema: dict[str, Any], data: st.DataObject
) -> None:
    form, values = SchemaForm(schema), Values(schema)
    value = _only_required(values.document, values.document.schema, data.draw(values.any()))
    assume(form.validate(value) == {})
    # Without the initial value, a blank is no value, secrets and long files are lost, and NUL or
    # CR cannot be typed.
    assume(not any(each in compact(value) for each in ('""', r"\u0000", r"\r")))
    assume(not any(each in compact(schema) for each in ("password", "file-upload")))
    assert form.parse(submit(form.render(value))).errors == {}


@given(ANY_SCHEMA, st.data())
def test_an_accepted_value_can_be_submitted(schema: dict[str, Any], data: st.DataObject) -> None:
    """Either the form filled in with a valid value is accepted, or the untouched form.

    Only values shown in controls are sent; nothing of the initial value is kept.
    """
    form = SchemaForm(schema)
    value = data.draw(Values(schema).any())
    assume(form.validate(value) == {})
    # These cannot be typed; null is not offered where it means no value.
    assume(not any(each in compact(value) for each in ('""', "null", r"\u0000", r"\r")))
    # An empty list that only some branches require equals no list.
    assume("[]" not in compact(value) or "anyOf" not in schema)
    # Properties without a control and empty parts count towards minProperties, but are not sent.
    is_open = isinstance(value, dict) and "minProperties" in schema
    assume(not is_open or set(value) <= set(schema.get("properties", {})))
    assume(not is_open or "{}" not in compact(value))
    html = form.render(value)
    assume("password" not in compact(schema) and 'name="~raw' not in html)
    assume("data-upload-kind" not in html or not CONTROL_CHARACTER.search(compact(value)))
    untouched = form.parse(submit(form.render()))
    explained = any(EXPLAINS.search(note.message) for note in form.notes)
    assert form.parse(submit(html)).errors == {} or untouched.errors == {} or explained


def _only_required(document: Document, schema: Any, value: Any) -> Any:
    flat = flatten(schema, document)
    if not isinstance(value, dict) or flat.alternatives or flat.types != ("object",):
        return value
    parts = flat.keywords.get("properties", {})
    return {
        name: _only_required(document, parts.get(name, True), value[name])
        for name in flat.keywords.get("required", ())
        if name in value
    }


@given(ANY_SCHEMA, st.data())
def test_every_error_is_shown_at_a_field(schema: dict[str, Any], data: st.DataObject) -> None:
    form = SchemaForm(schema)
    value = data.draw(Values(schema).any() | ANYTHING)
    errors = form.validate(value)
    root = parse(form.render(value, errors))
    shown = [
        " ".join("".join(each.itertext()).split())
        for box in root.iter("div")
        if box.get("class") == "field__error"
        for each in box
    ]
    ids = {each.get("id") for each in root.iter()}
    summary = [each for box in root.iter("div") if box.get("role") == "alert"
               for each in box.iter("li")]  # fmt: skip
    messages = [message for each in errors.values() for message in each]
    assert len(summary) == len(messages)
    for line in summary:
        link = line.find("a")
        assert link is None or str(link.get("href"))[1:] in ids
        text = " ".join("".join(line.itertext()).split())
        assert link is None or any(text.endswith(each) for each in shown)


@given(ANY_SCHEMA, st.data())
def test_any_post_is_read_without_an_error(schema: dict[str, Any], data: st.DataObject) -> None:
    form = SchemaForm(schema)
    known = submit(form.render())
    names = st.sampled_from([*known, "~do", "~rows", "~pick", "#", "~raw", "~on"]) | TEXTS
    texts = TEXTS | st.sampled_from(["0", "1", "null", "[", "add ", "remove /a/0", "1e999"])
    sent_too = data.draw(st.dictionaries(names, st.lists(texts, max_size=3)))
    sent = form.parse(MultiValueDict({**dict(known.lists()), **sent_too}))
    assert sent.value is ABSENT or sent.errors or form.validate(sent.value) == {}
    again = form.render(sent, sent.errors)
    assert form.render(form.parse(submit(again)))


@given(ANY_SCHEMA, st.data())
def test_every_optional_value_can_be_reached(schema: dict[str, Any], data: st.DataObject) -> None:
    form = SchemaForm(schema)
    value = data.draw(st.just(ABSENT) | Values(schema).any())
    root = parse(form.render(value))
    ids = [each.get("id") for each in root.iter() if each.get("id")]
    assert len(ids) == len(set(ids))
    labels = {each.get("for") for each in root.iter("label")}
    wrapped = {inner for each in root.iter("label") for inner in each.iter()}
    for control in root.iter():
        if control.tag not in {"input", "select", "textarea"}:
            continue
        if control.get("type") == "hidden" or control.get("hidden") is not None:
            continue
        named = control.get("id") in labels or control.get("aria-label") or control in wrapped
        assert named, control.attrib


@given(ANY_SCHEMA, st.data())
def test_a_form_posted_twice_gives_the_same_value(
    schema: dict[str, Any], data: st.DataObject
) -> None:
    form = SchemaForm(schema)
    value = data.draw(Values(schema).any() | ANYTHING)
    sent = form.parse(submit(form.render(value)), initial=value)
    again = form.parse(submit(form.render(sent, sent.errors)), initial=value)
    assert again.value == sent.value
    assert again.errors == sent.errors
