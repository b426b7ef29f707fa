"""The page on which an owner edits a model."""

import html
import json
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from playground.catalog.models import ModelSpec
from playground.runs.costs import prices
from playground.teams.models import Membership, Role, Workspace
from tests.catalog.browser import fill, press
from tests.catalog.pages import OPENAPI, PAGE, SCHEMA
from tests.tables import sample

pytestmark = pytest.mark.once

HTMX = {"HX-Request": "true"}
NEW = "/models/new/"
BY_HAND = "/models/new/edit/"
NO_EXAMPLES = {f"examples-{number}-inputs": "" for number in range(6)}


@pytest.fixture
def edit(seedream: ModelSpec) -> str:
    return f"/models/{seedream.slug}/edit/"


@pytest.fixture
def member(workspace: Workspace, ana: User) -> Client:
    bo = User.objects.create_user("bo")
    Membership.objects.create(workspace=workspace, user=bo, role=Role.MEMBER)
    client = Client()
    client.force_login(bo)
    return client


@pytest.fixture(autouse=True)
def _superuser(ana: User) -> None:
    """Ana may edit models of the installation and of the workspace."""
    User.objects.filter(pk=ana.pk).update(is_superuser=True)


def current(slug: str) -> ModelSpec:
    return ModelSpec.objects.newest(Workspace.objects.first_one()).get(slug=slug)


def with_field(spec: ModelSpec, name: str, **keywords: Any) -> str:
    return json.dumps(spec.schema | {"properties": spec.schema["properties"] | {name: keywords}})


def test_a_pasted_page_becomes_a_model_in_two_steps(client: Client) -> None:
    found = client.post(NEW, {"text": PAGE})
    assert found.text.count("Review it, then save.") == 1
    saved = press(client, found, "save")
    spec = current("dreamer-2-0-lite")
    assert saved["Location"] == spec.get_absolute_url()
    assert (spec.schema, spec.made_by, spec.category) == (SCHEMA, "ana", "image")
    assert client.get(spec.get_absolute_url()).status_code == 200


def test_several_pasted_schemas_are_offered_and_the_selected_one_opens(client: Client) -> None:
    asked = client.post(NEW, {"text": json.dumps(OPENAPI)})
    assert "POST /images (ImageRequest)" in asked.text
    assert "prompt, style" in asked.text
    found = press(client, asked, "", candidate="1")
    assert "seconds" in fill(found)["schema"]


@pytest.mark.parametrize("text", ["", "nothing here", '{"a" 1}', "x" * 2_000_001])
def test_text_without_a_schema_is_refused_with_a_message_and_kept(
    client: Client, text: str
) -> None:
    response = client.post(NEW, {"text": text})
    assert response.status_code == 422
    assert 'role="alert"' in response.text
    assert fill(response)["text"] == text


def test_an_invalid_selection_is_asked_again(client: Client) -> None:
    for number in ("7", "-1", "x", "9" * 5000):
        asked = client.post(NEW, {"text": json.dumps(OPENAPI), "candidate": number})
        assert 'name="candidate"' in asked.text


@pytest.mark.parametrize("address", [NEW, BY_HAND, "edit/", "import/", "retire/"])
def test_only_owners_reach_the_editor(member: Client, seedream: ModelSpec, address: str) -> None:
    if not address.startswith("/"):
        address = f"/models/{seedream.slug}/{address}"
    assert member.post(address, {"text": PAGE, "retired": "yes"}).status_code == 403
    assert ModelSpec.objects.count() == 1
    assert not current(seedream.slug).is_retired


def test_the_editor_of_an_unknown_model_answers_404(client: Client) -> None:
    assert client.get("/models/nothing/edit/").status_code == 404


def test_an_unchanged_editor_saves_no_new_version(
    client: Client, seedream: ModelSpec, edit: str
) -> None:
    press(client, client.get(edit), "save")
    assert current(seedream.slug) == seedream


