"""Documents of 10 MB are pasted or uploaded, and only the selected schema is stored."""

import gzip
import json
import time
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from playground.catalog.models import ModelSpec
from playground.catalog.schema_search import MOST_CHARACTERS
from playground.teams.models import Workspace
from tests.catalog.browser import fill, press
from tests.catalog.pages import SCHEMA

pytestmark = pytest.mark.once

NEW = "/models/new/"
YAML = "type: object\nrequired: [prompt]\nproperties:\n  prompt: {type: string}\n"


@pytest.fixture(autouse=True)
def _superuser(ana: User) -> None:
    User.objects.filter(pk=ana.pk).update(is_superuser=True)


def large(size: int, operations: int = 2) -> str:
    """Return an OpenAPI document with about `size` characters."""
    words = "What the field does, in a sentence as documents have it. "
    answer = {f"field_{n}": {"type": "string", "description": words} for n in range(12)}
    each = len(json.dumps(answer)) + 40
    schemas: dict[str, Any] = {
        f"Answer{n}": {"type": "object", "properties": answer} for n in range(size // each)
    }
    schemas["Style"] = {"enum": ["calm", "wild"]}
    paths = {}
    for n in range(operations):
        style = {"$ref": "#/components/schemas/Style"}
        body = {"type": "object", "properties": {"prompt": {"type": "string"}, f"s{n}": style}}
        content = {"application/json": {"schema": body}}
        paths[f"/draw/{n}"] = {
            "post": {"summary": f"Draw {n}", "requestBody": {"content": content}}
        }
    document = {"openapi": "3.1.0", "paths": paths, "components": {"schemas": schemas}}
    text = json.dumps(document)
    return text + " " * max(0, size - len(text))


def file(data: bytes | str, name: str = "openapi.json") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data.encode() if isinstance(data, str) else data)


@pytest.mark.slow
@pytest.mark.parametrize("way", ["text", "file"])
def test_ten_megabytes_are_read_and_only_the_selection_is_kept(client: Client, way: str) -> None:
    text = large(10_000_000)
    began = time.thread_time()
    asked = client.post(NEW, {way: file(text) if way == "file" else text})
    found = press(client, asked, "", candidate="1")
    assert time.thread_time() - began < 30
    assert len(asked.content) < 2_000_000
    assert len(found.content) < 100_000
    press(client, found, "save", slug="draw")
    spec = ModelSpec.objects.newest(Workspace.objects.first_one()).get(slug="draw")
    assert spec.title == "Draw 1"
    assert list(spec.schema["properties"]) == ["prompt", "s1"]
    assert list(spec.schema["$defs"]) == ["Style"]


def test_a_long_text_is_returned_compressed_and_a_short_one_as_is(client: Client) -> None:
    short = client.post(NEW, {"text": large(50_000)})
    assert fill(short)["text"] == large(50_000)
    long = fill(client.post(NEW, {"text": large(500_000)}))
    assert "text" not in long
    assert len(long["packed"]) < 50_000


def test_a_large_text_without_a_schema_is_shown_once(client: Client) -> None:
    text = "Nothing. " * 500_000
    response = client.post(NEW, {"text": text})
    assert response.status_code == 422
    assert fill(response)["text"] == text
    assert len(response.content) < len(text) + 50_000


def test_each_of_many_operations_can_be_selected(client: Client) -> None:
    asked = client.post(NEW, {"text": large(200_000, operations=250)})
    assert "s249" in fill(press(client, asked, "", candidate="249"))["schema"]


