"""Run again: each press starts one run, under the rules of Generate."""

import re
import uuid
from decimal import Decimal
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

from playground.catalog.models import ModelSpec
from playground.runs.models import Run
from playground.teams.models import Workspace
from tests.compose.test_generate import HTMX

if TYPE_CHECKING:  # the stubs alone have this name
    from django.test.client import _MonkeyPatchedWSGIResponse

pytestmark = pytest.mark.once


def press(
    client: Client, run: Run, token: object = None, headers: dict[str, str] | None = None
) -> "_MonkeyPatchedWSGIResponse":
    data = {"submission": str(token or uuid.uuid4())}
    return client.post(f"{run.get_absolute_url()}again/", data, headers=headers or {})


def change_model(run: Run, **facts: Any) -> ModelSpec:
    """Publish a new version of a run's model."""
    return ModelSpec.objects.publish(run.spec.slug, **run.spec.facts | facts)


def test_run_again_creates_a_run_with_the_same_inputs(client: Client, run: Run) -> None:
    response = press(client, run)
    made = Run.objects.exclude(pk=run.pk).get()
    assert (made.inputs, made.made_from, made.is_shared) == (run.inputs, run, run.is_shared)
    assert response["Location"] == made.get_absolute_url()


def test_run_again_pressed_twice_creates_one_run(client: Client, run: Run) -> None:
    token = uuid.uuid4()
    addresses = {press(client, run, token)["Location"] for _ in range(2)}
    assert Run.objects.count() == 2
    assert len(addresses) == 1


def test_each_drawn_run_again_button_has_its_own_submission_token(client: Client, run: Run) -> None:
    for _ in range(2):
        page = client.get(run.get_absolute_url()).text
        found = re.search(rf'id="again-{run.pk}" name="submission" value="([^"]+)"', page)
        assert found
        press(client, run, found[1])
    assert Run.objects.count() == 3


def test_run_again_from_the_form_page_answers_with_a_card_and_a_new_token(
    client: Client, run: Run
) -> None:
    token = uuid.uuid4()
    text = press(client, run, token, HTMX).text
    made = Run.objects.exclude(pk=run.pk).get()
    assert f'id="run-{made.pk}"' in text
    assert re.search(rf'id="again-{run.pk}"[^>]*hx-swap-oob', text)
    assert str(token) not in text


def test_running_a_colleagues_run_again_makes_me_the_author(bo: Client, run: Run) -> None:
    press(bo, run)
    made = Run.objects.exclude(pk=run.pk).get()
    assert (made.author.username, made.made_from) == ("bo", run)


def test_run_again_keeps_the_prompt_template_of_the_run(client: Client, run: Run) -> None:
    template = {"inputs": run.inputs | {"prompt": "a {{thing}}"}, "values": {"thing": "lighthouse"}}
    Run.objects.update(template=template)
    press(client, run)
    assert Run.objects.exclude(pk=run.pk).get().template == template


def test_run_again_uses_a_newer_model_version_that_accepts_the_inputs(
    client: Client, run: Run
) -> None:
    newer = change_model(run, title="Seedream, mended")
    press(client, run)
    assert Run.objects.exclude(pk=run.pk).get().spec == newer


@pytest.mark.parametrize(
    ("change", "words"),
    [({"size": None}, "Left out"), ({"n": {"type": "integer", "minimum": 2}}, "at least 2")],
)
def test_run_again_opens_the_form_if_the_newer_version_refuses_the_inputs(
    client: Client, run: Run, change: dict[str, Any], words: str
) -> None:
    properties = run.spec.schema["properties"] | change
    kept = {name: part for name, part in properties.items() if part}
    change_model(run, schema=run.spec.schema | {"properties": kept}, rules=[], examples=[])
    page = client.get(press(client, run)["Location"]).text
    assert words in page
    assert "a lighthouse" in page
    assert Run.objects.count() == 1


def test_run_again_with_a_deleted_model_redirects_to_the_models(
    client: Client, run: Run, painter: ModelSpec
) -> None:
    ModelSpec.objects.retire(run.spec.slug, is_retired=True)
    page = client.get(press(client, run)["Location"]).text
    assert "is no longer available" in page
    assert f"{painter.get_absolute_url()}?from={run.pk}" in page
    assert Run.objects.count() == 1


def test_run_again_asks_for_consent_in_the_form_if_it_costs_more(
    client: Client, run: Run, workspace: Workspace
) -> None:
    Workspace.objects.update(ask_above=Decimal("0.001"))
    page = client.get(press(client, run)["Location"]).text
    assert "Generate anyway?" in page
    assert 'name="agreed"' in page
    assert Run.objects.count() == 1


def test_run_again_without_budget_says_so_in_the_form(client: Client, run: Run) -> None:
    Workspace.objects.update(monthly_budget=Decimal("0.0001"))
    response = press(client, run, headers=HTMX)
    assert response.status_code == HTTPStatus.OK
    assert "this month" in client.get(response["HX-Redirect"]).text
    assert Run.objects.count() == 1