def test_changed_texts_make_a_new_version_and_the_old_one_stays(
    client: Client, seedream: ModelSpec, edit: str
) -> None:
    press(client, client.get(edit), "save", title="Dreams")
    seedream.refresh_from_db()
    assert current(seedream.slug).version == 2
    assert (seedream.title, seedream.is_current) == ("Seedream 5 Lite", False)


def test_a_changed_schema_is_previewed_before_it_is_saved(
    client: Client, seedream: ModelSpec, edit: str
) -> None:
    schema = with_field(seedream, "seed", type="integer", title="Seed")
    review = press(client, client.get(edit), "save", schema=schema)
    assert current(seedream.slug).version == 1
    assert "Save as version 2" in review.text
    assert "<code>/seed</code>" in review.text
    press(client, review, "seal")
    assert "seed" in current(seedream.slug).schema["properties"]


def test_a_change_that_was_not_previewed_is_not_saved(
    client: Client, seedream: ModelSpec, edit: str
) -> None:
    seen = press(client, client.get(edit), "save", schema=with_field(seedream, "seed"))
    again = press(client, seen, "seal", schema=with_field(seedream, "other"))
    assert "<code>/other</code>" in again.text
    assert current(seedream.slug).version == 1


def test_a_concurrent_change_is_shown_before_it_is_overwritten(
    client: Client, seedream: ModelSpec, edit: str
) -> None:
    opened = client.get(edit)
    press(client, client.get(edit), "save", title="Hers")
    review = press(client, opened, "save", title="Mine")
    assert "Version 2 was saved" in review.text
    assert current(seedream.slug).title == "Hers"


def test_versions_list_who_changed_what(client: Client, edit: str) -> None:
    press(client, client.get(edit), "save", title="Dreams")
    text = client.get(edit).text
    assert "by ana" in text
    assert "<del>Seedream 5 Lite</del>" in text
    assert "came with the program" in text


def test_a_newer_schema_replaces_the_schema_and_keeps_the_texts(
    client: Client, seedream: ModelSpec
) -> None:
    found = client.post(f"/models/{seedream.slug}/import/", {"text": PAGE})
    filled = fill(found)
    assert filled["title"] == "Seedream 5 Lite"
    assert json.loads(filled["schema"]) == SCHEMA
    review = press(client, found, "save", **{"rules-0-rule": "", "rules-0-message": ""})
    assert review.status_code == 422  # the rule names removed fields


@pytest.mark.parametrize(
    ("field", "text", "said"),
    sample(
        [
            ("title", "", "required"),
            ("title", "x" * 201, "at most 200"),
            ("title", "a\0b", "cannot be stored"),
            ("amount", "free", "number"),
            ("amount", "-1", "greater than or equal to 0"),
            ("amount", "1e999999", "digits"),
            ("per", "parsec", "valid choice"),
            ("schema", "", "required"),
            ("schema", "{", "Line 1, column 2"),
            ("schema", "[]", "begins with {"),
            ("schema", "5", "begins with {"),
            ("schema", '{"required": "prompt"}', "This is not a JSON Schema"),
            ("schema", '{"type": "object", "a": "\\ud800"}', "cannot be stored"),
            ("schema", '{"a":' * 100_000, "nested too deeply"),
            ("rules-0-rule", "self.n +", "Line 1, column 9: Syntax error"),
            ("rules-0-message", "", "required"),
            ("rules-0-fields_", "nothing", "no field “nothing”"),
            ("examples-0-inputs", '{"prompt": ""}', "prompt: "),
            ("examples-0-inputs", "[]", "begin with {"),
            ("examples-0-inputs", "{'a'}", "Line 1, column 2"),
            ("places-0-position", "first", "whole number"),
            ("rules-TOTAL_FORMS", "many", "ManagementForm"),
        ],
        8,
    ),
)
def test_errors_are_reported_at_their_fields_and_input_is_kept(  # noqa: PLR0917 - the table's columns
    client: Client, seedream: ModelSpec, edit: str, field: str, text: str, said: str
) -> None:
    response = press(client, client.get(edit), "save", description="Kept.", **{field: text})
    assert response.status_code == 422
    assert said in response.text
    assert fill(response)["description"] == "Kept."
    assert current(seedream.slug).version == 1


