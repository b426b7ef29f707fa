"""Models as an axis: shared fields, dropped values, fields of one model, and retired models."""

import uuid
from collections.abc import Callable

import pytest
from django.test import Client

from playground.catalog.models import ModelSpec
from playground.experiments.models import Cell, Experiment
from playground.runs.models import Run, Status
from tests.experiments.test_experiments import HTMX, Post, _sandbox_key, draft, finish, post, read
from tests.html import parse

__all__ = ["_sandbox_key", "draft", "post"]  # fixtures

SCHEMA = {
    "type": "object",
    "required": ["text"],
    "properties": {
        "text": {"type": "string", "title": "Text", "maxLength": 300},
        "num_images": {"type": "integer", "title": "How many", "minimum": 1, "maximum": 4},
        "aspect_ratio": {"enum": ["1:1", "16:9", "9:16"], "title": "Shape", "default": "1:1"},
        "steps": {"type": "integer", "title": "Steps", "minimum": 1, "maximum": 50, "default": 20},
        "style": {"enum": ["ink", "chalk"], "title": "Style"},
    },
}


@pytest.fixture
def sketch(seedream: ModelSpec) -> ModelSpec:
    return ModelSpec.objects.publish("sketch", title="Scribble", schema=SCHEMA)


@pytest.fixture
def two_models(seedream: ModelSpec, sketch: ModelSpec) -> dict[str, list[str]]:
    return {"vary-models": [seedream.slug, sketch.slug]}


def runs_of(spec: ModelSpec) -> list[Run]:
    return list(Run.objects.filter(spec=spec).order_by("next_check_at"))


def test_shared_fields_are_mapped_to_each_model(
    client: Client,
    post: Post,
    two_models: dict[str, list[str]],
    seedream: ModelSpec,
    sketch: ModelSpec,
) -> None:
    post(**two_models, **{"vary:/n": "1, 2"})
    assert [run.inputs["n"] for run in runs_of(seedream)] == [1, 2]
    assert [run.inputs["num_images"] for run in runs_of(sketch)] == [2, 1]
    assert {run.inputs["text"] for run in runs_of(sketch)} == {"a lighthouse"}
    assert {run.inputs["steps"] for run in runs_of(sketch)} == {20}
    page = read(client, Experiment.objects.get())
    assert "Seedream 5 Lite, Scribble" in page
    heads = [(each.text or "").strip() for each in parse(page).iter("th")]
    assert {"Seedream 5 Lite", "Scribble"} <= set(heads)


def test_models_are_named_in_the_language_of_the_reader(
    client: Client, post: Post, two_models: dict[str, list[str]]
) -> None:
    translated = SCHEMA | {"x-i18n": {"zh-Hans": {"title": "涂鸦"}}}
    ModelSpec.objects.publish("sketch", title="Scribble", schema=translated)
    post(**two_models)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "zh-hans"
    page = read(client, Experiment.objects.get())
    heads = [(each.text or "").strip() for each in parse(page).iter("th")]
    assert {"Seedream 5 Lite", "涂鸦"} <= set(heads)


def test_inputs_that_a_model_drops_or_changes_are_named(
    post: Post, two_models: dict[str, list[str]]
) -> None:
    page = post(HTMX, do="count", **two_models).text
    assert "2 runs" in page
    assert "Not supported by this model" in page
    assert "Watermark" in page.split("Not supported")[1]


