"""Draws objects: boats, houses, a lighthouse, a balloon."""

from PIL import Image

from playground.sandbox.art.canvas import Point, ellipse, smooth
from playground.sandbox.art.palette import Colour, mix
from playground.sandbox.art.stage import Stage

CREAM, TIMBER, ROOF, GLASS = (250, 243, 228), (120, 78, 54), (160, 62, 52), (255, 214, 120)


def paint_boat(stage: Stage, x: float, y: float, size: float) -> None:
    """Paint a sailing boat and its reflection; x and y are its centre at the water line."""
    sail, jib = stage.lit(stage.rng.choice(stage.palette.accents)), stage.lit(CREAM)
    hull = stage.lit(mix(TIMBER, stage.palette.near, 0.5))

    def at(points: tuple[Point, ...], sign: float = -1) -> list[Point]:
        return [(x + a * size, y + sign * b * size) for a, b in points]

    body = ((-0.36, 0.12), (0.4, 0.12), (0.27, 0.0), (-0.27, 0.0))
    main = ((0.0, 0.16), (0.0, 1.0), (0.14, 0.62), (0.3, 0.17))
    fore = ((-0.03, 0.17), (-0.03, 0.86), (-0.16, 0.5), (-0.3, 0.17))
    for step in range(7):
        level = y + size * (0.03 + 0.075 * step)
        half = size * (0.3 - 0.038 * step)
        shape = ellipse(x + size * 0.02 * (-1) ** step, level, half, size * 0.013)
        stage.canvas.fill([shape], mix(sail, stage.palette.near, 0.3))
    stage.canvas.fill([at(main)], sail, mix(sail, stage.palette.near, 0.15))
    stage.canvas.fill([at(fore)], jib, mix(jib, stage.palette.near, 0.15))
    stage.canvas.fill([at(((-0.012, 0.1), (-0.012, 1.03), (0.0, 1.03), (0.0, 0.1)))], hull)
    stage.canvas.fill([at(body)], hull)


def paint_house(stage: Stage, x: float, y: float, size: float) -> None:
    """Paint a cabin with lit windows; x and y are the centre of its base in pixels."""

    def box(left: float, low: float, right: float, high: float) -> list[Point]:
        corners = ((left, low), (left, high), (right, high), (right, low))
        return [(x + a * size, y - b * size) for a, b in corners]

    wall = stage.lit(mix(TIMBER, CREAM, 0.35))
    stage.canvas.fill([box(0.2, 0.5, 0.3, 0.92)], mix(wall, stage.palette.near, 0.35))
    stage.canvas.fill([box(-0.5, -0.06, 0.5, 0.45)], wall, mix(wall, stage.palette.near, 0.4))
    paint_roof(stage, x, y, size)
    stage.canvas.fill([box(-0.07, -0.06, 0.09, 0.27)], stage.lit(mix(TIMBER, (40, 26, 22), 0.5)))
    stage.canvas.fill([box(-0.37, 0.12, -0.2, 0.3), box(0.21, 0.12, 0.38, 0.3)], GLASS)
    strength = 0.5 if stage.palette.is_dark else 0.18
    for side in (-0.285, 0.295):
        stage.canvas.glow(x + side * size, y - 0.21 * size, size * 0.5, GLASS, strength)


def paint_roof(stage: Stage, x: float, y: float, size: float) -> None:
    """Paint the roof, with snow if the scene has snow."""

    def at(points: tuple[Point, ...]) -> list[Point]:
        return [(x + a * size, y - b * size) for a, b in points]

    roof = stage.lit(ROOF)
    gable = at(((-0.6, 0.42), (-0.32, 0.84), (0.32, 0.84), (0.6, 0.42)))
    stage.canvas.fill([gable], roof, mix(roof, stage.palette.near, 0.3))
    if stage.has("snow"):
        edge = ((0.45, 0.64), (0.1, 0.7), (-0.2, 0.62), (-0.46, 0.66))
        stage.canvas.fill([at(((-0.32, 0.84), (0.32, 0.84), *edge))], (248, 250, 252))