@pytest.mark.parametrize(
    ("slug", "said"),
    [
        ("new", "address of another page"),
        ("doubao-seedream-5-0-lite", "The installation already has a model with this ID."),
        ("a/b", "Use only letters"),
        ("", "required"),
        ("x" * 121, "at most 120"),
    ],
)
def test_an_invalid_slug_is_refused(
    client: Client, seedream: ModelSpec, slug: str, said: str
) -> None:
    response = press(client, client.post(NEW, {"text": PAGE}), "save", slug=slug)
    assert response.status_code == 422
    assert said in response.text


def test_a_model_can_be_written_by_hand(client: Client) -> None:
    blank = client.get(BY_HAND)
    press(client, blank, "save", title="Mine", slug="mine", schema=json.dumps(SCHEMA))
    assert current("mine").schema == SCHEMA


def test_the_slug_of_an_existing_model_cannot_be_changed(
    client: Client, seedream: ModelSpec, edit: str
) -> None:
    press(client, client.get(edit), "save", title="Dreams", slug="other")
    assert current(seedream.slug).title == "Dreams"
    assert not ModelSpec.objects.filter(slug="other").exists()


def test_fields_are_reordered_grouped_and_folded(
    client: Client, seedream: ModelSpec, edit: str
) -> None:
    moves = {"places-3-position": "1", "places-3-group": "Shape", "places-4-advanced": "on"}
    press(client, press(client, client.get(edit), "save", **moves), "seal")
    schema = current(seedream.slug).schema
    assert schema["x-playground"]["groups"] == [{"title": "Shape", "fields": ["size"]}]
    assert schema["properties"]["watermark"]["x-playground"] == {"advanced": True}
    assert list(schema["properties"])[:3] == ["n", "size", "prompt"]


def test_hints_in_the_schema_win_if_no_row_was_changed(
    client: Client, seedream: ModelSpec, edit: str
) -> None:
    schema = seedream.schema | {"x-playground": {"order": ["size"]}}
    press(client, press(client, client.get(edit), "save", schema=json.dumps(schema)), "seal")
    assert current(seedream.slug).schema["x-playground"] == {"order": ["size"]}


def test_a_rule_is_entered_in_an_added_row(client: Client, seedream: ModelSpec, edit: str) -> None:
    with_row = press(client, client.get(edit), "add rules", title="Typed before")
    assert fill(with_row)["title"] == "Typed before"
    rule = {"rules-1-rule": "self.n < 9", "rules-1-message": "Less.", "rules-1-fields_": "n"}
    press(client, press(client, with_row, "save", **rule), "seal")
    assert current(seedream.slug).rules[1] == {
        "rule": "self.n < 9",
        "message": "Less.",
        "fields": ["/n"],
    }


def test_adding_a_row_by_htmx_answers_with_the_list_only(client: Client, edit: str) -> None:
    response = press(client, client.get(edit), "add examples", HTMX)
    assert response.text.lstrip().startswith('<section class="part" id="examples"')
    assert 'name="examples-6-inputs"' in response.text


def test_an_empty_row_is_removed(client: Client, seedream: ModelSpec, edit: str) -> None:
    press(client, client.get(edit), "save", **{"examples-1-inputs": ""})
    assert current(seedream.slug).examples == [seedream.examples[0], *seedream.examples[2:]]


def test_the_preview_shows_the_form(client: Client, seedream: ModelSpec, edit: str) -> None:
    schema = with_field(seedream, "seed", type="integer", title="Seed of chance", default="x")
    response = press(client, client.get(edit), "preview", HTMX, schema=schema)
    assert "<html" not in response.text
    assert "Seed of chance" in response.text
    assert "does not fit its own schema and is not used." in response.text
    assert '<section class="part" id="places"' in response.text  # has a row for the new field
    assert current(seedream.slug).version == 1


