"""Every page names an input as the form does."""

import re
from decimal import Decimal
from html import escape
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django.fixtures import Settings

from playground.catalog.changes import compare_schemas
from playground.catalog.layout import read_layout
from playground.catalog.models import ModelSpec, form_of
from playground.compose import version_fit
from playground.runs.costs import history, prices
from playground.runs.models import Draft, Run
from playground.teams.models import Workspace
from tests.runs.inputs.conftest import SCHEMA, MakeRun

pytestmark = pytest.mark.once

INPUTS: dict[str, Any] = {
    "n": 2,
    "frame": "16:9",
    "httpOptions": {"timeOut": 30},
    "a/b": "one",
    "x~y": "two",
    "shots": [{"camera": "pan"}, {"camera": "tilt"}],
    "source": {"id": 7},
    "unknownName": "x",
}
LABELS = (
    "Images", "Aspect ratio", "Time out", "Slash", "Tilde", "Shots 1: Camera move",
    "Shots 2: Camera move", "Account number", "Unknown name",
)  # fmt: skip
FORM_LABELS = ("Images", "Aspect ratio", "Http options", "Slash", "Tilde", "Shots 2")
WRONG_LABELS = ("N", "Frame", "Httpoptions", "Timeout", "A/b", "X~y")


def labels_in(page: str) -> list[str]:
    return [each.partition("</dt>")[0].strip() for each in page.split("<dt>")[1:]]


def test_the_form_shows_the_titles(client: Client, make_run: MakeRun) -> None:
    run = make_run(**INPUTS)
    form = client.get(f"{run.spec.get_absolute_url()}?from={run.pk}").text
    for title in FORM_LABELS:
        assert re.search(rf">\s*{title}\s*<", form)


def test_the_run_page_uses_the_titles_of_the_form(client: Client, make_run: MakeRun) -> None:
    labels = labels_in(client.get(make_run(**INPUTS).get_absolute_url()).text)
    assert set(LABELS) <= set(labels)
    assert not set(WRONG_LABELS) & set(labels)


def test_inputs_are_in_the_order_of_the_form(client: Client, make_run: MakeRun) -> None:
    turned = dict(reversed(INPUTS.items()))
    labels = labels_in(client.get(make_run(**turned).get_absolute_url()).text)
    assert labels[:4] == ["Prompt", "Aspect ratio", "Slash", "Tilde"]
    assert labels.index("Time out") > labels.index("Images")  # advanced fields come last


def test_the_gallery_uses_the_titles_of_the_form(client: Client, make_run: MakeRun) -> None:
    output = make_run(**INPUTS).outputs.get()
    labels = labels_in(client.get(f"/gallery/{output.pk}/").text)
    assert set(LABELS) <= set(labels)


def test_changes_between_runs_use_the_titles_of_the_form(client: Client, make_run: MakeRun) -> None:
    parent = make_run(**INPUTS)
    child = make_run(run={"made_from": parent}, **INPUTS | {"n": 3, "a/b": "other"})
    page = client.get(child.get_absolute_url()).text
    family = page.partition('class="relative__')[2]
    assert "Images" in family
    assert "Slash" in family


@pytest.mark.parametrize(
    ("name", "word", "title"),
    [("n", "2", "Images"), ("frame", "16:9", "Aspect ratio"), ("a/b", "one", "Slash"),
     ("x~y", "two", "Tilde"), ("unknownName", "x", "Unknown name")],
)  # fmt: skip
def test_active_filters_use_the_titles_of_the_form(
    client: Client, make_run: MakeRun, name: str, word: str, title: str
) -> None:
    make_run(**INPUTS)
    page, choices = (
        " ".join(client.get(address, {f"in.{name}": word}).text.split())
        for address in ("/gallery/", "/gallery/filters/")
    )
    assert f'{title}:</span> <span class="pill__words">{word}</span>' in page
    assert title in choices.partition("<main")[2]


def test_offered_filters_use_the_titles_of_the_form(client: Client, make_run: MakeRun) -> None:
    make_run(**INPUTS)
    make_run(**INPUTS | {"n": 3, "frame": "1:1", "a/b": "other", "unknownName": "y"})
    page = re.sub(r">\s+|\s+<", lambda gap: gap[0].strip(), client.get("/gallery/filters/").text)
    for title in ("Images", "Aspect ratio", "Slash", "Unknown name"):
        assert f'<p class="menu__title">{title}</p>' in page


