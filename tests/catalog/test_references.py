"""References of a schema are bundled with it, in every notation."""

import json
from typing import Any

import pytest

from playground.catalog.schema_search import find_schemas
from playground.schema import SchemaForm

SIZE = {"type": "object", "properties": {"w": {"type": "integer"}, "h": {"type": "integer"}}}
AT = "https://example.com/models/draw.json"


def saved(document: dict[str, Any], number: int = 0) -> dict[str, Any]:
    return find_schemas(json.dumps(document)).candidates[number].read_schema()


def schema_with(size: Any, **more: Any) -> dict[str, Any]:
    return {"type": "object", "properties": {"prompt": {"type": "string"}, "size": size}, **more}


def is_resolved(schema: dict[str, Any]) -> bool:
    """Return whether the referenced object is drawn with its two number fields."""
    form = SchemaForm(schema)
    html = form.render({"prompt": "a", "size": {"w": 1, "h": 2}})
    return 'name="/size/w"' in html and 'name="/size/h"' in html and form.notes == ()


WAYS = {
    "an anchor": schema_with({"$ref": "#size"}, **{"$defs": {"Size": {**SIZE, "$anchor": "size"}}}),
    "an id": schema_with(
        {"$ref": "size.json"}, **{"$defs": {"Size": {**SIZE, "$id": "size.json"}}}
    ),
    "an id and an empty fragment": schema_with(
        {"$ref": "size.json#"}, **{"$defs": {"Size": {**SIZE, "$id": "size.json"}}}
    ),
    "an absolute address of the whole": schema_with(
        {"$ref": f"{AT}#/$defs/Size"}, **{"$id": AT, "$defs": {"Size": SIZE}}
    ),
    "a name beside the address of the whole": schema_with(
        {"$ref": "size.json"},
        **{"$id": AT, "$defs": {"Size": {**SIZE, "$id": "/models/size.json"}}},
    ),
    "an address of OpenAPI's own": schema_with(
        {"$ref": "openapi.json#/$defs/Size"},
        **{"$self": "https://example.com/openapi.json", "$defs": {"Size": SIZE}},
    ),
    "steps up from the address of the whole": schema_with(
        {"$ref": "../other/size.json#/$defs/n"},
        **{
            "$id": AT,
            "$defs": {"S": {"$id": f"{AT}/../../other/size.json", "$defs": {"n": SIZE}}},
        },
    ),
    "a path on the host": schema_with(
        {"$ref": "/size.json"}, **{"$id": AT, "$defs": {"S": {**SIZE, "$id": "../size.json"}}}
    ),
    "an anchor of another resource": schema_with(
        {"$ref": "size.json#it"},
        **{
            "$id": AT,
            "$defs": {"S": {"$id": "size.json", "$defs": {"x": {**SIZE, "$anchor": "it"}}}},
        },
    ),
    "a URN": schema_with(
        {"$ref": "urn:example:size#/$defs/n"},
        **{"$defs": {"S": {"$id": "urn:example:size", "$defs": {"n": SIZE}}}},
    ),
    "an anchor of draft 7": schema_with(
        {"$ref": "#size"}, definitions={"Size": {**SIZE, "$id": "#size"}}
    ),
    "an id of draft 4": schema_with(
        {"$ref": "size.json"},
        **{
            "$schema": "http://json-schema.org/draft-04/schema#",
            "id": AT,
            "definitions": {"Size": {**SIZE, "id": "size.json"}},
        },
    ),
    "a dynamic reference": schema_with(
        {"$dynamicRef": "#size"}, **{"$defs": {"Size": {**SIZE, "$dynamicAnchor": "size"}}}
    ),
    "a chain": schema_with(
        {"$ref": "#one"},
        **{
            "$defs": {
                "One": {"$anchor": "one", "$ref": "two.json"},
                "Two": {"$id": "two.json", "$ref": "#/$defs/n", "$defs": {"n": SIZE}},
            }
        },
    ),
    "a pointer in a resource of its own": schema_with(
        {"$ref": "inner.json"},
        **{
            "$id": AT,
            "$defs": {
                "i": {"$id": "inner.json", "$ref": "#/$defs/n", "$defs": {"n": SIZE}},
                "n": {"type": "string"},
            },
        },
    ),
    "a resource in its place": schema_with(
        {"$id": "inner.json", "$ref": "#/$defs/n", "$defs": {"n": SIZE}}, **{"$id": AT}
    ),
    "escapes in a pointer": schema_with(
        {"$ref": "#/$defs/a~1b%20%7E0c"}, **{"$defs": {"a/b ~c": SIZE}}
    ),
    "a place that is no definition": schema_with(
        {"$ref": "#/x-shared/sizes/0"}, **{"x-shared": {"sizes": [SIZE]}}
    ),
}


