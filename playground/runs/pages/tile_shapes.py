"""The aspect ratios of tiles, rounded to the steps of the stylesheet.

The CSP forbids inline styles, so templates write ratios as attributes, and
static/css/components/tile-ratio.css and hero.css have a rule for each.
"""

import hashlib
import math
from dataclasses import dataclass
from fractions import Fraction

LEAST, MOST = 40, 300  # of one picture, in hundredths
STEPS = ((200, 5), (300, 10), (600, 20), (1200, 50))  # (up to this ratio, distance of the rules)
LONGEST = STEPS[-1][0]  # maximum, of several pictures side by side
NAMES = ("16:9", "9:16", "2:3", "21:9", "4:3")  # ratios between the steps
EXACT = {Fraction(*map(int, name.split(":"))): name for name in NAMES}
NEAR = 0.01  # tolerance: pictures differ by some pixels from their nominal ratio

MOST_COLUMNS = 4
BLOCK_RATIO = 1.6  # the shape of the space that a block of pictures gets
EMPTY_PLACE = 0.35  # penalty of an empty cell, relative to a log ratio error of 1

TINTS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class TileGrid:
    """The pictures of one run as a block.

    ratio    of each picture, in hundredths
    total    of all pictures side by side, in hundredths
    name     the exact ratio if it has a rule: "16:9"
    """

    ratio: int
    total: int
    name: str
    columns: int
    rows: int


def block_of(width: int, height: int, count: int) -> TileGrid:
    exact = width / height
    columns = choose_columns(min(max(exact, LEAST / 100), MOST / 100), count)
    return TileGrid(
        ratio=step(100 * exact),
        total=step(100 * exact * count, LONGEST),
        name=ratio_name(exact),
        columns=columns,
        rows=math.ceil(count / columns),
    )


def step(ratio: float, most: int = MOST) -> int:
    """Return the nearest ratio that has a rule."""
    size = next((size for up_to, size in STEPS if ratio <= up_to), STEPS[-1][1])
    return min(max(round(ratio / size) * size, LEAST), most)


def ratio_name(exact: float) -> str:
    near = (name for ratio, name in EXACT.items() if abs(exact / float(ratio) - 1) < NEAR)
    return next(near, "")


def choose_columns(ratio: float, count: int) -> int:
    """Return the best number of columns for a number of pictures."""

    def badness(columns: int) -> float:
        rows = math.ceil(count / columns)
        off = abs(math.log(ratio * columns / rows / BLOCK_RATIO))
        return off + EMPTY_PLACE * (columns * rows - count)

    return min(range(1, min(count, MOST_COLUMNS) + 1), key=badness)


def tint_of(words: str) -> int:
    """Return the colours of a placeholder, deterministic for a prompt."""
    return hashlib.sha256(words.encode("utf-8", "surrogatepass")).digest()[0] % TINTS + 1
