"""Draws trees, grass and flowers."""

import math
import random
from collections.abc import Sequence

from playground.sandbox.art.canvas import Point, ellipse, smooth
from playground.sandbox.art.palette import Colour, mix
from playground.sandbox.art.ridges import Ridge
from playground.sandbox.art.stage import Stage

TIERS = 7
STEM = (74, 124, 62)


def pine(x: float, y: float, height: float, rng: random.Random) -> list[Point]:
    """Return the outline of a fir; x and y are the foot of its trunk."""
    left: list[Point] = []
    right: list[Point] = []
    width = height * rng.uniform(0.17, 0.22)
    for tier in range(TIERS):
        share = (tier + 1) / TIERS
        reach = width * share**0.9
        level = y - height * (1 - share * 0.92)
        lean = rng.uniform(0.85, 1.15)
        left += [(x - reach * lean, level), (x - reach * 0.45, level - height * 0.022)]
        right += [(x + reach / lean, level), (x + reach * 0.45, level - height * 0.022)]
    trunk = width * 0.1
    foot = [
        (x + trunk, y - height * 0.08),
        (x + trunk, y),
        (x - trunk, y),
        (x - trunk, y - height * 0.08),
    ]
    return [(x, y - height), *right, *foot, *reversed(left)]


def plant_pines(stage: Stage, ridge: Ridge, colour: Colour, *, count: int, size: float) -> None:
    """Paint firs along a ridge in one colour."""
    rng = stage.rng
    trees = []
    for _ in range(count):
        place = rng.uniform(-0.15, 1.15) - stage.pan * ridge.shift
        x = stage.x(place % 1.2 - 0.1)
        tall = stage.u(size) * rng.uniform(0.55, 1.25)
        trees.append(pine(x, ridge.y(stage.canvas, x) + tall * 0.13, tall, rng))
    stage.canvas.fill(trees, colour)


def plant_round_trees(stage: Stage, ridge: Ridge, colour: Colour, count: int, size: float) -> None:
    """Paint deciduous trees along a ridge, with light on the side of the sun."""
    rng = stage.rng
    trunks, crowns, highlights = [], [], []
    toward = -stage.away
    for _ in range(count):
        x, tall = stage.x(rng.random()), stage.u(size) * rng.uniform(0.7, 1.2)
        y = ridge.y(stage.canvas, x) + tall * 0.05
        trunks.append(
            [
                (x - tall * 0.04, y),
                (x - tall * 0.02, y - tall * 0.5),
                (x + tall * 0.02, y - tall * 0.5),
                (x + tall * 0.04, y),
            ]
        )
        for _ in range(5):
            a, b = rng.uniform(-0.2, 0.2) * tall, rng.uniform(0.45, 0.8) * tall
            radius = rng.uniform(0.18, 0.26) * tall
            crowns.append(ellipse(x + a, y - b, radius, radius * 0.9))
            highlights.append(
                ellipse(
                    x + a + toward * radius * 0.3,
                    y - b - radius * 0.28,
                    radius * 0.55,
                    radius * 0.45,
                )
            )
    stage.canvas.fill(trunks, mix(colour, (60, 40, 30), 0.5))
    stage.canvas.fill(crowns, colour)
    stage.canvas.fill(highlights, mix(colour, stage.palette.glow, 0.18))


def plant_grass(stage: Stage, ridge: Ridge, colour: Colour, *, count: int, size: float) -> None:
    """Paint blades of grass on the ground and along its edge."""
    rng = stage.rng
    blades = []
    for _ in range(count):
        x = stage.x(rng.random())
        y = ridge.y(stage.canvas, x) + rng.random() ** 2 * stage.u(0.2) + stage.u(0.01)
        tall, bend = stage.u(size) * rng.uniform(0.5, 1.3), rng.gauss(0, 0.3)
        wide = tall * 0.045
        tip = (x + bend * tall, y - tall)
        knee = (x + bend * tall * 0.3, y - tall * 0.55)
        blades.append(
            [
                (x - wide, y),
                (knee[0] - wide * 0.7, knee[1]),
                tip,
                (knee[0] + wide * 0.7, knee[1]),
                (x + wide, y),
            ]
        )
    stage.canvas.fill(blades, colour, mix(colour, stage.palette.near, 0.5))


