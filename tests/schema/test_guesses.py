"""Guesses from names and descriptions, tested with excerpts of published schemas."""

from typing import Any

import pytest

from playground.catalog.layout import read_layout
from playground.schema import SchemaForm
from playground.schema.tree.nodes import Files, Node, Number, Text


def node_of(name: str, part: dict[str, Any], *, required: bool = False) -> Node:
    needed = [name] if required else []
    schema = {"type": "object", "properties": {name: part}, "required": needed}
    return SchemaForm(schema).parts()[0]


STRING = {"type": "string"}
STRINGS = {"type": "array", "items": STRING}


@pytest.mark.parametrize(
    ("name", "part", "kind"),
    [
        ("image", {**STRING, "description": "URL or Base64 of the picture to start from"}, "image"),
        ("input_image", {**STRING, "description": "Base64 encoded image or URL"}, "image"),
        ("first_frame", {**STRING, "description": "URL of the first frame"}, "image"),
        ("image_tail", {**STRING, "description": "Reference Image - End frame. Base64 or URL"},
         "image"),
        ("reference_images", {**STRINGS, "description": "Image URLs, at most 4"}, "image"),
        ("known_speaker_references",
         {**STRINGS, "description": "Audio samples (as [data URLs](https://a.example))"}, "audio"),
        ("video", {**STRING, "description": "The video to edit, uploaded or a link: its URL"},
         "video"),
        ("mask", {**STRING, "description": "Black and white, as data URI"}, "image"),
        ("garment", {**STRING, "description": "Address (URL) of the garment image"}, "image"),
        ("image_prompt", {**STRING, "description": "A base64 encoded image to use"}, "image"),
        ("subject", {**STRING, "examples": ["https://a.example/cat.png"]}, "image"),
        ("image_url", STRING, "image"),
        ("image", {**STRING, "format": "uri"}, "image"),
    ],
)  # fmt: skip
def test_file_fields_are_guessed_from_name_and_description(
    name: str, part: dict[str, Any], kind: str
) -> None:
    node = node_of(name, part)
    assert isinstance(node, Files)
    assert node.kind == kind
    assert node.multiple == (part["type"] == "array")


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("image", {**STRING, "description": "Name of the image style"}),
        ("image_size", {**STRING, "description": "Size of the image at the URL"}),
        ("output_format", {**STRING, "description": "Format of the image: url or base64"}),
        ("response_format", {**STRING, "description": "Return images as URL or b64_json"}),
        ("webhook", {**STRING, "description": "URL to which the finished image is sent"}),
        ("image_prompt", {**STRING, "description": "What the image shows"}),
        ("prompt", {**STRING, "description": "Describe the image; a URL is read as a reference"}),
        ("outputMimeType", {**STRING, "description": "MIME type of the generated image."}),
        ("input", {**STRING, "description": "The text to make an embedding of"}),
        ("video", {**STRING, "enum": ["url", "base64"], "description": "Video as URL"}),
        ("image", {**STRING, "maxLength": 20, "description": "URL or id of an image"}),
        ("reference_id", {**STRING, "description": "Id of an uploaded image"}),
    ],
)
def test_fields_that_only_mention_files_are_texts(name: str, part: dict[str, Any]) -> None:
    assert not isinstance(node_of(name, part), Files)


@pytest.mark.parametrize(
    ("name", "description", "required"),
    [
        ("prompt", "", False),
        ("positivePrompt", "", False),
        ("text", "", False),
        ("script", "", True),
        ("input", "The text to generate audio for.", True),
        ("gen_text", "", True),
        ("message", "Text to synthesize", False),
        ("content", "The words that are read out, a text to be spoken", False),
        ("lyrics", "", False),
    ],
)
def test_main_text_inputs_are_multiline(
    name: str,
    description: str,
    required: Any,
) -> None:
    node = node_of(name, {**STRING, "description": description}, required=required)
    assert isinstance(node, Text)
    assert node.rows


@pytest.mark.parametrize("name", ["voice", "language", "watermark_text", "message", "text_color"])
def test_other_texts_are_single_line(name: str) -> None:
    node = node_of(name, STRING)
    assert isinstance(node, Text)
    assert not node.rows


@pytest.mark.parametrize(
    ("name", "description", "unit"),
    [
        ("duration", "Length of the video in seconds.", "seconds"),
        ("timeout", "How long to wait, in milliseconds (ms).", "milliseconds"),
        ("duration_ms", "", "milliseconds"),
        ("durationSeconds", "", "seconds"),
        ("width", "Width in pixels. Takes some seconds.", "pixels"),
        ("num_frames", "Frames; the length in seconds is frames / fps", ""),
        ("n", "Made in seconds or in minutes", ""),
        ("seconds", "", ""),
        ("n", "How many. In seconds", ""),
    ],
)
def test_a_number_shows_its_unit(name: str, description: str, unit: str) -> None:
    part = {"type": "integer", "description": description}
    node = node_of(name, part)
    assert isinstance(node, Number)
    assert node.unit == unit
    html = SchemaForm({"type": "object", "properties": {name: part}}).render()
    assert not unit or f">{unit}</span>" in html or f"In {unit}" in html


