"""Two providers: the models, keys and runs of each are kept apart."""

import io
import json
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import cast

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from PIL import Image
from pytest_django.fixtures import Settings

from playground import money
from playground.catalog.models import ModelSpec
from playground.providers import registry
from playground.runs import lifecycle
from playground.runs.costs import budgets
from playground.runs.files import file_links
from playground.runs.models import Run, Status
from playground.teams.models import ApiKey, Membership, Workspace
from tests.catalog.browser import press
from tests.providers.atelier import ATELIER, HEADER, AtelierService
from tests.providers.scripted import serving
from tests.sandbox_process import SandboxProcess

KEY = "at_canary_0123456789"
SCHEMA = {
    "type": "object",
    "properties": {"prompt": {"type": "string"}},
    "required": ["prompt"],
}

type WorkOff = Callable[[], None]


@pytest.fixture
def atelier(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[AtelierService]:
    """A server of the second provider; no sandbox runs, and no key is stored."""
    picture = io.BytesIO()
    Image.new("RGB", (64, 48), "teal").save(picture, "PNG")
    monkeypatch.setitem(registry.PROVIDERS, ATELIER.slug, ATELIER)
    with serving(AtelierService(key=KEY, picture=picture.getvalue())) as service:
        settings.ATELIER_BASE_URL, settings.ATELIER_API_KEY = service.url, ""
        settings.SANDBOX_URL = ""
        yield cast("AtelierService", service)


@pytest.fixture
def sketch(db: None, atelier: AtelierService) -> ModelSpec:
    """A model of the second provider."""
    return ModelSpec.objects.publish(
        "sketch-1", provider=ATELIER.slug, title="Sketch", schema=SCHEMA
    )


@pytest.fixture
def mindvideo(sandbox: SandboxProcess, settings: Settings, atelier: AtelierService) -> str:
    """The sandbox at the address of the first provider; returns the key it accepts."""
    settings.MINDVIDEO_BASE_URL, settings.SANDBOX_URL = sandbox.url, ""
    return sandbox.api_key


@pytest.fixture
def first_key(workspace: Workspace, mindvideo: str) -> ApiKey:
    return ApiKey.objects.keep(workspace, registry.MINDVIDEO.slug, mindvideo)


@pytest.fixture
def second_key(workspace: Workspace, atelier: AtelierService) -> ApiKey:
    return ApiKey.objects.keep(workspace, ATELIER.slug, KEY)


@dataclass(frozen=True, kw_only=True)
class Pair:
    """A model and a key of each provider, both in one workspace."""

    first: ModelSpec
    second: ModelSpec
    first_key: ApiKey
    second_key: ApiKey


@pytest.fixture
def pair(seedream: ModelSpec, sketch: ModelSpec, first_key: ApiKey, second_key: ApiKey) -> Pair:
    return Pair(first=seedream, second=sketch, first_key=first_key, second_key=second_key)


def read_page(client: Client, address: str) -> str:
    """Return a page with its whitespace collapsed."""
    return " ".join(client.get(address).text.split())


def generate(client: Client, spec: ModelSpec, prompt: str) -> Run:
    typed = {"submission": str(uuid.uuid4()), "/prompt": prompt, "/n": "1"}
    response = client.post(spec.get_absolute_url(), typed)
    assert response.status_code == 302, response.text
    return Run.objects.get(spec=spec)


def test_each_run_goes_to_its_own_provider_with_its_own_key(
    client: Client,
    pair: Pair,
    sandbox: SandboxProcess,
    atelier: AtelierService,
    work_off: WorkOff,
) -> None:
    runs = [generate(client, pair.second, "a heron"), generate(client, pair.first, "a lighthouse")]
    work_off()
    for run, key in zip(runs, (pair.second_key, pair.first_key), strict=True):
        run.refresh_from_db()
        assert (run.status, run.api_key) == (Status.SUCCEEDED, key)
        assert run.outputs.get().stored_at is not None
    assert [run.sent_to for run in runs] == [atelier.url, sandbox.url]
    (job,) = atelier.jobs.values()
    assert (job["engine"], job["arguments"]) == ("sketch-1", {"prompt": "a heron"})
    assert job["once"] == str(runs[0].idempotency_key)
    assert runs[0].cost_actual == Decimal("0.04")
    asked = [each for each in atelier.requests if not each.path.startswith("/files/")]
    assert {each.headers[HEADER] for each in asked} == {KEY}
    assert not [each for each in atelier.requests if each.headers["Authorization"]]
    assert {each.path.split("/")[1] for each in atelier.requests} == {"v2", "files"}
    # The sandbox accepts only one key, that of the first provider.
    assert [each["input"]["prompt"] for each in sandbox.ledger()["tasks"]] == ["a lighthouse"]
    assert {each["status"] for each in sandbox.ledger()["requests"]} <= {200, 202}


def test_a_repeated_request_is_the_same_task(
    client: Client, sketch: ModelSpec, second_key: ApiKey, atelier: AtelierService
) -> None:
    run = generate(client, sketch, "a heron")
    made = ATELIER.connect(atelier.url, KEY)
    key = str(run.idempotency_key)
    first, second = (made.submit("sketch-1", run.inputs, key=key) for _ in range(2))
    assert first.task_id == second.task_id


def test_a_key_of_another_provider_pays_nothing(
    client: Client, sketch: ModelSpec, first_key: ApiKey, workspace: Workspace
) -> None:
    page = client.get(sketch.get_absolute_url()).text
    assert "The stored API key is for MindVideo, and runs of this model go to Atelier" in page
    membership = Membership.objects.get(workspace=workspace)
    with pytest.raises(lifecycle.NoKeyError, match="runs of this model go to Atelier"):
        lifecycle.accept(membership, spec=sketch, inputs={"prompt": "a"}, token=uuid.uuid4())
    assert not Run.objects.exists()


def test_a_rejected_key_is_not_replaced_by_one_of_another_provider(
    client: Client, pair: Pair, atelier: AtelierService, work_off: WorkOff
) -> None:
    run = generate(client, pair.second, "a heron")
    atelier.key = "at_another_key_0123"
    work_off()
    run.refresh_from_db()
    assert (run.problem, run.api_key) == ("key_refused", pair.second_key)
    refused = ApiKey.objects.exclude(refused_at=None)
    assert refused.get() == pair.second_key


def test_the_code_of_a_request_is_that_of_its_provider(
    client: Client, pair: Pair, atelier: AtelierService
) -> None:
    run = generate(client, pair.second, "a heron")
    form = f"{pair.second.get_absolute_url()}form/?check"
    checked = client.post(form, {"/prompt": "a heron", "code": "1"}, headers={"HX-Request": "true"})
    for page in (" ".join(checked.text.split()), read_page(client, run.get_absolute_url())):
        assert f"{atelier.url}/v2/jobs" in page
        assert "The key is read from <code>ATELIER_API_KEY</code>" in page
        assert "MINDVIDEO" not in page
    request = client.get(f"/runs/{run.pk}/request.json").json()
    assert request["body"] == {
        "engine": "sketch-1",
        "arguments": {"prompt": "a heron"},
        "once": str(run.idempotency_key),
    }
    assert "ATELIER" not in client.get(pair.first.get_absolute_url()).text


def test_an_owner_chooses_the_provider_of_a_key(
    client: Client, workspace: Workspace, first_key: ApiKey, atelier: AtelierService
) -> None:
    page = client.get("/team/keys/").text
    assert '<option value="atelier">Atelier</option>' in page
    assert 'href="https://atelier.example/keys"' in page
    typed = {"name": "Ours", "is_wanted": "on", "provider": ATELIER.slug}
    refused = client.post("/team/keys/", {**typed, "secret": "at_wrong_key_0123"})
    assert "Atelier rejected this key" in refused.text
    added = client.post("/team/keys/", {**typed, "secret": KEY}, follow=True).text
    assert "Stored Ours (…6789): Atelier accepts it." in added
    assert added.count(">Current</span>") == 2
    assert [each.headers[HEADER] for each in atelier.requests] == ["at_wrong_key_0123", KEY]
    assert workspace.current_key(registry.MINDVIDEO.slug) == first_key
    assert str(workspace.current_key(ATELIER.slug)) == "Ours (…6789)"


def test_a_key_of_an_unknown_provider_is_refused(client: Client, atelier: AtelierService) -> None:
    typed = {"secret": KEY, "name": "", "is_wanted": "on"}
    for provider in ("", "nowhere"):
        response = client.post("/team/keys/", {**typed, "provider": provider})
        assert response.status_code == 422
    assert not ApiKey.objects.exists()


def test_with_one_provider_there_is_no_choice(client: Client, settings: Settings) -> None:
    settings.SANDBOX_URL = ""
    assert 'name="provider"' not in client.get("/team/keys/").text


def test_while_the_sandbox_runs_only_the_sandbox_is_used(
    client: Client, sketch: ModelSpec, second_key: ApiKey, sandbox: SandboxProcess
) -> None:
    assert sandbox.url  # restores the address that the fixture removed
    notice = "While the sandbox runs, nothing is sent to Atelier."
    assert notice in client.get(sketch.get_absolute_url()).text
    assert notice in client.get("/team/keys/").text
    typed = {"submission": str(uuid.uuid4()), "/prompt": "a heron"}
    assert client.post(sketch.get_absolute_url(), typed).status_code == 422
    assert not Run.objects.exists()


def test_the_environment_gives_each_provider_its_first_key(
    workspace: Workspace, settings: Settings, atelier: AtelierService
) -> None:
    settings.MINDVIDEO_API_KEY, settings.ATELIER_API_KEY = "mv_live_0123456789", f" {KEY}\n"
    call_command("release", verbosity=0)
    given = ApiKey.objects.filter(is_given=True).order_by("provider")
    assert [(key.provider, key.secret) for key in given] == [
        ("atelier", KEY),
        ("mindvideo", "mv_live_0123456789"),
    ]


def test_doctor_checks_the_key_with_each_provider(
    first_key: ApiKey, second_key: ApiKey, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):  # no worker
        call_command("doctor", "--json")
    messages = [each["message"] for each in json.loads(capsys.readouterr().out)]
    assert f"Atelier takes {second_key}." in messages
    assert f"MindVideo takes {first_key}." in messages


def test_runs_of_both_providers_count_in_the_budget(
    client: Client, workspace: Workspace, pair: Pair, work_off: WorkOff
) -> None:
    runs = [generate(client, pair.second, "a heron"), generate(client, pair.first, "a lighthouse")]
    work_off()
    counted = budgets.counted_runs(workspace)
    assert set(counted) == set(runs)
    for run in runs:
        run.refresh_from_db()
    assert budgets.total(counted) == sum(run.cost_actual or 0 for run in runs)
    with money.in_unit(workspace.unit):
        spent = money.format_amount(budgets.total(counted))
    page = read_page(client, "/team/usage/")
    assert "<div><dt>Runs</dt><dd>2</dd></div>" in page
    assert f"<div><dt>Spent</dt><dd>{spent}</dd></div>" in page


def test_an_owner_changes_the_provider_of_a_model(client: Client, sketch: ModelSpec) -> None:
    client.post("/models/sketch-1/copy/")
    page = client.get("/models/sketch-1/edit/?for=workspace")
    assert '<option value="atelier" selected>Atelier</option>' in page.text
    reviewed = press(client, page, "save", provider=registry.MINDVIDEO.slug)
    assert ModelSpec.objects.exclude(workspace=None).get().provider == ATELIER.slug
    press(client, reviewed, "seal")
    own = ModelSpec.objects.exclude(workspace=None).order_by("version")
    assert [(each.version, each.provider) for each in own] == [(1, "atelier"), (2, "mindvideo")]


def test_the_default_provider_does_not_change_the_digests_of_models(db: None) -> None:
    facts = {"title": "A", "schema": SCHEMA}
    plain = ModelSpec(slug="a", **facts)
    assert plain.read_digest() == ModelSpec(slug="a", provider="mindvideo", **facts).read_digest()
    assert plain.read_digest() != ModelSpec(slug="a", provider="atelier", **facts).read_digest()


def test_files_may_come_from_the_provider_s_file_hosts(
    atelier: AtelierService, settings: Settings
) -> None:
    addresses = {"/image": "http://store.atelier.test/a.png"}
    assert file_links.find_bad(addresses, provider=ATELIER.slug) == {}
    assert file_links.find_bad(addresses, provider=registry.MINDVIDEO.slug).keys() == {"/image"}


def test_pages_of_a_removed_provider_still_open(
    client: Client,
    sketch: ModelSpec,
    second_key: ApiKey,
    work_off: WorkOff,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    run = generate(client, sketch, "a heron")
    work_off()
    waiting = Run.objects.create(
        workspace=run.workspace, author=run.author, spec=sketch, api_key=second_key, inputs={}
    )
    monkeypatch.delitem(registry.PROVIDERS, ATELIER.slug)
    Run.objects.filter(pk=waiting.pk).update(next_check_at=timezone.now() - timedelta(hours=1))
    for address in (
        *(sketch.get_absolute_url(), run.get_absolute_url(), waiting.get_absolute_url()),
        *("/team/keys/", "/models/", "/gallery/", f"/runs/{run.pk}/request.json"),
        *("/models/sketch-1/edit/", "/team/usage/"),
    ):
        assert client.get(address).status_code == 200, address
    assert "This program has no provider atelier." in client.get("/team/keys/").text
