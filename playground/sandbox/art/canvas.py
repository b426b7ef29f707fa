"""The canvas: antialiased polygons, gradients, glow, noise and grain."""

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass

from PIL import Image, ImageChops, ImageDraw

from playground.sandbox.art.palette import Colour, mix

SMOOTH = 2  # masks are drawn larger by this factor and reduced, because Pillow has no antialiasing
GRAIN_TILE = 512
GRAIN = 5  # the largest change of a pixel by grain, of 255

type Point = tuple[float, float]
type Points = Sequence[Point]
type Box = tuple[int, int, int, int]


@dataclass(slots=True, kw_only=True)
class Canvas:
    """A picture and its unit of length.

    unit  the geometric mean of width and height, in pixels: objects have the same apparent size in
          any aspect ratio
    """

    picture: Image.Image
    unit: float

    @property
    def width(self) -> int:
        return self.picture.width

    @property
    def height(self) -> int:
        return self.picture.height

    def fill(self, shapes: Sequence[Points], top: Colour, bottom: Colour | None = None) -> None:
        """Fill polygons (in pixels) with one colour, or with a gradient from top to bottom."""
        box = self.clip(shapes)
        if box is None:
            return
        left, upper, right, lower = box
        large = Image.new("L", ((right - left) * SMOOTH, (lower - upper) * SMOOTH))
        draw = ImageDraw.Draw(large)
        for shape in shapes:
            draw.polygon([((x - left) * SMOOTH, (y - upper) * SMOOTH) for x, y in shape], fill=255)
        self.paint(box, large.reduce(SMOOTH), top, bottom)

    def paint(self, box: Box, mask: Image.Image, top: Colour, bottom: Colour | None = None) -> None:
        """Paint a colour or gradient through a mask of the box's size."""
        if bottom is None or bottom == top:
            self.picture.paste(top, box, mask)
        else:
            self.picture.paste(gradient((top, bottom), mask.size), box, mask)

    def clip(self, shapes: Sequence[Points]) -> Box | None:
        """Return the bounding box of the shapes on the canvas; None if they are outside."""
        xs = [x for shape in shapes for x, _ in shape]
        ys = [y for shape in shapes for _, y in shape]
        if not xs:
            return None
        left, upper = max(0, math.floor(min(xs)) - 1), max(0, math.floor(min(ys)) - 1)
        right = min(self.width, math.ceil(max(xs)) + 1)
        lower = min(self.height, math.ceil(max(ys)) + 1)
        return (left, upper, right, lower) if left < right and upper < lower else None

    def glow(self, x: float, y: float, radius: float, colour: Colour, strength: float) -> None:
        """Add light around a point (blend mode "screen"); all lengths are in pixels."""
        side = max(2, round(radius * 2))
        left, upper = round(x - side / 2), round(y - side / 2)
        light = Image.radial_gradient("L").point([fade(v, strength) for v in range(256)])
        light = light.resize((side, side), Image.Resampling.BICUBIC)
        box = (
            max(0, left),
            max(0, upper),
            min(self.width, left + side),
            min(self.height, upper + side),
        )
        if box[0] >= box[2] or box[1] >= box[3]:
            return
        light = light.crop((box[0] - left, box[1] - upper, box[2] - left, box[3] - upper))
        beam = Image.composite(
            Image.new("RGB", light.size, colour), Image.new("RGB", light.size), light
        )
        self.picture.paste(ImageChops.screen(self.picture.crop(box), beam), box)

    def paint_mask(self, mask: Image.Image, colour: Colour, upper: int = 0) -> None:
        """Paint a colour through a mask of the picture's width, starting at the row `upper`."""
        self.picture.paste(colour, (0, upper, mask.width, upper + mask.height), mask)


def fade(distance: int, strength: float) -> int:
    """Return the light at a distance from the centre, as Pillow's radial gradient counts it."""
    near = max(0.0, 1 - distance / 180)  # 180 is the centre of a side, so the corners stay dark
    return round(255 * strength * near * near)


def gradient(colours: Sequence[Colour], size: tuple[int, int]) -> Image.Image:
    """Return a vertical gradient from the first colour at the top to the last at the bottom."""
    height = size[1]
    column = bytearray()
    steps = len(colours) - 1
    for row in range(height):
        place = row / max(1, height - 1) * steps
        step = min(int(place), steps - 1)
        column += bytes(mix(colours[step], colours[step + 1], ease(place - step)))
    strip = Image.frombytes("RGB", (1, height), bytes(column))
    return strip.resize(size, Image.Resampling.NEAREST)


def ease(share: float) -> float:
    """Ease a share between two colours: mostly linear, slower at the ends."""
    return 0.6 * share + 0.4 * share * share * (3 - 2 * share)


def ellipse(x: float, y: float, width: float, height: float, turn: float = 0) -> list[Point]:
    """Return an ellipse as a polygon; width and height are radii, turn is in radians."""
    count = max(12, min(90, round(4 * math.sqrt(width + height))))
    cos, sin = math.cos(turn), math.sin(turn)
    points = []
    for step in range(count):
        angle = math.tau * step / count
        a, b = width * math.cos(angle), height * math.sin(angle)
        points.append((x + a * cos - b * sin, y + a * sin + b * cos))
    return points


def smooth(points: Points, steps: int = 8) -> list[Point]:
    """Return a closed Catmull-Rom spline through the points."""
    count = len(points)
    curve = []
    for i in range(count):
        (ax, ay), (bx, by) = points[i - 1], points[i]
        (cx, cy), (dx, dy) = points[(i + 1) % count], points[(i + 2) % count]
        for step in range(steps):
            t = step / steps
            curve.append((catmull(ax, bx, cx, dx, t), catmull(ay, by, cy, dy, t)))
    return curve


def catmull(a: float, b: float, c: float, d: float, t: float) -> float:
    return 0.5 * (
        2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3
    )


def noise(
    rng: random.Random, size: tuple[int, int], cells: tuple[int, int], octaves: int = 4
) -> Image.Image:
    """Return grey fractal noise: each octave is twice as fine and half as strong."""
    columns, rows = cells
    result: Image.Image | None = None
    for octave in range(octaves):
        raw = Image.frombytes("L", (columns, rows), rng.randbytes(columns * rows))
        layer = raw.resize(size, Image.Resampling.BICUBIC)
        share = 0.5**octave / (2 - 0.5**octave)
        result = layer if result is None else Image.blend(result, layer, share)
        columns, rows = columns * 2, rows * 2
    if result is None:
        raise ValueError("noise needs an octave")
    return result


def curve(low: float, high: float, most: int = 255) -> list[int]:
    """Return a lookup table for `Image.point`: 0 below low, `most` above high, smooth between."""
    table = []
    for value in range(256):
        share = min(1.0, max(0.0, (value - low) / (high - low)))
        table.append(round(most * share * share * (3 - 2 * share)))
    return table


def add_grain(picture: Image.Image, rng: random.Random, amount: int = GRAIN) -> Image.Image:
    """Add fine noise to the whole picture. It also hides banding in gradients."""
    raw = Image.frombytes("L", (GRAIN_TILE, GRAIN_TILE), rng.randbytes(GRAIN_TILE**2))
    tile = raw.point([round((value / 255 * 2 - 1) * amount) + 128 for value in range(256)])
    sheet = Image.new("L", picture.size)
    for left in range(0, picture.width, GRAIN_TILE):
        for upper in range(0, picture.height, GRAIN_TILE):
            sheet.paste(tile, (left, upper))
    return ImageChops.add(picture, Image.merge("RGB", (sheet,) * 3), 1, -128)
