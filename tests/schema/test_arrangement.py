"""Where each part of a form is drawn: the prompt's box, pills or settings."""

from typing import Any

import pytest

from playground.schema import ABSENT, SchemaForm
from playground.schema.drawing.arrangement import arrange
from playground.schema.drawing.pills import MOST_PILLS, pill_of
from playground.schema.entries.entry import GroupEntry
from playground.schema.tree.hints import lower
from tests.html import parse
from tests.schema.browser import Element, submit
from tests.schema.seedream import SCHEMA

RATIOS = {"enum": ["1:1", "4:3", "16:9"]}
TEXT = {"type": "string"}
WHOLE = {"type": "integer"}
PICTURE = {"type": "string", "format": "uri", "description": "URL of an image."}
ADVANCED = {"x-playground": {"advanced": True}}
PROMPT = {"prompt": TEXT}


def form_of(properties: dict[str, Any], **more: Any) -> SchemaForm:
    return SchemaForm({"type": "object", "properties": properties, **more})


def places(properties: dict[str, Any], **more: Any) -> dict[str, list[str]]:
    """Return the names of the parts for each area of the form."""
    return places_of(form_of(properties, **more))


def places_of(form: SchemaForm) -> dict[str, list[str]]:
    root = form.open(ABSENT).drawn
    assert isinstance(root, GroupEntry)
    found = arrange(root)
    return {
        "text": [found.text.node.name] if found.text else [],
        "files": [each.node.name for each in found.files],
        "first": [each.node.name for each in found.first],
        "pills": [leaf.node.name for _, leaf in found.pills],
        "settings": [each.node.name for each in found.settings],
        "advanced": [each.node.name for each in found.advanced],
    }


def with_class(html: str, name: str) -> list[Element]:
    return [each for each in parse(html).iter() if name in (each.get("class") or "").split()]


@pytest.mark.parametrize(
    ("name", "part", "kind"),
    [
        ("aspect_ratio", RATIOS, "ratio"),
        ("aspectRatio", RATIOS, "ratio"),
        ("ratio", {"enum": ["a", "b"]}, "ratio"),
        ("size", RATIOS, "ratio"),
        ("image_size", {"enum": ["1024x1024", "1024x1536", "auto"]}, "ratio"),
        ("size", {"enum": ["1K", "2K"]}, "resolution"),
        ("resolution", {"enum": ["480p", "720p"]}, "resolution"),
        ("resolution", WHOLE, "resolution"),
        ("quality", {"enum": ["low", "high"]}, "resolution"),
        ("quality", WHOLE, None),  # of file compression
        ("output_quality", WHOLE, None),
        ("output_format", {"enum": ["png", "jpeg"]}, None),
        ("n", WHOLE, "count"),
        ("num_images", WHOLE, "count"),
        ("numOutputs", WHOLE, "count"),
        ("number_of_images", {"enum": [1, 2, 4]}, "count"),
        ("batch_size", WHOLE, "count"),
        ("num_inference_steps", WHOLE, None),
        ("num_frames", WHOLE, None),
        ("duration", {"enum": [5, 10]}, "duration"),
        ("duration", WHOLE, "duration"),
        ("duration", {"type": "number"}, None),
        ("video_length_seconds", WHOLE, "duration"),
        ("fade_duration", WHOLE, None),
        ("seed", WHOLE, None),
        ("size", TEXT, None),
        ("size", {**RATIOS, **ADVANCED}, None),
        ("size", {**RATIOS, "readOnly": True}, None),
        ("file_size", {"enum": ["s", "l"]}, None),
    ],
)
def test_a_short_choice_is_known_by_its_kind_and_name(
    name: str, part: dict[str, Any], kind: str | None
) -> None:
    (node,) = form_of({name: part}).parts() or (None,)
    assert (pill_of(node) if node else None) == kind


def test_there_are_at_most_four_pills_in_the_order_of_their_kinds() -> None:
    found = places(
        {
            "duration": WHOLE,
            "n": WHOLE,
            "quality": {"enum": ["low", "high"]},
            "resolution": {"enum": ["1k", "2k"]},
            "aspect_ratio": RATIOS,
            **PROMPT,
        }
    )
    assert len(found["pills"]) == MOST_PILLS
    assert found["pills"] == ["aspect_ratio", "quality", "resolution", "n"]
    assert found["settings"] == ["duration"]


def test_only_the_top_level_has_pills() -> None:
    part = {"type": "object", "properties": {"aspect_ratio": RATIOS, "n": WHOLE}}
    assert places({**PROMPT, "options": part})["pills"] == []
    assert with_class(form_of({**PROMPT, "options": part}).render(), "pill") == []


