"""Labels of fields, texts beside them, and labels of their options."""

from typing import Any

import pytest

from playground.schema import SchemaForm
from tests.html import parse
from tests.schema.browser import submit

STRING = {"type": "string"}


def draw(part: Any, name: str = "a", **more: Any) -> str:
    return SchemaForm({"type": "object", "properties": {name: part}, **more}).render()


@pytest.mark.parametrize(
    ("name", "title", "shown"),
    [
        ("numberOfImages", "Numberofimages", "Number of images"),
        ("outputCompressionQuality", "Outputcompressionquality", "Output compression quality"),
        ("base_url", "Baseurl", "Base url"),
        ("num_images", "num_images", "Num images"),
        ("numImages", "numImages", "Num images"),
        ("aspect-ratio", "AspectRatio", "Aspect ratio"),
        ("image_url", "Image URL", "Image URL"),
        ("imageURLs", None, "Image URLs"),
        ("HTTPOptions", None, "HTTP options"),
        ("max_images", None, "Max images"),
        ("n", "iMages", "IMages"),
        ("function_to_apply", "AudioClassificationOutputTransform", "Function to apply"),
        ("model", "ControlNet", "ControlNet"),
        ("settings", "VadConfig", "Settings"),
        ("steps", "num_inference_steps", "Num inference steps"),
    ],
)
def test_a_title_is_split_into_words(name: str, title: str | None, shown: str) -> None:
    html = draw({**STRING, **({"title": title} if title else {})}, name)
    assert f">{shown} </label>" in " ".join(html.split())


def test_a_single_option_is_drawn_without_a_list() -> None:
    part = {**STRING, "enum": ["a name that is longer than a segment of a row would be"]}
    html = draw(part)
    assert "<select" not in html
    assert html.count('type="radio"') == 2


def test_a_repeated_title_is_drawn_once() -> None:
    assert "field__help" not in draw(
        {**STRING, "title": "Input prompt", "description": "Input Prompt."}
    )


def test_the_help_of_a_union_is_not_repeated_in_its_branch() -> None:
    help_text = "The contents of the message."
    branches = [{**STRING, "title": "Text", "description": help_text}, {"type": "integer"}]
    html = draw({"anyOf": branches, "description": help_text}, required=["a"])
    assert html.count(help_text) == 1
    assert html.count("-help") == 1


@pytest.mark.parametrize(
    "part",
    [
        STRING,
        {"anyOf": [STRING, {"type": "integer"}]},
        {"type": "array", "items": {"type": "integer"}},
        {"type": "object", "properties": {"b": STRING}},
        {"type": "object", "properties": {"b": STRING}, "required": ["b"]},
        {"type": "string", "format": "binary"},
    ],
)
def test_a_deprecated_field_without_a_value_is_hidden(part: Any) -> None:
    assert "outdated" not in draw({**part, "deprecated": True})
    assert "outdated" in draw({**part, "deprecated": True}, required=["a"])


def test_group_titles_and_errors_begin_with_a_capital() -> None:
    group = {"type": "object", "properties": {"mime_type": STRING}, "required": ["mime_type"]}
    form = SchemaForm({"type": "object", "properties": {"audio_setting": group}})
    value: dict[str, Any] = {"audio_setting": {}}
    html = form.render(value, form.validate(value))
    assert "Audio setting</label>" in html
    assert "Mime type: Enter a value" in html


@pytest.mark.parametrize(
    ("part", "has_slider", "start", "is_unset"),
    [
        ({"minimum": -10, "maximum": 10}, True, "0", True),
        ({"minimum": 1, "maximum": 10}, True, "1", True),
        ({"minimum": -10, "maximum": -2}, True, "-2", True),
        ({"minimum": 0, "maximum": 10, "default": 7.0}, True, "7", False),
        ({"minimum": 0, "maximum": 1000}, True, "0", True),
        ({"minimum": 0, "maximum": 1001}, False, "", False),
        ({"minimum": 0, "maximum": 2147483647}, False, "", False),
        ({"minimum": 64, "maximum": 4096, "multipleOf": 8}, True, "64", True),
        ({"minimum": 3, "maximum": 3}, False, "", False),
    ],
)
def test_a_slider_is_active_only_if_it_has_a_value(
    part: Any,
    has_slider: Any,
    start: str,
    is_unset: Any,
) -> None:
    sliders = [
        each
        for each in parse(draw({"type": "integer", **part})).iter("input")
        if each.get("type") == "range"
    ]
    assert len(sliders) == has_slider
    for slider in sliders:
        assert slider.get("value") == slider.get("data-start") == start
        assert (slider.get("data-unset") is not None) == is_unset


@pytest.mark.parametrize(
    ("part", "said"),
    [
        ({"type": "integer", "minimum": 1, "maximum": 10, "description": "How many, 1 to 10."}, ""),
        ({"type": "number", "minimum": 0, "maximum": 1, "description": "From 0.0 up to 1.0"}, ""),
        ({"type": "number", "minimum": 0, "maximum": 1, "description": "Loss of it"}, "0 to 1"),
        ({"type": "integer", "maximum": 9, "description": "Up to 9 of them"}, ""),
        ({"type": "integer", "maximum": 9, "description": "Up to 90 of them"}, "At most 9"),
        ({**STRING, "maxLength": 2000, "description": "Length: 10–2000 characters."}, ""),
        ({**STRING, "maxLength": 2000, "description": "At most 2,000 characters"}, ""),
        ({**STRING, "maxLength": 2500, "description": "It cannot exceed 2500 characters"}, ""),
        ({**STRING, "maxLength": 2000, "description": "Text"}, "At most 2,000 characters"),
        ({"type": "integer", "minimum": 0, "maximum": 2147483647}, "0 to 2,147,483,647"),
        ({"type": "integer", "minimum": 64, "maximum": 4096}, "64 to 4096"),
        (
            {"type": "array", "items": STRING, "x-playground": {"widget": "textarea"}},
            "One per line",
        ),
        (
            {
                "type": "array",
                "items": STRING,
                "x-playground": {"widget": "textarea"},
                "description": "One word on a line",
            },
            "",
        ),
        ({**STRING, "maxLength": 20, "description": "Like 20 questions"}, "At most 20 characters"),
    ],
)
def test_limits_are_shown_once(part: Any, said: str) -> None:
    limits = [
        each for each in parse(draw(part)).iter("div") if each.get("class") == "field__limits"
    ]
    assert [each.text for each in limits] == ([said] if said else [])


