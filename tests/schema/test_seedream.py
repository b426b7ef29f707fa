"""The laws of the form engine for the first model's schema."""

from typing import Any

import pytest
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from hypothesis import assume, given
from hypothesis import strategies as st

from playground.schema import SchemaForm
from playground.schema.values import compact
from tests.html import parse
from tests.schema.browser import submit
from tests.schema.seedream import SCHEMA
from tests.schema.strategies import ANYTHING, Values

FORM = SchemaForm(SCHEMA)
UNTOUCHED = {
    "n": 1,
    "size": "1:1",
    "watermark": False,
    "resolution": "2k",
    "output_format": "jpeg",
    "sequential_image_generation": "disabled",
}
NAMES = [f"/{name}" for name in SCHEMA["properties"]] + [
    "/sequential_image_generation_options/max_images",
    "~rows/image_urls", "~keep/image_urls", "~seen/watermark", "~raw/size", "~do", "~raw",
]  # fmt: skip


@given(Values(SCHEMA).any())
def test_every_valid_value_survives(value: dict[str, Any]) -> None:
    assume(FORM.validate(value) == {})
    sent = FORM.parse(submit(FORM.render(value)), initial=value)
    assert compact(sent.value) == compact(value)
    assert list(sent.value) == list(value)
    assert sent.errors == {}


def test_a_prompt_alone_submits_only_the_shown_defaults() -> None:
    sent = FORM.parse(submit(FORM.render(), prompt="A red fox"))
    assert sent.errors == {}
    assert sent.value == {"prompt": "A red fox", **UNTOUCHED}


def test_an_untouched_form_gives_its_initial_value() -> None:
    assert FORM.initial() == UNTOUCHED
    sent = FORM.parse(submit(FORM.render()))
    assert sent.value == UNTOUCHED
    assert sent.errors == {"/prompt": ["Enter a prompt"]}


@given(Values({**SCHEMA, "required": [], "additionalProperties": True}).any() | ANYTHING)
def test_the_form_agrees_with_the_validator(value: Any) -> None:
    errors = FORM.validate(value)
    sent = FORM.parse(submit(FORM.render(value)), initial=value)
    if sent.value == value:
        assert sent.errors == errors


@given(
    st.dictionaries(
        st.sampled_from(NAMES) | st.text(max_size=9), st.lists(st.text(max_size=9), max_size=3)
    )
)
def test_any_post_is_read_without_an_error(texts: dict[str, list[str]]) -> None:
    sent = FORM.parse(MultiValueDict(texts))
    assert FORM.render(sent, sent.errors)
    assert sent.errors or FORM.validate(sent.value) == {}


def test_an_invalid_number_is_shown_again_with_its_message() -> None:
    sent = FORM.parse(QueryDict("/prompt=fox&/n=three"))
    assert sent.errors == {"/n": ["Enter a number, using digits only"]}
    assert "n" not in sent.value
    html = FORM.render(sent, sent.errors)
    assert 'value="three"' in html
    assert html.count("Enter a number, using digits only") == 2  # at the field and in the summary


@pytest.mark.parametrize(
    ("value", "pointer", "message"),
    [
        ({"prompt": "a", "n": 16}, "/n", "Enter a number from 1 to 15"),
        ({"prompt": "a", "image_urls": ["u"] * 15}, "/image_urls", "Choose at most 14 pictures"),
        ({"prompt": "a", "image_urls": []}, "/image_urls", "Add at least 1 picture"),
        ({"prompt": ""}, "/prompt", "Enter a prompt"),
        ({"prompt": "a", "seed": 1}, "/seed", "Unknown field “seed”"),
        ({"prompt": "a", "size": "5:1"}, "/size", "Choose one of the options"),
    ],
)
def test_errors_are_in_plain_words(value: Any, pointer: str, message: str) -> None:
    assert FORM.validate(value) == {pointer: [message]}


def test_every_property_has_a_labelled_control() -> None:
    root = parse(FORM.render())
    labels = {each.get("for") for each in root.iter("label")}
    labelled = {
        each.get("name", "")
        for each in root.iter()
        if each.get("id") in labels or each.get("aria-label")
    }
    for name in SCHEMA["properties"]:
        assert any(each.startswith(f"/{name}") for each in labelled), name


def test_empty_reference_images_are_left_out() -> None:
    html = FORM.render({"prompt": "a"})
    assert FORM.parse(submit(html), initial={"prompt": "a"}).value == {"prompt": "a"}


def test_the_form_has_no_inline_scripts_or_styles() -> None:
    html = FORM.render({"prompt": "<script>", "image_urls": ["https://example.com/a.png"]})
    assert "<script" not in html
    assert " style=" not in html
    assert " onclick" not in html


def test_the_same_schema_is_compiled_once() -> None:
    assert SchemaForm(dict(SCHEMA)).digest == FORM.digest
    assert SchemaForm({**SCHEMA, "required": []}).digest != FORM.digest


GROUP, NUMBER = "sequential_image_generation", "/sequential_image_generation_options/max_images"


@pytest.mark.parametrize("chosen", ["auto", "nonsense"])
def test_choosing_grouped_generation_shows_its_number_below_it(chosen: str) -> None:
    html = str(FORM.render({"prompt": "a cat", GROUP: chosen}))
    places = [html.index(f'name="/{GROUP}"'), html.index(f'name="{NUMBER}"')]
    assert places == sorted(places)
    assert '<details class="advanced"' not in html[: places[1]]


def test_without_grouped_generation_the_number_is_folded_and_kept() -> None:
    html = str(FORM.render({"prompt": "a cat", GROUP: "disabled"}))
    assert html.index('<details class="advanced"') < html.index(f'name="{NUMBER}"')
    sent = FORM.parse(
        MultiValueDict({"/prompt": ["a"], f"/{GROUP}": ['"disabled"'], NUMBER: ["7"]})
    )
    assert sent.value["sequential_image_generation_options"] == {"max_images": 7}