def test_the_preview_without_javascript_is_the_whole_page(client: Client, edit: str) -> None:
    response = press(client, client.get(edit), "preview", title="Typed")
    assert fill(response)["title"] == "Typed"
    assert "<fieldset" in response.text


@pytest.mark.parametrize(
    ("pattern", "why"),
    [
        ("^(?!no)", "Looking ahead or behind"),
        (r"(a)\1", "Referring back to a group"),
        ("(", "Character 2: a ) is missing."),
        ("^(?:(?:ab){0,1000}c){0,1000}$", "It is too large"),
    ],
)
def test_the_preview_shows_why_a_pattern_is_not_checked(
    client: Client, edit: str, pattern: str, why: str
) -> None:
    schema = json.dumps({"type": "object", "properties": {"prompt": {"pattern": pattern}}})
    response = press(client, client.get(edit), "preview", HTMX, schema=schema)
    assert html.escape(f"The pattern {pattern} is not checked. {why}") in response.text
    assert "/properties/prompt/pattern" in response.text


def test_an_invalid_schema_is_reported_in_the_preview(client: Client, edit: str) -> None:
    response = press(client, client.get(edit), "preview", HTMX, schema='{"a": }')
    assert response.status_code == 200
    assert "Line 1, column 7" in response.text


def test_a_retired_model_is_not_offered_until_it_is_restored(
    client: Client, member: Client, seedream: ModelSpec
) -> None:
    address = f"/models/{seedream.slug}/retire/"
    client.post(address, {"retired": "yes"})
    assert member.get(seedream.get_absolute_url()).status_code == 404
    assert seedream.title not in member.get("/models/").text
    assert seedream.title in client.get("/models/").text
    client.post(address, {"retired": "no"})
    assert seedream.title in member.get("/models/").text


def test_a_new_version_of_a_retired_model_stays_retired(
    client: Client, seedream: ModelSpec, edit: str
) -> None:
    ModelSpec.objects.retire(seedream.slug, is_retired=True)
    saved = press(client, client.get(edit), "save", title="Dreams")
    assert saved["Location"].startswith(edit)
    assert not ModelSpec.objects.current(Workspace.objects.first_one()).exists()


@pytest.mark.parametrize(
    "schema",
    sample(
        [
            {"properties": {"": {}, " ": True, "a/b~c": False, "a\nb": {"title": 5}}},
            {"properties": {"a": {"$ref": "#/properties/a"}}, "required": ["b"]},
            {"properties": {"a": {"$ref": "#"}}, "x-validations": {"rule": 1}},
            {"properties": {"a": {}}, "x-playground": {"order": 5, "groups": [1, {"fields": "a"}]}},
            {"properties": {"a": {"x-playground": "wide", "pattern": "("}}},
            {"properties": {f"field{number}": {"type": "string"} for number in range(301)}},
            {"allOf": [{"$ref": "#"}, {"$ref": "#"}], "properties": {"a": {}}},
            {"oneOf": [{"properties": {"a": {"const": 1}}}, {"properties": {"a": {"const": 2}}}]},
            {"$ref": "https://example.com/schema.json"},
            {"type": "string"},
            {"not": {}},
            {},
        ],
        6,
    ),
)
def test_any_schema_is_previewed_saved_and_opened_again(
    client: Client, schema: dict[str, Any]
) -> None:
    typed = {"title": "Odd", "slug": "odd", "schema": json.dumps(schema)}
    shown = press(client, client.get(BY_HAND), "preview", **typed)
    assert shown.status_code == 200
    press(client, shown, "save")
    assert current("odd").schema == schema
    assert client.get("/models/odd/edit/").status_code == 200
    assert client.get("/models/odd/").status_code == 200


def test_a_stored_model_that_became_invalid_can_be_repaired(
    client: Client, seedream: ModelSpec, edit: str
) -> None:
    broken = [{"rule": "("}]
    ModelSpec.objects.filter(pk=seedream.pk).update(schema="no schema", rules=broken)
    opened = client.get(edit)
    assert fill(opened)["rules-0-rule"] == "("
    mended = {"schema": json.dumps(SCHEMA), "rules-0-rule": "", **NO_EXAMPLES}
    press(client, press(client, opened, "save", **mended), "seal")
    assert current(seedream.slug).schema == SCHEMA


