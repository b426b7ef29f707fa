"""The help of a field does not repeat its label, its mark or its control."""

from typing import Any

import pytest

from playground.schema import SchemaForm
from tests.html import parse

STRING = {"type": "string"}
MEMBERS = {"enum": ["dont_allow", "allow_adult", "allow_all"]}


def help_of(part: dict[str, Any], *, name: str = "a", required: bool = False) -> str:
    """Return the shown help of a field, without the limits below it."""
    needed = [name] if required else []
    form = SchemaForm({"type": "object", "properties": {name: part}, "required": needed})
    parts = parse(form.render()).iter("div")
    found = [each for each in parts if "field__help" in (each.get("class") or "").split()]
    for each in found:
        for limits in [one for one in each if one.get("class") == "field__limits"]:
            each.remove(limits)
    return " ".join("".join(each.itertext()) for each in found).strip()


@pytest.mark.parametrize(
    ("title", "description", "shown"),
    [
        ("Prompt", "Input prompt", ""),
        ("Image", "The image.", ""),
        ("Negative Prompt", "Input Negative Prompt", ""),
        ("Number of images", "The number of images to generate.", ""),
        ("Aspect ratio", "The aspect ratio of the generated video", ""),
        ("Num Outputs", "Number of images to output.", "Number of images to output."),
        ("Style", "Style of the picture's frame", "Style of the picture's frame"),
        ("提示词", "提示词", ""),
        ("Use", "Use", ""),
        ("Used", "What is used", "What is used"),
    ],
)
def test_help_does_not_repeat_the_title(title: str, description: str, shown: str) -> None:
    assert help_of({**STRING, "title": title, "description": description}) == shown


@pytest.mark.parametrize(
    ("description", "required", "shown"),
    [
        ("Optional. The look of it.", False, "The look of it."),
        ("(Optional) the look of it", False, "The look of it"),
        ("[Required] The look of it", True, "The look of it"),
        ("Required: the look of it", True, "The look of it"),
        ("Required. The look of it", False, "Required. The look of it"),
        ("Optional. The look of it", True, "Optional. The look of it"),
        ("Optional look of it", False, "Optional look of it"),
        ("Optional.", False, "Optional."),
    ],
)
def test_a_required_field_is_marked_in_its_label(
    description: str,
    required: Any,
    shown: str,
) -> None:
    assert help_of({**STRING, "description": description}, required=required) == shown


@pytest.mark.parametrize(
    ("default", "description", "shown"),
    [
        ("auto", "The size. Defaults to `auto`.", "The size."),
        ("16:9", 'Shape of it Default value: `"16:9"`', "Shape of it"),
        (7.5, "How closely (default: 7.5)", "How closely"),
        (4.0, "How often it is done. Default: 4. More takes longer.",
         "How often it is done. More takes longer."),
        (True, "Whether to mark it. Default is True", "Whether to mark it."),
        (0.5, "The default is 0.5.", ""),
        ("auto", "Defaults to `auto` unless told otherwise.",
         "Defaults to auto unless told otherwise."),
        (100, "For JPEG, and defaults to 100.", "For JPEG, and defaults to 100."),
        (100, "How good. Defaults to 90.", "How good. Defaults to 90."),
        (1, "How many. Defaults to 15.", "How many. Defaults to 15."),
        ("", "What to say. Default: empty.", "What to say. Default: empty."),
    ],
)  # fmt: skip
def test_a_default_visible_in_the_control_is_not_in_the_help(
    default: Any,
    description: str,
    shown: str,
) -> None:
    kinds = {bool: "boolean", str: "string", int: "number", float: "number"}
    part = {"type": kinds[type(default)], "default": default, "description": description}
    assert help_of(part, name="look") == shown


def test_a_default_not_visible_in_the_control_is_in_the_help() -> None:
    assert help_of({**STRING, "description": "Words. Defaults to auto."}) == (
        "Words. Defaults to auto."
    )


@pytest.mark.parametrize(
    ("description", "shown"),
    [
        ("Who is shown. Supported values are: dont_allow, allow_adult.", "Who is shown."),
        ("Who is shown. One of `dont_allow`, `allow_adult` or `allow_all`. It counts.",
         "Who is shown. It counts."),
        ("Must be one of: 'dont_allow' | 'allow_all'", ""),
        ("Possible values: dont_allow, anyone", "Possible values: dont_allow, anyone"),
        ("One of dont_allow (nobody) and allow_all (everybody)",
         "One of dont_allow (nobody) and allow_all (everybody)"),
    ],
)  # fmt: skip
def test_options_are_not_listed_in_the_help(description: str, shown: str) -> None:
    assert help_of({**MEMBERS, "description": description}) == shown
    assert help_of({**STRING, "description": description}) == description.replace("`", "")


def test_any_description_is_shortened_in_bounded_time() -> None:
    for text in ("one of " * 500, "default " * 400, "(default: " * 300, "a, " * 1000, " " * 4000):
        help_of({**MEMBERS, "default": "allow_all", "description": text})
