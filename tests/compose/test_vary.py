"""Varying a run: what the form has changed of it is marked, and can be put back."""

import re

import pytest
from django.test import Client

from playground.catalog.models import ModelSpec
from playground.runs.models import Draft, Run
from tests.compose.test_generate import HTMX

pytestmark = pytest.mark.once

SAME = {"/prompt": "a lighthouse", "/n": "1", "/size": '"16:9"'}


def opened(client: Client, run: Run) -> str:
    return client.get(f"{run.spec.get_absolute_url()}?from={run.pk}").text


def check(client: Client, run: Run, **fields: str) -> str:
    address = f"{run.spec.get_absolute_url()}form/?check"
    return client.post(address, SAME | {"from": str(run.pk)} | fields, headers=HTMX).text


def marks(page: str) -> list[str]:
    """Return what each mark says, without its markup."""
    found = re.findall(r'class="field__was"[^>]*>(.*?)<button', page, re.DOTALL)
    return [" ".join(re.sub(r"<[^>]+>", " ", words).split()) for words in found]


def test_a_form_that_was_just_opened_has_no_mark(client: Client, run: Run) -> None:
    page = opened(client, run)
    assert "no changes" in page
    assert marks(page) == []


def test_what_is_changed_is_marked_with_what_it_was(client: Client, run: Run) -> None:
    page = check(
        client, run, **{"/prompt": "two lighthouses", "/size": '"1:1"', "/watermark": "on"}
    )
    assert marks(page) == [
        "Was a lighthouse",
        "Was 16:9",
        "Was not set",
    ]
    assert "3 changes" in page


def test_the_draft_of_it_is_still_compared(client: Client, run: Run) -> None:
    check(client, run, **{"/n": "3"})
    page = client.get(run.spec.get_absolute_url()).text
    assert marks(page) == ["Was 1"]
    assert "1 change<" in page


def test_one_field_is_put_back_and_the_others_stay(client: Client, run: Run) -> None:
    fields = SAME | {"from": str(run.pk), "/prompt": "two lighthouses", "/n": "3"}
    address = run.spec.get_absolute_url()
    page = client.post(address, fields | {"~back": "/prompt"}).text
    assert marks(page) == ["Was 1"]
    assert Draft.objects.get().inputs["prompt"] == "a lighthouse"
    assert Run.objects.count() == 1


def test_what_was_not_set_is_put_back_to_nothing(client: Client, run: Run) -> None:
    fields = SAME | {"from": str(run.pk), "/resolution": '"4k"', "~back": "/resolution"}
    page = client.post(run.spec.get_absolute_url(), fields).text
    assert "no changes" in page


def test_nothing_is_put_back_where_there_is_nothing(client: Client, seedream: ModelSpec) -> None:
    response = client.post(seedream.get_absolute_url(), SAME | {"~back": "/prompt/deep/er"})
    assert response.status_code == 200
    assert "a lighthouse" in response.text


def test_what_is_made_of_it_is_its_child(client: Client, run: Run) -> None:
    fields = SAME | {"from": str(run.pk), "/n": "2"}
    client.post(run.spec.get_absolute_url(), fields)
    assert Run.objects.exclude(pk=run.pk).get().made_from == run


def test_braces_that_were_words_are_no_variables(client: Client, run: Run) -> None:
    Run.objects.update(inputs={"prompt": "a {{b}} c"})
    page = opened(client, run)
    assert "no changes" in page
    assert 'name="~var:b"' not in page


def test_of_a_secret_only_the_change_is_told(client: Client, run: Run) -> None:
    schema = run.spec.schema
    schema["properties"]["token"] = {"type": "string", "writeOnly": True}
    spec = ModelSpec.objects.publish("safe", title="Safe", schema=schema)
    Run.objects.update(spec=spec, inputs=run.inputs | {"token": "hush"})
    run.refresh_from_db()
    page = check(client, run, **{"/token": "other"})
    assert marks(page) == ["Was hidden"]
    assert "hush" not in page


def test_another_value_of_a_variable_is_a_change_too(client: Client, run: Run) -> None:
    template = {"inputs": run.inputs | {"prompt": "a {{thing}}"}, "values": {"thing": "lighthouse"}}
    Run.objects.update(template=template)
    assert marks(opened(client, run)) == []
    page = check(client, run, **{"/prompt": "a {{thing}}", "~var:thing": "windmill"})
    assert "<q>lighthouse</q>" in page
    assert "1 change<" in page