@pytest.mark.parametrize("way", WAYS)
def test_a_reference_is_followed_by(way: str) -> None:
    assert is_resolved(saved(WAYS[way]))


@pytest.mark.parametrize("way", WAYS)
def test_a_schema_nested_in_other_json_is_found_by(way: str) -> None:
    assert is_resolved(saved({"name": "m", "input_schema": WAYS[way]}))


def openapi(schema: Any, **components: Any) -> dict[str, Any]:
    operation = {"requestBody": {"content": {"application/json": {"schema": schema}}}}
    return {
        "openapi": "3.1.0",
        "paths": {"/v1/draw": {"post": operation}},
        "components": components,
    }


POINTERS: dict[str, dict[str, Any]] = {
    "another operation's body": {
        **openapi(
            schema_with({"$ref": "#/paths/~1v1~1a%20b/put/requestBody/content/text~1x/schema"})
        ),
    },
    "a parameter": openapi(
        schema_with({"$ref": "#/components/parameters/Size"}),
        parameters={"Size": {"name": "size", "in": "query", "schema": SIZE}},
    ),
    "the schema of a parameter": openapi(
        schema_with({"$ref": "#/components/parameters/Size/schema"}),
        parameters={"Size": {"name": "size", "in": "query", "schema": SIZE}},
    ),
    "a body": openapi(
        schema_with({"$ref": "#/components/requestBodies/Size"}),
        requestBodies={"Size": {"content": {"application/json": {"schema": SIZE}}}},
    ),
    "an answer": openapi(
        schema_with({"$ref": "#/components/responses/Size/content/application~1json/schema"}),
        responses={"Size": {"content": {"application/json": {"schema": SIZE}}}},
    ),
    "an anchor": openapi(
        schema_with({"$ref": "#size"}), schemas={"Size": {**SIZE, "$anchor": "size"}}
    ),
    "a definition of the component's own": openapi(
        {"$ref": "#/components/schemas/Draw"},
        schemas={"Draw": schema_with({"$ref": "#/$defs/Size"}, **{"$defs": {"Size": SIZE}})},
    ),
    "what has a resource of its own": openapi(
        schema_with({"$ref": "https://example.com/size"}),
        schemas={"Size": {**SIZE, "$id": "https://example.com/size"}},
    ),
}
POINTERS["another operation's body"]["paths"]["/v1/a b"] = {
    "put": {"requestBody": {"content": {"text/x": {"schema": SIZE}}}}
}


@pytest.mark.parametrize("way", POINTERS)
def test_a_reference_in_openapi_leads_to(way: str) -> None:
    names = [each.name for each in find_schemas(json.dumps(POINTERS[way])).candidates]
    number = next(n for n, name in enumerate(names) if name.startswith("POST"))
    assert is_resolved(saved(POINTERS[way], number))


def test_keywords_beside_a_reference_are_kept() -> None:
    schema = saved(
        schema_with(
            {"$ref": "#/$defs/S", "title": "Size", "default": {"w": 1}}, **{"$defs": {"S": SIZE}}
        )
    )
    assert schema["properties"]["size"] == {
        "$ref": "#/$defs/S",
        "title": "Size",
        "default": {"w": 1},
    }


@pytest.mark.parametrize("beside", [{"title": "T"}, {"example": {"size": {}}}, {"nullable": False}])
def test_a_body_reference_with_keywords_beside_it_is_followed(beside: dict[str, Any]) -> None:
    document = openapi(
        {"$ref": "#/components/schemas/Draw", **beside}, schemas={"Draw": schema_with(SIZE)}
    )
    assert is_resolved(saved(document))


def test_a_path_and_a_media_type_can_be_references() -> None:
    document = openapi({}, schemas={"Draw": schema_with(SIZE)})
    media = {"schema": {"$ref": "#/components/schemas/Draw"}}
    document["paths"] = {"/draw": {"$ref": "#/components/pathItems/Draw"}}
    document["components"]["pathItems"] = {
        "Draw": {"post": {"requestBody": {"content": {"application/json": media}}}}
    }
    assert find_schemas(json.dumps(document)).candidates[0].name == "POST /draw (Draw)"


@pytest.mark.parametrize(
    "ref", ["other.json", "#nothing", "https://example.com/x#/a", "#/$defs/none"]
)
def test_definitions_are_kept_while_a_reference_is_unresolved(ref: str) -> None:
    document = schema_with(
        {"$ref": ref}, **{"$defs": {"Size": SIZE, "Other": {"$ref": "#/$defs/Size"}}}
    )
    schema = saved(document)
    assert schema["$defs"] == {"Size": SIZE, "Other": {"$ref": "#/$defs/Size"}}
    assert schema["properties"]["size"] == {"$ref": ref}


