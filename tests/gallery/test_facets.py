"""The filter panel shows how many pictures each option would find, and hides empty options."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone, translation
from pytest_django.fixtures import DjangoAssertNumQueries

from playground.catalog.models import ModelSpec
from playground.gallery import facets
from playground.gallery.filters import Filters, find_outputs
from playground.gallery.pills import describe_filter
from playground.runs.models import Output, Run
from playground.teams.models import Membership
from tests.gallery.conftest import AddPicture
from tests.gallery.test_browse import shown
from tests.tables import sample


@pytest.fixture
def three_pictures(add_picture: AddPicture, membership: Membership) -> dict[str, Output]:
    """Three pictures: ana's wide one in 2k, ana's tall one in 4k, bo's square one in 4k."""
    bo = User.objects.create_user("bo")
    made = {
        "wide": add_picture("a wide cat", size=(16, 9), resolution="2k"),
        "tall": add_picture("a tall cat", size=(9, 16), resolution="4k"),
        "square": add_picture("a square dog", size=(1, 1), resolution="4k", run={"author": bo}),
    }
    Output.objects.filter(pk=made["tall"].pk).update(stars=4)
    Output.objects.filter(pk=made["wide"].pk).update(stars=1)
    membership.workspace.tags.create(name="best").outputs.add(made["tall"], made["square"])
    return made


def count_facets(membership: Membership, filters: Filters) -> dict[str, dict[str, int]]:
    return {
        facet.name: {str(choice.label): choice.count for choice in facet.choices}
        for facet in facets.read_counts(membership, filters).facets
    }


@pytest.mark.usefixtures("three_pictures")
def test_each_choice_is_counted(membership: Membership) -> None:
    panel = count_facets(membership, Filters())
    assert panel["person"] == {"ana": 2, "bo": 1}
    assert panel["shape"] == {"Wide": 1, "Tall": 1, "Square": 1}
    assert panel["stars"]["1 star and up"] == 2
    assert panel["stars"]["4 stars and up"] == panel["stars"]["No stars"] == 1
    assert panel["in.resolution"] == {"4k": 2, "2k": 1}
    assert panel["tag"] == {"best": 2}


def test_a_model_is_named_in_the_language_of_the_reader(
    membership: Membership, seedream: ModelSpec, add_picture: AddPicture
) -> None:
    seedream.schema |= {"x-i18n": {"zh-Hans": {"title": "梦境"}}}
    seedream.save()
    add_picture("a cat")
    with translation.override("zh-hans"):
        assert count_facets(membership, Filters())["model"] == {"梦境": 1}
        assert describe_filter(membership, Filters(model=seedream.slug), "model") == "梦境"
    assert count_facets(membership, Filters())["model"] == {"Seedream 5 Lite": 1}


def test_input_values_are_named_as_on_the_form(
    membership: Membership, seedream: ModelSpec, add_picture: AddPicture
) -> None:
    add_picture("a cat", watermark=True, output_format="png", sequential_image_generation="auto")
    add_picture(
        "a dog", watermark=False, output_format="jpeg", sequential_image_generation="disabled"
    )
    panel = count_facets(membership, Filters())
    assert panel["in.output_format"] == {"PNG": 1, "JPEG": 1}
    with translation.override("zh-hans"):
        panel = count_facets(membership, Filters())
        assert panel["in.watermark"] == {"是": 1, "否": 1}
        assert panel["in.sequential_image_generation"] == {"自动": 1, "关闭": 1}
        filters = Filters(inputs=(("watermark", "no"),))
        assert describe_filter(membership, filters, "in.watermark", seedream.pk) == "否"


def test_a_model_the_workspace_lost_keeps_its_title(
    membership: Membership, add_picture: AddPicture
) -> None:
    own = ModelSpec.objects.publish("own", title="Own", workspace=membership.workspace, schema={})
    for _ in range(2):
        add_picture("a cat", run={"spec": own})
    ModelSpec.objects.drop("own", membership.workspace)
    assert count_facets(membership, Filters())["model"] == {"Own": 2}


@pytest.mark.usefixtures("three_pictures")
def test_a_prompt_is_no_filter_however_short(membership: Membership) -> None:
    panel = count_facets(membership, Filters())
    assert "in.prompt" not in panel


