"""The expected cost of a run: the cost of similar runs, otherwise the price of the catalogue."""

import itertools
import re
import uuid
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from hypothesis import given, settings
from hypothesis import strategies as st

from playground.catalog.models import ModelSpec
from playground.providers import registry
from playground.runs.costs import history, prices
from playground.runs.costs.history import Sample
from playground.runs.costs.prices import Basis, Estimate
from playground.runs.models import Run
from playground.teams.models import ApiKey, Workspace
from tests.compose.test_generate import HTMX
from tests.runs.costs.conftest import MakePaidRun

pytestmark = pytest.mark.once

CHOSEN = {"prompt": "x", "n": 1, "resolution": "2k", "size": "1:1"}
GROUPED = {"sequential_image_generation": "auto"}


def estimate_cost(spec: ModelSpec, **inputs: Any) -> Estimate:
    history.clear_cache()
    return prices.estimate(Workspace.objects.first_one(), spec, CHOSEN | inputs)


def group_options(most: int) -> dict[str, Any]:
    return GROUPED | {"sequential_image_generation_options": {"max_images": most}}


def test_without_runs_the_catalogue_gives_the_price(seedream: ModelSpec) -> None:
    estimate = estimate_cost(seedream, n=4)
    assert estimate.likely == estimate.most == Decimal("0.126")
    assert estimate.basis == Basis.CATALOGUE


def test_without_a_catalogue_price_the_price_is_unknown(seedream: ModelSpec) -> None:
    seedream.price = {}
    assert estimate_cost(seedream) == prices.UNKNOWN


def test_the_cost_of_similar_runs_overrides_the_catalogue(
    seedream: ModelSpec, make_paid_run: MakePaidRun
) -> None:
    for cost in ("0.05", "0.05", "9"):
        make_paid_run(cost)
    assert estimate_cost(seedream, n=2).likely == Decimal("0.10")  # the median, times two pictures


def test_the_highest_price_is_never_below_an_observed_cost(
    seedream: ModelSpec, make_paid_run: MakePaidRun
) -> None:
    for cost in ("0.05", "0.05", "0.07"):
        make_paid_run(cost)
    assert estimate_cost(seedream).most == Decimal("0.07")
    assert estimate_cost(seedream, n=3).most == Decimal("0.21")


def test_observed_costs_do_not_lower_the_highest_price(
    seedream: ModelSpec, make_paid_run: MakePaidRun
) -> None:
    for _ in range(5):
        make_paid_run("0.0315", **GROUPED)  # a group of one picture
    estimate = estimate_cost(seedream, **GROUPED)
    assert (estimate.likely, estimate.most) == (Decimal("0.0315"), Decimal("0.4725"))


def test_grouped_runs_do_not_predict_single_pictures(
    seedream: ModelSpec, make_paid_run: MakePaidRun
) -> None:
    for _ in range(4):
        make_paid_run("0.4725", **group_options(15))
    single = estimate_cost(seedream)
    assert (single.likely, single.most) == (Decimal("0.0315"), Decimal("0.0315"))
    assert estimate_cost(seedream, **group_options(15)).likely == Decimal("0.4725")


UNTRIED_VALUES = [
    ({"resolution": "4k"}, {}), ({"output_format": "png"}, {}), ({"watermark": True}, {}),
    ({"image_urls": ["https://example.com/a.png"] * 3}, {}), ({}, {"output_format": "png"}),
    ({}, {"image_urls": ["https://example.com/a.png"]}), ({"steps": 50}, {"steps": 4}),
]  # fmt: skip


@pytest.mark.parametrize(("paid", "asked"), UNTRIED_VALUES)
def test_runs_do_not_predict_values_of_a_field_that_never_varied(
    seedream: ModelSpec, make_paid_run: MakePaidRun, paid: dict[str, Any], asked: dict[str, Any]
) -> None:
    for _ in range(4):
        make_paid_run("5", **paid)
    assert estimate_cost(seedream, **asked).basis == Basis.CATALOGUE


def test_a_field_without_influence_on_the_cost_is_ignored(
    seedream: ModelSpec, make_paid_run: MakePaidRun
) -> None:
    for size in ("1:1", "16:9", "4:3", "3:4"):
        make_paid_run("0.05", size=size)
    assert estimate_cost(seedream, size="21:9").likely == Decimal("0.05")


@pytest.mark.parametrize("charged", ["0", None])
def test_a_run_without_a_reported_cost_is_ignored(
    seedream: ModelSpec, make_paid_run: MakePaidRun, charged: str | None
) -> None:
    make_paid_run(charged)
    assert estimate_cost(seedream).basis == Basis.CATALOGUE


def test_the_field_that_determines_the_cost_is_found(
    seedream: ModelSpec, make_paid_run: MakePaidRun
) -> None:
    seedream.price = {"amount": "0.03", "per": "picture"}
    for size, (resolution, cost) in itertools.product(
        ("1:1", "16:9"), (("2k", "0.03"), ("4k", "0.06"))
    ):
        make_paid_run(cost, size=size, resolution=resolution)
        make_paid_run(cost, size=size, resolution=resolution)
    estimate = estimate_cost(seedream, resolution="4k")
    assert (estimate.likely, estimate.fields) == (Decimal("0.06"), ("Resolution",))
    assert estimate_cost(seedream).likely == Decimal("0.03")
    charged = replace(estimate, is_free=False)
    assert charged.explanation == (
        "Estimated from the median of 4 similar runs, with the same Resolution."
    )
    assert "cost nothing" in estimate.explanation