def test_values_that_look_like_references_are_kept() -> None:
    data = {"$ref": "#/$defs/Size", "$id": "a", "$defs": {"b": 1}}
    size = {"default": data, "enum": [data], "properties": {"$ref": {"type": "string"}}}
    schema = saved(schema_with(size, **{"$defs": {"Size": SIZE}}))
    assert schema["properties"]["size"] == size


def test_a_field_can_be_named_like_a_keyword() -> None:
    fields = {"default": {"$ref": "#/$defs/S"}, "$defs": {"$ref": "#/$defs/S"}, "enum": True}
    schema = saved({"properties": fields, "$defs": {"S": SIZE}})
    assert schema["properties"] == fields


def test_two_definitions_with_the_same_name_are_both_kept() -> None:
    document = {
        "properties": {"a": {"$ref": "#/$defs/S"}, "b": {"$ref": "#/definitions/S"}},
        "$defs": {"S": {"type": "string"}},
        "definitions": {"S": SIZE},
    }
    schema = saved(document)
    assert len(schema["$defs"]) == 2
    for name, target in (("a", {"type": "string"}), ("b", SIZE)):
        assert (
            schema["$defs"][schema["properties"][name]["$ref"].removeprefix("#/$defs/")] == target
        )


def test_a_dynamic_reference_resolves_to_the_outermost_schema() -> None:
    tree = {
        "$id": "tree.json",
        "$dynamicAnchor": "node",
        "properties": {"children": {"type": "array", "items": {"$dynamicRef": "#node"}}},
    }
    document = {
        "$id": "strict.json",
        "$dynamicAnchor": "node",
        "$ref": "tree.json",
        "properties": {"name": {"type": "string"}},
        "$defs": {"tree": tree},
    }
    schema = saved(document)
    (target,) = schema["$defs"].values()
    assert target["properties"]["children"]["items"] == {"$ref": "#"}


def test_a_recursive_reference_of_2019_resolves_to_the_schema_itself() -> None:
    schema = saved({"$recursiveAnchor": True, "properties": {"inner": {"$recursiveRef": "#"}}})
    assert schema["properties"]["inner"] == {"$ref": "#"}


KINDS = {
    "Cat": {"properties": {"kind": {"type": "string"}, "lives": {"type": "integer"}}},
    "Dog": {"properties": {"kind": {"type": "string"}, "tricks": {"type": "integer"}}},
}
BRANCHES = [{"$ref": "#/components/schemas/Cat"}, {"$ref": "#/components/schemas/Dog"}]


@pytest.mark.parametrize(
    "mapping",
    [
        {"c": "#/components/schemas/Cat", "d": "#/components/schemas/Dog"},
        {"c": "Cat", "d": "Dog"},
    ],
)
def test_a_discriminator_mapping_is_rewritten_to_the_new_locations(mapping: Any) -> None:
    pet = {"oneOf": BRANCHES, "discriminator": {"propertyName": "kind", "mapping": mapping}}
    schema = saved(openapi({"properties": {"pet": pet}}, schemas=KINDS))
    assert schema["properties"]["pet"] == {
        "oneOf": [{"$ref": "#/$defs/Cat"}, {"$ref": "#/$defs/Dog"}],
        "discriminator": {
            "propertyName": "kind",
            "mapping": {"c": "#/$defs/Cat", "d": "#/$defs/Dog"},
        },
    }


def test_an_implicit_discriminator_value_is_kept() -> None:
    pet = {"oneOf": BRANCHES, "discriminator": {"propertyName": "kind"}}
    other = {"$ref": "#/x-other/Cat"}
    document = openapi({"properties": {"other": other, "pet": pet}}, schemas=KINDS)
    schema = saved(document | {"x-other": {"Cat": SIZE}})
    cat = schema["properties"]["pet"]["oneOf"][0]["$ref"]
    assert cat != "#/$defs/Cat"
    assert schema["properties"]["pet"]["discriminator"]["mapping"] == {"Cat": cat}


def test_an_unresolved_discriminator_mapping_is_kept() -> None:
    stated = {"propertyName": "kind", "mapping": {"c": "other.json#/Cat"}}
    pet = {"oneOf": BRANCHES, "discriminator": stated}
    schema = saved(openapi({"properties": {"pet": pet}}, schemas=KINDS))
    assert schema["properties"]["pet"]["discriminator"] == stated


def test_a_field_can_be_named_discriminator() -> None:
    fields = {"discriminator": {"type": "string"}, "mapping": {"type": "string"}}
    assert saved({"properties": fields})["properties"] == fields