def test_a_filter_no_model_has_is_named_by_its_words(client: Client) -> None:
    page = " ".join(client.get("/gallery/", {"in.outputFormat": "png"}).text.split())
    assert 'Output format:</span> <span class="pill__words">png</span>' in page


def test_a_draft_is_shown_with_the_titles_of_the_form(
    client: Client, workspace: Workspace, ana: User, tool: ModelSpec
) -> None:
    Draft.objects.create(workspace=workspace, author=ana, slug="tool", spec=tool, inputs=INPUTS)
    labels = labels_in(client.get("/models/tool/presets/").text)
    assert set(LABELS) <= set(labels)


def test_a_price_names_the_fields_that_it_depends_on(
    workspace: Workspace, settings: Settings, make_run: MakeRun, tool: ModelSpec
) -> None:
    settings.SANDBOX_URL = "http://127.0.0.1:9"  # so that the sandbox's keys are used
    for cost, kind in (("0.1", "one"), ("0.9", "two")) * 3:
        run = make_run(**{"a/b": kind, "x~y": kind * 2, "n": 1})
        Run.objects.filter(pk=run.pk).update(cost_actual=Decimal(cost))
    history.clear_cache()
    chosen = {"prompt": "a cat", "a/b": "two", "x~y": "twotwo", "n": 1}
    estimate = prices.estimate(workspace, tool, chosen)
    assert estimate.likely == Decimal("0.9")
    assert set(estimate.fields) <= {"Slash", "Tilde"}
    assert estimate.fields


def test_removed_fields_are_named_as_in_their_version(tool: ModelSpec) -> None:
    newer = ModelSpec.objects.publish(
        "tool", title="Tool", schema={"type": "object", "properties": {"prompt": {}}}
    )
    inputs, lost = version_fit.fit_to_version({"prompt": "a cat", **INPUTS}, tool, newer)
    assert inputs == {"prompt": "a cat", "unknownName": "x"}
    assert lost == (
        "Images", "Aspect ratio", "Http options", "Slash", "Tilde", "Shots", "Source",
    )  # fmt: skip


def test_changes_between_versions_use_the_titles_of_the_form() -> None:
    named = SCHEMA["$defs"]["Named"]
    number = {**named["properties"]["n"], "minimum": 2}
    shot = {"type": "object", "properties": {"camera": {"type": "string", "title": "Movement"}}}
    new = {
        **SCHEMA,
        "$defs": {
            "Size": {"title": "Aspect ratio", "enum": ["1:1"]},
            "Shot": shot,
            "Named": {**named, "properties": {"n": number}},
        },
    }
    changes = {each.name: each.title for each in compare_schemas(SCHEMA, new)}
    assert changes["/n"] == "Images"
    assert changes["/frame"] == "Aspect ratio"
    assert changes["/shots/*/camera"] == "Movement"
    assert changes["/shots/*/key"] == "API key"


def test_the_layout_editor_uses_the_titles_of_the_form() -> None:
    titles = {place.name: place.title for place in read_layout(SCHEMA)}
    assert titles["frame"] == "Aspect ratio"
    assert titles["httpOptions"] == "Http options"


def test_a_title_is_escaped(client: Client, make_run: MakeRun) -> None:
    odd = {"type": "object", "properties": {"n": {"type": "integer", "title": "<b>N</b>"}}}
    spec = ModelSpec.objects.publish("odd", title="Odd", schema=odd)
    page = client.get(make_run(run={"spec": spec}, n=2).get_absolute_url()).text
    assert escape("<b>N</b>") in page
    assert "<b>N</b>" not in page


@pytest.mark.parametrize("address", ["/gallery/", "/gallery/filters/"])
def test_a_page_of_many_pictures_reads_the_form_once(
    client: Client, make_run: MakeRun, address: str
) -> None:
    counts = []
    for number in range(4):
        make_run(**INPUTS | {"n": number + 1})
        form_of.cache_clear()
        with CaptureQueriesContext(connection) as queries:
            client.get(address)
        counts.append(len(queries))
    assert counts[-1] == counts[-2]
    forms = [each for each in queries if '"catalog_modelspec"."rules"' in each["sql"]]
    assert len(forms) <= 1