def test_pictures_are_in_the_box_of_the_prompt_whatever_the_hints_say() -> None:
    found = places({**PROMPT, "seed": WHOLE, "image_url": {**PICTURE, **ADVANCED}})
    assert found["files"] == ["image_url"]
    assert found["advanced"] == []


def test_a_mask_comes_after_the_picture_that_it_belongs_to() -> None:
    found = places({**PROMPT, "mask": PICTURE, "image": PICTURE}, required=["prompt"])
    assert found["files"] == ["image", "mask"]


def test_without_a_prompt_pictures_are_fields_of_their_own() -> None:
    found = places({"image_url": PICTURE, "scale": WHOLE}, required=["image_url"])
    assert found["files"] == []
    html = form_of({"image_url": PICTURE, "scale": WHOLE}, required=["image_url"]).render()
    assert with_class(html, "settings-fold") == []


def test_required_fields_without_a_value_are_not_folded() -> None:
    found = places({**PROMPT, "voice": TEXT, "speed": WHOLE}, required=["voice"])
    assert (found["first"], found["settings"]) == (["voice"], ["speed"])


def test_fields_grouped_by_the_author_stay_together() -> None:
    groups = {"x-playground": {"groups": [{"title": "Canvas", "fields": ["size", "voice"]}]}}
    found = places({**PROMPT, "size": RATIOS, "voice": TEXT}, required=["voice"], **groups)
    assert (found["pills"], found["first"]) == ([], [])
    assert found["settings"] == ["voice", "size"]


def test_the_first_model_is_arranged_as_designed() -> None:
    assert places_of(SchemaForm(SCHEMA)) == {
        "text": ["prompt"],
        "files": ["image_urls"],
        "first": [],
        "pills": ["size", "resolution", "n"],
        "settings": ["watermark", "output_format", "sequential_image_generation"],
        "advanced": ["sequential_image_generation_options"],
    }


def test_folded_settings_summarise_their_values() -> None:
    (shown,) = with_class(SchemaForm(SCHEMA).render(), "settings-fold__sum")
    assert shown.text == "JPEG · no watermark"


@pytest.mark.parametrize(
    ("title", "words"),
    [
        ("Generate Audio", "generate audio"),
        ("LoRA weights", "LoRA weights"),
        ("Image URL", "image URL"),
        ("Étude", "Étude"),
        ("", ""),
    ],
)
def test_a_title_within_a_sentence_is_in_lower_case(title: str, words: str) -> None:
    assert lower(title) == words


@pytest.mark.parametrize("pointer", ["/watermark", "/sequential_image_generation_options"])
def test_an_error_opens_the_settings(pointer: str) -> None:
    form = SchemaForm(SCHEMA)
    (fold,) = with_class(form.render(), "settings-fold")
    assert fold.get("open") is None
    (fold,) = with_class(form.render(errors={pointer: ["No."]}), "settings-fold")
    assert fold.get("open") is not None


def test_an_edit_in_the_settings_leaves_them_open() -> None:
    scenes = {"type": "array", "items": {"type": "object", "properties": {"text": TEXT}}}
    form = form_of({**PROMPT, "scenes": scenes})
    (fold,) = with_class(form.parse(submit(form.render(), "add /scenes")).render(), "settings-fold")
    assert fold.get("open") is not None
    (fold,) = with_class(form.parse(submit(form.render())).render(), "settings-fold")
    assert fold.get("open") is None


def test_an_error_of_a_pill_is_beside_it_not_in_its_popover() -> None:
    html = SchemaForm(SCHEMA).render(errors={"/n": ["Too many."]})
    (field,) = [each for each in with_class(html, "pill-field") if each.get("data-pointer") == "/n"]
    (error,) = [each for each in field if each.get("class") == "field__error"]
    assert "Too many." in "".join(error.itertext())


def test_a_pill_shows_its_value_and_its_popover_offers_the_others() -> None:
    html = SchemaForm(SCHEMA).open({"prompt": "a", "size": "16:9", "resolution": "4k"}).render()
    shown = ["".join(each.itertext()) for each in with_class(html, "pill__words")]
    assert shown == ["16:9", "4k", "Images"]  # an unset pill shows its title
    labels = ["".join(each.itertext()) for each in with_class(html, "ratio-choice")]
    ratios = [" ".join(label.split()) for label in labels]
    assert ratios == SCHEMA["properties"]["size"]["enum"]


def test_the_pieces_of_a_form_make_up_the_form() -> None:
    drawn = SchemaForm(SCHEMA).open(ABSENT).draw()
    assert drawn.errors + drawn.lead + drawn.rest == SchemaForm(SCHEMA).render()
    assert 'data-pointer="/prompt"' in drawn.lead
    assert 'data-pointer="/size"' in drawn.rest
