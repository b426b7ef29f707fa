"""Draws animals from outlines. The outlines have a height of 1 and the ground at 0."""

import math

from playground.sandbox.art.canvas import Point, ellipse, smooth
from playground.sandbox.art.palette import Colour, mix
from playground.sandbox.art.stage import Stage

type Outline = tuple[Point, ...]

# Sitting in profile, looking to the right.
DOG: Outline = (
    (0.485, 0.975), (0.56, 0.965), (0.615, 0.915), (0.66, 0.882), (0.735, 0.868), (0.778, 0.84),
    (0.772, 0.785), (0.725, 0.748), (0.64, 0.738), (0.592, 0.69), (0.606, 0.59), (0.60, 0.46),
    (0.572, 0.33), (0.565, 0.15), (0.575, 0.072), (0.625, 0.05), (0.645, 0.018), (0.61, 0.0),
    (0.51, 0.0), (0.482, 0.03), (0.474, 0.12), (0.462, 0.2), (0.448, 0.1), (0.475, 0.05),
    (0.475, 0.012), (0.43, 0.0), (0.20, 0.0), (0.085, 0.02), (0.035, 0.12), (0.055, 0.27),
    (0.125, 0.43), (0.225, 0.585), (0.325, 0.71), (0.385, 0.81), (0.415, 0.92),
)  # fmt: skip
DOG_EAR: Outline = (
    (0.465, 0.93), (0.525, 0.915), (0.545, 0.83), (0.525, 0.725), (0.475, 0.685), (0.435, 0.745),
    (0.43, 0.86),
)  # fmt: skip
DOG_CHEST: Outline = (
    (0.582, 0.70), (0.6, 0.59), (0.594, 0.46), (0.566, 0.34), (0.535, 0.43), (0.535, 0.58),
    (0.545, 0.68),
)  # fmt: skip
DOG_THIGH: Outline = (
    (0.10, 0.10), (0.12, 0.26), (0.22, 0.34), (0.34, 0.30), (0.40, 0.18), (0.37, 0.05),
    (0.22, 0.015),
)  # fmt: skip
DOG_COLLAR: Outline = (
    (0.355, 0.755),
    (0.47, 0.685),
    (0.592, 0.705),
    (0.594, 0.672),
    (0.47, 0.648),
    (0.335, 0.72),
)
DOG_TAIL: Outline = ((0.10, 0.06), (-0.02, 0.045), (-0.13, 0.08), (-0.21, 0.17), (-0.25, 0.29))

# Sitting, seen from behind.
CAT_BODY: Outline = (
    (0.0, 0.70), (0.10, 0.665), (0.17, 0.57), (0.225, 0.42), (0.27, 0.25), (0.275, 0.10),
    (0.21, 0.012), (0.08, 0.0), (-0.08, 0.0), (-0.21, 0.012), (-0.275, 0.10), (-0.27, 0.25),
    (-0.225, 0.42), (-0.17, 0.57), (-0.10, 0.665),
)  # fmt: skip
CAT_HEAD: Outline = (
    (0.0, 0.895), (0.055, 0.90), (0.10, 0.965), (0.145, 1.0), (0.165, 0.93), (0.178, 0.83),
    (0.17, 0.74), (0.11, 0.665), (0.0, 0.64), (-0.11, 0.665), (-0.17, 0.74), (-0.178, 0.83),
    (-0.165, 0.93), (-0.145, 1.0), (-0.10, 0.965), (-0.055, 0.90),
)  # fmt: skip
CAT_TAIL: Outline = (
    (0.16, 0.05),
    (0.33, 0.035),
    (0.46, 0.07),
    (0.52, 0.17),
    (0.47, 0.27),
    (0.41, 0.25),
)

GOLD, CREAM, EARTH = (226, 162, 78), (246, 214, 158), (178, 112, 48)
DARK, PINK, RED = (38, 28, 28), (232, 120, 128), (206, 62, 58)
COATS = ((226, 142, 66), (92, 88, 98), (238, 226, 208), (46, 44, 54))


