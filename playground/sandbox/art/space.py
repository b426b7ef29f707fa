"""Draws outer space: nebulae, stars, a planet with a ring, rocks in the foreground."""

import math

from PIL import Image, ImageChops, ImageDraw, ImageOps

from playground.sandbox.art.canvas import Canvas, curve, ellipse, gradient, noise
from playground.sandbox.art.palette import Colour, colour, mix
from playground.sandbox.art.sky import paint_stars
from playground.sandbox.art.stage import Stage

RINGED = 0.7  # probability of a ring
WORLDS = (
    ("#fbe3b8", "#d98c5f", "#7c3b3f"),
    ("#d8f0ea", "#5fa8b8", "#274a7a"),
    ("#f4d7e8", "#b06bb3", "#4a2a6b"),
    ("#fff0d0", "#c9a06a", "#6a4a3a"),
)


def paint_space(stage: Stage) -> None:
    """Paint the whole picture."""
    canvas, rng = stage.canvas, stage.rng
    canvas.picture.paste(gradient(stage.palette.sky, canvas.picture.size), (0, 0))
    for tone in (stage.palette.glow, rng.choice(stage.palette.accents), stage.palette.far):
        paint_nebula(stage, tone)
    paint_stars(canvas, rng, (255, 255, 255), 1.0)
    for _ in range(3):
        x, y = rng.random() * canvas.width, rng.random() * canvas.height * 0.7
        canvas.glow(x, y, stage.u(0.03), (220, 230, 255), 0.9)
    size = stage.u(rng.uniform(0.2, 0.26))
    paint_planet(
        stage, stage.x(stage.sun[0]), stage.y(stage.sun[1] + 0.08), size, ring=rng.random() < RINGED
    )
    side = 0.5 + 0.3 * stage.away
    paint_planet(stage, stage.x(side), stage.y(0.2), stage.u(0.045), ring=False)
    for depth, base in enumerate((0.86, 0.95)):
        ridge = stage.ridge(base, 0.09, 2.2, near=0.5 * depth, rough=0.55, peaked=1)
        stage.fill_ridge(
            ridge, mix(stage.palette.near, stage.palette.far, 0.42 - 0.36 * depth), 0.1
        )


def paint_nebula(stage: Stage, tone: Colour) -> None:
    """Paint a nebula: the product of two noises, so that it has holes and threads."""
    size = (stage.canvas.width // 4, stage.canvas.height // 4)
    one = noise(stage.rng, size, (3, 3), 5).point(curve(95, 220))
    other = noise(stage.rng, size, (5, 4), 5).point(curve(60, 200))
    mask = ImageChops.multiply(one, other).resize(
        stage.canvas.picture.size, Image.Resampling.BICUBIC
    )
    light = Image.composite(Image.new("RGB", mask.size, tone), Image.new("RGB", mask.size), mask)
    stage.canvas.picture = ImageChops.screen(stage.canvas.picture, light)


def paint_planet(stage: Stage, x: float, y: float, radius: float, *, ring: bool) -> None:
    """Paint a banded planet, lit from the upper left, with its ring behind and in front of it."""
    codes = stage.rng.choice(WORLDS)
    stage.canvas.glow(x, y, radius * 2.1, stage.palette.glow, 0.35)
    if ring:
        paint_ring(stage, x, y, radius, codes[0], behind=True)
    side = round(radius * 2)
    box = (round(x - radius), round(y - radius))
    stage.canvas.picture.paste(globe(stage, side, codes), box, disc(side))
    if ring:
        paint_ring(stage, x, y, radius, codes[0], behind=False)


def globe(stage: Stage, side: int, codes: tuple[str, str, str]) -> Image.Image:
    bands = noise(stage.rng, (side, side), (2, 11), 3)
    surface = ImageOps.colorize(ImageOps.autocontrast(bands), codes[2], codes[0], codes[1])
    surface = surface.rotate(
        stage.rng.uniform(-25, 25), Image.Resampling.BICUBIC, fillcolor=codes[1]
    )
    far = Image.radial_gradient("L").resize((side * 2, side * 2), Image.Resampling.BICUBIC)
    light = far.crop(
        (round(side * 0.62), round(side * 0.62), round(side * 1.62), round(side * 1.62))
    )
    light = light.resize((side, side)).point(
        [max(14, min(255, round(310 - v * 2.4))) for v in range(256)]
    )
    return ImageChops.multiply(surface, Image.merge("RGB", (light,) * 3))


def disc(side: int) -> Image.Image:
    large = Image.new("L", (side * 2, side * 2))
    ImageDraw.Draw(large).ellipse((1, 1, side * 2 - 2, side * 2 - 2), fill=255)
    return large.reduce(2)


def paint_ring(stage: Stage, x: float, y: float, radius: float, code: str, *, behind: bool) -> None:
    """Paint half of the ring: the half behind the planet, or the half in front of it."""
    mask = Canvas(picture=Image.new("RGB", stage.canvas.picture.size), unit=stage.canvas.unit)
    turn = -0.32
    for outer, light in ((2.05, 120), (1.86, 0), (1.8, 200), (1.52, 90), (1.4, 0)):
        mask.fill([ellipse(x, y, radius * outer, radius * outer * 0.26, turn)], (light,) * 3)
    half = mask.picture.getchannel(0)
    cos, sin, far = math.cos(turn), math.sin(turn), radius * 4
    down = 1 if behind else -1

    def edge(along: float, across: float) -> tuple[float, float]:
        return x + along * cos - across * sin, y + along * sin + across * cos

    hide = [edge(-far, down), edge(far, down), edge(far, down * far), edge(-far, down * far)]
    ImageDraw.Draw(half).polygon(hide, fill=0)
    stage.canvas.paint_mask(half, colour(code))
