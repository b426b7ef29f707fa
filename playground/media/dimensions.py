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
SMALLEST_SIDE = 64  # below it, "16x9" names a ratio and no pixels
MOST_SIDE = 100_000
FRAME_SIDE = 4096  # wider than any column that a picture is shown in

TWO = re.compile(r"(\d{1,5}(?:\.\d{1,3})?)\s*([:x×*])\s*(\d{1,5}(?:\.\d{1,3})?)\Z", re.IGNORECASE)
KILOS = re.compile(r"(\d{1,2})k\Z", re.IGNORECASE)
LINES = re.compile(r"(\d{3,4})p\Z", re.IGNORECASE)
SIDE = re.compile(r"(\d{3,5})(?:px)?\Z", re.IGNORECASE)
LAID = re.compile(r"(landscape|portrait|square)(?:_(?:hd|(\d{1,2})_(\d{1,2})))?\Z", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """The shape that one text names; None for facts that it does not name.

    ratio   width by height
    pixels  width and height
    side    of the longer edge
    lines   of the shorter edge, as of videos: "720p"
    lies    "landscape", "portrait" or "square"
    """

    ratio: Fraction | None = None
    pixels: tuple[int, int] | None = None
    side: int | None = None
    lines: int | None = None
    lies: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestedShape:
    """The shape that all inputs name together, and the names of the inputs by fact."""

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
    if laid := LAID.match(text):
        return read_laid(laid)
    return None


def read_two(two: re.Match[str]) -> Shape | None:
    width, height = Fraction(two[1]), Fraction(two[3])
    if not (width and height):
        return None
    is_pixels = two[2] != ":" and min(width, height) >= SMALLEST_SIDE
    if is_pixels and width.denominator == height.denominator == 1:
        return of_pixels(int(width), int(height))
    return Shape(ratio=width / height, lies=lie(width / height))


def read_laid(laid: re.Match[str]) -> Shape:
    lies = laid[1].lower()
    if lies == "square":
        return Shape(ratio=Fraction(1), lies=lies)
    if laid[2] is None or not (int(laid[2]) and int(laid[3])):
        return Shape(lies=lies)
    long, short = sorted((int(laid[2]), int(laid[3])), reverse=True)
    ratio = Fraction(long, short) if lies == "landscape" else Fraction(short, long)
    return Shape(ratio=ratio, lies=lies)


def of_pixels(width: int, height: int) -> Shape:
    ratio = Fraction(width, height)
    return Shape(
        ratio=ratio,
        pixels=(width, height),
        side=max(width, height),
        lines=min(width, height),
        lies=lie(ratio),
    )


def lie(ratio: Fraction) -> str:
    if ratio == 1:
        return "square"
    return "landscape" if ratio > 1 else "portrait"


def read_requested_shape(inputs: Mapping[str, Any]) -> RequestedShape:
    """Return what inputs say of a shape; the first to say something is believed."""
    facts: dict[str, Any] = {}
    names: dict[str, tuple[str, ...]] = {}
    for told_by, shape in list_shapes(inputs):
        for fact in ("ratio", "pixels", "side", "lines", "lies"):
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
    """Return width and height of the box that holds a picture's place: its shape, made large.

    A page fits the box into the space that it has. With the picture's own size, a small picture
    would take less space than its place did before it came.
    """
    longest = max(width, height, 1)
    return max(round(width * FRAME_SIDE / longest), 1), max(round(height * FRAME_SIDE / longest), 1)


def pick(told: RequestedShape, options: Iterable[Any]) -> tuple[Any, tuple[str, ...]] | None:
    """Return the option that surely means what is told, and the names of what told it."""
    known = [(option, shape) for option in options if (shape := read_shape(option))]
    for facts, is_alone in (
        (("pixels",), False),
        (("ratio", "side"), False),
        (("ratio", "lines"), False),
        (("ratio",), True),
        (("side",), True),
        (("lines",), True),
        (("lies",), True),
    ):
        if any(not getattr(told.shape, fact) for fact in facts):
            continue
        found = [(option, shape) for option, shape in known if agrees(told.shape, shape, facts)]
        if is_alone and len(found) > 1:
            found = narrow(told.shape, facts, found)
        if found:
            used = (name for fact in facts for name in told.names[fact])
            return found[0][0], tuple(dict.fromkeys(used))
    return None


def agrees(told: Shape, option: Shape, facts: tuple[str, ...]) -> bool:
    """Whether an option says the same, and nothing more that is known to be otherwise."""
    if any(getattr(told, fact) != getattr(option, fact) for fact in facts):
        return False
    if facts == ("lies",):
        return not (told.ratio and option.ratio)
    return facts == ("ratio",) or not (told.ratio and option.ratio and told.ratio != option.ratio)


def narrow(
    told: Shape, facts: tuple[str, ...], found: list[tuple[Any, Shape]]
) -> list[tuple[Any, Shape]]:
    """Return the options that name nothing else, of several that agree; else the only square."""
    more = ("ratio", "pixels") if facts == ("lies",) else ("pixels",)
    if bare := [each for each in found if not any(getattr(each[1], fact) for fact in more)]:
        return bare
    square = [each for each in found if each[1].ratio == 1 and told.ratio is None]
    return square if len(square) == 1 and not told.lies else []


def spell(told: RequestedShape, like: Any) -> tuple[str, tuple[str, ...]] | None:
    """Write what is told in the way that another text is written."""
    two = TWO.match(like.strip()) if isinstance(like, str) else None
    shape = told.shape
    if two is None:
        return None
    if two[2] == ":" and shape.ratio and max(shape.ratio.as_integer_ratio()) < SMALLEST_SIDE:
        width, height = shape.ratio.as_integer_ratio()
        return f"{width}:{height}", told.names["ratio"]
    if two[2] != ":" and shape.pixels:
        return f"{shape.pixels[0]}{two[2]}{shape.pixels[1]}", told.names["pixels"]
    return None


def find_sides(told: RequestedShape) -> tuple[tuple[int, int], tuple[str, ...]] | None:
    """Return width and height in pixels where they follow to the pixel."""
    shape = told.shape
    if shape.pixels:
        return shape.pixels, told.names["pixels"]
    if not (shape.ratio and shape.side):
        return None
    width = Fraction(shape.side) if shape.ratio >= 1 else shape.side * shape.ratio
    height = shape.side / shape.ratio if shape.ratio >= 1 else Fraction(shape.side)
    if width.denominator != 1 or height.denominator != 1:
        return None
    used = dict.fromkeys((*told.names["ratio"], *told.names["side"]))
    return (int(width), int(height)), tuple(used)