def test_fields_of_one_model_are_listed_under_its_name(
    post: Post, two_models: dict[str, list[str]], sketch: ModelSpec, seedream: ModelSpec
) -> None:
    page = post(HTMX, do="count", **two_models).text
    assert "Only Scribble" in page
    assert 'name="own:sketch:/steps"' in page
    assert 'name="own:sketch:/text"' not in page
    shown = post(HTMX, do="count", **two_models, **{"own-of": "sketch"}).text
    assert 'name="own:sketch:/steps"' not in shown  # what was typed there is kept
    post(**two_models, **{"own:sketch:/steps": "7", "own:sketch:/style": '"chalk"'})
    (made,) = runs_of(sketch)
    assert (made.inputs["steps"], made.inputs["style"]) == (7, "chalk")
    assert "steps" not in runs_of(seedream)[0].inputs


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"own:sketch:/steps": "seven"}, "Enter a number"),
        ({"own:sketch:/steps": "7, 8"}, "Enter one value"),
        ({"own:sketch:/steps": "99"}, "1 combination cannot be sent"),
        ({"own:sketch:/style": '"oil"'}, "not offered here"),
        ({"own:sketch:/nope": "1"}, "no field “/nope”"),
        ({"vary-models": ["gone"]}, "“gone” is not offered here"),
    ],
)
def test_invalid_values_of_a_model_are_explained(
    post: Post, two_models: dict[str, list[str]], fields: dict[str, object], words: str
) -> None:
    response = post(**(two_models | fields))
    assert response.status_code == 422
    assert words in response.text
    assert not Run.objects.exists()


def test_identical_cells_of_a_model_are_named_and_paid_once(
    post: Post, two_models: dict[str, list[str]], sketch: ModelSpec, seedream: ModelSpec
) -> None:
    axes = two_models | {"vary:/watermark": ["true", "false"], "vary-repeat": "2"}
    response = post(**axes)
    assert response.status_code == 422
    assert "2 combinations cannot be sent" in response.text
    assert "Scribble has nothing that differs here" in response.text
    post(without="2", **axes)
    assert (len(runs_of(seedream)), len(runs_of(sketch))) == (4, 2)


def test_a_model_added_later_gets_no_cells_for_values_that_it_drops(
    client: Client, post: Post, sketch: ModelSpec, seedream: ModelSpec
) -> None:
    ModelSpec.objects.publish("third", title="Third", schema=SCHEMA)
    post(**{"vary-models": [seedream.slug, "third"], "vary:/n": "1, 2"})
    experiment = Experiment.objects.get()
    add = f"{experiment.get_absolute_url()}add/"
    client.post(add, {"do": "start", "vary-models": ["sketch"]})
    assert [run.inputs["num_images"] for run in runs_of(sketch)] == [1, 2]
    response = client.post(add, {"do": "start", "vary:/n": "3"})
    assert response.status_code == 302
    assert experiment.cells.count() == 9


def test_a_model_retired_meanwhile_is_named(
    client: Client, post: Post, two_models: dict[str, list[str]], sketch: ModelSpec
) -> None:
    post(**two_models, **{"vary:/n": "1, 2"})
    experiment = Experiment.objects.get()
    finish(*Cell.objects.values_list("place", flat=True), status=Status.FAILED)
    ModelSpec.objects.filter(slug="sketch").update(is_retired=True)
    address = experiment.get_absolute_url()
    page = client.post(f"{address}retry/", follow=True).text
    assert "Sent 2 runs again. 2 cannot be sent as they are." in page
    assert "Scribble was retired" in page
    response = client.post(f"{address}add/", {"do": "start", "vary:/n": "3"})
    assert response.status_code == 422
    assert "Scribble was retired" in response.text
    token = str(uuid.uuid4())
    client.post(
        f"{address}add/", {"do": "start", "vary:/n": "3", "without": "1", "submission": token}
    )
    assert Run.objects.filter(inputs__contains='"n": 3').count() == 1
    assert "Scribble was retired" in client.get(f"{address}repeat/1-1/").text


def test_variables_and_presets_apply_to_other_models(
    post: Post, draft: Callable[..., None], two_models: dict[str, list[str]], sketch: ModelSpec
) -> None:
    draft(prompt="a {{animal:cat|dog}}", values={"animal": "cat"})
    post(**two_models, **{"vary-variable:animal": "*"})
    assert {run.inputs["text"] for run in runs_of(sketch)} == {"a cat", "a dog"}
