"""Every way to enter a value, combined with every value that is forbidden.

A forbidden value is refused before a run is accepted or sent, and what was typed stays in the
form.
"""

import json
import uuid
from collections.abc import Callable
from html import unescape
from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils.datastructures import MultiValueDict

from playground.catalog.models import ModelSpec
from playground.runs import lifecycle
from playground.runs.costs import prices
from playground.runs.files import references, uploads
from playground.runs.models import Draft, Preset, Run
from playground.teams import providers_in_use
from playground.teams.models import ApiKey, Membership, Role, Workspace
from tests.compose.test_generate import HTMX
from tests.compose.test_restoring import with_embedded_inputs
from tests.conftest import picture_bytes
from tests.html import parse
from tests.rolled_back import rolled_back
from tests.runs import resolver
from tests.schema.browser import send
from tests.tables import sample

pytestmark = pytest.mark.once

if TYPE_CHECKING:  # the name is in the stubs only
    from django.test.client import _MonkeyPatchedWSGIResponse as Response

AREA = {"type": "string", "x-playground": {"widget": "textarea"}}
PICTURES = {"widget": "file-upload", "uploadKind": "image", "multiple": True}
SCHEMA = {
    "type": "object",
    "required": ["prompt"],
    "properties": {
        "prompt": AREA | {"minLength": 3, "maxLength": 20_000},
        "code": AREA | {"pattern": "^[a-z]*$", "maxLength": 8},
        "page": AREA | {"format": "email"},
        "mood": AREA | {"not": {"enum": ["sad", "grim"]}},
        "image_url": AREA,
        "image_urls": {"type": "array", "items": {"type": "string"}, "x-playground": PICTURES},
        "n": {"type": "integer", "default": 1},
    },
    "if": {"properties": {"prompt": {"const": "a series"}}},
    "then": {"properties": {"n": {"minimum": 2}}},
}
RULES = [
    {
        "rule": "!self.prompt.contains('many') || self.n > 1",
        "message": "Many are more than one.",
        "fields": ["/n"],
    }
]

FILE_GONE = "This file no longer exists"
FILE_AS_TEXT = "This is a file as text"
PRIVATE_NETWORK = "leads into a private network"


@pytest.fixture
def spec(db: None) -> ModelSpec:
    return ModelSpec.objects.publish("ways", title="Ways", schema=SCHEMA, rules=RULES)


@pytest.fixture
def key(workspace: Workspace) -> ApiKey:
    return ApiKey.objects.store(workspace, providers_in_use.slugs()[0], "mv_live_ways_in")


@pytest.fixture(autouse=True)
def _resolver(monkeypatch: pytest.MonkeyPatch) -> None:
    resolver.install(monkeypatch)


def store_upload(membership: Membership) -> str:
    picture = SimpleUploadedFile("secret.png", picture_bytes(), "image/png")
    return uploads.UploadStore(membership).keep(picture, "image/*", "image")


@pytest.fixture
def private_upload(workspace: Workspace) -> str:
    """The reference of an upload that only another member may see."""
    user = User.objects.create_user("cy")
    return store_upload(Membership.objects.create(workspace=workspace, user=user, role=Role.MEMBER))


@pytest.fixture
def foreign_upload(db: None) -> str:
    """The reference of an upload in another workspace."""
    elsewhere, user = Workspace.objects.create(name="Elsewhere"), User.objects.create_user("dee")
    return store_upload(Membership.objects.create(workspace=elsewhere, user=user, role=Role.OWNER))


@pytest.fixture
def forbidden_uploads(key: ApiKey, private_upload: str, foreign_upload: str) -> dict[str, str]:
    return {"<hidden>": private_upload, "<foreign>": foreign_upload}


