"""Varying a run: changed fields are marked and can be reset."""

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
    """Return the text of each mark."""
    found = re.findall(r'class="field__was"[^>]*>(.*?)<button', page, re.DOTALL)
    return [" ".join(re.sub(r"<[^>]+>", " ", words).split()) for words in found]


def test_an_unchanged_form_shows_no_change_marks(client: Client, run: Run) -> None:
    page = opened(client, run)
    assert "no changes" in page
    assert marks(page) == []


def test_a_changed_field_shows_its_previous_value(client: Client, run: Run) -> None:
    page = check(
        client, run, **{"/prompt": "two lighthouses", "/size": '"1:1"', "/watermark": "on"}
    )
    assert marks(page) == [
        "Was a lighthouse",
        "Was 16:9",
        "Was not set",
    ]
    assert "3 changes" in page


def test_a_draft_is_still_compared_with_its_run(client: Client, run: Run) -> None:
    check(client, run, **{"/n": "3"})
    page = client.get(run.spec.get_absolute_url()).text
    assert marks(page) == ["Was 1"]
    assert "1 change<" in page


def test_one_field_can_be_reset_without_the_others(client: Client, run: Run) -> None:
    fields = SAME | {"from": str(run.pk), "/prompt": "two lighthouses", "/n": "3"}
    address = run.spec.get_absolute_url()
    page = client.post(address, fields | {"~back": "/prompt"}).text
    assert marks(page) == ["Was 1"]
    assert Draft.objects.get().inputs["prompt"] == "a lighthouse"
    assert Run.objects.count() == 1


def test_a_field_that_was_not_set_is_reset_to_empty(client: Client, run: Run) -> None:
    fields = SAME | {"from": str(run.pk), "/resolution": '"4k"', "~back": "/resolution"}
    page = client.post(run.spec.get_absolute_url(), fields).text
    assert "no changes" in page


def test_a_reset_of_an_unknown_field_changes_nothing(client: Client, seedream: ModelSpec) -> None:
    response = client.post(seedream.get_absolute_url(), SAME | {"~back": "/prompt/deep/er"})
    assert response.status_code == 200
    assert "a lighthouse" in response.text


def test_a_variation_is_a_child_of_the_run(client: Client, run: Run) -> None:
    fields = SAME | {"from": str(run.pk), "/n": "2"}
    client.post(run.spec.get_absolute_url(), fields)
    assert Run.objects.exclude(pk=run.pk).get().made_from == run


def test_literal_braces_of_a_run_are_no_variables(client: Client, run: Run) -> None:
    Run.objects.update(inputs={"prompt": "a {{b}} c"})
    page = opened(client, run)
    assert "no changes" in page
    assert 'name="~var:b"' not in page


def test_a_changed_secret_is_marked_without_its_value(client: Client, run: Run) -> None:
    schema = run.spec.schema
    schema["properties"]["token"] = {"type": "string", "writeOnly": True}
    spec = ModelSpec.objects.publish("safe", title="Safe", schema=schema)
    Run.objects.update(spec=spec, inputs=run.inputs | {"token": "hush"})
    run.refresh_from_db()
    page = check(client, run, **{"/token": "other"})
    assert marks(page) == ["Was hidden"]
    assert "hush" not in page


def test_a_changed_variable_value_is_marked(client: Client, run: Run) -> None:
    template = {"inputs": run.inputs | {"prompt": "a {{thing}}"}, "values": {"thing": "lighthouse"}}
    Run.objects.update(template=template)
    assert marks(opened(client, run)) == []
    page = check(client, run, **{"/prompt": "a {{thing}}", "~var:thing": "windmill"})
    assert "<q>lighthouse</q>" in page
    assert "1 change<" in page
