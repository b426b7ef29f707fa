"""No page and no file shows an input that the schema marks as secret, however nested."""

import json
import logging
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.http.response import HttpResponseBase
from django.test import Client

from playground.catalog.models import ModelSpec
from playground.gallery import search_index
from playground.gallery.models import InputWord, RunWords
from playground.runs.files.embedded_inputs import write_embedded_inputs
from playground.runs.models import Draft, Run
from playground.runs.pages import changes
from playground.schema import ABSENT
from playground.teams.models import Workspace
from tests.archive.conftest import select, unpack
from tests.conftest import read_body
from tests.runs.inputs.conftest import SECRETS, MakeRun

pytestmark = pytest.mark.once

SECRET_WORD = "hush"  # part of each secret
ADDRESSES = (
    "/runs/{run}/",
    "/runs/{run}/request.json",
    "/runs/{run}/answers.json",
    "/runs/{run}/models/",
    "/gallery/",
    "/gallery/filters/",
    "/gallery/{output}/",
    "/models/tool/",
    "/models/tool/?from={run}",
    "/models/tool/presets/",
    "/models/tool/prompts/",
    "/outputs/",
    "/runs/live/?run={run}.0",
)


def body_of(response: HttpResponseBase) -> str:
    streamed = getattr(response, "streaming", False)
    content = read_body(response) if streamed else getattr(response, "content", b"")
    return content.decode("latin-1")


@pytest.mark.parametrize("address", ADDRESSES)
def test_no_page_shows_a_secret(
    client: Client, workspace: Workspace, ana: User, make_run: MakeRun, address: str
) -> None:
    run = make_run(**SECRETS)
    facts = {"workspace": workspace, "author": ana, "slug": "tool", "spec": run.spec}
    Draft.objects.create(**facts, inputs=run.inputs, opened_from=run)
    output = run.outputs.get()
    response = client.get(address.format(run=run.pk, output=output.pk))
    assert response.status_code == 200
    assert SECRET_WORD not in body_of(response)


def test_the_page_of_a_run_marks_hidden_values(client: Client, make_run: MakeRun) -> None:
    page = client.get(make_run(**SECRETS).get_absolute_url()).text
    assert "<dt>API key</dt>" in page
    assert "hidden" in page
    assert "&lt;hidden&gt;" in page  # in the programs


def test_the_shown_request_marks_hidden_values(client: Client, make_run: MakeRun) -> None:
    document = client.get(f"{make_run(**SECRETS).get_absolute_url()}request.json").json()
    assert document["body"]["input"] == {
        "prompt": "a cat",
        "httpOptions": {"timeOut": 30, "proxyToken": "<hidden>"},
        "shots": [{"camera": "pan", "key": "<hidden>"}],
        "source": {"id": 7, "code": "<hidden>"},
        "secretKey": "<hidden>",
        "codes": ["<hidden>"],
        "others": {"mine": "<hidden>"},
        "vault": "<hidden>",
    }


def test_a_secret_repeated_by_the_provider_is_hidden(client: Client, make_run: MakeRun) -> None:
    run = make_run(**SECRETS)
    answer = {"input": run.inputs, "said": "No such key: hush-in-branch, hush-in-vault."}
    Run.objects.filter(pk=run.pk).update(task_answer=json.dumps(answer))
    document = client.get(f"{run.get_absolute_url()}answers.json").json()
    assert SECRET_WORD not in json.dumps(document)
    assert document["task"]["said"] == "No such key: <hidden>, <hidden>."


def test_a_secret_is_no_headline_of_a_run_without_a_prompt(
    client: Client, make_run: MakeRun
) -> None:
    run = make_run(prompt="", **SECRETS)
    assert run.headline == ""
    Run.objects.filter(pk=run.pk).update(template={"inputs": run.inputs, "values": {}})
    run.refresh_from_db()
    assert run.wording == ""
    assert SECRET_WORD not in client.get("/gallery/").text
    assert SECRET_WORD not in run.outputs.get().download_name


