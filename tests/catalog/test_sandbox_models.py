"""The sandbox's own models, and owners' models that it simulates."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import translation
from pytest_django.fixtures import Settings

from playground.catalog import sandbox_models
from playground.catalog.models import ModelSpec
from playground.media.content import MediaKind
from playground.runs.costs import prices
from playground.runs.models import Output, Run, Status
from playground.teams.models import ApiKey, Workspace
from tests.catalog.test_translations import CHINESE, LATIN, NOT_OF_THE_SCHEMA, labels
from tests.html import parse
from tests.sandbox_process import SandboxProcess

SKETCH, MOTION = "sandbox-sketch", "sandbox-motion"

type WorkOff = Callable[[], None]
type Finish = Callable[..., Run]


@pytest.fixture
def sandbox_specs(seedream: ModelSpec, sandbox: SandboxProcess) -> dict[str, ModelSpec]:
    return {spec.slug: spec for spec in sandbox_models.publish_all()}


@pytest.fixture
def finish(workspace: Workspace, ana: User, api_key: ApiKey, work_off: WorkOff) -> Finish:
    """Create a run and let the worker finish it."""

    def run_to_end(spec: ModelSpec, **inputs: Any) -> Run:
        assert spec.form.validate(inputs) == {}
        facts = {"workspace": workspace, "author": ana, "api_key": api_key}
        run = Run.objects.create(spec=spec, inputs=inputs, **facts)
        work_off()
        run.refresh_from_db()
        assert run.status == Status.SUCCEEDED, run.problem_message
        return run

    return run_to_end


def see_slugs(client: Client) -> set[str]:
    page = parse(client.get("/models/").text)
    links = page.iterfind(".//a[@class='model__link']")
    return {each.get("href", "").split("/")[2] for each in links}


def test_sandbox_models_are_offered_and_marked_while_the_sandbox_runs(
    client: Client, sandbox_specs: dict[str, ModelSpec], settings: Settings
) -> None:
    assert see_slugs(client) >= {SKETCH, MOTION}
    chips = [each.text for each in parse(client.get("/models/").text).iterfind(".//span[@class]")]
    assert chips.count("Sandbox") == 2
    client.post(f"/models/{SKETCH}/copy/")
    copy = ModelSpec.objects.filter(workspace__isnull=False)
    assert [each.provider for each in copy] == ["sandbox"]  # a copy has no real provider either
    settings.SANDBOX_URL = ""
    assert see_slugs(client) == {"doubao-seedream-5-0-lite"}
    assert client.get(f"/models/{SKETCH}/").status_code == 404


def test_the_demo_opens_with_the_real_model(
    client: Client, sandbox_specs: dict[str, ModelSpec], seedream: ModelSpec
) -> None:
    assert client.get("/").headers["Location"] == seedream.get_absolute_url()


def test_sandbox_models_are_translated_to_chinese(sandbox_specs: dict[str, ModelSpec]) -> None:
    for spec in sandbox_specs.values():
        assert not spec.notes
        assert not any(spec.form.validate(each) for each in spec.examples)
        with translation.override(CHINESE):
            words = [spec.shown_title, spec.about, *labels(spec.form.render())]
            words += [each["prompt"] for each in spec.shown_examples]
            assert {*LATIN.findall(" ".join(words))} <= NOT_OF_THE_SCHEMA
            assert not any(spec.form.validate(each) for each in spec.shown_examples)


def test_sketch_draws_the_requested_pictures(
    sandbox_specs: dict[str, ModelSpec], finish: Finish
) -> None:
    run = finish(sandbox_specs[SKETCH], prompt="a cat", num_images=2, image_size="16:9")
    files = [output.file for output in run.outputs.all()]
    assert [file and (file.width, file.height) for file in files] == [(256, 144)] * 2
    assert run.cost_actual == run.cost_estimate == Decimal("0.004")


def test_motion_makes_a_video_with_a_poster(
    client: Client, sandbox_specs: dict[str, ModelSpec], finish: Finish
) -> None:
    run = finish(sandbox_specs[MOTION], prompt="a lake", duration=3, aspect_ratio="9:16")
    output: Output = run.outputs.get()
    assert output.file
    assert (output.file.kind, output.file.height) == (MediaKind.VIDEO, 256)
    assert output.file.duration_seconds == pytest.approx(3, abs=0.1)
    assert f'poster="{output.thumbnail_url}"' in client.get(run.get_absolute_url()).text
    assert run.cost_actual == Decimal("0.03")


# Schema, inputs, price and cost.
CASES: list[tuple[dict[str, Any], dict[str, Any], dict[str, Any], str]] = [
    (
        {"properties": {"text": {"type": "string"}, "batch_size": {"type": "integer"}}},
        {"text": "a house", "batch_size": 3},
        {"amount": "0.07", "per": "picture"},
        "0.21",
    ),
    (
        {
            "type": "object",
            "$defs": {"Size": {"enum": ["1024x512", "512x512"], "default": "1024x512"}},
            "properties": {"inputText": {"type": "string"}, "size": {"$ref": "#/$defs/Size"}},
        },
        {"inputText": "a house"},
        {"amount": "0.01", "per": "run", "likely": 'self.size == "1024x512" ? 0.02 : 0.01'},
        "0.02",
    ),
    ({"type": "object", "additionalProperties": {"type": "string"}}, {"a": "b"}, {}, "0"),
]


@pytest.mark.parametrize("case", CASES)
def test_a_custom_model_gives_a_picture_at_its_price(
    workspace: Workspace, finish: Finish, case: tuple[Any, Any, Any, str]
) -> None:
    schema, inputs, price, cost = case
    facts = {"title": "Ours", "schema": schema, "price": price}
    spec = ModelSpec.objects.publish("ours", workspace=workspace, **facts)
    run = finish(spec, **inputs)
    assert all(output.file for output in run.outputs.all())
    assert run.cost_actual == Decimal(cost)
    shown = prices.estimate_charge(workspace, spec, inputs)
    assert (shown.likely or Decimal()) == Decimal(cost)


def test_a_model_the_sandbox_cannot_imitate_is_refused_with_a_message(
    client: Client, workspace: Workspace, ana: User, api_key: ApiKey, work_off: WorkOff
) -> None:
    schema = {"type": "object", "properties": {"text": {"type": "string"}}}
    facts: dict[str, Any] = {"title": "Voice", "category": "audio", "schema": schema}
    spec = ModelSpec.objects.publish("voice", workspace=workspace, **facts)
    run = Run.objects.create(
        workspace=workspace, author=ana, spec=spec, api_key=api_key, inputs={"text": "hi"}
    )
    work_off()
    run.refresh_from_db()
    assert run.status == Status.FAILED
    assert "draws pictures and makes short videos" in client.get(run.get_absolute_url()).text
