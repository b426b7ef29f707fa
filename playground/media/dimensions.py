"""Reads the picture size that inputs name: "16:9", "1280x720", "2K", "landscape"."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, TypeGuard

NAMES = (
    "size", "image_size", "aspect_ratio", "ratio", "resolution", "format", "dimensions",
)  # fmt: skip
KILO = 1024
SMALLEST_SIDE = 64  # below, "16x9" is an aspect ratio, not pixels
MOST_SIDE = 100_000
FRAME_SIDE = 4096  # wider than any column of a page

TWO = re.compile(r"(\d{1,5}(?:\.\d{1,3})?)\s*([:x×*])\s*(\d{1,5}(?:\.\d{1,3})?)\Z", re.IGNORECASE)
KILOS = re.compile(r"(\d{1,2})k\Z", re.IGNORECASE)
LINES = re.compile(r"(\d{3,4})p\Z", re.IGNORECASE)
SIDE = re.compile(r"(\d{3,5})(?:px)?\Z", re.IGNORECASE)
ORIENTED = re.compile(
    r"(landscape|portrait|square)(?:_(?:hd|(\d{1,2})_(\d{1,2})))?\Z", re.IGNORECASE
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """The size and aspect ratio in one text; None for values that it does not contain.

    ratio   width by height
    pixels  width and height
    side    of the longer edge
    lines   of the shorter edge, as of videos: "720p"
    orientation  "landscape", "portrait" or "square"
    """

    ratio: Fraction | None = None
    pixels: tuple[int, int] | None = None
    side: int | None = None
    lines: int | None = None
    orientation: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestedShape:
    """The size and aspect ratio in all inputs, and the input names by property."""

    shape: Shape
    names: Mapping[str, tuple[str, ...]]


def read_shape(value: Any) -> Shape | None:
    text = str(value).strip() if isinstance(value, str | int) else ""
    if two := TWO.match(text):
        return read_two(two)
    if kilos := KILOS.match(text):
        return Shape(side=int(kilos[1]) * KILO)
    if lines := LINES.match(text):
        return Shape(lines=int(lines[1]))
    if side := SIDE.match(text):
        return Shape(side=int(side[1]))
    if oriented := ORIENTED.match(text):
        return read_oriented(oriented)
    return None


def read_two(two: re.Match[str]) -> Shape | None:
    width, height = Fraction(two[1]), Fraction(two[3])
    if not (width and height):
        return None
    is_pixels = two[2] != ":" and min(width, height) >= SMALLEST_SIDE
    if is_pixels and width.denominator == height.denominator == 1:
        return of_pixels(int(width), int(height))
    return Shape(ratio=width / height, orientation=orientation_of(width / height))


def read_oriented(oriented: re.Match[str]) -> Shape:
    orientation = oriented[1].lower()
    if orientation == "square":
        return Shape(ratio=Fraction(1), orientation=orientation)
    if oriented[2] is None or not (int(oriented[2]) and int(oriented[3])):
        return Shape(orientation=orientation)
    long, short = sorted((int(oriented[2]), int(oriented[3])), reverse=True)
    ratio = Fraction(long, short) if orientation == "landscape" else Fraction(short, long)
    return Shape(ratio=ratio, orientation=orientation)


def of_pixels(width: int, height: int) -> Shape:
    ratio = Fraction(width, height)
    return Shape(
        ratio=ratio,
        pixels=(width, height),
        side=max(width, height),
        lines=min(width, height),
        orientation=orientation_of(ratio),
    )


def orientation_of(ratio: Fraction) -> str:
    if ratio == 1:
        return "square"
    return "landscape" if ratio > 1 else "portrait"


def read_requested_shape(inputs: Mapping[str, Any]) -> RequestedShape:
    """Return the size and aspect ratio in inputs; the first input with a property wins."""
    facts: dict[str, Any] = {}
    names: dict[str, tuple[str, ...]] = {}
    for told_by, shape in list_shapes(inputs):
        for fact in ("ratio", "pixels", "side", "lines", "orientation"):
            if (known := getattr(shape, fact)) and fact not in facts:
                facts[fact] = known
                names[fact] = told_by
    return RequestedShape(shape=Shape(**facts), names=names)


def list_shapes(inputs: Mapping[str, Any]) -> Iterable[tuple[tuple[str, ...], Shape]]:
    width, height = inputs.get("width"), inputs.get("height")
    if is_side(width) and is_side(height):
        yield ("width", "height"), of_pixels(width, height)
    for name in NAMES:
        if shape := read_shape(inputs.get(name)):
            yield (name,), shape


def is_side(value: Any) -> TypeGuard[int]:
    return type(value) is int and 0 < value < MOST_SIDE


def frame(width: int, height: int) -> tuple[int, int]:
    """Return width and height of a picture's placeholder box: its aspect ratio, scaled up.

    The page scales the box down to its column. With the picture's own size, a small picture would
    take less space than its placeholder (layout shift).
    """
    longest = max(width, height, 1)
    return max(round(width * FRAME_SIDE / longest), 1), max(round(height * FRAME_SIDE / longest), 1)


def pick(requested: RequestedShape, options: Iterable[Any]) -> tuple[Any, tuple[str, ...]] | None:
    """Return the option that matches the requested shape, and the names of its inputs."""
    known = [(option, shape) for option in options if (shape := read_shape(option))]
    for facts, is_alone in (
        (("pixels",), False),
        (("ratio", "side"), False),
        (("ratio", "lines"), False),
        (("ratio",), True),
        (("side",), True),
        (("lines",), True),
        (("orientation",), True),
    ):
        if any(not getattr(requested.shape, fact) for fact in facts):
            continue
        found = [
            (option, shape) for option, shape in known if agrees(requested.shape, shape, facts)
        ]
        if is_alone and len(found) > 1:
            found = narrow(requested.shape, facts, found)
        if found:
            used = (name for fact in facts for name in requested.names[fact])
            return found[0][0], tuple(dict.fromkeys(used))
    return None


def agrees(requested: Shape, option: Shape, facts: tuple[str, ...]) -> bool:
    """Whether an option matches in all properties that both have."""
    if any(getattr(requested, fact) != getattr(option, fact) for fact in facts):
        return False
    if facts == ("orientation",):
        return not (requested.ratio and option.ratio)
    return facts == ("ratio",) or not (
        requested.ratio and option.ratio and requested.ratio != option.ratio
    )


def narrow(
    requested: Shape, facts: tuple[str, ...], found: list[tuple[Any, Shape]]
) -> list[tuple[Any, Shape]]:
    """Of several matching options, return the most specific ones; else the only square one."""
    more = ("ratio", "pixels") if facts == ("orientation",) else ("pixels",)
    if bare := [each for each in found if not any(getattr(each[1], fact) for fact in more)]:
        return bare
    square = [each for each in found if each[1].ratio == 1 and requested.ratio is None]
    return square if len(square) == 1 and not requested.orientation else []


def spell(requested: RequestedShape, like: Any) -> tuple[str, tuple[str, ...]] | None:
    """Write the requested shape in the notation of another text."""
    two = TWO.match(like.strip()) if isinstance(like, str) else None
    shape = requested.shape
    if two is None:
        return None
    if two[2] == ":" and shape.ratio and max(shape.ratio.as_integer_ratio()) < SMALLEST_SIDE:
        width, height = shape.ratio.as_integer_ratio()
        return f"{width}:{height}", requested.names["ratio"]
    if two[2] != ":" and shape.pixels:
        return f"{shape.pixels[0]}{two[2]}{shape.pixels[1]}", requested.names["pixels"]
    return None


def find_sides(requested: RequestedShape) -> tuple[tuple[int, int], tuple[str, ...]] | None:
    """Return width and height in pixels if they are exactly determined."""
    shape = requested.shape
    if shape.pixels:
        return shape.pixels, requested.names["pixels"]
    if not (shape.ratio and shape.side):
        return None
    width = Fraction(shape.side) if shape.ratio >= 1 else shape.side * shape.ratio
    height = shape.side / shape.ratio if shape.ratio >= 1 else Fraction(shape.side)
    if width.denominator != 1 or height.denominator != 1:
        return None
    used = dict.fromkeys((*requested.names["ratio"], *requested.names["side"]))
    return (int(width), int(height)), tuple(used)
