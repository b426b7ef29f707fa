"""What a model makes (pictures, videos ...), guessed from its facts."""

from typing import Any

import pytest

from playground.catalog.makes import guess_output_kind
from playground.catalog.models import ModelSpec


def test_a_description_is_shown_without_markdown_marks() -> None:
    spec = ModelSpec(
        title="A", slug="a", description="Makes **big** pictures.<br>[More](https://a.example)"
    )
    assert spec.about == "Makes big pictures. More"
    assert spec.makes == "pictures"


@pytest.mark.parametrize(
    ("category", "words", "names", "makes"),
    [
        ("image", "Seedream 5 Lite", ["prompt"], "pictures"),
        ("video", "Kling", [], "videos"),
        ("", "Veo 3.1 image-to-video", [], "videos"),
        ("", "ElevenLabs Text to Speech", [], "sounds"),
        ("", "MiniMax music-1.5", [], "sounds"),
        ("", "Whisper: speech to text", [], "texts"),
        ("", "Create transcription of an audio file", [], "texts"),
        ("", "Some model", ["text", "voice_id"], "sounds"),
        ("", "Stable Diffusion", ["prompt"], "pictures"),
        ("", "Some model", ["prompt"], "results"),
        ("3d", "Mesh", [], "results"),
    ],
)
def test_the_output_kind_of_a_model_is_derived_from_its_texts(
    category: str, words: str, names: list[str], makes: str
) -> None:
    schema: dict[str, Any] = {"properties": {name: {} for name in names}}
    assert guess_output_kind(category, words, schema) == makes
