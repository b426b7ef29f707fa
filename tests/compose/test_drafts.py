"""Drafts: an unsaved form is restored after a reload, on another device and in another tab."""

import pytest
from django.contrib.auth.models import User
from django.test import Client

from playground.catalog.models import ModelSpec
from playground.runs.models import Draft, Run
from playground.teams.models import Membership, Role, Workspace
from tests.compose.test_generate import HTMX, post

TYPED = {"/prompt": "half a lighth", "/n": "3"}


def check(client: Client, spec: ModelSpec, **fields: str) -> str:
    """Send the form's check, as the script does while a person types."""
    address = f"{spec.get_absolute_url()}form/?check"
    return client.post(address, TYPED | fields, headers=HTMX).text


def test_a_draft_is_restored_on_another_device(
    client: Client, seedream: ModelSpec, ana: User
) -> None:
    assert "Draft saved" in check(client, seedream)
    other = Client()
    other.force_login(ana)
    page = other.get(seedream.get_absolute_url()).text
    assert "half a lighth" in page
    assert "Draft saved" in page


def test_nobody_else_sees_a_draft(client: Client, bo: Client, seedream: ModelSpec) -> None:
    check(client, seedream)
    assert "half a lighth" not in bo.get(seedream.get_absolute_url()).text


def test_a_viewer_neither_sees_nor_changes_an_earlier_draft(
    client: Client, seedream: ModelSpec
) -> None:
    check(client, seedream)
    Membership.objects.update(role=Role.VIEWER)
    assert "half a lighth" not in client.get(seedream.get_absolute_url()).text
    client.post(f"{seedream.get_absolute_url()}form/?check", {"/prompt": "more"}, headers=HTMX)
    assert Draft.objects.get().inputs["prompt"] == "half a lighth"


def test_a_draft_stays_in_its_workspace(client: Client, seedream: ModelSpec, ana: User) -> None:
    elsewhere = Workspace.objects.create(name="Elsewhere")
    Membership.objects.create(workspace=elsewhere, user=ana, role=Role.OWNER)
    check(client, seedream)
    client.post("/team/switch/", {"workspace": str(elsewhere.pk)})
    assert "half a lighth" not in client.get(seedream.get_absolute_url()).text


def test_an_invalid_draft_is_restored_without_errors(client: Client, seedream: ModelSpec) -> None:
    check(client, seedream, **{"/prompt": "", "/n": "99"})
    page = client.get(seedream.get_absolute_url()).text
    assert 'value="99"' in page
    assert "field__error" not in page
    assert "form-errors" not in page


def test_of_two_tabs_the_later_draft_is_kept(client: Client, seedream: ModelSpec) -> None:
    for text in ("one tab", "the other tab"):
        check(client, seedream, **{"/prompt": text})
    assert Draft.objects.get().inputs["prompt"] == "the other tab"


def test_a_form_without_input_leaves_no_draft(client: Client, db: None) -> None:
    schema = {"type": "object", "properties": {"prompt": {"type": "string"}}}
    plain = ModelSpec.objects.publish("plain", title="Plain", schema=schema)
    check(client, plain)
    check(client, plain, **{"/prompt": "", "/n": ""})
    assert not Draft.objects.exists()


@pytest.mark.usefixtures("api_key")
def test_the_form_keeps_its_values_after_generate(client: Client, seedream: ModelSpec) -> None:
    post(client, seedream, {}, **{"/prompt": "a whale"})
    assert Run.objects.exists()
    assert "a whale</textarea>" in client.get(seedream.get_absolute_url()).text


@pytest.mark.usefixtures("api_key")
def test_a_refused_form_is_kept_as_a_draft(client: Client, seedream: ModelSpec) -> None:
    assert post(client, seedream, {}, **{"/n": "99"}).status_code == 422
    assert Draft.objects.get().inputs["n"] == 99


def test_start_over_deletes_the_draft(client: Client, seedream: ModelSpec) -> None:
    check(client, seedream)
    response = client.post(f"{seedream.get_absolute_url()}anew/", follow=True)
    assert "half a lighth" not in response.text
    assert "Draft saved" not in response.text


def test_the_inputs_of_a_run_replace_the_draft_until_something_is_typed(
    client: Client, seedream: ModelSpec, run: Run
) -> None:
    check(client, seedream)
    page = client.get(f"{seedream.get_absolute_url()}?from={run.pk}").text
    assert "a lighthouse" in page
    assert "half a lighth<" not in page
    assert "half a lighth<" in client.get(seedream.get_absolute_url()).text
    check(client, seedream, **{"from": str(run.pk), "/prompt": "two lighthouses"})
    page = client.get(seedream.get_absolute_url()).text
    assert "two lighthouses" in page
    assert f'name="from" value="{run.pk}"' in page


def test_an_example_replaces_the_draft(client: Client, seedream: ModelSpec) -> None:
    check(client, seedream)
    page = client.get(f"{seedream.get_absolute_url()}?example=1").text
    assert "half a lighth" not in page
    assert seedream.examples[0]["prompt"] in page


def test_the_visibility_choice_is_kept_in_the_draft(client: Client, seedream: ModelSpec) -> None:
    check(client, seedream, seen_by="author")
    assert 'value="author" selected' in client.get(seedream.get_absolute_url()).text


def test_a_draft_of_an_older_version_opens_in_the_newer_version(
    client: Client, seedream: ModelSpec
) -> None:
    check(client, seedream)
    schema = {"type": "object", "properties": {"prompt": {"type": "string"}}}
    facts = seedream.facts | {"schema": schema, "rules": [], "examples": []}
    ModelSpec.objects.publish(seedream.slug, **facts)
    response = client.get(seedream.get_absolute_url())
    assert response.status_code == 200
    assert "half a lighth" in response.text
