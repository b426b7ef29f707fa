"""Experiments: the form, the count and price, creating the runs, and the grid."""

import uuid
from collections.abc import Callable
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from pytest_django.fixtures import Settings

from playground.catalog.models import ModelSpec
from playground.compose.presets import drafts
from playground.experiments.models import Cell, Experiment
from playground.gallery.models import RunWords
from playground.providers import registry
from playground.runs.models import Preset, Run, Status, Upload
from playground.teams.models import ApiKey, Membership, Role, Workspace
from tests.conftest import picture_bytes
from tests.html import parse

if TYPE_CHECKING:  # the name is in the stubs only
    from django.test.client import _MonkeyPatchedWSGIResponse

HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def _sandbox_key(workspace: Workspace, settings: Settings) -> None:
    """Store a key of a sandbox that does not run, so that nothing is sent."""
    settings.SANDBOX_URL = "http://127.0.0.1:9"
    ApiKey.objects.keep(workspace, registry.SANDBOX.slug, "mv_sandbox_experiments")


@pytest.fixture
def draft(membership: Membership, seedream: ModelSpec) -> Callable[..., None]:
    """Save a draft of the form: draft(prompt="a lighthouse")."""

    def save(values: dict[str, str] | None = None, **inputs: Any) -> None:
        value = {**seedream.form.initial(), "prompt": "a lighthouse", **inputs}
        drafts.save_draft(
            membership, seedream, value, values=values or {}, is_shared=True, opened_from=None
        )

    return save


@pytest.fixture
def post(client: Client, draft: Callable[..., None], seedream: ModelSpec) -> "Post":
    draft()

    def send(headers: dict[str, str] | None = None, **fields: Any) -> "_MonkeyPatchedWSGIResponse":
        data = {"submission": str(uuid.uuid4()), "do": "start"} | fields
        return client.post(address(seedream), data, headers=headers or {})

    return send


type Post = Callable[..., "_MonkeyPatchedWSGIResponse"]


def address(spec: ModelSpec) -> str:
    return f"/experiments/new/?model={spec.slug}"


def input_values(pointer: str) -> list[Any]:
    return [run.inputs.get(pointer) for run in Run.objects.order_by("created_at", "next_check_at")]


def test_the_form_opens_the_experiment_page_with_its_values(
    client: Client, seedream: ModelSpec, membership: Membership
) -> None:
    sent = {"/prompt": "a harbour", "/n": "1", "~vary": "values"}
    response = client.post(seedream.get_absolute_url(), sent)
    assert response["Location"] == address(seedream)
    assert "a harbour" in client.get(address(seedream)).text


def test_each_combination_becomes_a_run(post: Post) -> None:
    response = post(**{"vary:/prompt": "a cat\na dog", "vary:/n": "1, 2"})
    experiment = Experiment.objects.get()
    assert response["Location"] == experiment.get_absolute_url()
    made = {(run.inputs["prompt"], run.inputs["n"]) for run in Run.objects.all()}
    assert made == {("a cat", 1), ("a cat", 2), ("a dog", 1), ("a dog", 2)}
    runs = Run.objects.all()
    assert len({run.idempotency_key for run in runs}) == 4
    assert all(run.cost_most == run.cost_expected is not None for run in runs)
    assert RunWords.objects.count() == 4


def test_an_experiment_without_a_shared_prompt_is_named_after_its_axes(
    post: Post, draft: Callable[..., None]
) -> None:
    draft(prompt="")
    post(**{"vary:/prompt": "a cat\na dog", "vary:/n": "1, 2"})
    assert Experiment.objects.get().title == "Prompt, Images"


def test_runs_are_sent_in_the_balanced_order(post: Post) -> None:
    post(**{"vary:/prompt": "a\nb", "vary:/n": "1, 2"})
    due = Run.objects.order_by("next_check_at")
    assert [(run.inputs["prompt"], run.inputs["n"]) for run in due] == [
        ("a", 1), ("b", 2), ("a", 2), ("b", 1),
    ]  # fmt: skip


def test_options_are_ticked_and_one_tick_selects_all(post: Post, seedream: ModelSpec) -> None:
    post(**{"vary:/resolution": "*"})
    assert set(input_values("resolution")) == {"2k", "3k", "4k"}
    Run.objects.all().delete()
    post(**{"vary:/resolution": ['"2k"', '"4k"']})
    assert set(input_values("resolution")) == {"2k", "4k"}


