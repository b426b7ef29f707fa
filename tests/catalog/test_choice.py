"""The page on which people choose a model."""

import pytest
from django.test import Client

from playground.catalog import shipped
from playground.catalog.models import ModelSpec
from playground.teams.models import Workspace
from tests.catalog.pages import SCHEMA

pytestmark = pytest.mark.once

HTMX = {"HX-Request": "true"}


@pytest.fixture
def many(seedream: ModelSpec) -> None:
    for number in range(9):
        kind = "video" if number % 2 else "image"
        ModelSpec.objects.publish(
            f"dreamer-{number}", title=f"Dreamer {number}", category=kind, schema=SCHEMA
        )


def test_a_few_models_are_listed_without_a_search_field(
    client: Client, seedream: ModelSpec
) -> None:
    text = client.get("/models/").text.partition("<main")[2].partition("</main>")[0]
    assert "Seedream 5 Lite" in text
    assert "0.0315 per picture" in text
    assert 'type="search"' not in text


def test_many_models_can_be_searched_by_any_of_their_words(client: Client, many: None) -> None:
    assert 'type="search"' in client.get("/models/").text.partition("<main")[2]
    text = client.get("/models/", {"q": "dreamer VIDEO"}).text
    assert "Dreamer 1" in text
    assert "Dreamer 2" not in text
    assert 'value="dreamer VIDEO"' in text


def test_a_search_by_htmx_is_answered_with_the_list_only(client: Client, many: None) -> None:
    text = client.get("/models/", {"q": "Dreamer 3"}, headers=HTMX).text
    assert text.lstrip().startswith('<section id="models"')
    assert "Dreamer 3" in text


@pytest.mark.parametrize("words", ["nothing like that", "\0", "%", "<b>", "x" * 9000])
def test_a_search_without_results_says_so(client: Client, many: None, words: str) -> None:
    response = client.get("/models/", {"q": words})
    assert response.status_code == 200
    assert "No model fits" in response.text or words == "\0"
    assert "<b>" not in response.text


def test_an_empty_catalogue_explains_how_to_fill_it(client: Client) -> None:
    assert "/models/new/" in client.get("/models/").text


def test_an_upgrade_keeps_what_a_superuser_has_changed(
    seedream: ModelSpec, workspace: Workspace
) -> None:
    facts = seedream.facts | {"title": "Ours"}
    ours = ModelSpec.objects.publish(seedream.slug, made_by="ana", **facts)
    assert shipped.publish_all() == [ours]
    assert ModelSpec.objects.current(workspace).get() == ours
