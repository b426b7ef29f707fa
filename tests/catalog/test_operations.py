"""Operations of an OpenAPI document: parameters, envelopes of inputs, and titles."""

import json
from typing import Any

import pytest

from playground.catalog.candidate import Candidate
from playground.catalog.drafts import list_notes, make_draft_model
from playground.catalog.schema_search import SchemaSearch, find_schemas

TEXT = {"type": "string"}
BODY = {"type": "object", "required": ["text"], "properties": {"text": TEXT}}


def api(operation: dict[str, Any], method: str = "post", **more: Any) -> dict[str, Any]:
    paths = {"/v1/speak/{voice_id}": {method: operation}}
    return {"openapi": "3.1.0", "info": {"title": "Some API"}, "paths": paths, **more}


def with_body(schema: Any = BODY, **more: Any) -> dict[str, Any]:
    return {"requestBody": {"content": {"application/json": {"schema": schema}}}, **more}


def parameter(name: str, place: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "in": place, "schema": TEXT, **more}


def search(document: Any) -> SchemaSearch:
    return find_schemas(json.dumps(document))


def first(document: Any) -> Candidate:
    return search(document).candidates[0]


PARAMETERS = [
    parameter("voice_id", "path", required=True),
    parameter("output_format", "query", description="Which one"),
]


def test_parameters_beside_a_body_become_fields_and_are_named() -> None:
    found = first(api(with_body(parameters=PARAMETERS)))
    schema = found.read_schema()
    assert list(schema["properties"]) == ["text", "voice_id", "output_format"]
    assert schema["required"] == ["text", "voice_id"]
    assert schema["properties"]["output_format"]["description"] == "Which one"
    (note,) = found.notes
    assert note.startswith(
        "Not part of the body in this document: “voice_id” (path), “output_format” (query). "
    )


def test_parameters_are_added_to_a_referenced_closed_body() -> None:
    body = BODY | {"additionalProperties": False}
    document = api(
        with_body({"$ref": "#/components/schemas/Body"}, parameters=PARAMETERS),
        components={"schemas": {"Body": body}},
    )
    schema = first(document).read_schema()
    assert set(schema["properties"]) == {"text", "voice_id", "output_format"}
    assert schema["additionalProperties"] is False


@pytest.mark.parametrize("where", ["operation", "path", "component"])
def test_parameters_are_found_at_every_level(where: str) -> None:
    document = api(with_body())
    item = document["paths"]["/v1/speak/{voice_id}"]
    if where == "component":
        document["components"] = {"parameters": {"F": PARAMETERS[1]}}
        item["parameters"] = [{"$ref": "#/components/parameters/F"}]
    else:
        (item if where == "path" else item["post"])["parameters"] = [PARAMETERS[1]]
    assert first(document).fields == ("text", "output_format")


def test_an_operation_parameter_overrides_that_of_its_path() -> None:
    document = api(with_body(parameters=[parameter("f", "query", description="own")]))
    item = document["paths"]["/v1/speak/{voice_id}"]
    item["parameters"] = [parameter("f", "query", description="shared")]
    assert first(document).read_schema()["properties"]["f"]["description"] == "own"


def test_inputs_that_no_run_can_send_are_named() -> None:
    stated = [
        parameter("X-Region", "header"),
        parameter("session", "cookie"),
        parameter("text", "query"),
        parameter("xi-api-key", "header"),
        parameter("Authorization", "header"),
    ]
    found = first(api(with_body(parameters=stated)))
    assert found.fields == ("text",)
    (note,) = found.notes
    assert note.endswith(
        " a single JSON object: “X-Region” (header), “session” (cookie), “text” (query)."
    )


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_request_without_a_body_is_built_from_its_parameters(method: str) -> None:
    found = first(api({"parameters": PARAMETERS}, method))
    assert found.fields == ("voice_id", "output_format")
    assert found.read_schema()["required"] == ["voice_id"]


def test_a_get_beside_a_post_is_not_offered() -> None:
    document = api(with_body())
    document["paths"]["/v1/voices"] = {"get": {"parameters": [parameter("page", "query")]}}
    assert [each.name for each in search(document).candidates] == ["POST /v1/speak/{voice_id}"]