def test_a_boolean_axis_has_both_values(post: Post) -> None:
    post(**{"vary:/watermark": ["true", "false"]})
    assert {each is True for each in input_values("watermark")} == {True, False}


def test_repeats_make_equal_runs(post: Post) -> None:
    post(**{"vary-repeat": "3"})
    assert input_values("prompt") == ["a lighthouse"] * 3


def test_a_variable_axis_takes_all_its_options(post: Post, draft: Callable[..., None]) -> None:
    draft(prompt="a {{animal:cat|dog}} at {{time}}", values={"time": "dusk", "animal": "cat"})
    post(**{"vary-variable:animal": "*"})
    assert set(input_values("prompt")) == {"a cat at dusk", "a dog at dusk"}
    assert Run.objects.first().template["values"]["time"] == "dusk"  # type: ignore[union-attr]


def test_a_variable_in_the_values_of_an_axis_is_varied_too(post: Post) -> None:
    post(
        **{
            "vary:/prompt": "one {{animal:cat|dog}}\ntwo {{animal:cat|dog}}",
            "vary-variable:animal": "*",
        }
    )
    assert set(input_values("prompt")) == {"one cat", "one dog", "two cat", "two dog"}


def test_reference_pictures_can_be_an_axis(
    post: Post, membership: Membership, seedream: ModelSpec
) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile  # noqa: PLC0415

    from playground.runs.files.uploads import UploadStore  # noqa: PLC0415

    store = UploadStore(membership)
    kept = [
        store.keep(SimpleUploadedFile(f"{each}.png", picture_bytes(colour=each)), "", "image")
        for each in ("red", "blue")
    ]
    post(**{"vary:/image_urls": kept})
    assert {tuple(each) for each in input_values("image_urls")} == {(each,) for each in kept}
    assert all(run.uploads.count() == 1 for run in Run.objects.all())
    assert Upload.objects.count() == 2


def test_presets_can_be_an_axis_and_other_axes_override_them(
    post: Post, membership: Membership, seedream: ModelSpec
) -> None:
    facts = {"workspace": membership.workspace, "author": membership.user, "slug": seedream.slug}
    made = [
        Preset.objects.create(spec=seedream, name=each, inputs={"prompt": each, "n": 1}, **facts)
        for each in ("one", "two")
    ]
    post(**{"vary-presets": [str(each.pk) for each in made], "vary:/n": "2, 3"})
    assert {(run.inputs["prompt"], run.inputs["n"]) for run in Run.objects.all()} == {
        ("one", 2), ("one", 3), ("two", 2), ("two", 3),
    }  # fmt: skip


def test_a_repeated_submission_makes_one_experiment(post: Post) -> None:
    token = str(uuid.uuid4())
    for _ in range(2):
        post(submission=token, **{"vary-repeat": "3"})
    assert (Experiment.objects.count(), Run.objects.count()) == (1, 3)


def test_counting_creates_no_run_and_shows_the_number_and_price(
    post: Post, seedream: ModelSpec
) -> None:
    response = post(HTMX, do="count", **{"vary:/n": "1, 2, 3"})
    assert "3 runs" in response.text
    assert "<html" not in response.text
    assert not Run.objects.exists()


def test_invalid_cells_are_named_and_left_out_after_consent(post: Post) -> None:
    axes = {"vary:/n": "1, 99", "vary:/resolution": ['"2k"', '"4k"']}
    response = post(**axes)
    assert response.status_code == 422
    assert "2 combinations cannot be sent" in response.text
    assert "99" in response.text
    assert not Run.objects.exists()
    post(without="2", **axes)
    assert input_values("n") == [1, 1]


@pytest.mark.once
@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({}, "Enter several values"),
        ({"vary:/n": " , "}, "at least one value"),
        ({"vary:/prompt": " \n "}, "at least one value"),
        ({"vary:/nope": "1"}, "no field “/nope”"),
        ({"vary-variable:nope": "1"}, "no field “nope”"),
        ({"vary:/n": "1-10000"}, "10,000 values"),
        ({"vary:/n": "1-30", "vary:/prompt": "\n".join(map(str, range(30)))}, "900 runs"),
        ({"vary:/n": "x"}, "not a number"),
        ({"vary:/n": "98, 99"}, "None of these can be sent"),
        ({"vary:/size": '"5:5"'}, "not offered here"),
        ({"vary:/size": "{"}, "not offered here"),
        ({"vary-presets": str(uuid.uuid4())}, "no field|not offered|Enter several"),
        ({"vary-repeat": "0"}, "whole number from 1 to"),
        ({"vary-repeat": "9" * 5000}, "whole number from 1 to"),
        ({"vary-repeat": "2", "base": "old"}, "changed meanwhile"),
        ({"vary:/prompt": "a\0b\n \u200b"}, ""),
    ],
)
def test_invalid_axes_are_explained_and_create_no_run(
    post: Post, fields: dict[str, Any], words: str
) -> None:
    response = post(**fields)
    assert response.status_code in {302, 422}
    if words:
        assert any(each in response.text for each in words.split("|"))
        assert not Run.objects.exists()
        assert post(HTMX, do="count", **fields).status_code == 200


