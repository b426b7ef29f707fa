"""Typed file URLs: checked while a person types, and before a run is paid for."""

from html import unescape
from typing import Any

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from playground.catalog.models import ModelSpec
from playground.runs.models import Run
from playground.schema import SchemaForm
from tests.compose.test_generate import HTMX, post
from tests.runs import resolver

pytestmark = [pytest.mark.once, pytest.mark.usefixtures("api_key")]

FILE_HINT = {"widget": "file-upload"}
INVALID_ADDRESSES = [
    "not a url",
    "https://",
    "http://files.example/a.png",
    "https://127.0.0.1/a.png",
    "https://169.254.169.254/latest",
    "https://[::ffff:10.0.0.1]/a.png",
    "https://0x7f.1/a.png",
    "https://localhost/a.png",
    "https://user:word@files.example/a.png",
    "https://files.example:22/a.png",
    "upload:x",
]


@pytest.fixture(autouse=True)
def lookups(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    return resolver.install(monkeypatch)


def check(client: Client, spec: ModelSpec, **fields: str) -> str:
    sent = {"/prompt": "a lighthouse", "/n": "1"} | fields
    return client.post(f"{spec.get_absolute_url()}form/?check", sent, headers=HTMX).text


@pytest.mark.parametrize("address", INVALID_ADDRESSES)
@pytest.mark.parametrize("control", ["/image_urls", "~keep/image_urls"])
def test_an_unresolvable_url_is_refused_at_its_field_and_kept(
    client: Client, seedream: ModelSpec, control: str, address: str
) -> None:
    several = f"https://files.example/a.png\n{address}" if control[0] == "/" else address
    response = post(client, seedream, HTMX, **{control: several})
    assert response.status_code == 422
    assert 'id="f_2f_image_5f_urls-error"' in response.text
    assert several in unescape(response.text)
    assert not Run.objects.exists()


@pytest.mark.parametrize("address", INVALID_ADDRESSES)
def test_an_invalid_url_is_reported_while_typing_without_a_dns_lookup(
    client: Client, seedream: ModelSpec, lookups: list[str], address: str
) -> None:
    assert 'id="f_2f_image_5f_urls-error"' in check(client, seedream, **{"/image_urls": address})
    check(client, seedream, **{"/image_urls": "https://inside.example/a.png"})
    assert lookups == []


def test_a_hostname_with_a_private_address_is_refused_at_generate(
    client: Client, seedream: ModelSpec, lookups: list[str]
) -> None:
    address = "https://inside.example/a.png"
    response = post(client, seedream, HTMX, **{"/image_urls": address})
    assert response.status_code == 422
    assert f"“{address}” leads into a private network" in unescape(response.text)
    assert lookups == ["inside.example"]
    assert not Run.objects.exists()


def test_a_hostname_only_the_provider_can_resolve_is_sent(
    client: Client, seedream: ModelSpec
) -> None:
    addresses = "https://files.example/a.png?sig=a%2Bb\nhttps://files.example:8443/b.png"
    assert post(client, seedream, HTMX, **{"/image_urls": addresses}).status_code == 200
    assert Run.objects.get().inputs["image_urls"] == addresses.split("\n")


def test_our_own_origin_and_the_sandbox_of_the_demo_may_be_http(
    client: Client, seedream: ModelSpec, settings: Settings
) -> None:
    settings.PUBLIC_BASE_URL = "http://play.test:8000"
    own = f"http://127.0.0.1:{settings.PORT}/a.png"
    for address in ("http://play.test:8000/a.png", f"{settings.SANDBOX_URL}/files/a.png", own):
        assert post(client, seedream, HTMX, **{"/image_urls": address}).status_code == 200
    settings.SANDBOX_URL = ""
    assert "has to begin with https" in check(client, seedream, **{"/image_urls": own})


def test_messages_do_not_repeat_passwords_in_addresses(client: Client, seedream: ModelSpec) -> None:
    drawn = check(client, seedream, **{"/image_urls": "https://user:word@files.example/a.png"})
    assert "“…files.example/a.png” contains a user name or a password." in unescape(drawn)


@pytest.mark.parametrize(
    ("name", "schema"),
    [
        ("photo", {"type": "string", "x-playground": FILE_HINT}),
        ("image_url", {"type": "string"}),
        ("image", {"type": "string", "format": "uri"}),
        ("image_url", {"type": "string", "pattern": "^.*$"}),
        ("image_url", {"type": "string", "x-playground": {"widget": "textarea"}}),
        ("video", {"type": "string", "format": "uri", "x-playground": {"rows": 2, "widget": "x"}}),
        ("photos", {"type": "array", "items": {"type": "string"}, "x-playground": FILE_HINT}),
        ("image_urls", {"type": "array", "items": {"type": "string"}}),
        (
            "image_urls",
            {"type": "array", "items": {"type": "string"}, "x-playground": {"widget": "textarea"}},
        ),
    ],
)
def test_the_address_of_every_file_field_is_checked(
    client: Client, name: str, schema: dict[str, Any]
) -> None:
    part = {"type": "object", "properties": {name: schema}}
    whole = {"type": "object", "properties": {name: schema, "part": part}}
    spec = ModelSpec.objects.publish("places", title="Places", schema=whole)
    for place in (f"/{name}", f"/part/{name}"):
        response = client.post(spec.get_absolute_url(), {place: "https://10.0.0.1/a.png"})
        assert response.status_code == 422, place
        assert "leads into a private network" in response.text


@pytest.mark.parametrize("name", ["webhook_url", "homepage", "prompt", "image"])
def test_other_texts_and_addresses_are_not_checked(client: Client, name: str) -> None:
    text = {"type": "string", "x-playground": {"widget": "textarea"}}
    schema = {"type": "object", "properties": {name: text}}
    spec = ModelSpec.objects.publish("places", title="Places", schema=schema)
    response = client.post(spec.get_absolute_url(), {f"/{name}": "https://10.0.0.1/a.png"})
    assert response.status_code == 302


URI = {"type": "string", "format": "uri"}
ITEM = {"anyOf": [{"type": "string"}, {"type": "object"}]}


@pytest.mark.parametrize(
    ("name", "schema", "value", "pointer"),
    [
        ("image_urls", {"type": "array"}, ["<a>"], "/image_urls/0"),
        ("image_urls", {"type": "array", "items": ITEM}, ["<a>"], "/image_urls/0"),
        ("image_urls", {"prefixItems": [{"type": "string"}]}, ["<a>"], "/image_urls/0"),
        ("image_url", {"type": ["string", "array"]}, ["<a>"], "/image_url/0"),
        ("image_url", {}, "<a>", "/image_url"),
        ("image_url", {"anyOf": [URI, {"type": "null"}]}, "<a>", "/image_url"),
        ("more", {}, {"list": [{"image_url": "<a>"}]}, "/more/list/0/image_url"),
        (
            "images",
            {"type": "array", "items": {"properties": {"url": {"type": "string"}}}},
            [{"url": "<a>"}],
            "/images/0/url",
        ),
    ],
)
def test_addresses_are_found_in_lists_alternatives_and_plain_json(
    name: str, schema: dict[str, Any], value: Any, pointer: str
) -> None:
    form = SchemaForm({"type": "object", "properties": {name: schema, "webhook_url": URI}})
    opened = form.open({name: value, "webhook_url": "<b>"})
    assert opened.file_addresses() == {pointer: "<a>"}