@pytest.mark.usefixtures("three_pictures")
def test_a_facet_counts_under_all_other_filters(membership: Membership) -> None:
    panel = count_facets(membership, Filters(person="ana", inputs=(("resolution", "4k"),)))
    assert panel["person"] == {"ana": 1, "bo": 1}
    assert panel["in.resolution"] == {"2k": 1, "4k": 1}
    assert panel["shape"] == {"Tall": 1}
    assert panel["tag"] == {"best": 1}


@pytest.mark.usefixtures("three_pictures")
def test_counts_respect_the_search_words(membership: Membership) -> None:
    panel = count_facets(membership, Filters(q="cat"))
    assert panel["person"] == {"ana": 2}
    assert panel["shape"] == {"Wide": 1, "Tall": 1}


@pytest.mark.usefixtures("three_pictures")
def test_options_without_results_are_hidden_unless_selected(
    membership: Membership,
) -> None:
    panel = count_facets(membership, Filters(shape="wide", kind="video", tag="best"))
    assert panel["kind"] == {"Video": 0}
    assert "collection" not in panel


FILTERS = [
    Filters(), Filters(person="ana"), Filters(shape="tall", stars="3"), Filters(tag="best"),
    Filters(inputs=(("resolution", "4k"),)), Filters(q="cat", person="ana", status="done"),
    Filters(inputs=(("n", "2"), ("resolution", "4k")), shape="square", kind="image"),
]  # fmt: skip


@pytest.mark.usefixtures("three_pictures")
@pytest.mark.parametrize("filters", sample(FILTERS, 3))
def test_a_selected_option_finds_as_many_as_counted(
    client: Client, membership: Membership, filters: Filters
) -> None:
    for facet in facets.read_counts(membership, filters).facets:
        for choice in facet.choices:
            other = filters.without(facet.name, dict(filters.inputs).get(facet.name[3:], ""))
            query = f"{other.query}&{facet.name}={choice.value}"
            assert len(shown(client, f"?{query}")) == choice.count, (facet.name, choice)


@pytest.mark.usefixtures("three_pictures")
def test_of_too_many_pictures_the_newest_are_counted_with_a_message(
    client: Client, membership: Membership, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(facets, "MOST", 2)
    counted = facets.read_counts(membership, Filters())
    assert (counted.found.count, counted.found.is_more, counted.is_whole) == (3, False, False)
    by_words = facets.read_counts(membership, Filters(q="a"))
    assert (by_words.found.count, by_words.found.is_more) == (2, True)
    assert count_facets(membership, Filters())["shape"] == {"Tall": 1, "Square": 1}
    page = client.get("/gallery/filters/").text
    assert "Counted among the newest 2" in page
    assert '<span class="menu__end">1+</span>' in page


STATES: dict[str, dict[str, Any]] = {
    "done": {"status": "succeeded"},
    "short": {"status": "succeeded", "problem": "output_missing"},
    "storing": {"status": "succeeded", "stored_at": None},
    "aside": {"status": "succeeded", "stored_at": None, "set_aside_at": timezone.now()},
    "failed": {"status": "failed"},
    "cancelled": {"status": "cancelled"},
}


def test_each_status_finds_its_runs(
    client: Client, add_picture: AddPicture, membership: Membership
) -> None:
    for name, facts in STATES.items():
        Run.objects.filter(pk=add_picture(name).run_id).update(**facts)
    for name in STATES:
        assert shown(client, f"?status={name}") == [name]
    assert set(count_facets(membership, Filters())["status"].values()) == {1}
    assert find_outputs(membership, Filters(status="done")).count() == 1


def test_the_panel_names_a_status_as_its_card_does(client: Client, add_picture: AddPicture) -> None:
    run = Run.objects.get(pk=add_picture("one").run_id)
    Run.objects.update(stored_at=None)
    run.refresh_from_db()
    page = client.get("/gallery/?status=storing").text
    assert f'<span class="pill__words">{run.status_words}</span>' in page
    assert f"<span>{run.status_words}</span>" in client.get("/gallery/filters/?status=storing").text


@pytest.mark.usefixtures("three_pictures")
@pytest.mark.parametrize("query", ["", "?person=ana&shape=tall&stars=1&in.resolution=4k&tag=best"])
def test_the_number_of_queries_does_not_grow_with_filters(
    client: Client, django_assert_max_num_queries: DjangoAssertNumQueries, query: str
) -> None:
    client.get("/gallery/filters/")
    with django_assert_max_num_queries(12):
        assert client.get(f"/gallery/filters/{query}").status_code == 200