# Forbidden values: the field, the text, and the message.
FORBIDDEN: dict[str, tuple[str, str, str]] = {
    "upload of another member": ("prompt", "<hidden>", FILE_GONE),
    "upload of another workspace": ("prompt", "<foreign>", FILE_GONE),
    "file as text": ("prompt", "data:image/png;base64,iVBORw0KGgoAAAANSUhEUg", FILE_AS_TEXT),
    "file after a byte order mark": (
        "prompt",
        '\ufeff"data:image/png;base64,iVBORw0KGgoAAAANS',
        FILE_AS_TEXT,
    ),
    "file within a text": (
        "prompt",
        "see (data:image/png;base64,iVBORw0KGgoAAAANSUh)",
        FILE_AS_TEXT,
    ),
    "too short": ("prompt", "ab", "at least 3"),
    "too long": ("code", "abcdefghi", "Enter at most 8"),
    "against the pattern": ("code", "ABC", ""),
    "against the format": ("page", "no address", ""),
    "an excluded value": ("mood", "sad", ""),
    "against a rule about another field": ("prompt", "many boats", "Many are more than one."),
    "against a condition on another field": ("prompt", "a series", "at least 2"),
    "no address": ("image_url", "no address", "is not a web address"),
    "http address": ("image_url", "http://files.example/a.png", "has to begin with https://"),
    "private address": ("image_url", "https://127.0.0.1/a.png", PRIVATE_NETWORK),
    "private address as a number": ("image_url", "https://2130706433/a.png", PRIVATE_NETWORK),
    "name of a private host": ("image_url", "https://inside.example/a.png", PRIVATE_NETWORK),
}


def form_of(client: Client, spec: ModelSpec, query: str = "") -> MultiValueDict[str, object]:
    """Return what the form of the page sends if nothing is changed."""
    return send(parse(client.get(f"{spec.get_absolute_url()}{query}").text))


def generate(
    client: Client, spec: ModelSpec, data: dict[str, Any], headers: dict[str, str] | None = HTMX
) -> "Response":
    return client.post(spec.get_absolute_url(), data, headers=headers)


def form_fields(name: str, text: str, **more: str) -> dict[str, str]:
    return (
        {"submission": str(uuid.uuid4()), "/prompt": "a boat", "/n": "1"}
        | {f"/{name}": text}
        | more
    )


def by_typing(client: Client, spec: ModelSpec, name: str, text: str) -> "Response":
    return generate(client, spec, form_fields(name, text))


def without_javascript(client: Client, spec: ModelSpec, name: str, text: str) -> "Response":
    return generate(client, spec, form_fields(name, text), headers={})


def by_variable(client: Client, spec: ModelSpec, name: str, text: str) -> "Response":
    return generate(client, spec, form_fields(name, "{{x}}", **{"~var:x": text}))


def by_parts(client: Client, spec: ModelSpec, name: str, text: str) -> "Response":
    half = len(text) // 2
    parts = {"~var:a": text[:half], "~var:b": text[half:]}
    return generate(client, spec, form_fields(name, "{{a}}{{b}}", **parts))


def by_text_and_variable(client: Client, spec: ModelSpec, name: str, text: str) -> "Response":
    return generate(client, spec, form_fields(name, f"{text[:1]}{{{{x}}}}", **{"~var:x": text[1:]}))


def by_choice(client: Client, spec: ModelSpec, name: str, text: str) -> "Response":
    return generate(client, spec, form_fields(name, f"{{{{x:{text}|b}}}}", **{"~var:x": text}))


def by_draft(client: Client, spec: ModelSpec, name: str, text: str) -> "Response":
    sent = form_fields(name, "{{x}}", **{"~var:x": text})
    client.post(f"{spec.get_absolute_url()}form/?check", sent, headers=HTMX)
    return generate(client, spec, form_of(client, spec))


def by_preset(client: Client, spec: ModelSpec, name: str, text: str) -> "Response":
    sent = form_fields(name, "{{x}}", **{"~var:x": text})
    client.post(f"{spec.get_absolute_url()}form/?check", sent, headers=HTMX)
    client.post(f"{spec.get_absolute_url()}presets/", {"name": "P", "owner": "author"})
    Draft.objects.all().delete()
    return generate(client, spec, form_of(client, spec, f"?preset={Preset.objects.get().pk}"))


def fill(client: Client, spec: ModelSpec, action: str, data: dict[str, Any]) -> Any:
    """Fill the form by an action without JavaScript; return what it sends then."""
    page = client.post(f"{spec.get_absolute_url()}{action}/", data)
    return send(parse(page.text))


def by_json(client: Client, spec: ModelSpec, name: str, text: str) -> "Response":
    pasted = json.dumps({"prompt": "a boat", "n": 1, name: text})
    return generate(client, spec, fill(client, spec, "form", {"fill": "1", "pasted": pasted}))


