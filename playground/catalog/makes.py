"""Guesses what a model produces: pictures, videos, sounds or texts."""

import re
from enum import StrEnum
from typing import Any

from playground.catalog.properties import find_properties


class OutputKind(StrEnum):
    """The kind of output of a model."""

    PICTURES = "pictures"
    VIDEOS = "videos"
    SOUNDS = "sounds"
    TEXTS = "texts"
    RESULTS = "results"


# The first match decides: "image to video" makes videos, "speech to text" makes texts.
_SIGNS: tuple[tuple[OutputKind, str], ...] = (
    (
        OutputKind.TEXTS,
        r"to[- ]text\b|transcri|whisper|caption|\bocr\b|\bllm\b|chat|embedding|translat",
    ),
    (OutputKind.SOUNDS, r"to[- ](?:speech|audio|music|sound|song)\b|\btts\b|text2speech"),
    (OutputKind.VIDEOS, r"to[- ]video\b|2video\b|\b[it]2v\b|lip[- ]?sync"),
    (OutputKind.PICTURES, r"to[- ](?:image|picture)\b|2image\b|\b[it]2i\b|inpaint|upscal"),
    (OutputKind.SOUNDS, r"\b(?:speech|music|audio|sounds?|songs?|voices?|lyrics|spoken|melod)"),
    (OutputKind.VIDEOS, r"\b(?:videos?|films?|movies?|clips?|animat)"),
    (OutputKind.PICTURES, r"\b(?:images?|pictures?|photos?|drawings?|illustration|logo|diffusion)"),
)


def guess_output_kind(category: str, words: str, schema: Any) -> OutputKind:
    """Return the output kind of a model by its category, its words or its inputs.

    words  its name, title and description
    """
    for text in (category, words, _names(schema)):
        plain = re.sub(r"[_./]+", " ", text.lower())
        for made, signs in _SIGNS:
            if re.search(signs, plain):
                return made
    return OutputKind.RESULTS


def _names(schema: Any) -> str:
    return " ".join(find_properties(schema, schema))
