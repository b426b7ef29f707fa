"""Repeated inputs: a notice, one confirmation, and none for changed inputs."""

import uuid
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

from playground.catalog.models import ModelSpec
from playground.runs.files import digest_backfill
from playground.runs.models import Run
from playground.runs.models.inputs_digest import digest_inputs
from playground.teams.models import ApiKey, Workspace
from tests.html import parse

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse

type Press = Callable[..., "_MonkeyPatchedWSGIResponse"]
FORM = {"/prompt": "a fox", "/n": "1"}
NOTICE, QUESTION = "The same inputs", "Press Generate again to send them once more."


@pytest.fixture
def press(client: Client, seedream: ModelSpec, api_key: ApiKey) -> Press:
    """Press Generate: press(), press("/prompt", "a heron")."""

    def send(spec: ModelSpec = seedream, **more: Any) -> "_MonkeyPatchedWSGIResponse":
        data = FORM | {"submission": str(uuid.uuid4())} | more
        return client.post(spec.get_absolute_url(), data)

    return send


def read_agreed(page: str) -> str:
    named = [each for each in parse(page).iter("input") if each.get("name") == "once_more"]
    return named[0].get("value", "") if named else ""


def test_repeated_inputs_ask_for_confirmation_once(press: Press) -> None:
    assert press().status_code == 302
    asked = press()
    assert asked.status_code == 422
    assert QUESTION in asked.text
    assert Run.objects.count() == 1
    assert press(once_more=read_agreed(asked.text)).status_code == 302
    assert Run.objects.count() == 2
    assert press().status_code == 422  # confirmed for one press only


def test_a_confirmation_holds_for_its_inputs_only(press: Press) -> None:
    press()
    agreed = read_agreed(press().text)
    press(**{"/prompt": "a heron"})
    assert press(**{"/prompt": "a heron"}, once_more=agreed).status_code == 422


def test_the_form_shows_the_earlier_picture_before_generate_is_pressed(
    client: Client, press: Press, work_off: Callable[[], None], seedream: ModelSpec
) -> None:
    press()
    work_off()
    drawn = client.post(f"{seedream.get_absolute_url()}form/?check", FORM)
    output = Run.objects.get().outputs.get()
    assert NOTICE in drawn.text
    assert output.thumbnail_url in drawn.text
    assert QUESTION not in drawn.text
    other = client.post(f"{seedream.get_absolute_url()}form/?check", FORM | {"/n": "2"})
    assert NOTICE not in other.text


def test_a_double_click_creates_one_run_without_a_confirmation(press: Press) -> None:
    token = str(uuid.uuid4())
    assert [press(submission=token).status_code for _ in range(2)] == [302, 302]
    assert Run.objects.count() == 1


def test_variations_and_run_again_ask_for_no_confirmation(
    client: Client, press: Press, work_off: Callable[[], None]
) -> None:
    press()
    work_off()
    run = Run.objects.get()
    varied = press(**{"from": str(run.pk)})
    assert varied.status_code == 302
    again = client.post(f"/runs/{run.pk}/again/", {"submission": str(uuid.uuid4())})
    assert again.status_code == 302
    assert Run.objects.count() == 3


@pytest.mark.parametrize("how", ["failed", "cancelled"])
def test_a_run_without_outputs_is_not_an_earlier_run(press: Press, how: str) -> None:
    press()
    Run.objects.update(status=how, finished_at="2026-11-20T12:00Z", next_check_at=None)
    assert press().status_code == 302


def test_a_random_seed_needs_no_confirmation_and_a_fixed_seed_does(
    press: Press, workspace: Workspace, seedream: ModelSpec
) -> None:
    schema = {
        "type": "object",
        "properties": {"prompt": {"type": "string"}, "seed": {"type": "integer", "title": "Seed"}},
    }
    seeded = ModelSpec.objects.publish("seeded", **{**seedream.facts, "schema": schema})
    assert [press(seeded).status_code for _ in range(2)] == [302, 302]
    assert [press(seeded, **{"/seed": "7"}).status_code for _ in range(2)] == [302, 422]


def test_private_runs_of_others_are_not_shown_as_earlier_runs(
    press: Press, bo: Client, seedream: ModelSpec
) -> None:
    press(seen_by="author")
    assert NOTICE not in bo.post(f"{seedream.get_absolute_url()}form/?check", FORM).text
    Run.objects.update(is_shared=True)
    assert NOTICE in bo.post(f"{seedream.get_absolute_url()}form/?check", FORM).text


def test_inputs_are_compared_as_json(run: Run) -> None:
    assert digest_inputs({"a": 1, "b": [2]}) == digest_inputs({"b": [2.0], "a": 1.0})
    assert digest_inputs({"a": 1}) != digest_inputs({"a": True})
    assert digest_inputs({"a": "1"}) != digest_inputs({"a": 1})
    assert run.inputs_digest == digest_inputs(run.inputs)


def test_the_inputs_digest_is_backfilled_for_older_runs(run: Run) -> None:
    Run.objects.update(inputs_digest="")
    assert digest_backfill.digest_some()
    assert not digest_backfill.digest_some()
    run.refresh_from_db()
    assert run.inputs_digest == digest_inputs(run.inputs)