@pytest.mark.parametrize("query", ["", "?model=", "?model=nope", "?model=%00", "?rows=1"])
def test_an_address_without_a_model_answers_without_an_error(client: Client, query: str) -> None:
    assert client.get(f"/experiments/new/{query}").status_code in {302, 404}


def test_without_budget_no_experiment_is_created(post: Post, workspace: Workspace) -> None:
    workspace.monthly_budget = Decimal("0.0001")
    workspace.save()
    response = post(**{"vary-repeat": "5"})
    assert response.status_code == 422
    assert "budget" in response.text
    assert not Experiment.objects.exists()


def test_an_expensive_experiment_asks_for_consent_once(post: Post, workspace: Workspace) -> None:
    workspace.ask_above = Decimal("0.1")
    workspace.save()
    response = post(**{"vary-repeat": "20"})
    assert "Generate anyway?" in response.text
    assert not Run.objects.exists()
    post(agreed="1000", **{"vary-repeat": "20"})
    assert Run.objects.count() == 20


def test_a_model_retired_meanwhile_is_named_and_the_input_is_kept(
    client: Client, post: Post, seedream: ModelSpec
) -> None:
    ModelSpec.objects.filter(slug=seedream.slug).update(is_retired=True)
    response = post(**{"vary:/prompt": "a cat\na dog"})
    assert response.status_code == 422
    assert "Seedream 5 Lite was retired" in response.text
    assert "a cat\na dog" in response.text
    assert not Run.objects.exists()
    assert client.get(address(seedream)).status_code == 404


def test_without_a_key_no_experiment_is_created(post: Post, workspace: Workspace) -> None:
    ApiKey.objects.all().delete()
    assert post(**{"vary-repeat": "2"}).status_code == 422
    assert not Experiment.objects.exists()


def test_viewers_cannot_create_an_experiment(
    client: Client, workspace: Workspace, seedream: ModelSpec
) -> None:
    viewer = Client()
    user = User.objects.create_user("vi")
    Membership.objects.create(workspace=workspace, user=user, role=Role.VIEWER)
    viewer.force_login(user)
    assert viewer.get(address(seedream)).status_code == 403
    assert viewer.post(address(seedream), {"do": "start", "vary-repeat": "2"}).status_code == 403


# The grid


@pytest.fixture
def experiment(post: Post) -> Experiment:
    post(**{"vary:/prompt": "a cat\na dog", "vary:/n": "1, 2, 3", "vary-repeat": "2"})
    return Experiment.objects.get()


def read(client: Client, experiment: Experiment, query: str = "", **options: Any) -> str:
    response = client.get(f"{experiment.get_absolute_url()}{query}", **options)
    assert response.status_code == 200
    return response.text


def finish(*places: str, status: str = Status.SUCCEEDED) -> None:
    from django.utils import timezone  # noqa: PLC0415

    now = timezone.now()
    chosen = Run.objects.filter(cell__place__in=places)
    chosen.update(status=status, task_id="t", finished_at=now, stored_at=now, next_check_at=None)


def test_the_grid_has_rows_columns_and_a_selector(client: Client, experiment: Experiment) -> None:
    page = read(client, experiment)
    assert page.count('id="cell-') == 6
    assert "0 of 12 done" in page
    other = read(client, experiment, "?rows=0&columns=2&at1=2")
    assert 'id="cell-1-2-1"' in other
    assert other.count('id="cell-') == 4


def test_a_cell_has_the_shape_that_its_inputs_ask_for(client: Client, post: Post) -> None:
    post(**{"vary:/size": ['"16:9"', '"3:4"']})
    cells = parse(read(client, Experiment.objects.get())).iterfind(".//div[@data-state]")
    assert [cell.get("data-ratio") for cell in cells] == ["180", "75"]


