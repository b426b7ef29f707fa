"""Draws the upper half of a landscape: sky, sun or moon, stars, clouds, birds, weather."""

import math
import random

from PIL import Image, ImageChops, ImageDraw, ImageFilter

from playground.sandbox.art.canvas import Canvas, Point, curve, ellipse, gradient, noise
from playground.sandbox.art.palette import Colour, Palette, mix


def paint_sky(canvas: Canvas, palette: Palette, horizon: float) -> None:
    """Paint the gradient of the sky down to the horizon, and its last colour below."""
    rows = round(canvas.height * horizon)
    canvas.picture.paste(palette.sky[-1], (0, 0, canvas.width, canvas.height))
    canvas.picture.paste(gradient(palette.sky, (canvas.width, rows)), (0, 0))


def paint_sun(canvas: Canvas, palette: Palette, x: float, y: float, radius: float) -> None:
    """Paint the sun with its glow, or at night the moon."""
    px, py, size = x * canvas.width, y * canvas.height, radius * canvas.unit
    canvas.glow(px, py, size * 11, palette.glow, 0.42)
    canvas.glow(px, py, size * 3.2, palette.glow, 0.6)
    canvas.fill([ellipse(px, py, size, size)], palette.sun)
    if palette.is_dark:
        paint_craters(canvas, palette, px, py, size)


def paint_craters(canvas: Canvas, palette: Palette, x: float, y: float, size: float) -> None:
    shade = mix(palette.sun, palette.sky[1], 0.14)
    places = ((-0.35, -0.3, 0.24), (0.25, -0.1, 0.17), (-0.1, 0.4, 0.2), (0.45, 0.38, 0.1))
    canvas.fill(
        [ellipse(x + a * size, y + b * size, c * size, c * size) for a, b, c in places], shade
    )


def paint_stars(canvas: Canvas, rng: random.Random, colour: Colour, lower: float) -> None:
    """Paint many faint and a few bright stars, fewer towards the horizon."""
    for share, size, count in ((0.45, 0.0009, 170), (0.75, 0.0014, 70), (1.0, 0.0023, 16)):
        stars = []
        for _ in range(count):
            x = rng.random() * canvas.width
            y = rng.random() ** 1.4 * lower * canvas.height
            radius = size * canvas.unit * rng.uniform(0.7, 1.3)
            stars.append([(x - radius, y), (x, y - radius), (x + radius, y), (x, y + radius)])
        canvas.fill(stars, mix(canvas.picture.getpixel((5, 5)), colour, share))  # type: ignore[arg-type]


def paint_clouds(
    canvas: Canvas, rng: random.Random, colour: Colour, *, cover: float, lower: float
) -> None:
    """Paint clouds: wide, flat bands of noise that get thin at the upper and lower edge.

    cover  0 is a clear sky, 1 an overcast one
    """
    rows = round(canvas.height * lower)
    small = (max(2, canvas.width // 3), max(2, rows // 3))
    cells = (max(2, round(3.2 * canvas.width / canvas.unit)), 5)
    low = 205 - 110 * cover
    mask = noise(rng, small, cells, 5).point(curve(low, low + 75, 225))
    edge = gradient(((0, 0, 0), (255, 255, 255), (230, 230, 230), (0, 0, 0)), small).convert("L")
    mask = ImageChops.multiply(mask, edge).resize((canvas.width, rows), Image.Resampling.BICUBIC)
    canvas.paint_mask(mask, colour)


def paint_birds(canvas: Canvas, rng: random.Random, colour: Colour, x: float, y: float) -> None:
    """Paint a small flock of birds."""
    shapes = []
    for _ in range(rng.randint(4, 7)):
        size = canvas.unit * rng.uniform(0.012, 0.022)
        shapes.append(
            bird(
                x * canvas.width + rng.gauss(0, 0.09) * canvas.unit,
                y * canvas.height + rng.gauss(0, 0.045) * canvas.unit,
                size,
                rng.uniform(0.25, 0.6),
            )
        )
    canvas.fill(shapes, colour)


def bird(x: float, y: float, size: float, lift: float) -> list[Point]:
    """Return a distant bird: two arcs that meet, thickest at the centre."""
    upper, under = [], []
    for step in range(13):
        share = step / 6 - 1
        arc = -abs(math.sin(share * math.pi * 0.62)) * size * lift
        thick = size * 0.11 * (1 - abs(share)) + size * 0.02
        upper.append((x + share * size, y + arc - thick))
        under.append((x + share * size, y + arc + thick))
    return [*upper, *reversed(under)]


def paint_rain(canvas: Canvas, rng: random.Random, colour: Colour) -> None:
    drops = []
    for _ in range(260):
        x, y = rng.uniform(-0.1, 1.1) * canvas.width, rng.uniform(-0.1, 1) * canvas.height
        length, thick = canvas.unit * rng.uniform(0.03, 0.085), canvas.unit * 0.0011
        drops.append(
            [
                (x, y),
                (x + thick, y),
                (x - length * 0.22 + thick, y + length),
                (x - length * 0.22, y + length),
            ]
        )
    layer = Canvas(picture=canvas.picture.copy(), unit=canvas.unit)
    layer.fill(drops, colour)
    canvas.picture = Image.blend(canvas.picture, layer.picture, 0.4)


def paint_snowfall(canvas: Canvas, rng: random.Random) -> None:
    """Paint snowflakes at three distances; the nearest are out of focus (drawn small, enlarged)."""
    depths = ((260, 0.0012, 0.0024, 1), (90, 0.003, 0.005, 2), (16, 0.009, 0.014, 5))
    for count, low, high, coarse in depths:
        size = (canvas.width // coarse, canvas.height // coarse)
        mask = Image.new("L", size)
        draw = ImageDraw.Draw(mask)
        for _ in range(count):
            radius = max(0.7, rng.uniform(low, high) * canvas.unit / coarse)
            x, y = rng.random() * size[0], rng.random() * size[1]
            draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=200)
        if coarse > 1:
            mask = mask.filter(ImageFilter.BoxBlur(1)).resize(
                canvas.picture.size, Image.Resampling.BICUBIC
            )
        canvas.paint_mask(mask, (255, 255, 255))


def paint_mist(canvas: Canvas, rng: random.Random, colour: Colour, y: float, depth: float) -> None:
    """Paint a band of mist at a height: dense at its centre, transparent at its edges."""
    upper, lower = round((y - depth) * canvas.height), round((y + depth) * canvas.height)
    upper, lower = max(0, upper), min(canvas.height, lower)
    if lower - upper < 4:  # noqa: PLR2004 - too thin to see
        return
    size = (canvas.width, lower - upper)
    edge = gradient(((0, 0, 0), (210, 210, 210), (0, 0, 0)), size).convert("L")
    cloud = noise(rng, (max(2, size[0] // 4), max(2, size[1] // 4)), (4, 2), 4)
    cloud = cloud.point(curve(40, 190)).resize(size, Image.Resampling.BICUBIC)
    canvas.paint_mask(ImageChops.multiply(edge, cloud), colour, upper)
