"""Perceptual hashes: similar pictures differ in few bits.

The hash has three parts: the signs of the low frequencies of the discrete cosine transform (as in
pHash); brightness gradients between neighbouring cells (as in dHash); and the colours of the four
corners. Measured on 225 pictures of the sandbox: re-encoding, half the size, a crop of three
percent or slightly more brightness change at most 32 of the 399 bits; different pictures differ in
at least 54.
"""

import math
from functools import cache

from PIL import Image

SIDE = 32  # size of the scaled picture for the transform, in pixels
WAVES = 12  # frequencies in each direction
STEPS = 8
COLOUR_LEVELS, LEVEL = 16, 5  # one bit per five of 256 levels
BYTES = 50  # of 399 bits

# Maximum Hamming distance of two copies of a picture; see above.
ALIKE = 42
# Pictures with a lower mean deviation are plain surfaces, which all look alike.
PLAIN = 1.5

SMOOTH = Image.Resampling.LANCZOS


def compute(picture: Image.Image) -> bytes:
    """Return the hash of a small picture in RGB or RGBA; b"" without enough detail."""
    seen = on_white(picture)
    grey = seen.convert("L")
    small = grey.resize((SIDE, SIDE), SMOOTH).tobytes()
    middle = sum(small) / len(small)
    if sum(abs(value - middle) for value in small) < PLAIN * len(small):
        return b""
    bits = "".join((find_waves(small), find_steps(grey), find_colours(seen)))
    return int(bits, 2).to_bytes(BYTES)


def distance_bits(one: bytes, other: bytes) -> int:
    """Return the Hamming distance of two hashes."""
    return (int.from_bytes(one) ^ int.from_bytes(other)).bit_count()


def on_white(picture: Image.Image) -> Image.Image:
    if picture.mode != "RGBA":
        return picture.convert("RGB")
    paper = Image.new("RGBA", picture.size, "white")
    return Image.alpha_composite(paper, picture).convert("RGB")


@cache
def waves() -> list[list[float]]:
    return [
        [math.cos(math.pi * wave * (2 * place + 1) / (2 * SIDE)) for place in range(SIDE)]
        for wave in range(WAVES)
    ]


def find_waves(small: bytes) -> str:
    """Return the signs of the low frequencies, without the mean (DC)."""
    rows = [small[start : start + SIDE] for start in range(0, len(small), SIDE)]
    across = [[math.sumprod(wave, row) for row in rows] for wave in waves()]
    found = (math.sumprod(wave, column) for wave in waves() for column in across)
    return "".join("1" if each > 0 else "0" for each in found)[1:]


def find_steps(grey: Image.Image) -> str:
    """Return the signs of the brightness gradients to the right and downwards."""
    right = grey.resize((STEPS + 1, STEPS), SMOOTH).tobytes()
    down = grey.resize((STEPS, STEPS + 1), SMOOTH).tobytes()
    inner = (place for place in range(len(right)) if (place + 1) % (STEPS + 1))
    to_right = (right[place] < right[place + 1] for place in inner)
    to_below = (down[place] < down[place + STEPS] for place in range(STEPS * STEPS))
    return "".join("1" if brighter else "0" for brighter in (*to_right, *to_below))


def find_colours(seen: Image.Image) -> str:
    """Return the colours of the corners in unary code."""
    corners = seen.convert("YCbCr").resize((2, 2), Image.Resampling.BOX)
    rows = []
    for channel in corners.split()[1:]:
        for value in channel.tobytes():
            level = min(max(round((value - 128) / LEVEL) + COLOUR_LEVELS // 2, 0), COLOUR_LEVELS)
            rows.append("1" * level + "0" * (COLOUR_LEVELS - level))
    return "".join(rows)
