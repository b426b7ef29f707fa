"""Draws abstract pictures: a grid of quarter circles, arcs, triangles and dots in a few colours."""

import math

from playground.sandbox.art.canvas import Point, ellipse
from playground.sandbox.art.palette import Colour, colours
from playground.sandbox.art.stage import Stage

SETS = (
    "#f4ead5 #1d3557 #e63946 #f1a208 #457b9d #a8c5b8",
    "#f7efe2 #264653 #2a9d8f #e9c46a #f4a261 #e76f51",
    "#f2e9e4 #22223b #9a8c98 #c9ada7 #e07a5f #f2cc8f",
    "#10152b #f5e6ca #ff6b6b #ffd166 #06d6a0 #5e60ce",
    "#fbf3e4 #3d405b #e07a5f #81b29a #f2cc8f #6d597a",
)
LARGE = 0.16  # the share of cells of double size


def paint_abstract(stage: Stage) -> None:
    """Paint the whole picture: square cells, some of double size."""
    tones = colours(stage.rng.choice(SETS))
    canvas = stage.canvas
    canvas.picture.paste(tones[0], (0, 0, canvas.width, canvas.height))
    columns = max(3, round(canvas.width / stage.u(0.2)))
    side = canvas.width / columns
    rows = math.ceil(canvas.height / side)
    offset = (canvas.height - rows * side) / 2
    taken: set[tuple[int, int]] = set()
    for row in range(rows):
        for column in range(columns):
            if (column, row) in taken:
                continue
            has_room = column + 1 < columns and row + 1 < rows and (column + 1, row) not in taken
            span = 2 if has_room and stage.rng.random() < LARGE else 1
            cells = {(column + a, row + b) for a in range(span) for b in range(span)}
            taken |= cells
            paint_cell(stage, column * side, offset + row * side, side * span, tones)


def paint_cell(stage: Stage, x: float, y: float, side: float, tones: tuple[Colour, ...]) -> None:
    rng, canvas = stage.rng, stage.canvas
    ground, ink, other = rng.sample(tones, 3)
    canvas.fill([[(x, y), (x + side, y), (x + side, y + side), (x, y + side)]], ground)
    corner = rng.choice(((0, 0), (1, 0), (0, 1), (1, 1)))
    cx, cy = x + corner[0] * side, y + corner[1] * side
    motif = rng.randrange(6)
    if motif <= 1:
        for share, tone in (
            (1.0, ink),
            (0.66, ground if motif else other),
            (0.33, ink if motif else ground),
        ):
            canvas.fill([quarter(cx, cy, side * share, corner)], tone)
    elif motif == 2:  # noqa: PLR2004 - one of six
        canvas.fill([ellipse(x + side / 2, y + side / 2, side * 0.46, side * 0.46)], ink)
        canvas.fill([ellipse(x + side / 2, y + side / 2, side * 0.2, side * 0.2)], other)
    elif motif == 3:  # noqa: PLR2004 - one of six
        canvas.fill([[(x, y), (x + side, y), (x, y + side)]], ink)
        canvas.fill([quarter(x + side, y + side, side * 0.62, (1, 1))], other)
    elif motif == 4:  # noqa: PLR2004 - one of six
        dots = [
            ellipse(x + side * (a + 0.5) / 4, y + side * (b + 0.5) / 4, side * 0.055, side * 0.055)
            for a in range(4)
            for b in range(4)
        ]
        canvas.fill(dots, ink)
    else:
        canvas.fill([half_disc(x, y, side)], ink)
        canvas.fill([half_disc(x, y + side / 2, side)], other)


def quarter(x: float, y: float, radius: float, corner: tuple[int, int]) -> list[Point]:
    """Return a quarter disc in a cell, around one of its corners."""
    across, down = 1 - 2 * corner[0], 1 - 2 * corner[1]
    angles = [math.pi / 2 * step / 24 for step in range(25)]
    arc = [(x + across * radius * math.cos(a), y + down * radius * math.sin(a)) for a in angles]
    return [(x, y), *arc]


def half_disc(x: float, y: float, side: float) -> list[Point]:
    angles = [math.pi * step / 36 for step in range(37)]
    return [
        (x + side / 2 - side / 2 * math.cos(a), y + side / 2 - side / 2 * math.sin(a))
        for a in angles
    ]
