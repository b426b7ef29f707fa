"""Draws the pictures or the video of a request to any model."""

import hashlib
import json
from dataclasses import asdict
from pathlib import Path

from PIL import Image, ImageOps

from playground.sandbox.art import Scene, draw
from playground.sandbox.art.styles import restyle
from playground.sandbox.film import make_film
from playground.sandbox.orders import within
from playground.sandbox.pictures import save
from playground.sandbox.references import Reference
from playground.sandbox.tasks import Picture
from playground.sandbox.whole_files import written_whole
from playground.sandbox.wishes import Wish

RECIPE = 1  # version of the drawing, a part of every file name
# A video uses consecutive pictures of a series, which differ little.
SERIES, SCENES = 33, (9, 10, 11, 12, 13)
LEAST_VIDEO_SIDE = 64


def draw_wish(
    wish: Wish, references: tuple[Reference, ...], folder: Path, longest_side: float
) -> tuple[Picture, ...]:
    """Draw all pictures of a request, or its video, into a folder."""
    if wish.seconds:
        return (film_wish(wish, references, folder, longest_side),)
    size = within(wish.width, wish.height, longest_side)
    return tuple(
        draw_picture(wish, references, folder, size, position) for position in range(wish.count)
    )


def draw_picture(
    wish: Wish,
    references: tuple[Reference, ...],
    folder: Path,
    size: tuple[int, int],
    position: int,
) -> Picture:
    name = file_name(wish, references, size, position, wish.image_format)
    if not (folder / name).exists():
        scene = make_scene(wish, references, size, wish.variant + position)
        save(restyle(draw(scene), wish.style, wish.model), folder / name, wish.image_format)
    return Picture(position=position, name=name, width=size[0], height=size[1])


def film_wish(
    wish: Wish, references: tuple[Reference, ...], folder: Path, longest_side: float
) -> Picture:
    width, height = (even(side) for side in within(wish.width, wish.height, longest_side))
    name = file_name(wish, references, (width, height), 0, "mp4")
    if not (folder / name).exists():
        scenes = draw_scenes(wish, references, (width, height))
        with written_whole(folder / name) as target:
            width, height = make_film(scenes, wish.seconds, target)
    return Picture(position=0, name=name, width=width, height=height)


def even(side: int) -> int:
    return max(side // 2 * 2, LEAST_VIDEO_SIDE)


def draw_scenes(
    wish: Wish, references: tuple[Reference, ...], size: tuple[int, int]
) -> list[Image.Image]:
    """Return the pictures of a video; reference pictures come first."""
    given = [ImageOps.fit(each.picture, size) for each in references[: len(SCENES) - 1]]
    drawn = [
        draw(make_scene(wish, (), size, position, count=SERIES))
        for position in SCENES[len(given) :]
    ]
    return given + [restyle(scene, wish.style, wish.model) for scene in drawn]


def make_scene(
    wish: Wish,
    references: tuple[Reference, ...],
    size: tuple[int, int],
    position: int,
    count: int = 1,
) -> Scene:
    return Scene(
        prompt=wish.prompt,
        position=position,
        count=count,
        width=size[0],
        height=size[1],
        watermark=wish.watermark,
        references=tuple(reference.picture for reference in references),
    )


def file_name(
    wish: Wish,
    references: tuple[Reference, ...],
    size: tuple[int, int],
    position: int,
    suffix: str,
) -> str:
    """Return a file name that is a digest of all inputs of the drawing."""
    facts = asdict(wish)
    for name in ("bill", "count", "references"):
        del facts[name]
    digests = [reference.digest for reference in references]
    text = json.dumps([RECIPE, facts, digests, size, position], sort_keys=True)
    return f"{hashlib.sha256(text.encode()).hexdigest()[:40]}.{suffix}"
