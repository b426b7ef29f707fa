"""Values of secret fields are found at any depth, and never drawn."""

from typing import Any

import pytest
from django.utils.datastructures import MultiValueDict

from playground.schema import SchemaForm
from tests.schema.browser import submit

PASSWORD = {"type": "string", "format": "password"}
OWNED: dict[str, Any] = {"type": "object", "properties": {"token": PASSWORD}}


def closed(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties}


EACH_WAY: list[tuple[dict[str, Any], Any, set[str]]] = [
    (closed(key=PASSWORD), {"key": "s3cret"}, {"/key"}),
    (closed(key={"type": "string", "writeOnly": True}), {"key": "s3cret"}, {"/key"}),
    (
        closed(key={"type": "string", "x-playground": {"widget": "password"}}),
        {"key": "s3cret"},
        {"/key"},
    ),
    (closed(pin={"type": "integer", "writeOnly": True}), {"pin": 77031}, {"/pin"}),
    (
        {"$defs": {"K": PASSWORD}, **closed(key={"$ref": "#/$defs/K"})},
        {"key": "s3cret"},
        {"/key"},
    ),
    (closed(key={"allOf": [PASSWORD], "title": "Key"}), {"key": "s3cret"}, {"/key"}),
    (
        closed(key={"writeOnly": False, "allOf": [{"type": "string", "writeOnly": True}]}),
        {"key": "s3cret"},
        {"/key"},
    ),
    (closed(key={"anyOf": [PASSWORD, {"type": "null"}]}), {"key": "s3cret"}, {"/key"}),
    (
        closed(key={"anyOf": [{"type": "integer"}, PASSWORD]}),
        {"key": "s3cret"},
        {"/key"},
    ),
    (
        closed(key={"anyOf": [{"type": "string", "format": "uri"}, PASSWORD]}),
        {"key": "s3cret"},
        {"/key"},
    ),
    (
        closed(key={"anyOf": [{"enum": ["none"]}, PASSWORD]}),
        {"key": "s3cret"},
        {"/key"},
    ),
    (
        closed(by={"oneOf": [closed(name={"type": "string"}), {**OWNED, "required": ["token"]}]}),
        {"by": {"token": "s3cret"}},
        {"/by/token"},
    ),
    (closed(auth=OWNED), {"auth": {"token": "s3cret"}}, {"/auth/token"}),
    (closed(**{"a/b": closed(**{"x~y": PASSWORD})}), {"a/b": {"x~y": "s3cret"}}, {"/a~1b/x~0y"}),
    (
        closed(auth={"writeOnly": True, **closed(name={"type": "string"})}),
        {"auth": {"name": "s3cret"}},
        {"/auth"},
    ),
    (
        closed(keys={"type": "array", "items": PASSWORD}),
        {"keys": ["s3cret", "s3cret"]},
        {"/keys/0", "/keys/1"},
    ),
    (
        closed(keys={"type": "array", "items": PASSWORD, "x-playground": {"widget": "textarea"}}),
        {"keys": ["s3cret"]},
        {"/keys/0"},
    ),
    (
        closed(who={"type": "array", "items": OWNED}),
        {"who": [{"token": "s3cret"}]},
        {"/who/0/token"},
    ),
    (
        closed(pair={"type": "array", "prefixItems": [{"type": "string"}, PASSWORD]}),
        {"pair": ["name", "s3cret"]},
        {"/pair/1"},
    ),
    (
        {"type": "object", "additionalProperties": PASSWORD},
        {"any": "s3cret"},
        {"/any"},
    ),
    (
        {"type": "object", "patternProperties": {"_key$": PASSWORD}},
        {"api_key": "s3cret"},
        {"/api_key"},
    ),
    (
        {
            **closed(mode={"enum": ["a", "b"]}),
            "if": {"properties": {"mode": {"const": "a"}}},
            "then": {"properties": {"key": PASSWORD}},
        },
        {"mode": "a", "key": "s3cret"},
        {"/key"},
    ),
    (
        {**closed(user={"type": "string"}), "dependentSchemas": {"user": closed(key=PASSWORD)}},
        {"user": "ana", "key": "s3cret"},
        {"/key"},
    ),
]


@pytest.mark.parametrize(("schema", "value", "places"), EACH_WAY)
def test_secrets_are_found(schema: dict[str, Any], value: Any, places: set[str]) -> None:
    assert SchemaForm(schema).secrets(value) == places


@pytest.mark.parametrize(("schema", "value", "places"), EACH_WAY)
def test_secrets_are_hidden(schema: dict[str, Any], value: Any, places: set[str]) -> None:
    assert places
    form = SchemaForm(schema)
    for shown in (form.hide_secrets(value), form.outline(value), form.render(value)):
        assert "s3cret" not in str(shown)
        assert "77031" not in str(shown)


def test_a_branch_that_does_not_accept_the_value_makes_it_no_secret() -> None:
    schema = closed(by={"oneOf": [closed(n={"type": "integer"}), closed(n=PASSWORD)]})
    assert SchemaForm(schema).secrets({"by": {"n": 5}}) == set()


def test_if_no_branch_accepts_the_value_any_can_make_it_a_secret() -> None:
    schema = closed(by={"oneOf": [closed(n={"type": "integer"}), {**OWNED, "required": ["n"]}]})
    assert SchemaForm(schema).secrets({"by": {"n": "text", "token": "s3cret"}}) == {"/by/token"}


def test_a_value_nested_too_deep_for_controls_can_be_secret() -> None:
    schema: dict[str, Any] = {"$defs": {"N": closed(key=PASSWORD, inner={"$ref": "#/$defs/N"})}}
    value: dict[str, Any] = {"key": "s3cret"}
    for _ in range(20):
        value = {"inner": value}
    form = SchemaForm({**schema, "$ref": "#/$defs/N"})
    assert form.secrets(value) == {"/inner" * 20 + "/key"}
    assert "s3cret" not in str(form.render(value))


def posted(form: SchemaForm, value: Any, **texts: str) -> MultiValueDict[str, Any]:
    """Return what a browser sends for a form after some controls were filled in."""
    sent: MultiValueDict[str, Any] = submit(form.render(value))
    for name, text in texts.items():
        sent.setlist(name, [text])
    return sent


def test_a_secret_of_an_abandoned_branch_is_not_set_aside() -> None:
    form = SchemaForm(
        closed(by={"oneOf": [{**OWNED, "required": ["token"]}, closed(n={"type": "integer"})]})
    )
    sent = posted(form, {"by": {"token": "old"}}, **{"/by/token": "s3cret", "~pick/by": "1"})
    assert "s3cret" not in form.render(form.parse(sent))


def test_a_secret_of_an_inactive_condition_is_not_set_aside() -> None:
    schema = {
        **closed(mode={"enum": ["a", "b"], "default": "a"}),
        "if": {"properties": {"mode": {"const": "a"}}},
        "then": {"properties": {"key": PASSWORD}},
    }
    form = SchemaForm(schema)
    sent = posted(form, {"mode": "a", "key": "old"}, **{"/key": "s3cret", "/mode": '"b"'})
    assert "s3cret" not in form.render(form.parse(sent))


def test_other_values_of_a_branch_with_a_secret_are_set_aside() -> None:
    whole = closed(token=PASSWORD, name={"type": "string"})
    form = SchemaForm(closed(by={"oneOf": [whole, closed(n={"type": "integer"})]}))
    sent = posted(form, {"by": {"name": "x"}}, **{"/by/name": "Ana", "~pick/by": "1"})
    assert "Ana" in form.render(form.parse(sent))
