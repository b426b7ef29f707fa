"""The same again: one press, one run, under the rules of Generate."""

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

if TYPE_CHECKING:  # the name is in the stubs only
    from django.test.client import _MonkeyPatchedWSGIResponse

pytestmark = pytest.mark.once


def press(
    client: Client, run: Run, token: object = None, headers: dict[str, str] | None = None
) -> "_MonkeyPatchedWSGIResponse":
    data = {"submission": str(token or uuid.uuid4())}
    return client.post(f"{run.get_absolute_url()}again/", data, headers=headers or {})


def change_model(run: Run, **facts: Any) -> ModelSpec:
    """Publish another version of a run's model."""
    return ModelSpec.objects.publish(run.spec.slug, **run.spec.facts | facts)


def test_the_same_inputs_make_a_run_of_their_own(client: Client, run: Run) -> None:
    response = press(client, run)
    made = Run.objects.exclude(pk=run.pk).get()
    assert (made.inputs, made.made_from, made.is_shared) == (run.inputs, run, run.is_shared)
    assert response["Location"] == made.get_absolute_url()


def test_pressed_twice_it_makes_one(client: Client, run: Run) -> None:
    token = uuid.uuid4()
    addresses = {press(client, run, token)["Location"] for _ in range(2)}
    assert Run.objects.count() == 2
    assert len(addresses) == 1


def test_each_time_a_page_is_drawn_is_another_press(client: Client, run: Run) -> None:
    for _ in range(2):
        page = client.get(run.get_absolute_url()).text
        found = re.search(rf'id="again-{run.pk}" name="submission" value="([^"]+)"', page)
        assert found
        press(client, run, found[1])
    assert Run.objects.count() == 3


def test_on_the_page_of_the_form_its_card_comes_and_the_button_is_fresh(
    client: Client, run: Run
) -> None:
    token = uuid.uuid4()
    text = press(client, run, token, HTMX).text
    made = Run.objects.exclude(pk=run.pk).get()
    assert f'id="run-{made.pk}"' in text
    assert re.search(rf'id="again-{run.pk}"[^>]*hx-swap-oob', text)
    assert str(token) not in text


def test_a_run_of_somebody_else_is_made_again_in_ones_own_name(bo: Client, run: Run) -> None:
    press(bo, run)
    made = Run.objects.exclude(pk=run.pk).get()
    assert (made.author.username, made.made_from) == ("bo", run)


def test_what_a_run_was_written_with_comes_along(client: Client, run: Run) -> None:
    template = {"inputs": run.inputs | {"prompt": "a {{thing}}"}, "values": {"thing": "lighthouse"}}
    Run.objects.update(template=template)
    press(client, run)
    assert Run.objects.exclude(pk=run.pk).get().template == template


def test_a_newer_version_that_takes_all_of_it_is_used(client: Client, run: Run) -> None:
    newer = change_model(run, title="Seedream, mended")
    press(client, run)
    assert Run.objects.exclude(pk=run.pk).get().spec == newer


@pytest.mark.parametrize(
    ("change", "words"),
    [({"size": None}, "Left out"), ({"n": {"type": "integer", "minimum": 2}}, "at least 2")],
)
def test_a_newer_version_that_does_not_opens_the_form_and_says_why(
    client: Client, run: Run, change: dict[str, Any], words: str
) -> None:
    properties = run.spec.schema["properties"] | change
    kept = {name: part for name, part in properties.items() if part}
    change_model(run, schema=run.spec.schema | {"properties": kept}, rules=[], examples=[])
    page = client.get(press(client, run)["Location"]).text
    assert words in page
    assert "a lighthouse" in page
    assert Run.objects.count() == 1


def test_a_model_that_is_gone_leads_to_the_others(
    client: Client, run: Run, painter: ModelSpec
) -> None:
    ModelSpec.objects.retire(run.spec.slug, is_retired=True)
    page = client.get(press(client, run)["Location"]).text
    assert "is no longer available" in page
    assert f"{painter.get_absolute_url()}?from={run.pk}" in page
    assert Run.objects.count() == 1


def test_what_costs_more_than_agreed_is_asked_in_the_form(
    client: Client, run: Run, workspace: Workspace
) -> None:
    Workspace.objects.update(ask_above=Decimal("0.001"))
    page = client.get(press(client, run)["Location"]).text
    assert "Generate anyway?" in page
    assert 'name="agreed"' in page
    assert Run.objects.count() == 1


def test_what_no_budget_has_room_for_is_said_in_the_form(client: Client, run: Run) -> None:
    Workspace.objects.update(monthly_budget=Decimal("0.0001"))
    response = press(client, run, headers=HTMX)
    assert response.status_code == HTTPStatus.OK
    assert "this month" in client.get(response["HX-Redirect"]).text
    assert Run.objects.count() == 1
