"""A drawing of the sandbox is labelled as a placeholder wherever it could seem a model's output."""

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from playground.providers import registry
from playground.runs.models import Run
from playground.teams.models import ApiKey

pytestmark = pytest.mark.once

LABEL = "Placeholder drawing"


def addresses(run: Run) -> dict[str, str]:
    return {
        "form and board": run.spec.get_absolute_url(),
        "run": run.get_absolute_url(),
        "picture": f"/gallery/{run.outputs.get().pk}/",
    }


@pytest.mark.parametrize("page", ["form and board", "run", "picture"])
def test_a_drawing_of_the_sandbox_is_called_a_placeholder(
    client: Client, finished: Run, page: str
) -> None:
    assert LABEL in client.get(addresses(finished)[page]).text


@pytest.mark.parametrize("page", ["form and board", "run", "picture"])
def test_an_output_of_a_real_model_is_not_called_a_placeholder(
    client: Client, finished: Run, settings: Settings, page: str
) -> None:
    settings.SANDBOX_URL = ""
    finished.api_key = ApiKey.objects.keep(
        finished.workspace, registry.MINDVIDEO.slug, "mv_live_real"
    )
    finished.save(update_fields=["api_key"])
    assert LABEL not in client.get(addresses(finished)[page]).text


def test_a_viewer_is_told_on_the_board(client: Client, finished: Run) -> None:
    client.get("/")
    finished.workspace.memberships.update(role="viewer")
    assert LABEL in client.get(finished.spec.get_absolute_url()).text


def test_the_way_to_real_pictures_is_on_the_board(client: Client, finished: Run) -> None:
    assert "MINDVIDEO_API_KEY" in client.get(finished.spec.get_absolute_url()).text
