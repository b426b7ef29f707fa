"""Input mapping to another model: certain matches are mapped, the rest is reported."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from playground.compose.input_mapping import MappedInputs, is_valid, map_inputs
from playground.schema import SchemaForm
from playground.schema.values import is_same
from tests.schema.schemas import SCHEMAS
from tests.schema.strategies import ANYTHING, Values

FOLDER = Path(__file__).parents[1]
SHIPPED = [
    json.loads(path.read_text())["schema"]
    for path in sorted((FOLDER.parent / "playground/catalog/data").glob("*.json"))
]
CASES = SHIPPED + [
    case["schema"]
    for path in sorted((FOLDER / "schemas").glob("*.json"))
    if (case := json.loads(path.read_text()))["schema"] is not False
]
FORMS = [SchemaForm(schema) for schema in CASES]

NAMES = st.sampled_from(
    ["prompt", "text", "n", "num_images", "size", "aspect_ratio", "resolution", "width", "height",
     "image_urls", "image", "seed", "steps", "duration", "output_format", "other"]
)  # fmt: skip
TYPICAL_VALUES = st.sampled_from(
    ["16:9", "1280x720", "1024*1024", "2K", "2k", "720p", "landscape", "square_hd", "PNG", "8s",
     "upload:x", ["upload:x", "https://a.example/b.png"], 4, 1024, 1, "auto"]
)  # fmt: skip
INPUTS = st.dictionaries(NAMES, TYPICAL_VALUES | ANYTHING, max_size=6)

example_settings = settings(
    max_examples=100,
    derandomize=True,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


def choice(*options: Any) -> dict[str, Any]:
    return {"enum": list(options), "type": "string"}


def form(**properties: Any) -> SchemaForm:
    return SchemaForm({"type": "object", "properties": properties})


PICTURE = {"type": "string", "x-playground": {"widget": "file-upload", "uploadKind": "image"}}
PICTURES = {
    "type": "array",
    "maxItems": 2,
    "items": {"type": "string"},
    "x-playground": {"widget": "file-upload", "uploadKind": "image", "multiple": True},
}
TEXT, COUNT = {"type": "string"}, {"type": "integer", "minimum": 1, "maximum": 4}


def mapped(inputs: dict[str, Any], **properties: Any) -> Any:
    return map_inputs(inputs, None, form(**properties)).value


@example_settings
@given(st.sampled_from(FORMS), INPUTS)
def test_mapping_to_the_same_model_keeps_all_inputs(same: SchemaForm, inputs: Any) -> None:
    assert map_inputs(inputs, same, same) == MappedInputs(value=inputs)


def check(inputs: Any, source: SchemaForm | None, target: SchemaForm) -> None:
    done = map_inputs(inputs, source, target)
    if source and source.digest == target.digest:
        assert done.value == inputs  # the same model keeps all inputs, also invalid ones
        return
    assert [name for name in done.value if not is_valid(target, name, done.value[name])] == []
    reported = {name for change in done.changed for name in change.before} | set(done.lost)
    kept = {name for name in inputs if is_same(inputs[name], done.value.get(name, ...))}
    assert set(inputs) == reported | kept


@example_settings
@given(st.sampled_from(FORMS), st.sampled_from(FORMS), INPUTS)
def test_mapped_inputs_are_valid_and_dropped_ones_are_named(
    source: SchemaForm, target: SchemaForm, inputs: Any
) -> None:
    check(inputs, source, target)
    check(inputs, None, target)


@example_settings
@given(SCHEMAS, SCHEMAS, st.data())
def test_mapped_inputs_are_valid_for_generated_schemas(
    one: dict[str, Any], other: dict[str, Any], data: st.DataObject
) -> None:
    inputs = data.draw(Values(one).any())
    if isinstance(inputs, dict):
        check(inputs, SchemaForm(one), SchemaForm(other))


@pytest.mark.parametrize(
    ("inputs", "properties", "value"),
    [
        ({"prompt": "a fox"}, {"text": TEXT}, {"text": "a fox"}),
        ({"n": 3}, {"num_images": COUNT}, {"num_images": 3}),
        ({"num_outputs": 2}, {"n": COUNT}, {"n": 2}),
        ({"steps": 4}, {"num_inference_steps": COUNT}, {"num_inference_steps": 4}),
        ({"duration": "8s"}, {"duration": choice("4", "8")}, {"duration": "8"}),
        ({"output_format": "JPG"}, {"output_format": choice("png", "jpeg")},
         {"output_format": "jpeg"}),
        ({"resolution": "2k"}, {"resolution": choice("1K", "2K")}, {"resolution": "2K"}),
        ({"size": "2K"}, {"size": choice("1024x1024", "2048x2048")}, {"size": "2048x2048"}),
        ({"resolution": "2048"}, {"resolution": choice("1k", "2k")}, {"resolution": "2k"}),
        ({"size": "16:9"}, {"aspect_ratio": choice("1:1", "16:9")}, {"aspect_ratio": "16:9"}),
        ({"size": "1280*720"}, {"aspect_ratio": choice("1:1", "16:9")}, {"aspect_ratio": "16:9"}),
        ({"size": "1280*720"}, {"format": choice("720x1280", "1280x720")}, {"format": "1280x720"}),
        ({"aspect_ratio": "16:9"}, {"image_size": choice("square", "landscape_16_9")},
         {"image_size": "landscape_16_9"}),
        ({"aspect_ratio": "3:4"}, {"image_size": choice("portrait_4_3", "landscape_4_3")},
         {"image_size": "portrait_4_3"}),
        ({"size": "landscape"}, {"aspect_ratio": choice("16:9", "9:16")},
         {"aspect_ratio": "16:9"}),
        ({"size": "1280x720"}, {"aspect_ratio": choice("16:9"), "resolution": choice("720p")},
         {"aspect_ratio": "16:9", "resolution": "720p"}),
        ({"size": "1:1", "resolution": "2k"}, {"size": choice("1024x1024", "2048x2048")},
         {"size": "2048x2048"}),
        ({"size": "1280x720"}, {"width": {"type": "integer"}, "height": {"type": "integer"}},
         {"width": 1280, "height": 720}),
        ({"width": 1024, "height": 768}, {"size": choice("4:3", "1:1")}, {"size": "4:3"}),
        ({"image_urls": ["upload:a", "upload:b"]}, {"image": PICTURE}, {"image": "upload:a"}),
        ({"init_image": "upload:a"}, {"images": PICTURES}, {"images": ["upload:a"]}),
        ({"image_urls": list("abc")}, {"images": PICTURES}, {}),
    ],
)  # fmt: skip
def test_fields_with_the_same_meaning_are_mapped(
    inputs: dict[str, Any], properties: dict[str, Any], value: dict[str, Any]
) -> None:
    assert mapped(inputs, **properties) == value


@pytest.mark.parametrize(
    ("inputs", "properties"),
    [
        ({"n": 9}, {"num_images": COUNT}),
        ({"size": "landscape"}, {"aspect_ratio": choice("16:9", "4:3", "1:1")}),
        ({"size": "16:9"}, {"size": choice("1280x720", "1920x1080")}),
        ({"resolution": "2k"}, {"size": choice("2048x1152", "1152x2048")}),
        ({"image": "upload:a"}, {"image": TEXT}),
        ({"mask": "upload:a"}, {"image": PICTURE}),
        ({"prompt": "a fox"}, {"image": PICTURE}),
        ({"style": "vivid"}, {"quality": choice("vivid")}),
    ],
)
def test_ambiguous_fields_are_dropped_and_named(
    inputs: dict[str, Any], properties: dict[str, Any]
) -> None:
    done = map_inputs(inputs, None, form(**properties))
    assert (done.value, done.lost) == ({}, tuple(inputs))