def test_an_integer_is_shown_without_a_fraction_and_kept_as_written() -> None:
    form = SchemaForm({"type": "object", "properties": {"a": {"type": "integer", "default": 3.0}}})
    assert 'value="3"' in form.render()
    assert repr(form.parse(submit(form.render())).value) == "{'a': 3.0}"
    assert (
        repr(form.parse(submit(form.render({"a": 5.0})), initial={"a": 5.0}).value) == "{'a': 5.0}"
    )


@pytest.mark.parametrize(
    ("members", "labels"),
    [
        (["DONT_ALLOW", "ALLOW_ADULT"], ["Dont allow", "Allow adult"]),
        (["no_refiner", "expert_ensemble_refiner"], ["No refiner", "Expert ensemble refiner"]),
        (["simple", "down_back"], ["Simple", "Down back"]),
        (["square_hd", "portrait_4_3", "landscape_16_9"],
         ["Square hd", "Portrait 4:3", "Landscape 16:9"]),
        (["mp3_44100_128", "pcm_16000"], ["mp3_44100_128", "pcm_16000"]),
        (["en_US", "pt_BR"], ["en_US", "pt_BR"]),
        (["DDIM", "PNDM"], ["DDIM", "PNDM"]),
        (["K_EULER", "DDIM"], ["K_EULER", "DDIM"]),
        (["a_b", "A_B"], ["a_b", "A_B"]),
        (["veo-3.1", "big_one"], ["veo-3.1", "big_one"]),
        (["photo/b_and_w", "3d_art"], ["Photo/b and w", "3d art"]),
        (["v1_5", "v2_turbo"], ["v1_5", "v2_turbo"]),
        (["low_res", "LOW_RES"], ["low_res", "LOW_RES"]),
    ],
)  # fmt: skip
def test_enum_tokens_are_shown_as_words_with_the_token_as_title(
    members: list[str], labels: Any
) -> None:
    root = parse(draw({"enum": members}, required=["a"]))
    options = [each for each in root.iter("label") if each.get("class") == "segment"]
    assert ["".join(each.itertext()) for each in options] == labels
    tokens = [member for member, label in zip(members, labels, strict=True) if member != label]
    assert [each.get("title") for each in options if each.get("title")] == tokens
    form = SchemaForm({"type": "object", "properties": {"a": {"enum": members}}})
    value = {"a": members[0]}
    assert form.parse(submit(form.render(value))).value == value


def test_members_of_the_same_type_are_no_branches() -> None:
    assert "<svg" not in draw({"enum": ["1x1", "2x2", "4x4"]})
    assert "<svg" in draw({"enum": ["1x1", "2x1"]})


def shape(*names: str, **more: Any) -> dict[str, Any]:
    return {"type": "object", "properties": dict.fromkeys(names, STRING), **more}


BINARY = {"type": "string", "format": "binary"}


@pytest.mark.parametrize(
    ("name", "branches", "labels"),
    [
        ("size", [shape("prompt", "image_url"), shape("prompt", "video_id")],
         ["image url", "video id"]),
        ("size", [shape("a", "b", "c", "d", required=["d"]), shape("b")], ["d", "b"]),
        ("size", [{"enum": ["square_hd", "portrait_4_3"]}, shape("width")],
         ["Square hd or Portrait 4:3", "width"]),
        ("size", [{"enum": ["a", "b"], "x-enum-labels": {"a": "Small"}}, shape("width")],
         ["Small or b", "width"]),
        ("image", [BINARY, {"type": "array", "items": BINARY}], ["picture", "list of pictures"]),
        ("file", [BINARY, shape("buffer", "mimetype")], ["file", "buffer, mimetype"]),
        ("a", [{"enum": ["png", "jpeg", "webp", "gif"]}, shape("x")], ["PNG, JPEG, WebP…", "x"]),
        ("a", [{"type": "integer", "maximum": 5}, {"type": "integer", "minimum": 9}],
         ["whole number, at most 5", "whole number, at least 9"]),
        ("a", [shape("b"), {"type": "object", "properties": {"b": {"type": "integer"}}}],
         ["b: text", "b: whole number"]),
        ("a", [{"type": "array", "items": {"type": "integer"}, "minItems": 2, "maxItems": 2},
               {"type": "array", "items": {"type": "integer"}, "maxItems": 4}],
         ["list of whole numbers, 2 items", "list of whole numbers, at most 4 items"]),
        ("a", [{"type": "string", "format": "uri"}, {"type": "integer"}],
         ["web address", "whole number"]),
    ],
)  # fmt: skip
def test_branches_are_named_by_their_difference(
    name: str, branches: Any, labels: list[str]
) -> None:
    root = parse(draw({"anyOf": branches}, name, required=[name]))
    options = [each for each in root.iter("label") if each.get("class") == "segment"]
    assert ["".join(each.itertext()) for each in options[: len(labels)]] == labels
