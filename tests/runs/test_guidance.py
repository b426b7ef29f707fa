"""Tips and examples for beginners, and how they are dismissed."""

from collections.abc import Callable

import pytest
from django.test import Client

from playground.catalog.models import ModelSpec
from playground.runs.models import Run

pytestmark = pytest.mark.once

MakeRun = Callable[..., Run]


def test_dismissed_tips_stay_dismissed(client: Client, seedream: ModelSpec) -> None:
    address = seedream.get_absolute_url()
    assert "What is an API key?" in client.get(address).text
    assert "What is an API key?" not in client.get(f"{address}?hints=off").text
    assert client.cookies["hints"]["max-age"] > 300 * 24 * 3600
    assert "What is an API key?" not in client.get(address).text


@pytest.mark.usefixtures("api_key")
def test_examples_are_reachable_after_the_first_run(client: Client, seedream: ModelSpec) -> None:
    address = seedream.get_absolute_url()
    page = client.get(address).text
    assert f'href="{address}?examples=all#examples"' in page
    assert 'id="examples">' in page
    shown = client.get(f"{address}?examples=all").text
    assert 'id="examples" data-shown>' in shown
    assert shown.count('class="example"') == len(seedream.examples) == 6
    assert shown.count("/img/examples/") == 6


def test_without_a_key_the_page_says_where_to_get_one(client: Client, seedream: ModelSpec) -> None:
    page = client.get(seedream.get_absolute_url()).text
    assert "No API key is stored" in page
    assert '<a href="https://api.mindvideo.ai/" rel="noreferrer">MindVideo</a' in page
