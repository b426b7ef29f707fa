"""Parses sizes of pictures and videos in inputs: "16:9", "1280x720", "2K", "720p"."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

SIDES = ("width", "height")
NAMES = re.compile(r"size|ratio|resolution|format|dimension|orientation|aspect|quality")
PIXELS = re.compile(r"(\d{2,5})\s*[x×*]\s*(\d{2,5})")
RATIO = re.compile(r"(?:^|\D)(\d{1,2})\s*[:x/_]\s*(\d{1,2})(?:\D|$)")
KILO = re.compile(r"(\d)\s*k", re.IGNORECASE)
LINES = re.compile(r"(\d{3,4})p", re.IGNORECASE)
SIDE = re.compile(r"(\d{3,4})(?:px)?")
WORDS = {"landscape": Fraction(4, 3), "portrait": Fraction(3, 4), "square": Fraction(1)}
LEAST_SIDE = 64
MOST_SIDE = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """Defaults and limit of a size.

    ratio  default of width / height
    area   default area in pixels
    most   maximum of the longest side
    """

    ratio: Fraction
    area: int
    most: int


PICTURE = Frame(ratio=Fraction(1), area=1024 * 1024, most=4096)
VIDEO = Frame(ratio=Fraction(16, 9), area=854 * 480, most=1280)


def read_size(leaves: Iterable[tuple[str, Any]], frame: Frame) -> tuple[int, int]:
    """Return (width, height) in pixels from the inputs.

    leaves  (name in snake case, value) of each input
    """
    named = dict(leaves)
    if all(is_length(named.get(side)) for side in SIDES):
        return fit(named["width"], named["height"], frame)
    texts = [str(value) for name, value in named.items() if NAMES.search(name)]
    if pixels := find(PIXELS, texts):
        return fit(int(pixels[1]), int(pixels[2]), frame)
    ratio = read_ratio(texts) or frame.ratio
    return fit(*grow(ratio, texts, frame), frame)


def is_length(value: Any) -> bool:
    return isinstance(value, int | float) and 1 <= value <= MOST_SIDE


def find(pattern: re.Pattern[str], texts: list[str]) -> re.Match[str] | None:
    return next((found for text in texts if (found := pattern.fullmatch(text.strip()))), None)


def read_ratio(texts: list[str]) -> Fraction | None:
    for text in texts:
        if (found := RATIO.search(text)) and int(found[1]) and int(found[2]):
            sides = int(found[1]), int(found[2])
            upright = "portrait" in text
            return Fraction(min(sides), max(sides)) if upright else Fraction(*sides)
    words = "_".join(texts).lower()
    return next((ratio for word, ratio in WORDS.items() if word in words), None)


def grow(ratio: Fraction, texts: list[str], frame: Frame) -> tuple[float, float]:
    """Return the sides of a ratio, in the resolution of a text, else of the default area."""
    if lines := find(LINES, texts):
        short = float(lines[1])
        return (short * float(ratio), short) if ratio >= 1 else (short, short / float(ratio))
    area = float(frame.area)
    if kilo := find(KILO, texts):
        area = float(int(kilo[1]) * 1024) ** 2
    elif side := find(SIDE, texts):
        area = float(side[1]) ** 2
    height = (area / float(ratio)) ** 0.5
    return height * float(ratio), height


def fit(width: float, height: float, frame: Frame) -> tuple[int, int]:
    """Scale a size into the bounds."""
    scale = min(1.0, frame.most / max(width, height))
    return max(round(width * scale), LEAST_SIDE), max(round(height * scale), LEAST_SIDE)
