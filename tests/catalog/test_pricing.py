"""The price of a run by its model: the likely and the maximum price."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playground.catalog.models import ModelSpec
from playground.catalog.pricing import Cost, Pricing, read_pricing

pytestmark = pytest.mark.once

GROUPED = {"sequential_image_generation": "auto"}


def of_group(most: int) -> dict[str, Any]:
    return GROUPED | {"sequential_image_generation_options": {"max_images": most}}


SANDBOX = [
    ({}, "0.0315", "0.0315"),
    ({"n": 15}, "0.4725", "0.4725"),
    ({"resolution": "3k"}, "0.045", "0.045"),
    ({"resolution": "4k", "n": 2}, "0.126", "0.126"),
    (GROUPED, "0.126", "0.4725"),
    (GROUPED | {"n": 6}, "0.189", "0.4725"),
    (of_group(15), "0.4725", "0.4725"),
    (of_group(15) | {"resolution": "4k"}, "0.945", "0.945"),
    (of_group(3), "0.0945", "0.0945"),
    (of_group(15) | {"image_urls": ["https://example.com/a.png"] * 12}, "0.0945", "0.0945"),
    ({"sequential_image_generation_options": {"max_images": 15}}, "0.0315", "0.0315"),  # disabled
]


@pytest.mark.parametrize(("inputs", "likely", "most"), SANDBOX)
def test_the_price_of_seedream_equals_the_sandbox_charge(
    seedream: ModelSpec, settings: Any, inputs: dict[str, Any], likely: str, most: str
) -> None:
    settings.SANDBOX_URL = "http://127.0.0.1:1"
    found = seedream.estimate_cost({"prompt": "a cat"} | inputs)
    assert found == Cost(likely=Decimal(likely), most=Decimal(most))


DOCUMENTED = [
    ({}, "0.0315", "0.0315"),
    (GROUPED, "0.126", "0.4725"),
    (of_group(15), "0.4725", "0.4725"),
    ({"resolution": "3k"}, "0.0315", "0.070875"),
    ({"resolution": "4k"}, "0.0315", "0.126"),
    (of_group(15) | {"resolution": "4k"}, "0.4725", "1.89"),
]


@pytest.mark.parametrize(("inputs", "likely", "most"), DOCUMENTED)
def test_the_price_of_seedream_equals_its_documentation(
    seedream: ModelSpec, settings: Any, inputs: dict[str, Any], likely: str, most: str
) -> None:
    settings.SANDBOX_URL = ""
    found = seedream.estimate_cost({"prompt": "a cat"} | inputs)
    assert found == Cost(likely=Decimal(likely), most=Decimal(most))


DURATION = {"properties": {"duration": {"enum": ["5", "10", "auto"]}, "length": {}}}
PLAIN = [
    ("second", {"duration": 7}, 7, 7),
    ("second", {"duration": "5s"}, 5, 5),
    ("second", {"duration": "auto"}, 10, 10),
    ("second", {"duration": 5, "n": 2}, 10, 10),
    ("run", {"n": 3}, 1, 1),
    ("picture", {"n": True}, 1, 1),
    ("picture", {"n": -4}, 1, 1),
    ("picture", {"n": "many"}, 1, 1),
    ("picture", {"num_images": 4}, 4, 4),
    ("picture", {"numOutputs": 4}, 4, 4),
    ("picture", {"config": {"numberOfImages": 3}}, 3, 3),
    ("picture", {"batch_size": 8}, 8, 8),
    ("picture", GROUPED, 1, 15),
    ("picture", of_group(9), 9, 9),
    ("video", {"num_videos": 2}, 2, 2),
]


@pytest.mark.parametrize(("per", "inputs", "likely", "most"), PLAIN)
def test_a_price_per_picture_is_multiplied_by_the_count(
    per: str, inputs: dict[str, Any], likely: int, most: int
) -> None:
    pricing = Pricing(amount=Decimal(2), per=per)
    found = pricing.estimate(DURATION, inputs)
    assert found == Cost(likely=Decimal(2 * likely), most=Decimal(2 * most))


def test_an_expression_that_fails_on_the_inputs_is_ignored() -> None:
    pricing = Pricing(amount=Decimal(2), per="picture", likely="amount * double(self.n)")
    assert pricing.estimate({}, {"n": "many"}) == Cost(likely=Decimal(2), most=Decimal(2))
    assert "likely" in pricing.check({}, {"n": "many"})
    assert pricing.check({}, {"n": 3}) == {}


@pytest.mark.parametrize("text", ["-1.0", "1.0 / 0.0", "0.0 / 0.0", "1e6", "self", "'3'", "true"])
def test_a_result_that_is_no_amount_gives_no_price(text: str) -> None:
    assert Pricing(likely=text).estimate({}, {}) is None
    assert Pricing(likely=text).check({}, {}).keys() == {"likely"}


def test_the_highest_price_is_never_below_the_likely_price() -> None:
    assert Pricing(likely="2.0", most="1.0").estimate({}, {}) == Cost(
        likely=Decimal(2), most=Decimal(2)
    )


@pytest.mark.parametrize(
    "document", [None, [], "0.1", {"amount": 3}, {"amount": "x"}, {"likely": "1 +"}, {"per": 1}]
)
def test_an_unreadable_stored_price_gives_no_price(document: Any) -> None:
    assert read_pricing(document, "mindvideo").words == ""


def test_the_fields_of_a_price_expression_are_known(seedream: ModelSpec) -> None:
    assert seedream.pricing.fields == {
        "/n", "/resolution", "/image_urls", "/sequential_image_generation",
        "/sequential_image_generation_options/max_images",
    }  # fmt: skip


def test_a_service_can_have_its_own_price() -> None:
    stored = {"amount": "2", "per": "run", "sandbox": {"amount": "0", "per": "run"}}
    assert read_pricing(stored, "mindvideo").amount == 2
    assert read_pricing(stored, "sandbox").amount == 0


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda part: st.lists(part) | st.dictionaries(st.text(), part), max_leaves=20,
)  # fmt: skip
FIELDS = st.fixed_dictionaries({}, optional={
    "n": JSON_VALUES, "resolution": JSON_VALUES, "image_urls": JSON_VALUES,
    "sequential_image_generation": st.sampled_from(["auto", "disabled", 1, None]),
    "sequential_image_generation_options": JSON_VALUES | st.just({"max_images": 3}),
})  # fmt: skip


@given(value=JSON_VALUES | FIELDS)
@settings(max_examples=200)
def test_any_inputs_of_the_form_give_a_price(value: Any) -> None:
    spec = ModelSpec(
        schema={"properties": {"n": {"default": 2}}},
        price={"amount": "2", "per": "picture", "likely": "amount * double(self.n)"},
    )
    found = spec.estimate_cost(value)
    assert found
    assert 0 <= found.likely <= found.most