def test_downloads_and_exports_contain_no_secret(client: Client, make_run: MakeRun) -> None:
    run = make_run(prompt="", **SECRETS)
    files = unpack(select(client, "/gallery/take/", run.outputs.get()))
    assert {"runs.csv", "index.html"} <= set(files)
    for name, content in files.items():
        assert SECRET_WORD not in name
        assert SECRET_WORD.encode() not in content


def test_a_downloaded_picture_contains_no_secret(make_run: MakeRun) -> None:
    text = write_embedded_inputs(make_run(**SECRETS)).decode()
    assert SECRET_WORD not in text
    assert json.loads(text)["inputs"] == {
        "prompt": "a cat",
        "httpOptions": {"timeOut": 30},
        "shots": [{"camera": "pan"}],
        "source": {"id": 7},
        "codes": [],
        "others": {},
    }


def test_search_does_not_match_secrets(client: Client, make_run: MakeRun) -> None:
    short = SECRETS | {"secretKey": "hushshort"}
    run = make_run(**short)
    assert SECRET_WORD not in RunWords.objects.get(run=run).words
    assert not InputWord.objects.filter(run=run, word__contains=SECRET_WORD).exists()
    found = client.get("/gallery/", {"q": "hushshort"}).text
    assert str(run.outputs.get().pk) not in found


def test_a_changed_secret_is_marked_without_its_value(
    client: Client, workspace: Workspace, ana: User, make_run: MakeRun
) -> None:
    run = make_run(**SECRETS)
    facts = {"workspace": workspace, "author": ana, "slug": "tool", "spec": run.spec}
    Draft.objects.create(**facts, inputs={"prompt": "a dog"}, opened_from=run)
    page = client.get("/models/tool/").text
    assert page.count("<span>Was <q>hidden</q></span>") == 3
    assert SECRET_WORD not in page


@pytest.mark.parametrize("name", SECRETS)
@pytest.mark.parametrize("gone", [ABSENT, None, "other", {}, [], {"x": 1}])
def test_no_comparison_of_inputs_shows_a_secret(tool: ModelSpec, name: str, gone: Any) -> None:
    before = {name: SECRETS[name]}
    now = {} if gone is ABSENT else {name: gone}
    found = dict(changes.list_changes(before, now))
    described = changes.describe_changes(found, tool.form.secrets(before))
    assert described
    assert SECRET_WORD not in str(described)


def test_related_runs_show_no_secret(client: Client, make_run: MakeRun) -> None:
    parent = make_run(**SECRETS)
    other = json.loads(json.dumps(SECRETS).replace("hush", "hush-other"))
    child = make_run(prompt="a dog", run={"made_from": parent}, **other)
    page = client.get(child.get_absolute_url()).text
    assert ">History</h2>" in page
    assert SECRET_WORD not in page


def test_mapped_inputs_reveal_no_secret(client: Client, make_run: MakeRun) -> None:
    run = make_run(**SECRETS)
    ModelSpec.objects.publish(
        "other",
        title="Other",
        schema={"type": "object", "properties": {"text": {"type": "string"}}},
    )
    page = client.get(f"/models/other/?from={run.pk}").text
    assert "Not supported by this model" in page
    assert SECRET_WORD not in page


def test_the_log_contains_no_secret(
    client: Client, make_run: MakeRun, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    run = make_run(**SECRETS)
    client.get(run.get_absolute_url())
    client.post(f"{run.get_absolute_url()}again/")
    assert not [
        each for each in caplog.messages if SECRET_WORD in each and "INSERT" not in each.upper()
    ]


def test_an_earlier_index_with_secrets_is_rebuilt(make_run: MakeRun) -> None:
    run = make_run(**SECRETS | {"secretKey": "hushshort"})
    RunWords.objects.filter(run=run).update(words="a cat hushshort", version=1)
    InputWord.objects.create(run=run, name="secretKey", word="hushshort")
    search_index.reindex_some()
    assert SECRET_WORD not in RunWords.objects.get(run=run).words
    assert not InputWord.objects.filter(run=run, name="secretKey").exists()