def paint_lighthouse(stage: Stage, x: float, y: float, size: float) -> None:
    """Paint a striped lighthouse, at night with a beam; x and y are its base in pixels."""
    white, red = stage.lit(CREAM), stage.lit((204, 64, 56))
    dark = stage.lit((52, 50, 60))
    if stage.palette.is_dark:
        paint_beam(stage, x, y - size * 0.9, size)

    def band(low: float, high: float, wide: float = 1.0) -> list[Point]:
        return [
            (x + side * size * (0.115 - 0.045 * level) * wide, y - size * level)
            for side, level in ((-1, low), (-1, high), (1, high), (1, low))
        ]

    for step in range(6):
        low = step * 0.135
        tone = white if step % 2 == 0 else red
        stage.canvas.fill([band(low, low + 0.136)], tone)
        right = [
            (x + size * 0.02, y - size * low),
            (x + size * 0.02, y - size * (low + 0.136)),
            band(low, low + 0.136)[2],
            band(low, low + 0.136)[3],
        ]
        stage.canvas.fill([right], mix(tone, stage.palette.near, 0.2))
    stage.canvas.fill([band(0.81, 0.84, 1.55)], dark)
    stage.canvas.fill([band(0.84, 0.94, 0.8)], GLASS)
    stage.canvas.fill(
        [
            [
                (x - size * 0.085, y - size * 0.94),
                (x, y - size * 1.03),
                (x + size * 0.085, y - size * 0.94),
            ]
        ],
        red,
    )
    stage.canvas.glow(x, y - size * 0.89, size * 0.5, GLASS, 0.7 if stage.palette.is_dark else 0.25)


def paint_beam(stage: Stage, x: float, y: float, size: float) -> None:
    side = -1 if x > stage.canvas.width / 2 else 1
    reach = stage.canvas.width * 1.1
    for spread, share in ((0.17, 0.10), (0.10, 0.16)):
        cone = [
            (x, y - size * 0.012),
            (x + side * reach, y - reach * spread),
            (x + side * reach, y + reach * spread * 0.35),
            (x, y + size * 0.012),
        ]
        before = stage.canvas.picture.copy()
        stage.canvas.fill([cone], GLASS)
        stage.canvas.picture = Image.blend(before, stage.canvas.picture, share)


def paint_balloon(stage: Stage, x: float, y: float, size: float) -> None:
    """Paint a hot-air balloon; x and y are the centre of its envelope in pixels."""
    accents = stage.palette.accents
    first = stage.rng.randrange(len(accents))
    tones = (stage.lit(accents[first]), stage.lit(mix(CREAM, accents[first - 1], 0.2)))
    for number, wide in enumerate((1.0, 0.76, 0.5, 0.22)):
        tone = tones[number % 2]
        stage.canvas.fill([envelope(x, y, size, wide)], tone, mix(tone, stage.palette.near, 0.3))
    rope: Colour = stage.lit((90, 66, 50))
    for side in (-1, 1):
        stage.canvas.fill(
            [
                [
                    (x + side * size * 0.115, y + size * 0.6),
                    (x + side * size * 0.125, y + size * 0.6),
                    (x + side * size * 0.08, y + size * 0.8),
                    (x + side * size * 0.07, y + size * 0.8),
                ]
            ],
            rope,
        )
    basket = [
        (x - size * 0.09, y + size * 0.79),
        (x + size * 0.09, y + size * 0.79),
        (x + size * 0.07, y + size * 0.93),
        (x - size * 0.07, y + size * 0.93),
    ]
    stage.canvas.fill([basket], rope)


def envelope(x: float, y: float, size: float, wide: float) -> list[Point]:
    half = ((0.0, -0.55), (0.3, -0.47), (0.47, -0.22), (0.48, 0.05), (0.34, 0.36), (0.14, 0.6))
    outline = [*half, *((-a, b) for a, b in reversed(half[1:]))]
    return smooth([(x + a * size * wide, y + b * size) for a, b in outline], 8)