def paint_dog(stage: Stage, x: float, y: float, height: float, *, flip: bool) -> None:
    """Paint a golden retriever; x and y are the position of its feet in pixels."""

    def put(outline: Outline, colour: Colour) -> None:
        stage.canvas.fill(
            [placed(smooth(outline, 6), x, y, height, flip=flip)], shade(stage, colour)
        )

    paint_shadow(stage, x, y, height)
    tail = thick(DOG_TAIL, (0.05, 0.075, 0.085, 0.06, 0.012))
    stage.canvas.fill([placed(tail, x, y, height, flip=flip)], shade(stage, EARTH))
    put(DOG, GOLD)
    put(DOG_CHEST, CREAM)
    put(DOG_THIGH, mix(GOLD, EARTH, 0.3))
    put(DOG_COLLAR, RED)
    put(DOG_EAR, EARTH)
    face = (
        (0.768, 0.842, 0.023, 0.02, DARK),
        (0.618, 0.875, 0.0125, 0.0145, DARK),
        (0.622, 0.879, 0.004, 0.004, CREAM),
    )
    for a, b, wide, tall, colour in face:
        stage.canvas.fill(
            [placed(ellipse(a, b, wide, tall), x, y, height, flip=flip)], shade(stage, colour)
        )
    mouth = thick(
        ((0.752, 0.782), (0.71, 0.77), (0.665, 0.778), (0.64, 0.797)), (0.004, 0.005, 0.005, 0.003)
    )
    stage.canvas.fill([placed(mouth, x, y, height, flip=flip)], shade(stage, DARK))


def paint_cat(stage: Stage, x: float, y: float, height: float, *, flip: bool) -> None:
    """Paint a cat, seen from behind; x and y are the position of its feet in pixels."""
    coat = stage.rng.choice(COATS)
    dark = mix(coat, DARK, 0.45)

    def put(points: list[Point], colour: Colour) -> None:
        stage.canvas.fill([placed(points, x, y, height, flip=flip)], shade(stage, colour))

    paint_shadow(stage, x, y, height)
    put(thick(CAT_TAIL, (0.05, 0.05, 0.046, 0.042, 0.036, 0.02)), mix(coat, dark, 0.4))
    put(smooth(CAT_BODY, 6), coat)
    put(smooth(CAT_HEAD, 5), coat)
    for level, wide in ((0.56, 0.06), (0.48, 0.085), (0.40, 0.10), (0.32, 0.105)):
        band = ((-wide, level - 0.015), (0.0, level + 0.012), (wide, level - 0.015))
        put(thick(band, (0.004, 0.014, 0.004)), dark)
    for side in (-1, 1):
        inner = ((side * 0.085, 0.925), (side * 0.135, 0.972), (side * 0.148, 0.90))
        put(list(inner), dark)


def shade(stage: Stage, colour: Colour) -> Colour:
    """Darken the colour of an animal: a little against the light, almost to black at night."""
    if stage.palette.is_dark:
        return mix(colour, stage.palette.near, 0.62)
    return mix(colour, stage.palette.near, 0.3 if stage.has("sunset", "dawn", "ink") else 0.06)


def paint_shadow(stage: Stage, x: float, y: float, height: float) -> None:
    away = stage.away
    shape = ellipse(x + away * height * 0.14, y, height * 0.46, height * 0.045)
    stage.canvas.fill([shape], mix(stage.palette.near, DARK, 0.35))


def placed(points: list[Point], x: float, y: float, height: float, *, flip: bool) -> list[Point]:
    """Convert points of an outline to pixels on the canvas; `flip` mirrors them."""
    sign = -1 if flip else 1
    return [(x + sign * (a - 0.25) * height, y - b * height) for a, b in points]


def thick(path: Outline, widths: tuple[float, ...]) -> list[Point]:
    """Return a stroke along a path; `widths` has half the width at each point of the path."""
    left, right = [], []
    fine, steps = [], 6
    for i in range(len(path) - 1):
        for step in range(steps):
            share = step / steps
            fine.append((*between(path, i, share), widths[i] + (widths[i + 1] - widths[i]) * share))
    fine.append((*path[-1], widths[-1]))
    for i, (px, py, wide) in enumerate(fine):
        ax, ay, _ = fine[max(0, i - 1)]
        bx, by, _ = fine[min(len(fine) - 1, i + 1)]
        length = math.hypot(bx - ax, by - ay) or 1.0
        nx, ny = -(by - ay) / length * wide, (bx - ax) / length * wide
        left.append((px + nx, py + ny))
        right.append((px - nx, py - ny))
    return [*left, *reversed(right)]


def between(path: Outline, i: int, share: float) -> Point:
    """Return a point of the open Catmull-Rom spline through the path."""
    last = len(path) - 1
    a, b, c, d = path[max(0, i - 1)], path[i], path[i + 1], path[min(last, i + 2)]

    def along(k: int) -> float:
        p, q, r, s = a[k], b[k], c[k], d[k]
        t = share
        return 0.5 * (
            2 * q
            + (r - p) * t
            + (2 * p - 5 * q + 4 * r - s) * t * t
            + (3 * q - p - 3 * r + s) * t**3
        )

    return along(0), along(1)
