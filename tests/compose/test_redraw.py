"""The form is redrawn after an edit with all typed values, without starting a run."""

from typing import Any

import pytest
from django.test import Client

from playground.catalog.models import ModelSpec
from playground.runs.models import Run

pytestmark = pytest.mark.once

HTMX = {"HX-Request": "true"}
SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["prompt"],
    "properties": {
        "prompt": {"type": "string", "title": "Prompt", "minLength": 1},
        "steps": {"type": "integer", "title": "Steps", "maximum": 50},
        "loras": {
            "type": "array",
            "title": "LoRAs",
            "items": {"type": "object", "properties": {"path": {"type": "string"}}},
        },
        "mode": {"enum": ["fast", "best"], "title": "Mode"},
    },
    "if": {"properties": {"mode": {"const": "best"}}, "required": ["mode"]},
    "then": {"properties": {"rounds": {"type": "integer", "title": "Rounds"}}},
}
TYPED = {"/prompt": "half a sent", "/steps": "many", "~rows/loras": "0", "/loras/0/path": "ink"}


@pytest.fixture
def spec(db: None) -> ModelSpec:
    return ModelSpec.objects.publish("dynamic", title="Dynamic", schema=SCHEMA)


def test_adding_a_row_keeps_all_that_was_typed(client: Client, spec: ModelSpec) -> None:
    response = client.post("/models/dynamic/form/", TYPED | {"~do": "add /loras"}, headers=HTMX)
    assert response.status_code == 200
    assert 'name="/loras/1/path"' in response.text
    for text in ("half a sent", 'value="many"', 'value="ink"'):
        assert text in response.text


def test_removing_a_row_works_without_javascript(client: Client, spec: ModelSpec) -> None:
    response = client.post(spec.get_absolute_url(), TYPED | {"~do": "remove /loras/0"})
    assert response.status_code == 200
    assert "<html" in response.text
    assert 'name="/loras/0/path"' not in response.text
    assert not Run.objects.exists()


def test_an_edit_redraws_only_the_fields(client: Client, spec: ModelSpec) -> None:
    response = client.post(spec.get_absolute_url(), TYPED | {"~do": "add /loras"}, headers=HTMX)
    assert response["HX-Retarget"] == "#fields"
    assert "<form" not in response.text


def test_an_edit_shows_no_errors(client: Client, spec: ModelSpec) -> None:
    response = client.post("/models/dynamic/form/", {"~do": "add /loras"}, headers=HTMX)
    assert "field__error" not in response.text


def test_a_check_shows_errors_and_creates_no_run(client: Client, spec: ModelSpec) -> None:
    response = client.post("/models/dynamic/form/?check", TYPED, headers=HTMX)
    assert 'id="f_2f_steps-error"' in response.text
    assert not Run.objects.exists()


def test_a_conditional_field_appears_when_its_condition_holds(
    client: Client, spec: ModelSpec
) -> None:
    response = client.post("/models/dynamic/form/", TYPED | {"/mode": '"best"'}, headers=HTMX)
    assert 'name="/rounds"' in response.text


@pytest.mark.parametrize(
    "edit", ["", "add", "add /no/such", "fly /loras", "remove /loras/99", "up "]
)
def test_a_forged_edit_changes_nothing(client: Client, spec: ModelSpec, edit: str) -> None:
    response = client.post("/models/dynamic/form/", TYPED | {"~do": edit}, headers=HTMX)
    assert response.status_code == 200
    assert 'value="ink"' in response.text
