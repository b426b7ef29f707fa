"""Draws a skyline: towers at three distances, with lit windows."""

from playground.sandbox.art.canvas import Point
from playground.sandbox.art.palette import mix
from playground.sandbox.art.stage import Stage

LAMP = (255, 214, 130)


def paint_city(stage: Stage) -> None:
    """Paint far towers in haze and near ones with windows, lit according to the time of day."""
    ground = stage.y(stage.horizon + 0.06)
    for depth, (low, high, wide) in enumerate(
        ((0.2, 0.46, 0.05), (0.14, 0.38, 0.06), (0.05, 0.25, 0.075))
    ):
        near = depth / 2
        tone = stage.tone(0.12 + 0.62 * near)
        towers, lamps = [], []
        x = -stage.u(0.1) - stage.u(stage.pan) * (0.15 + 0.4 * near) % stage.u(0.1)
        while x < stage.canvas.width + stage.u(0.1):
            width = stage.u(wide) * stage.rng.uniform(0.6, 1.4)
            height = stage.u(stage.rng.triangular(low, high, low))
            towers += tower(stage, x, ground, width, height)
            if depth:
                lamps += windows(stage, x, ground, width, height)
            x += width * stage.rng.uniform(0.92, 1.25)
        stage.canvas.fill(towers, tone, mix(tone, stage.palette.haze, 0.6 - 0.3 * near))
        stage.canvas.fill(lamps, lamp_colour(stage, tone))
    ground_tone = stage.tone(0.85)
    bottom = stage.canvas.height + 1.0
    stage.canvas.fill(
        [[(0, ground), (stage.canvas.width, ground), (stage.canvas.width, bottom), (0, bottom)]],
        ground_tone,
    )


def lamp_colour(stage: Stage, tone: tuple[int, int, int]) -> tuple[int, int, int]:
    if stage.has("neon"):
        return stage.rng.choice(stage.palette.accents)
    dim = stage.palette.is_dark or stage.has("sunset", "dawn", "rain", "fog")
    return (
        mix(tone, LAMP, 0.85 if stage.palette.is_dark else 0.5)
        if dim
        else mix(tone, (255, 255, 255), 0.22)
    )


def tower(stage: Stage, x: float, ground: float, width: float, height: float) -> list[list[Point]]:
    """Return the shapes of one building; some are stepped, or have a mast or a slanted roof."""
    rng, top = stage.rng, ground - height
    shapes = [[(x, ground + 1), (x, top), (x + width, top), (x + width, ground + 1)]]
    style = rng.random()
    if style < 0.28:  # noqa: PLR2004 - the share of stepped ones
        inset, rise = width * 0.22, height * 0.14
        shapes.append(
            [
                (x + inset, top + 1),
                (x + inset, top - rise),
                (x + width - inset, top - rise),
                (x + width - inset, top + 1),
            ]
        )
        top -= rise
    elif style < 0.42:  # noqa: PLR2004 - of slanted ones
        shapes.append([(x, top + 1), (x + width, top + 1), (x + width, top - width * 0.45)])
        return shapes
    if style > 0.2 and style < 0.6:  # noqa: PLR2004 - of those with a mast
        middle, thin = x + width / 2, max(0.8, width * 0.025)
        shapes.append(
            [(middle - thin, top + 1), (middle, top - height * 0.22), (middle + thin, top + 1)]
        )
    return shapes


def windows(
    stage: Stage, x: float, ground: float, width: float, height: float
) -> list[list[Point]]:
    """Return the lit windows of a building, about a third of a grid."""
    step, rise = stage.u(0.0125), stage.u(0.017)
    lit = []
    columns, rows = int(width / step) - 1, int(height / rise) - 1
    margin = (width - columns * step) / 2
    for column in range(columns):
        for row in range(rows):
            if stage.rng.random() < 0.34:  # noqa: PLR2004 - about a third
                left, top = (
                    x + margin + column * step + step * 0.25,
                    ground - height + rise * (row + 0.6),
                )
                lit.append(
                    [
                        (left, top),
                        (left + step * 0.5, top),
                        (left + step * 0.5, top + rise * 0.5),
                        (left, top + rise * 0.5),
                    ]
                )
    return lit