def test_the_grid_is_in_the_language_of_the_reader(client: Client, post: Post) -> None:
    post(**{"vary:/watermark": ["true", "false"], "vary:/size": "*", "vary-repeat": "2"})
    experiment = Experiment.objects.get()
    made = "".join(axis["title"] for axis in experiment.axes)
    assert made == "Aspect ratioWatermarkRepeat"
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "zh-hans"
    page = parse(read(client, experiment, "?rows=2&columns=1"))
    offered = {(each.text or "").strip() for each in page.iter("option")}
    assert {"宽高比", "水印", "重复", "自动"} <= offered
    assert {"是", "否"} <= {(each.text or "").strip() for each in page.iter("th")}


@pytest.mark.parametrize(
    "query",
    ["?rows=x&columns=99", "?rows=1&columns=1", "?at0=7&at1=-3&at2=%00", "?rows=-1&columns=-1",
     "?seen=" + "z" * 9000, "?rows=" + "9" * 5000, "?rows=%C2%B2"],
)  # fmt: skip
def test_an_invalid_address_shows_the_default_grid(
    client: Client, experiment: Experiment, query: str
) -> None:
    assert 'id="cell-' in read(client, experiment, query)


def test_a_poll_draws_only_changed_cells(client: Client, experiment: Experiment) -> None:
    page = read(client, experiment)
    seen = page.split("&amp;seen=")[1].split('"')[0]
    assert 'id="cell-' not in read(client, experiment, f"?seen={seen}", headers=HTMX)
    finish("0-0-0")
    news = read(client, experiment, f"?seen={seen}", headers=HTMX)
    assert news.count('id="cell-') == 1
    assert "1 of 12 done" in news


def test_polling_stops_when_all_runs_have_ended(client: Client, experiment: Experiment) -> None:
    finish(*Cell.objects.values_list("place", flat=True))
    page = read(client, experiment)
    assert "&amp;seen=" not in page
    assert 'http-equiv="refresh"' not in page


def test_without_a_script_the_page_refreshes(client: Client, experiment: Experiment) -> None:
    assert '<noscript><meta http-equiv="refresh"' in read(client, experiment)


def test_stopping_cancels_unsent_runs_and_keeps_finished_ones(
    client: Client, experiment: Experiment
) -> None:
    finish("0-0-0")
    client.post(f"{experiment.get_absolute_url()}stop/")
    assert Run.objects.filter(status=Status.CANCELLED).count() == 11
    assert Run.objects.filter(status=Status.SUCCEEDED).count() == 1


def test_only_failed_runs_are_retried_and_only_once(client: Client, experiment: Experiment) -> None:
    finish("0-0-0")
    finish("1-2-1", status=Status.FAILED)
    for _ in range(2):
        client.post(f"{experiment.get_absolute_url()}retry/")
    again = Cell.objects.get(place="1-2-1").run
    assert again.made_from is not None
    assert again.made_from.status == Status.FAILED
    assert (Run.objects.count(), experiment.cells.count()) == (13, 12)


def test_private_runs_of_others_are_not_seen(
    client: Client, bo: Client, experiment: Experiment
) -> None:
    Run.objects.update(is_shared=False)
    assert bo.get(experiment.get_absolute_url()).status_code == 404
    Run.objects.filter(cell__place="0-0-0").update(is_shared=True)
    page = read(bo, experiment)
    assert "a cat" in page
    assert "0 of 1 done" in page
    assert "a dog" not in page.split("<tbody>")[1].split("</tbody>")[0]
    assert "Add values" not in page
    Run.objects.update(is_shared=True)
    assert "Add values" in read(bo, experiment)


def test_others_cannot_stop_an_experiment(bo: Client, experiment: Experiment) -> None:
    bo.post(f"{experiment.get_absolute_url()}stop/")
    assert not Run.objects.filter(status=Status.CANCELLED).exists()


def test_experiments_are_listed_and_their_runs_lead_to_them(
    client: Client, experiment: Experiment
) -> None:
    assert experiment.get_absolute_url() in client.get("/experiments/").text
    run = Run.objects.first()
    assert run is not None
    assert experiment.get_absolute_url() in client.get(run.get_absolute_url()).text


@pytest.mark.parametrize("reader", ["client", "bo"])
def test_the_number_of_queries_of_a_poll_does_not_grow(
    request: pytest.FixtureRequest,
    experiment: Experiment,
    reader: str,
    django_assert_max_num_queries: Callable[..., Any],
) -> None:
    finish("0-0-0", "0-1-0")
    person = request.getfixturevalue(reader)
    read(person, experiment)
    with django_assert_max_num_queries(5):
        read(person, experiment, "?seen=wwwwww", headers=HTMX)
