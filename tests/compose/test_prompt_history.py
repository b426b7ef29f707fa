"""The history of used prompts."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from playground.runs.models import Run
from tests.compose.test_drafts import check
from tests.compose.test_generate import HTMX


@pytest.fixture
def bo(run: Run) -> User:
    """Another person's browser; the person made a shared and a private run."""
    bo = User.objects.create_user("bo")
    make(run, "shown by bo", author=bo)
    make(run, "hidden by bo", author=bo, is_shared=False)
    return bo


def make(like: Run, prompt: str, **facts: Any) -> Run:
    given = {"author": like.author, "inputs": {"prompt": prompt}} | facts
    return Run.objects.create(
        workspace=like.workspace, spec=like.spec, api_key=like.api_key, **given
    )


def listed(client: Client, run: Run, **query: str) -> str:
    page = client.get(f"{run.spec.get_absolute_url()}prompts/", query).text
    return page.partition('id="prompts"')[2].partition("</ul>")[0]


def test_each_prompt_that_the_reader_may_see_is_listed_once(
    client: Client, run: Run, bo: User
) -> None:
    make(run, "a lighthouse")
    page = listed(client, run)
    assert page.count(">a lighthouse<") == 1
    assert "shown by bo" in page
    assert "hidden by bo" not in page


def test_prompts_are_searched_by_words_with_and_without_javascript(
    client: Client, run: Run
) -> None:
    make(run, "a Whale at sea")
    assert "Whale" in listed(client, run, q="SEA whale")
    assert "a lighthouse" not in listed(client, run, q="SEA whale")
    address = f"{run.spec.get_absolute_url()}prompts/?q=whale"
    piece = client.get(address, headers=HTMX).text
    assert piece.lstrip().startswith('<ul id="prompts"')


def test_an_earlier_prompt_replaces_only_the_prompt(client: Client, run: Run) -> None:
    check(client, run.spec, **{"/n": "7"})
    page = client.get(f"{run.spec.get_absolute_url()}?prompt={run.pk}").text
    assert "a lighthouse</textarea>" in page
    assert 'value="7"' in page


def test_a_hidden_prompt_cannot_be_put_into_the_form(client: Client, run: Run, bo: User) -> None:
    hidden = Run.objects.get(is_shared=False)
    assert "hidden by bo" not in client.get(f"/models/{run.spec.slug}/?prompt={hidden.pk}").text


def test_a_prompt_template_is_listed_as_written(client: Client, run: Run) -> None:
    template = {"inputs": {"prompt": "a {{animal}}"}, "values": {"animal": "cat"}}
    used = make(run, "a cat", template=template)
    assert "a {{animal}}" in listed(client, run)
    page = client.get(f"{run.spec.get_absolute_url()}?prompt={used.pk}").text
    assert 'value="cat"' in page