def test_two_fields_that_determine_the_cost_together_are_found(
    seedream: ModelSpec, make_paid_run: MakePaidRun
) -> None:
    seedream.price = {}
    costs = {("2k", "jpeg"): "1", ("2k", "png"): "2", ("4k", "jpeg"): "5", ("4k", "png"): "9"}
    for (resolution, output_format), cost in costs.items():
        for _ in range(3):
            make_paid_run(cost, resolution=resolution, output_format=output_format)
    assert estimate_cost(seedream, resolution="4k", output_format="png").likely == 9
    assert estimate_cost(seedream, resolution="4k", output_format="jpeg").likely == 5


def test_missing_inputs_count_as_their_defaults(
    seedream: ModelSpec, make_paid_run: MakePaidRun
) -> None:
    for _ in range(3):
        make_paid_run("3")  # no resolution: 2k
        make_paid_run("6", resolution="4k")
    assert estimate_cost(seedream, resolution="2k").likely == 3


def test_a_seed_does_not_explain_the_cost(seedream: ModelSpec, make_paid_run: MakePaidRun) -> None:
    for seed, cost in enumerate(("1", "1", "1", "2", "1", "1")):
        make_paid_run(cost, seed=seed)
    assert estimate_cost(seedream, seed=3).fields == ()


def test_without_similar_runs_the_catalogue_gives_the_price(
    seedream: ModelSpec, make_paid_run: MakePaidRun
) -> None:
    for _ in range(3):
        make_paid_run("0.04", resolution="2k")
        make_paid_run("0.08", resolution="4k")
    seedream.price = {"amount": "0.0315", "per": "picture"}
    assert estimate_cost(seedream, resolution="3k").basis == Basis.CATALOGUE
    seedream.price = {}
    assert estimate_cost(seedream, resolution="3k").basis == Basis.NEAR
    assert estimate_cost(seedream, resolution="3k", n=2).most == Decimal("0.16")


def test_sandbox_runs_do_not_predict_real_costs(
    seedream: ModelSpec, make_paid_run: MakePaidRun, settings: Any
) -> None:
    make_paid_run("5")
    settings.SANDBOX_URL = ""
    assert estimate_cost(seedream).basis == Basis.CATALOGUE


def test_runs_of_other_workspaces_are_not_used(
    seedream: ModelSpec, make_paid_run: MakePaidRun, api_key: ApiKey
) -> None:
    other = Workspace.objects.create(name="Theirs")
    Run.objects.filter(pk=make_paid_run("5").pk).update(workspace=other)
    assert estimate_cost(seedream).basis == Basis.CATALOGUE


WORDS = st.fixed_dictionaries(
    {"/a": st.sampled_from("xyz"), "/b": st.booleans(), "/c": st.integers(0, 3)}
)
SAMPLES = st.lists(
    st.builds(Sample, ratio=st.decimals(0, 100, places=2, allow_nan=False), choices=WORDS),
    max_size=40,
)


@given(samples=SAMPLES)
@settings(max_examples=100)
def test_more_known_fields_never_increase_the_distance_of_equal_runs(
    samples: list[Sample],
) -> None:
    found = history.find_fields(samples)
    away = [history.total_deviation(samples, found[:count]) for count in range(len(found) + 1)]
    assert away == sorted(away, reverse=True)
    assert len(set(found)) == len(found) <= history.MOST_FIELDS


def test_the_price_is_beside_generate_and_follows_the_form(
    client: Client, seedream: ModelSpec
) -> None:
    page = client.get(seedream.get_absolute_url()).text
    assert re.search(r"<span>~\$0.03</span>", page)
    asked = {"submission": str(uuid.uuid4()), "/prompt": "a lighthouse", "/n": "3"}
    for path in ("form/", "form/?check"):
        drawn = client.post(f"{seedream.get_absolute_url()}{path}", asked, headers=HTMX).text
        assert re.search(r"<span>~\$0.09</span>", drawn)
        assert "Price from the catalogue." in drawn


def test_the_page_shows_the_highest_price_if_it_differs(
    client: Client, seedream: ModelSpec
) -> None:
    asked = {"/prompt": "a lighthouse", "/sequential_image_generation": '"auto"'}
    drawn = client.post(f"{seedream.get_absolute_url()}form/", asked, headers=HTMX).text
    assert "<span>~$0.13</span>" in drawn
    assert "<small>at most $0.48</small>" in drawn


def test_an_accepted_run_stores_its_expected_cost(
    client: Client, seedream: ModelSpec, api_key: ApiKey
) -> None:
    assert api_key.provider == registry.SANDBOX.slug
    asked = {"/prompt": "a lighthouse", "/sequential_image_generation": '"auto"'}
    client.post(seedream.get_absolute_url(), asked)
    run = Run.objects.get()
    assert (run.cost_expected, run.cost_most) == (Decimal("0.126"), Decimal("0.4725"))