def by_curl(client: Client, spec: ModelSpec, name: str, text: str) -> "Response":
    body = json.dumps({"model": spec.slug, "input": {"prompt": "a boat", "n": 1, name: text}})
    pasted = f"curl https://api.example/api/v1/tasks -d '{body}'"
    return generate(client, spec, fill(client, spec, "form", {"fill": "1", "pasted": pasted}))


def by_picture(client: Client, spec: ModelSpec, name: str, text: str) -> "Response":
    inputs = {"prompt": "a boat", "n": 1, name: text}
    file = SimpleUploadedFile(
        "p.png", with_embedded_inputs(model=spec.slug, inputs=inputs), "image/png"
    )
    return generate(client, spec, fill(client, spec, "restore", {"picture": file}))


def earlier_run(spec: ModelSpec, name: str, text: str) -> Run:
    """Another person's run with the value, from a version without these checks."""
    key = ApiKey.objects.get()
    inputs = {"prompt": "a boat", "n": 1, name: text}
    return Run.objects.create(
        workspace=key.workspace, author=User.objects.get(username="ana"), spec=spec, api_key=key,
        inputs=inputs, is_shared=True, next_check_at=None,
    )  # fmt: skip


def by_run(client: Client, spec: ModelSpec, name: str, text: str) -> "Response":
    return generate(
        client, spec, form_of(client, spec, f"?from={earlier_run(spec, name, text).pk}")
    )


def by_template_of_a_run(client: Client, spec: ModelSpec, name: str, text: str) -> "Response":
    run = earlier_run(spec, name, "abc")
    template = {"inputs": {"prompt": "a boat", "n": 1, name: "{{x}}"}, "values": {"x": text}}
    Run.objects.filter(pk=run.pk).update(template=template)
    return generate(client, spec, form_of(client, spec, f"?from={run.pk}"))


def by_the_same_again(client: Client, spec: ModelSpec, name: str, text: str) -> "Response":
    run = earlier_run(spec, name, text)
    data = {"submission": str(uuid.uuid4())}
    response = client.post(f"{run.get_absolute_url()}again/", data)
    assert response.status_code == 302
    return client.get(response["Location"])


def by_another_model(client: Client, spec: ModelSpec, name: str, text: str) -> "Response":
    other = ModelSpec.objects.publish("other", title="Other", schema=SCHEMA, rules=RULES)
    return generate(
        client, other, form_of(client, other, f"?from={earlier_run(spec, name, text).pk}")
    )


def by_trying_again(client: Client, spec: ModelSpec, name: str, text: str) -> "Response":
    run = earlier_run(spec, name, text)
    response = client.post(f"{run.get_absolute_url()}again/")
    return client.get(response["Location"])


ENTRY_POINTS: tuple[Callable[[Client, ModelSpec, str, str], "Response"], ...] = (
    by_typing, without_javascript, by_variable, by_parts, by_text_and_variable, by_choice, by_draft,
    by_preset, by_json, by_curl, by_picture, by_run, by_template_of_a_run, by_the_same_again,
    by_another_model, by_trying_again,
)  # fmt: skip

SPLITTING = (by_parts, by_text_and_variable)


@pytest.fixture
def try_values(
    ana: User, bo: Client, spec: ModelSpec, forbidden_uploads: dict[str, str]
) -> Callable[[Any, dict[str, tuple[str, str, str]]], list[str]]:
    """Return a function that tries values one by one, and returns a line for each that passed."""

    def attempt(entry_point: Any, things: dict[str, tuple[str, str, str]]) -> list[str]:
        wrong = []
        for thing, (name, text, message) in things.items():
            value = forbidden_uploads.get(text, text)
            with rolled_back():
                response = entry_point(bo, spec, name, value)
                shown = unescape(response.text)
                is_made = Run.objects.filter(author__username="bo").exists()
                if is_made or message not in shown or response.status_code not in {200, 422}:
                    wrong.append(f"{thing}: {response.status_code}")
                elif entry_point not in SPLITTING and value not in shown:
                    wrong.append(f"{thing} is not in the form any more")
        return wrong

    return attempt