@pytest.mark.parametrize("packed", ["", "!", "eJw=", "AAAA", "ä", "eJwDAAAAAAE=" * 9])
def test_forged_compressed_text_is_ignored(client: Client, packed: str) -> None:
    response = client.post(NEW, {"packed": packed, "text": ""})
    said = "Paste a documentation page or a schema first."
    assert (response.status_code, said in response.text) == (422, True)


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (json.dumps(SCHEMA).encode(), "schema.json"),
        (b"\xef\xbb\xbf" + json.dumps(SCHEMA).encode(), "schema.json"),
        (json.dumps(SCHEMA).encode("utf-16"), "schema.json"),
        (YAML.encode(), "schema.yaml"),
        (f"# Model\n\n```yaml\n{YAML}```\n".encode(), "model.md"),
    ],
)
def test_an_uploaded_file_is_read_like_pasted_text(client: Client, data: bytes, name: str) -> None:
    found = client.post(NEW, {"file": file(data, name), "text": ""})
    assert json.loads(fill(found)["schema"])["required"] == ["prompt"]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"\xff\xfe\xff", "not UTF-8 text"),
        (b'{"a": "\xe4"}', "not UTF-8 text"),
        (gzip.compress(b"{}", mtime=0), "not UTF-8 text"),
        (b"PK\x03\x04\0\0", "not text, so it"),
        (b"", "Paste a documentation page"),
        (b"nothing", "No JSON or YAML found"),
        (b"x" * (MOST_CHARACTERS + 1), "This file has 10.5 MB; the limit is 10 MB."),
    ],
)
def test_an_unusable_file_is_refused_with_a_message(client: Client, data: bytes, said: str) -> None:
    response = client.post(NEW, {"file": file(data), "text": ""})
    assert response.status_code == 422
    assert said in response.text


def test_crlf_added_by_browsers_does_not_count_towards_the_limit(client: Client) -> None:
    text = (json.dumps(SCHEMA) + "\n" * MOST_CHARACTERS)[:MOST_CHARACTERS]
    found = client.post(NEW, {"text": text.replace("\n", "\r\n")})
    assert json.loads(fill(found)["schema"]) == SCHEMA


def test_a_large_paste_goes_to_the_file_field(client: Client) -> None:
    page = client.get(NEW).text
    assert 'data-large-paste="file"' in page
    assert '<input type="file" id="file"' in page
    assert "js/bundles/frame" in page


def test_a_text_over_the_limit_is_refused_with_a_message(client: Client) -> None:
    response = client.post(NEW, {"text": "x" * (MOST_CHARACTERS + 1)})
    assert (response.status_code, "the limit is 10 million" in response.text) == (422, True)


def test_each_address_accepts_bodies_up_to_its_limit(client: Client, seedream: ModelSpec) -> None:
    body = {"schema": "x" * 9_000_000}
    assert client.post(f"/models/{seedream.slug}/edit/", body).status_code == 413
    assert client.post(NEW, {"text": "x" * 23_000_000}).status_code == 422
    assert client.post(NEW, {"text": "x" * 25_000_000}).status_code == 413


def test_a_bundle_that_exceeds_the_page_limit_is_refused_with_a_message(client: Client) -> None:
    fields = {f"f{n}": {"type": "string", "description": "x" * 1000} for n in range(2100)}
    response = client.post(NEW, {"text": json.dumps({"properties": fields})})
    assert response.status_code == 422
    assert "the limit is 2 million" in response.text


def test_inputs_no_run_can_send_are_named_beside_the_preview(client: Client) -> None:
    operation = {
        "parameters": [{"name": "output_format", "in": "query", "schema": {"type": "string"}}],
        "requestBody": {"content": {"application/json": {"schema": SCHEMA}}},
    }
    document = {"openapi": "3.1.0", "paths": {"/draw": {"post": operation}}}
    found = client.post(NEW, {"text": json.dumps(document)})
    again = press(client, found, "save", title="")
    for page in (found, again):
        assert "Not part of the body in this document: “output_format” (query)." in page.text


def test_both_ways_to_read_an_envelope_are_explained(client: Client) -> None:
    schema = {"properties": {"input": SCHEMA, "parameters": SCHEMA}}
    asked = client.post(NEW, {"text": json.dumps(schema)})
    note = "Left out of the request: “parameters”."
    assert note in asked.text
    assert note in press(client, asked, "", candidate="1").text
    assert note not in press(client, asked, "", candidate="0").text


def test_almost_json_is_accepted_in_every_json_field(client: Client, seedream: ModelSpec) -> None:
    page = client.get(f"/models/{seedream.slug}/edit/")
    typed = {"schema": repr(seedream.schema), "examples-0-inputs": "{“prompt”: “a fox”,}"}
    press(client, page, "save", **typed)
    spec = ModelSpec.objects.newest(Workspace.objects.first_one()).get(slug=seedream.slug)
    assert (spec.schema, spec.examples[0]) == (seedream.schema, {"prompt": "a fox"})