def plant_flowers(stage: Stage, ground: float, *, count: int, size: float) -> None:
    """Paint a bed of flowers, from far and small to near and large."""
    rng = stage.rng
    stems: list[list[Point]] = []
    petals: dict[Colour, list[list[Point]]] = {}
    hearts: list[list[Point]] = []
    places = sorted(
        (rng.random() ** 0.75, (i + rng.uniform(-0.5, 1.5)) / count) for i in range(count)
    )
    for depth, across in places:
        scale = stage.u(size) * (0.35 + 0.8 * depth) * rng.uniform(0.8, 1.15)
        x = stage.x(across)
        foot = stage.y(ground + (1.06 - ground) * depth) + scale * 0.9
        head = (x + rng.gauss(0, 0.14) * scale, foot - scale * rng.uniform(1.5, 3.0))
        stems += [stem((x, foot), head, scale), leaf((x, foot), scale, rng)]
        shade = rng.choice(stage.palette.accents)
        colour = mix(stage.lit(shade), stage.palette.haze, 0.25 * (1 - depth))
        blossom(petals.setdefault(colour, []), hearts, head, scale * 0.42, rng)
    stage.canvas.fill(stems, stage.lit(STEM), mix(stage.lit(STEM), stage.palette.near, 0.6))
    for colour, shapes in petals.items():
        stage.canvas.fill(shapes, colour)
    stage.canvas.fill(hearts, stage.lit((250, 196, 66)))


def stem(foot: Point, head: Point, scale: float) -> list[Point]:
    wide = scale * 0.035
    knee = (foot[0] * 0.7 + head[0] * 0.3, (foot[1] + head[1]) / 2)
    return [
        (foot[0] - wide, foot[1]),
        (knee[0] - wide, knee[1]),
        (head[0] - wide * 0.6, head[1]),
        (head[0] + wide * 0.6, head[1]),
        (knee[0] + wide, knee[1]),
        (foot[0] + wide, foot[1]),
    ]


def leaf(foot: Point, scale: float, rng: random.Random) -> list[Point]:
    side = rng.choice((-1, 1))
    x, y = foot
    return smooth(
        [
            (x, y),
            (x + side * scale * 0.3, y - scale * 0.75),
            (x + side * scale * 0.55, y - scale * 1.1),
            (x + side * scale * 0.18, y - scale * 0.45),
        ],
        4,
    )


def blossom(
    petals: list[list[Point]],
    hearts: list[list[Point]],
    head: Point,
    size: float,
    rng: random.Random,
) -> None:
    """Add the shapes of a daisy, seen from slightly above, or of a tulip."""
    x, y = head
    if rng.random() < 0.3:  # noqa: PLR2004 - the share of tulips
        petals.append(tulip(x, y, size))
        return
    count, turn = rng.choice((5, 6, 8, 11)), rng.random()
    wide = size * min(0.36, 1.7 / count)
    for step in range(count):
        angle = math.tau * (step / count + turn)
        reach = size * 0.62
        petals.append(
            ellipse(
                x + reach * math.cos(angle),
                y + reach * 0.72 * math.sin(angle),
                size * 0.42,
                wide * 0.8,
                math.atan2(0.72 * math.sin(angle), math.cos(angle)),
            )
        )
    hearts.append(ellipse(x, y, size * 0.26, size * 0.2))


def tulip(x: float, y: float, size: float) -> list[Point]:
    outline: Sequence[Point] = (
        (0, 0.75),
        (-0.5, 0.45),
        (-0.55, -0.2),
        (-0.42, -0.75),
        (-0.2, -0.35),
        (0, -0.8),
        (0.2, -0.35),
        (0.42, -0.75),
        (0.55, -0.2),
        (0.5, 0.45),
    )
    return smooth([(x + a * size, y + b * size) for a, b in outline], 5)