@pytest.mark.parametrize("entry_point", ENTRY_POINTS, ids=lambda entry_point: entry_point.__name__)
def test_forbidden_input_is_refused_at_every_entry_point(
    try_values: Callable[[Any, Any], list[str]], entry_point: Any
) -> None:
    """`make test` tries four values for each way, so that each value is tried by some way."""
    first, names = ENTRY_POINTS.index(entry_point), list(FORBIDDEN)
    chosen = sample(names[first:] + names[:first], 4)
    assert try_values(entry_point, {name: FORBIDDEN[name] for name in chosen}) == []


@pytest.fixture
def sent(bo: Client, key: ApiKey, spec: ModelSpec) -> Callable[..., "Response"]:
    def send_it(**fields: str) -> "Response":
        return generate(bo, spec, form_fields("prompt", "a boat", **fields))

    return send_it


@pytest.mark.usefixtures("ana", "key")
def test_permitted_input_is_sent_from_every_entry_point(bo: Client, spec: ModelSpec) -> None:
    address = "https://files.example/a.png"
    for entry_point in ENTRY_POINTS:
        with rolled_back():
            assert entry_point(bo, spec, "image_url", address).status_code in {200, 302}
            run = Run.objects.get(author__username="bo")
            assert run.inputs["image_url"] == address


def test_one_s_own_upload_can_be_a_variable_value(
    sent: Callable[..., "Response"], workspace: Workspace
) -> None:
    reference = store_upload(workspace.memberships.get(user__username="bo"))
    assert sent(**{"/mood": "{{x}}", "~var:x": reference}).status_code == 200
    run = Run.objects.get()
    assert run.inputs["mood"] == reference
    assert [each.reference for each in run.uploads.all()] == [reference]


def test_an_error_names_the_variable(sent: Callable[..., "Response"]) -> None:
    fields = {"/code": "{{place}}", "~var:place": "much too long a place"}
    assert "With {{place}} filled in: Enter at most 8" in sent(**fields).text


def test_a_template_is_validated_with_its_values(
    sent: Callable[..., "Response"],
) -> None:
    response = sent(**{"/code": "{{place}}"})
    assert response.status_code == 422
    assert 'id="f_2f_code-error"' not in response.text


def test_values_are_not_truncated_and_their_expansion_is_limited(
    sent: Callable[..., "Response"],
) -> None:
    long = sent(**{"/prompt": "{{x}}", "~var:x": "y" * 2_001})
    assert "This has 2,001 characters; the limit is 2,000." in long.text
    assert "y" * 2_001 in long.text
    many = sent(**{"/prompt": "{{x}} " * 600, "~var:x": "y" * 2_000})
    assert "With its variables filled in, this has more than 1,000,000 characters." in many.text
    assert not Run.objects.exists()


@pytest.mark.usefixtures("bo")
def test_a_file_its_author_may_not_see_is_neither_linked_nor_sent(
    spec: ModelSpec, workspace: Workspace, forbidden_uploads: dict[str, str]
) -> None:
    membership = workspace.memberships.get(user__username="bo")
    for reference in forbidden_uploads.values():
        inputs = {"prompt": "a boat", "image_urls": [reference]}
        run = lifecycle.accept(membership, spec=spec, inputs=inputs, token=uuid.uuid4())
        assert not run.uploads.exists()
        with pytest.raises(references.ReferenceGoneError):
            references.resolve(run, {})


@pytest.mark.usefixtures("key")
def test_the_price_is_that_of_the_sent_inputs(
    bo: Client, monkeypatch: pytest.MonkeyPatch, spec: ModelSpec
) -> None:
    asked: list[Any] = []
    estimate = prices.estimate

    def collect_inputs(workspace: Workspace, spec: ModelSpec, inputs: Any) -> prices.Estimate:
        asked.append(inputs)
        return estimate(workspace, spec, inputs)

    monkeypatch.setattr(prices, "estimate", collect_inputs)
    fields = form_fields("prompt", "a {{thing}}", **{"~var:thing": "boat"})
    bo.post(f"{spec.get_absolute_url()}form/?check", fields, headers=HTMX)
    generate(bo, spec, fields)
    assert {each["prompt"] for each in asked} == {"a boat"}