def swagger(parameters: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    return {"swagger": "2.0", "paths": {"/draw": {"post": {"parameters": parameters}}}, **more}


def test_swagger_2_form_parameters_are_read() -> None:
    file = {"name": "image", "in": "formData", "type": "file", "required": True}
    size = {"name": "size", "in": "formData", "type": "string", "enum": ["a", "b"], "default": "a"}
    schema = first(swagger([file, size])).read_schema()
    assert schema["properties"] == {
        "image": {"type": "string", "format": "binary"},
        "size": {"type": "string", "enum": ["a", "b"], "default": "a"},
    }
    assert schema["required"] == ["image"]


def test_a_swagger_2_body_keeps_the_parameters_beside_it() -> None:
    body = {"name": "body", "in": "body", "schema": {"$ref": "#/definitions/Body"}}
    query = {"name": "n", "in": "query", "type": "integer", "maximum": 4}
    found = first(swagger([body, query], definitions={"Body": BODY}))
    assert found.name == "POST /draw (Body)"
    assert found.read_schema()["properties"]["n"] == {"type": "integer", "maximum": 4}


def test_a_parameter_with_content_is_read() -> None:
    stated = {"name": "options", "in": "query", "content": {"application/json": {"schema": BODY}}}
    assert first(api(with_body(parameters=[stated]))).read_schema()["properties"]["options"] == BODY


def test_several_bodies_are_distinguished_by_media_type() -> None:
    form = {"properties": {"image": TEXT}}
    content = {"multipart/form-data": {"schema": form}, "application/json": {"schema": BODY}}
    names = [each.name for each in search(api({"requestBody": {"content": content}})).candidates]
    assert sorted(names) == [
        "POST /v1/speak/{voice_id} as application/json",
        "POST /v1/speak/{voice_id} as multipart/form-data",
    ]


# Envelopes

INPUT = {"type": "object", "properties": {"prompt": TEXT}}


def wrapped(**beside: Any) -> dict[str, Any]:
    return {"type": "object", "properties": {"input": INPUT, **beside}, "required": ["input"]}


@pytest.mark.parametrize("way", ["alone", "as a body"])
@pytest.mark.parametrize(
    "beside", [{"parameters": BODY}, {"model": TEXT, "seed": TEXT}, {"config": TEXT}]
)
def test_an_envelope_with_other_fields_is_offered_with_and_without(way: str, beside: Any) -> None:
    request = wrapped(**beside)
    candidates = search(request if way == "alone" else api(with_body(request))).candidates
    assert [each.fields for each in candidates] == [("input", *beside), ("prompt",)]
    lost = [name for name in beside if name != "model"]
    assert f"Left out of the request: “{lost[0]}”." in candidates[1].notes[-1]


@pytest.mark.parametrize("beside", ["model", "version", "webhook", "callback_url", "request_id"])
def test_an_envelope_with_nothing_else_is_removed(beside: str) -> None:
    assert [each.fields for each in search(wrapped(**{beside: TEXT})).candidates] == [("prompt",)]


def test_a_cog_envelope_is_removed() -> None:
    names = (
        "id",
        "created_at",
        "context",
        "webhook",
        "webhook_events_filter",
        "output_file_prefix",
    )
    candidates = search(wrapped(**dict.fromkeys(names, TEXT))).candidates
    assert [each.fields for each in candidates] == [("prompt",)]


@pytest.mark.parametrize(
    "inner",
    [
        {"$ref": "#/$defs/I"},
        {"allOf": [{"$ref": "#/$defs/I"}], "title": "Input"},
        {"anyOf": [{"$ref": "#/$defs/I"}, {"type": "null"}]},
    ],
)
def test_an_envelope_is_removed_however_its_input_is_written(inner: Any) -> None:
    request = {"properties": {"model": TEXT, "input": inner}, "$defs": {"I": INPUT}}
    assert [each.fields for each in search(request).candidates] == [("prompt",)]


def test_an_input_object_alone_is_offered_as_envelope_and_as_field() -> None:
    fields = [each.fields for each in search(wrapped()).candidates]
    assert fields == [("prompt",), ("input",)]


def test_an_input_that_is_a_string_is_a_field() -> None:
    request = {"properties": {"model": TEXT, "input": TEXT}}
    assert first(request).fields == ("model", "input")


def test_fields_beside_an_envelope_are_named() -> None:
    found = first(api(with_body(wrapped(model=TEXT), parameters=PARAMETERS)))
    assert found.fields == ("prompt",)
    assert "“voice_id” (path), “output_format” (query)" in found.notes[0]


# Titles


def draft(document: Any) -> Any:
    finding = search(document)
    return make_draft_model(finding, finding.candidates[0])


ACCESS = {"title": "AIML API", "description": "Send your API key with every request."}


def test_a_model_is_named_after_its_operation_not_the_api() -> None:
    operation = with_body(summary="Turn text into speech", description="It speaks.")
    drafted = draft(api(operation, info=ACCESS))
    assert (drafted.title, drafted.description) == ("Turn text into speech", "It speaks.")


def test_authentication_instructions_are_no_model_description() -> None:
    assert draft(api(with_body(), info=ACCESS)).description == ""


@pytest.mark.parametrize(
    "model",
    [
        {"enum": ["kling/v1-pro"], "type": "string"},
        {"const": "kling/v1-pro"},
        {"$ref": "#/components/schemas/Model"},
        {"allOf": [{"$ref": "#/components/schemas/Model"}], "title": "Model"},
    ],
)
@pytest.mark.parametrize("name", ["model", "model_id"])
def test_a_single_model_enum_value_is_the_provider_name(name: str, model: Any) -> None:
    body = {"properties": {name: model, "prompt": TEXT}}
    schemas = {"Model": {"enum": ["kling/v1-pro"], "type": "string"}}
    document = api(with_body(body), info=ACCESS, components={"schemas": schemas})
    assert (draft(document).slug, draft(document).title) == ("kling-v1-pro", "Kling V1 Pro")


def test_several_model_enum_values_give_no_provider_name() -> None:
    body = {"properties": {"model": {"enum": ["a", "b"]}, "prompt": TEXT}}
    assert draft(api(with_body(body))).slug == ""


def test_the_model_of_an_envelope_is_the_provider_name() -> None:
    assert draft(wrapped(model={"const": "kling"})).slug == "kling"


@pytest.mark.parametrize("name", ["google/veo-3.1", "Flux 2 (dev)", "可灵"])
def test_a_provider_name_that_cannot_be_kept_is_reported(name: str) -> None:
    finding = search({"properties": {"model": {"const": name}, "prompt": TEXT}})
    (note,) = list_notes(finding, finding.candidates[0])
    assert f"“{name}”" in note


def test_a_provider_name_that_is_kept_is_not_reported() -> None:
    finding = search({"properties": {"model": {"const": "veo-3_1"}, "prompt": TEXT}})
    assert list_notes(finding, finding.candidates[0]) == []