def names(schema: dict[str, Any]) -> tuple[list[str], list[str]]:
    """Return the names of the visible and of the collapsed parts of a form."""
    parts = SchemaForm(schema).parts()
    return ([p.name for p in parts if not p.advanced], [p.name for p in parts if p.advanced])


HTTP = {"type": "object", "properties": {"timeout": {"type": "integer"}, "baseUrl": STRING}}
OBJECT = {"type": "object"}


def test_the_prompt_comes_first_and_technical_parts_are_folded() -> None:
    properties = {"httpOptions": HTTP, "model": {"enum": ["a", "b"]}, "negative_prompt": STRING,
                  "webhook_url": STRING, "prompt": STRING}  # fmt: skip
    schema = {**OBJECT, "properties": properties, "required": ["model", "prompt"]}
    assert names(schema) == (["prompt", "model", "negative_prompt"], ["httpOptions", "webhook_url"])


def test_an_object_is_folded_by_what_it_holds() -> None:
    parts = {"timeout_ms": {"type": "integer"}, "headers": OBJECT, "apiVersion": STRING}
    held = {**OBJECT, "properties": parts}
    prompt = {**OBJECT, "properties": {"text": STRING, "timeout": {"type": "integer"}}}
    assert names({**OBJECT, "properties": {"conf": held, "more": prompt}}) == (["more"], ["conf"])
    needed = {**held, "required": ["headers"]}
    assert names({**OBJECT, "properties": {"conf": needed}}) == (["conf"], [])


@pytest.mark.parametrize(
    ("hints", "shown"),
    [
        ({"x-playground": {"order": ["httpOptions", "prompt"]}}, ["httpOptions", "prompt"]),
        ({"required": ["httpOptions", "prompt"]}, ["prompt", "httpOptions"]),
    ],
)
def test_hints_of_the_author_override_guesses(hints: Any, shown: list[str]) -> None:
    schema = {**OBJECT, "properties": {"httpOptions": HTTP, "prompt": STRING}, **hints}
    assert names(schema) == (shown, [])
    said = {**HTTP, "x-playground": {"advanced": False}}
    assert names({**OBJECT, "properties": {"httpOptions": said}}) == (["httpOptions"], [])


def test_a_long_form_folds_expert_fields() -> None:
    many: dict[str, Any] = {f"option_{letter}": STRING for letter in "abcdefghijkl"}
    few = {"seed": {"type": "integer"}, "sampler_name": STRING}
    assert names({**OBJECT, "properties": few}) == ([*few], [])
    assert names({**OBJECT, "properties": few | many}) == ([*many], [*few])


IMAGE = {**STRING, "format": "uri"}


@pytest.mark.parametrize(
    ("properties", "more", "shown"),
    [
        ("n prompt size", {}, "prompt n size"),
        ("n image_url size prompt", {}, "prompt image_url n size"),
        ("n image_url mask_url size prompt last_image_url", {},
         "prompt image_url mask_url n size last_image_url"),
        ("n image_url size prompt last_image_url", {"required": ["prompt", "last_image_url"]},
         "prompt last_image_url image_url n size"),
        ("image_url prompt n", {"x-fal-order-properties": ["image_url", "n", "prompt"]},
         "prompt image_url n"),
        ("image_url prompt n", {"x-playground": {"order": ["image_url", "n", "prompt"]}},
         "image_url n prompt"),
        ("n image_url", {}, "n image_url"),
        ("n negative_prompt image_url", {}, "n negative_prompt image_url"),
        ("n prompt_strength text_prompt", {}, "text_prompt n prompt_strength"),
    ],
)  # fmt: skip
def test_the_prompt_is_first_followed_by_its_pictures(
    properties: str, more: Any, shown: str
) -> None:
    parts = {name: IMAGE if "_url" in name else STRING for name in properties.split()}
    assert names({**OBJECT, "properties": parts, **more}) == (shown.split(), [])


@pytest.mark.parametrize(
    "image",
    [
        {"type": "array", "items": STRING, "x-playground": {"widget": "file-upload"}},
        {"anyOf": [IMAGE, {"type": "null"}]},
        {"type": "array", "items": IMAGE},
    ],
)
def test_a_reference_picture_is_not_folded_without_an_explicit_layout(
    image: dict[str, Any],
) -> None:
    hints = {**image.get("x-playground", {}), "advanced": True}
    parts = {"prompt": STRING, "n": STRING, "image": {**image, "x-playground": hints}}
    parts["seed"] = {"type": "integer", "x-playground": {"advanced": True}}
    schema = {**OBJECT, "properties": parts}
    assert names(schema) == (["prompt", "image", "n"], ["seed"])
    arranged = {**schema, "x-playground": {"order": ["prompt", "image", "n", "seed"]}}
    assert names(arranged) == (["prompt", "n"], ["image", "seed"])
    assert [(each.name, each.advanced) for each in read_layout(schema)] == [
        ("prompt", False), ("image", False), ("n", False), ("seed", True)
    ]  # fmt: skip
