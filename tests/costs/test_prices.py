"""What a run is going to cost: what such runs cost here, else what the catalogue says."""

import itertools
import uuid
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from hypothesis import given, settings
from hypothesis import strategies as st

from playground.catalog.models import ModelSpec
from playground.runs.costs import prices
from playground.runs.costs.prices import Basis, Sample
from playground.runs.models import Run
from playground.teams.models import ApiKey, Service, Workspace
from tests.costs.conftest import Pay
from tests.runs.test_generate import HTMX

CHOSEN = {"prompt": "x", "n": 1, "resolution": "2k", "size": "1:1"}


def about(spec: ModelSpec, **inputs: Any) -> prices.Price:
    prices.learnt.clear()
    return prices.about(Workspace.objects.first_one(), spec, CHOSEN | inputs)


def test_before_anything_was_made_the_catalogue_tells(seedream: ModelSpec) -> None:
    price = about(seedream, n=4)
    assert (price.amount, price.basis) == (Decimal("0.1260"), Basis.CATALOGUE)


def test_without_a_price_in_the_catalogue_nobody_knows(seedream: ModelSpec) -> None:
    seedream.price = {}
    assert about(seedream) == prices.UNKNOWN


def test_what_such_runs_cost_here_counts_more_than_the_catalogue(
    seedream: ModelSpec, pay: Pay
) -> None:
    for cost in ("0.05", "0.05", "9"):
        pay(cost)
    assert about(seedream, n=2).amount == Decimal("0.10")  # the median, of two pictures


def test_the_field_that_moves_the_cost_is_found(seedream: ModelSpec, pay: Pay) -> None:
    for size, (resolution, cost) in itertools.product(
        ("1:1", "16:9"), (("2k", "0.03"), ("4k", "0.06"))
    ):
        pay(cost, size=size, resolution=resolution)
        pay(cost, size=size, resolution=resolution)
    price = about(seedream, resolution="4k")
    assert (price.amount, price.fields) == (Decimal("0.06"), ("Resolution",))
    assert about(seedream).amount == Decimal("0.03")
    assert "with the same Resolution" in price.explanation


def test_two_fields_that_move_it_together_are_both_found(seedream: ModelSpec, pay: Pay) -> None:
    costs = {("2k", "jpeg"): "1", ("2k", "png"): "2", ("4k", "jpeg"): "5", ("4k", "png"): "9"}
    for (resolution, output_format), cost in costs.items():
        for _ in range(3):
            pay(cost, resolution=resolution, output_format=output_format)
    assert about(seedream, resolution="4k", output_format="png").amount == 9
    assert about(seedream, resolution="4k", output_format="jpeg").amount == 5


def test_what_was_left_out_counts_as_its_default(seedream: ModelSpec, pay: Pay) -> None:
    for _ in range(3):
        pay("3")  # no resolution: 2k
        pay("6", resolution="4k")
    assert about(seedream, resolution="2k").amount == 3


def test_a_seed_explains_nothing(seedream: ModelSpec, pay: Pay) -> None:
    for seed, cost in enumerate(("1", "1", "1", "2", "1", "1")):
        pay(cost, seed=seed)
    assert about(seedream, seed=3).fields == ()


def test_where_no_run_was_like_it_the_catalogue_tells(seedream: ModelSpec, pay: Pay) -> None:
    for _ in range(3):
        pay("0.04", resolution="2k")
        pay("0.08", resolution="4k")
    assert about(seedream, resolution="3k").basis == Basis.CATALOGUE
    seedream.price = {"per": "picture"}
    assert about(seedream, resolution="3k").basis == Basis.NEAR


def test_runs_of_the_sandbox_tell_nothing_of_the_real_service(
    seedream: ModelSpec, pay: Pay, settings: Any
) -> None:
    pay("5")
    settings.SANDBOX_URL = ""
    assert about(seedream).basis == Basis.CATALOGUE


def test_another_workspace_s_runs_are_not_looked_at(
    seedream: ModelSpec, pay: Pay, api_key: ApiKey
) -> None:
    other = Workspace.objects.create(name="Theirs")
    Run.objects.filter(pk=pay("5").pk).update(workspace=other)
    assert about(seedream).basis == Basis.CATALOGUE


@pytest.mark.parametrize(("per", "inputs", "count"), [
    ("second", {"duration": 7}, 7), ("second", {"duration": "5s"}, 5), ("run", {"n": 3}, 1),
    ("picture", {"n": True}, 1), ("picture", {"n": -4}, 1), ("picture", {"n": "many"}, 1),
])  # fmt: skip
def test_the_count_is_read_where_the_price_is_for_one_of_several(
    seedream: ModelSpec, per: str, inputs: dict[str, Any], count: int
) -> None:
    seedream.price = {"amount": "2", "per": per}
    assert about(seedream, **inputs).amount == 2 * count


WORDS = st.fixed_dictionaries(
    {"/a": st.sampled_from("xyz"), "/b": st.booleans(), "/c": st.integers(0, 3)}
)
SAMPLES = st.lists(
    st.builds(Sample, unit_cost=st.decimals(0, 100, places=2, allow_nan=False), words=WORDS),
    max_size=40,
)


@given(samples=SAMPLES)
@settings(max_examples=100)
def test_to_know_more_fields_never_brings_what_is_alike_further_away(
    samples: list[Sample],
) -> None:
    found = prices.find_movers(samples)
    away = [prices.distance(samples, found[:count]) for count in range(len(found) + 1)]
    assert away == sorted(away, reverse=True)
    assert len(set(found)) == len(found) <= prices.MOST_FIELDS


@given(value=st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda part: st.lists(part) | st.dictionaries(st.text(), part), max_leaves=20,
))  # fmt: skip
@settings(max_examples=100)
def test_a_price_is_told_for_whatever_stands_in_the_form(value: Any) -> None:
    spec = ModelSpec(schema={"properties": {"n": {"default": 2}}}, price={"per": "picture"})
    assert prices.count_of(spec, value) >= 1


def test_the_price_stands_beside_generate_and_follows_the_form(
    client: Client, seedream: ModelSpec
) -> None:
    page = client.get(seedream.get_absolute_url()).text
    assert "about <strong>0.0315</strong>" in page
    asked = {"submission": str(uuid.uuid4()), "/prompt": "a lighthouse", "/n": "3"}
    for path in ("form/", "form/?check"):
        drawn = client.post(f"{seedream.get_absolute_url()}{path}", asked, headers=HTMX).text
        assert "about <strong>0.0945</strong>" in drawn
        assert "By the price in the catalogue" in drawn


def test_an_accepted_run_remembers_what_it_was_expected_to_cost(
    client: Client, seedream: ModelSpec, api_key: ApiKey
) -> None:
    assert api_key.service == Service.SANDBOX
    client.post(seedream.get_absolute_url(), {"/prompt": "a lighthouse", "/n": "2"})
    assert Run.objects.get().cost_expected == Decimal("0.063")
