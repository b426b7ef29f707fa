"""Adding cells to an experiment later: new values of its axes, and repeated rows."""

import uuid
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from playground.catalog.models import ModelSpec
from playground.experiments.models import Experiment
from playground.runs.models import Run
from playground.teams.models import Workspace
from tests.experiments.test_experiments import (
    HTMX,
    Post,
    _sandbox_key,
    draft,
    experiment,
    post,
    read,
)

__all__ = ["_sandbox_key", "draft", "experiment", "post"]  # fixtures

ADD = {"do": "start", "vary:/prompt": "a cow"}


def add_cells(client: Client, experiment: Experiment, token: str = "", **fields: Any) -> int:
    data = {"submission": token or str(uuid.uuid4()), **fields}
    return client.post(f"{experiment.get_absolute_url()}add/", data).status_code


def test_adding_a_value_creates_only_the_new_cells(client: Client, experiment: Experiment) -> None:
    before = set(Run.objects.values_list("pk", flat=True))
    counted = client.post(
        f"{experiment.get_absolute_url()}add/", ADD | {"do": "count"}, headers=HTMX
    )
    assert "6 runs" in counted.text
    assert add_cells(client, experiment, **ADD) == 302
    new = Run.objects.exclude(pk__in=before)
    assert {(run.inputs["prompt"], run.inputs["n"]) for run in new} == {
        ("a cow", 1), ("a cow", 2), ("a cow", 3),
    }  # fmt: skip
    assert new.count() == 6
    assert all(run.cost_most is not None for run in new)
    page = read(client, experiment, "?rows=0&columns=1")
    assert "a cow" in page
    assert 'id="cell-2-2-0"' in page


def test_a_repeated_submission_adds_values_once(client: Client, experiment: Experiment) -> None:
    token = str(uuid.uuid4())
    assert {add_cells(client, experiment, token, **ADD) for _ in range(2)} == {302}
    assert Run.objects.count() == 18
    row = f"{experiment.get_absolute_url()}repeat/0-0/"
    for _ in range(2):
        client.post(row, {"do": "start", "submission": token})
    assert Run.objects.count() == 24


def test_a_repeated_row_keeps_the_inputs_of_its_runs(
    client: Client, experiment: Experiment
) -> None:
    address = f"{experiment.get_absolute_url()}repeat/0-1/"
    assert "6 runs" in client.get(address).text
    client.post(address, {"do": "start"})
    again = Run.objects.filter(cell__place__startswith="2-")
    assert [run.inputs["prompt"] for run in again] == ["a dog"] * 6
    assert sorted(run.inputs["n"] for run in again) == [1, 1, 2, 2, 3, 3]
    assert "a dog (2)" in read(client, experiment, "?rows=0&columns=1")
    client.post(f"{experiment.get_absolute_url()}repeat/2-0/", {"do": "start"})
    assert Run.objects.filter(cell__place__endswith="-2").count() == 9
    assert Experiment.objects.get().read_axes()[2].values[-1].label == "3"


def test_one_row_can_be_repeated(client: Client, post: Post) -> None:
    post(**{"vary:/n": "1, 2, 3"})
    experiment = Experiment.objects.get()
    assert "/repeat/all/" in read(client, experiment)
    client.post(f"{experiment.get_absolute_url()}repeat/all/", {"do": "start"})
    places = set(experiment.cells.values_list("place", flat=True))
    assert places == {f"{number}-{repeat}" for number in range(3) for repeat in range(2)}
    assert "0 of 6 done" in read(client, experiment)


def test_added_cells_keep_the_shared_variable_values(
    client: Client, post: Post, draft: Callable[..., None]
) -> None:
    draft(prompt="a {{animal:cat|dog}} at {{time}}", values={"time": "dusk"})
    post(**{"vary-variable:animal": ["cat"], "vary:/n": "1, 2"})
    dog: dict[str, Any] = {"do": "start", "vary-variable:animal": ["dog"]}
    add_cells(client, Experiment.objects.get(), **dog)
    assert {run.inputs["prompt"] for run in Run.objects.all()} == {
        "a cat at dusk", "a dog at dusk",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({}, "Enter the values to add"),
        ({"vary:/prompt": " \n"}, "at least one value"),
        ({"vary:/prompt": "a cat"}, "has these values already"),
        ({"vary:/size": "*"}, "no field “/size”"),
        ({"vary:/n": "1-10000"}, "10,000 values"),
        ({"vary:/n": "4-120"}, "480 runs"),
        ({"vary:/n": "98, 99"}, "None of these can be sent"),
        ({"vary:/n": "4, 99"}, "4 combinations cannot be sent"),
    ],
)
def test_invalid_added_values_are_explained_and_add_nothing(
    client: Client, experiment: Experiment, fields: dict[str, str], words: str
) -> None:
    address = f"{experiment.get_absolute_url()}add/"
    response = client.post(address, {"do": "start"} | fields)
    assert response.status_code == 422
    assert words in response.text
    assert client.post(address, {"do": "count"} | fields, headers=HTMX).status_code == 200
    assert (Run.objects.count(), len(Experiment.objects.get().axes[0]["values"])) == (12, 2)


@pytest.mark.parametrize("row", ["9-0", "0-9", "all", "x", "-1--1", "0", "%00", "9" * 3000])
def test_an_unknown_row_answers_404(client: Client, experiment: Experiment, row: str) -> None:
    assert client.get(f"{experiment.get_absolute_url()}repeat/{row}/").status_code == 404


def test_added_cells_need_consent_and_budget(
    client: Client, experiment: Experiment, workspace: Workspace
) -> None:
    workspace.ask_above = Decimal("0.1")
    workspace.save()
    address = f"{experiment.get_absolute_url()}repeat/0-0/"
    assert "Generate anyway?" in client.post(address, {"do": "start"}).text
    client.post(address, {"do": "start", "agreed": "1000"})
    assert Run.objects.count() == 18
    workspace.monthly_budget, workspace.ask_above = Decimal("0.0001"), None
    workspace.save()
    response = client.post(address, {"do": "start"})
    assert response.status_code == 422
    assert "budget" in response.text
    assert Run.objects.count() == 18


def test_nothing_is_added_to_a_retired_model(
    client: Client, experiment: Experiment, seedream: ModelSpec
) -> None:
    ModelSpec.objects.filter(slug=seedream.slug).update(is_retired=True)
    for path, data in (("add/", ADD), ("repeat/0-0/", {"do": "start"})):
        response = client.post(f"{experiment.get_absolute_url()}{path}", data)
        assert response.status_code == 422
        assert "was retired" in response.text
    assert Run.objects.count() == 12


def test_others_can_add_only_to_experiments_they_see_completely(
    bo: Client, client: Client, experiment: Experiment
) -> None:
    assert bo.get(f"{experiment.get_absolute_url()}add/").status_code == 200
    Run.objects.filter(cell__place="0-0-0").update(is_shared=False)
    assert bo.get(f"{experiment.get_absolute_url()}add/").status_code == 403
    assert "Add values" not in read(bo, experiment)
    add_cells(client, experiment, **ADD)
    assert not Run.objects.filter(cell__place__startswith="2-", is_shared=True).exists()
