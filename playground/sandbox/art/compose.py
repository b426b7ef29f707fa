"""Compose a landscape from tags: sky, ridges, water or ground, what stands on it, weather."""

import random

from playground.sandbox.art import sky
from playground.sandbox.art.canvas import Canvas
from playground.sandbox.art.palette import LIGHTS, Palette, mix
from playground.sandbox.art.ridges import Ridge, make_wave

HOURS = ("ink", "neon", "night", "sunset", "dawn", "rain", "fog", "desert", "snow", "day")


def compose(
    canvas: Canvas, tags: frozenset[str], rng: random.Random, progress: float | None
) -> None:
    """Paint the scene. progress: 0 to 1 through a series, None for a single picture."""
    palette = pick_light(tags, rng)
    horizon = rng.uniform(0.6, 0.7)
    shift = (progress or 0) * 0.35
    sky.paint_sky(canvas, palette, horizon)
    if palette.is_dark:
        sky.paint_stars(canvas, rng, palette.sun, horizon)
    sky.paint_sun(canvas, palette, rng.uniform(0.25, 0.75), rng.uniform(0.2, 0.4), 0.06)
    sky.paint_clouds(canvas, rng, mix(palette.sky[-1], palette.sun, 0.5), cover=0.3, lower=horizon)
    for depth in range(6):
        share = depth / 5
        ridge = Ridge(
            wave=make_wave(rng),
            base=horizon - 0.08 + share * 0.32,
            rise=0.2 - 0.12 * share,
            cells=1.6 + share,
            shift=shift * (0.3 + share),
            peaked=depth in (0, 1, 2),
        )
        tone = mix(palette.far, palette.near, share)
        canvas.fill([ridge.shape(canvas)], tone, mix(tone, palette.haze, 0.55 * (1 - share)))


def pick_light(tags: frozenset[str], rng: random.Random) -> Palette:
    mood = next((hour for hour in HOURS if hour in tags), None)
    return rng.choice(LIGHTS[mood or rng.choice(("day", "sunset", "dawn", "night"))])
