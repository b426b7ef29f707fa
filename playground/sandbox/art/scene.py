"""Draws a scene: reads the prompt, composes the picture, enlarges it, adds overlays."""

import hashlib
import random
from dataclasses import dataclass

from PIL import Image

from playground.sandbox.art.canvas import Canvas, add_grain
from playground.sandbox.art.compose import compose
from playground.sandbox.art.finish import add_prints, add_watermark
from playground.sandbox.art.words import read_prompt

WORKING_AREA = 1024 * 1024  # pixels; drawn in this size and enlarged, in a quarter of the time
FINE_AREA = 1536 * 1536  # for pictures of 3k and more


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """Everything that determines a picture.

    position, count  its position in a series and the length of the series; with a count of 1, each
                     position is a variant
    references       pictures that are shown in it
    """

    prompt: str
    position: int
    count: int
    width: int
    height: int
    watermark: bool
    references: tuple[Image.Image, ...]


def draw(scene: Scene) -> Image.Image:
    """Return the finished picture in RGB, in exactly the requested size."""
    wish = read_prompt(scene.prompt)
    in_series = scene.count > 1
    rng = seeded_random(scene.prompt, 0 if in_series else scene.position)
    progress = scene.position / (scene.count - 1) if in_series else None
    canvas = blank_canvas(scene.width, scene.height)
    compose(canvas, wish.tags, rng, progress)
    picture = canvas.picture.resize((scene.width, scene.height), Image.Resampling.BICUBIC)
    picture = add_grain(picture, rng)
    if scene.references:
        picture = add_prints(picture, scene.references, rng)
    return add_watermark(picture) if scene.watermark else picture


def seeded_random(prompt: str, variant: int) -> random.Random:
    """Return a random generator with a seed from the prompt and the variant."""
    digest = hashlib.sha256(f"{variant} {prompt}".encode("utf-8", "surrogatepass")).digest()
    return random.Random(digest)  # noqa: S311 - art, not secrets


def blank_canvas(width: int, height: int) -> Canvas:
    area = WORKING_AREA if width * height < 2 * FINE_AREA * 1.2 else FINE_AREA
    scale = min(1.0, (area / (width * height)) ** 0.5)
    size = (round(width * scale), round(height * scale))
    return Canvas(picture=Image.new("RGB", size), unit=(size[0] * size[1]) ** 0.5)