def test_a_change_of_rules_and_price_is_described_in_words(client: Client, edit: str) -> None:
    typed = {"rules-0-message": "At most 15 together.", "amount": "0.04"}
    review = press(client, client.get(edit), "save", **typed)
    assert "“At most 15 together.” at /image_urls, /n" in review.text
    assert "<del>from $0.0315 per picture</del>" in review.text


def test_a_list_with_too_many_rows_is_refused(client: Client, edit: str) -> None:
    response = press(client, client.get(edit), "save", **{"rules-TOTAL_FORMS": "100000"})
    assert response.status_code in {200, 422}
    assert response.text.count('class="group__legend">Rule ') <= 101


def test_a_forged_post_is_answered_without_a_server_error(client: Client, edit: str) -> None:
    for data in ({}, {"do": "preview"}, {"do": "add rules"}, {"schema": "{}"}, {"seal": "x"}):
        for headers in ({}, HTMX):
            assert client.post(edit, data, headers=headers).status_code in {200, 422}


# Price expressions


def test_price_expressions_are_saved_and_shown_again(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(prices, "is_free", lambda _: False)  # as for a provider that is not free
    typed = {
        "title": "Dreamer", "slug": "dreamer", "schema": json.dumps(SCHEMA), "amount": "0.02",
        "per": "picture", "likely": "amount * 2.0", "most": "amount * 9.0",
    }  # fmt: skip
    press(client, client.get(BY_HAND), "save", **typed)
    spec = current("dreamer")
    assert spec.price == {
        "amount": "0.02", "per": "picture", "likely": "amount * 2.0", "most": "amount * 9.0"
    }  # fmt: skip
    assert fill(client.get("/models/dreamer/edit/"))["most"] == "amount * 9.0"
    page = client.get(spec.get_absolute_url()).text
    assert "<span>$0.04</span>" in page
    assert "<small>at most $0.18</small>" in page


@pytest.mark.parametrize(("name", "text", "words"), [
    ("likely", "1 +", "the expression ends too early"),
    ("most", "'free'", "is string, but it has to be a number."),
    ("most", "self.n > 1", "The result of the expression is bool"),
    ("likely", "-1.0", "which cannot be a price"),
    ("most", "double(self.nothing)", "With the inputs of example 1"),
])  # fmt: skip
def test_an_invalid_price_expression_is_refused_at_its_field(
    client: Client, edit: str, name: str, text: str, words: str
) -> None:
    response = press(client, client.get(edit), "save", **{name: text})
    assert response.status_code == 422
    assert f'id="id_{name}_error"' in response.text
    assert words in response.text
    assert fill(response)[name] == text


def test_a_price_expression_that_fails_on_an_empty_form_is_a_note(
    client: Client, edit: str
) -> None:
    typed = {"likely": "double(self.nothing)", **NO_EXAMPLES}
    seen = press(client, client.get(edit), "preview", **typed)
    assert "“Expected cost of a run” fails on a new form." in seen.text


def test_an_unchanged_price_keeps_the_sandbox_price(
    client: Client, seedream: ModelSpec, edit: str
) -> None:
    press(client, client.get(edit), "save", title="Seedream")
    assert current(seedream.slug).title == "Seedream"
    assert current(seedream.slug).price == seedream.price


def test_a_changed_price_applies_to_the_sandbox(
    client: Client, seedream: ModelSpec, edit: str, settings: Any
) -> None:
    settings.SANDBOX_URL = "http://127.0.0.1:1"
    typed = {"amount": "7", "per": "run", "likely": "", "most": ""}
    press(client, press(client, client.get(edit), "save", **typed), "seal")
    assert current(seedream.slug).price == {"amount": "7", "per": "run"}
