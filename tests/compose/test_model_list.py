"""The list of models in the form, to switch to another model."""

from django.contrib.auth.models import User
from django.test import Client

from playground.catalog.models import ModelSpec
from tests import html

HTMX = {"HX-Request": "true"}


def list_links(client: Client, spec: ModelSpec) -> dict[str, str]:
    page = html.parse(client.get(f"/models/{spec.slug}/others/", headers=HTMX).content.decode())
    links = [link for link in page.iter("a") if "models-list__item" in link.get("class", "")]
    return {link.get("href", ""): link.get("aria-current", "") for link in links}


def test_all_models_of_the_workspace_are_listed(
    client: Client, seedream: ModelSpec, painter: ModelSpec
) -> None:
    links = list_links(client, seedream)
    assert links == {seedream.get_absolute_url(): "true", painter.get_absolute_url(): ""}


def test_links_open_the_draft_if_there_is_one(
    client: Client, seedream: ModelSpec, painter: ModelSpec
) -> None:
    address = f"/models/{seedream.slug}/form/?check"
    client.post(address, {"/prompt": "half a lighthouse"}, headers=HTMX)
    assert f"{painter.get_absolute_url()}?draft={seedream.slug}" in list_links(client, seedream)


def test_a_draft_is_opened_in_the_form_of_another_model(
    client: Client, seedream: ModelSpec, painter: ModelSpec
) -> None:
    address = f"/models/{seedream.slug}/form/?check"
    client.post(address, {"/prompt": "half a lighthouse"}, headers=HTMX)
    page = client.get(f"{painter.get_absolute_url()}?draft={seedream.slug}").text
    assert "half a lighthouse" in page  # in its only text field
    assert "half a lighthouse" not in client.get(painter.get_absolute_url()).text


def test_a_reset_without_javascript_leads_back_to_the_empty_form(
    client: Client, seedream: ModelSpec
) -> None:
    client.post(f"/models/{seedream.slug}/form/?check", {"/prompt": "half a lighthouse"})
    response = client.post(f"/models/{seedream.slug}/start-over/")
    assert response["Location"] == seedream.get_absolute_url()
    assert "half a lighthouse" not in client.get(seedream.get_absolute_url()).text


def test_a_model_that_is_not_there_answers_404(client: Client, ana: User) -> None:
    assert ana.is_active
    assert client.get("/models/no-such-model/others/", headers=HTMX).status_code == 404
