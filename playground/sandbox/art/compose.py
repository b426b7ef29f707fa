"""Composes a scene from tags: light, sky, land or water, objects, weather."""

import math
import random

from playground.sandbox.art import figures, land, plants, sky, things
from playground.sandbox.art.abstract import paint_abstract
from playground.sandbox.art.canvas import Canvas
from playground.sandbox.art.city import paint_city
from playground.sandbox.art.palette import PALETTES, Palette, blend, mix
from playground.sandbox.art.space import paint_space
from playground.sandbox.art.stage import MIDDLE, Stage

MOODS = ("ink", "neon", "space", "night", "sunset", "dawn", "rain", "fog", "desert", "snow", "day")
PLACES = ("sea", "lake", "mountain", "forest", "desert", "city", "garden", "space", "abstract")
USUAL_SCENES = (
    ("mountain", "lake"),
    ("sea", "boat"),
    ("forest", "mountain"),
    ("garden", "flower"),
    ("mountain", "balloon"),
    ("sea", "lighthouse"),
    ("desert",),
    ("mountain", "forest", "house"),
)
LEFT, RIGHT = 0.36, 0.64  # positions of the main object
PAN = 0.5  # camera movement from the first to the last picture of a series, in units


def compose(
    canvas: Canvas, tags: frozenset[str], rng: random.Random, progress: float | None
) -> None:
    """Paint the scene. `progress` is 0 to 1 through a series, None for a single picture."""
    stage = make_stage(canvas, with_place(tags, rng), rng, progress)
    if stage.has("space"):
        paint_space(stage)
    elif stage.has("abstract"):
        paint_abstract(stage)
    else:
        paint_above(stage)
        paint_below(stage)
        paint_weather(stage)
        land.paint_vignette(stage)


def with_place(tags: frozenset[str], rng: random.Random) -> frozenset[str]:
    """Add a suitable place to the tags of a prompt without one."""
    if not tags.isdisjoint(PLACES):
        return tags
    if not tags.isdisjoint(("dog", "cat", "flower")):
        return tags | {"garden"}
    if not tags.isdisjoint(("boat", "lighthouse")):
        return tags | {"sea"}
    if "snow" in tags or "house" in tags:
        return tags | {"mountain", "forest"}
    if "neon" in tags:
        return tags | {"city"}
    return tags | frozenset(rng.choice(USUAL_SCENES))


def make_stage(
    canvas: Canvas, tags: frozenset[str], rng: random.Random, progress: float | None
) -> Stage:
    """Choose palette and position of the sun; in a series the sun moves and the camera pans."""
    palettes = pick_palettes(tags, rng)
    x, y, horizon = rng.uniform(0.22, 0.78), rng.uniform(0.2, 0.38), rng.uniform(0.56, 0.64)
    spot = LEFT if x > MIDDLE else RIGHT
    if progress is not None:
        spot = LEFT + (RIGHT - LEFT) * progress
        x, y = 0.14 + 0.72 * progress, 0.42 - 0.27 * math.sin(math.pi * progress)
    elif "sunset" in tags or "dawn" in tags:
        y = horizon - rng.uniform(0.06, 0.16)
    return Stage(
        canvas=canvas,
        rng=rng,
        palette=blend(palettes[0], palettes[1], progress or 0.0),
        tags=tags,
        horizon=horizon,
        sun=(x, y),
        spot=spot,
        pan=PAN * (progress or 0.0),
    )


def pick_palettes(tags: frozenset[str], rng: random.Random) -> tuple[Palette, Palette]:
    """Return two palettes of one mood; a series goes from the first to the second."""
    usual = (
        "day"
        if tags & {"garden", "dog", "cat", "flower"}
        else rng.choice(("day", "sunset", "dawn", "night"))
    )
    palettes = PALETTES[next((mood for mood in MOODS if mood in tags), usual)]
    first = rng.randrange(len(palettes))
    return palettes[first], palettes[(first + 1) % len(palettes)]


def paint_above(stage: Stage) -> None:
    canvas, palette = stage.canvas, stage.palette
    sky.paint_sky(canvas, palette, stage.horizon)
    if palette.is_dark:
        sky.paint_stars(canvas, stage.rng, palette.sun, stage.horizon)
    if not stage.has("rain"):
        radius = 0.055 if not stage.has("fog") else 0.045
        sky.paint_sun(canvas, palette, *stage.sun, radius)
    cover = 0.85 if stage.has("rain") else 0.5 if stage.has("snow", "fog") else 0.36
    tone = mix(palette.sky[-1], palette.sun, 0.55)
    if palette.is_dark:
        tone = mix(palette.sky[2], palette.sky[3], 0.35)
    sky.paint_clouds(canvas, stage.rng, tone, cover=cover, lower=stage.horizon)
    if stage.has("bird") or stage.rng.random() < 0.35:  # noqa: PLR2004 - now and then
        dark = mix(palette.near, palette.sky[0], 0.2)
        sky.paint_birds(canvas, stage.rng, dark, 1 - stage.sun[0], stage.sun[1] + 0.06)


def paint_below(stage: Stage) -> None:
    if stage.has("mountain"):
        land.paint_mountains(stage)
    if stage.has("balloon"):
        paint_balloons(stage)
    if stage.has("city"):
        paint_city(stage)
    if stage.has("desert"):
        land.paint_dunes(stage)
    elif stage.has("sea", "lake", "city"):
        paint_shore(stage)
    elif stage.has("forest"):
        paint_forest(stage)
    elif not stage.has("city"):
        paint_meadow(stage)
    paint_foreground(stage)


def paint_balloons(stage: Stage) -> None:
    for size in (0.05, 0.085, 0.17):
        x = stage.x((stage.rng.uniform(0.1, 0.9) + stage.pan * size * 3) % 1)
        things.paint_balloon(stage, x, stage.y(stage.rng.uniform(0.16, 0.42)), stage.u(size))


def paint_shore(stage: Stage) -> None:
    """Paint water, with a far shore for a lake and islands for the sea."""
    shore = stage.horizon + 0.06 if stage.has("city") else stage.horizon
    if stage.has("lake", "forest") and not stage.has("city"):
        ridge = stage.ridge(shore - 0.03, 0.035, 2.0, near=0.3)
        tone = mix(stage.tone(0.45), stage.palette.haze, 0.2)
        plants.plant_pines(stage, ridge, tone, count=130, size=0.055)
        stage.fill_ridge(ridge, tone, 0.1)
    elif not stage.has("mountain", "city"):
        island = stage.ridge(shore + 0.012, 0.06, 1.2, near=0.1)
        stage.fill_ridge(island, mix(stage.tone(0.2), stage.palette.haze, 0.3), 0.3)
    land.paint_water(stage, shore)
    if stage.has("boat"):
        things.paint_boat(stage, stage.x(stage.spot - 0.06), stage.y(shore + 0.13), stage.u(0.2))
        things.paint_boat(stage, stage.x(stage.spot + 0.13), stage.y(shore + 0.03), stage.u(0.06))


def paint_forest(stage: Stage) -> None:
    """Paint rows of trees, each nearer, larger and darker."""
    for depth in range(5):
        share = depth / 4
        ridge = stage.ridge(stage.horizon + 0.03 + 0.3 * share, 0.06, 1.2, near=share, rough=0.4)
        tone = mix(stage.tone(0.2 + 0.78 * share), stage.palette.haze, 0.25 * (1 - share))
        plants.plant_pines(
            stage, ridge, tone, count=round(90 - 62 * share), size=0.07 + 0.22 * share**1.5
        )
        ground = mix(tone, stage.lit((240, 246, 252)), 0.75) if stage.has("snow") else tone
        stage.fill_ridge(ridge, ground, 0.5 * (1 - share))
        if depth in (1, 2):
            level = stage.horizon + 0.1 + 0.3 * share
            sky.paint_mist(stage.canvas, stage.rng, stage.palette.haze, level, 0.06)


def paint_meadow(stage: Stage) -> None:
    top = stage.horizon + (0.08 if stage.has("mountain") else -0.02)
    ridges = land.paint_hills(stage, layers=4, top=top, bottom=0.86)
    if stage.has("garden", "house", "day"):
        tone = mix(stage.tone(0.6), (66, 118, 60), 0.4)
        plants.plant_round_trees(stage, ridges[1], stage.lit(tone), 7, 0.12)


def paint_foreground(stage: Stage) -> None:
    """Paint the foreground: headland, house, grass, animals and flowers."""
    lively = stage.has("garden", "flower", "dog", "cat")
    if stage.has("lighthouse"):
        paint_headland(stage)
    if stage.has("house") and not stage.has("city"):
        ridge = stage.ridge(0.83, 0.04, 0.9, near=0.8)
        stage.fill_ridge(
            ridge,
            mix(stage.tone(0.8), stage.lit((240, 246, 252)), 0.8 if stage.has("snow") else 0.0),
        )
        x = stage.x(stage.spot)
        things.paint_house(stage, x, ridge.y(stage.canvas, x), stage.u(0.19))
    if not lively:
        return
    ridge = stage.ridge(0.86, 0.03, 0.8, near=1.0)
    ground = stage.lit(mix(stage.tone(0.75), (88, 142, 66), 0.5), 1.0)
    stage.canvas.fill([ridge.shape(stage.canvas)], ground, mix(ground, stage.palette.near, 0.55))
    plants.plant_grass(stage, ridge, mix(ground, stage.palette.glow, 0.12), count=420, size=0.045)
    x = stage.x(stage.spot)
    y = ridge.y(stage.canvas, x) + stage.u(0.055)
    looks_left = stage.pan == 0 and stage.spot > MIDDLE
    if stage.has("dog"):
        figures.paint_dog(stage, x, y, stage.u(0.38), flip=looks_left)
    if stage.has("cat"):
        aside = stage.u(0.33) if stage.has("dog") else 0.0
        figures.paint_cat(stage, x + aside, y, stage.u(0.31), flip=looks_left)
    if stage.has("garden", "flower"):
        bed = (90, 0.066) if stage.has("flower") else (44, 0.05)
        plants.plant_flowers(stage, 0.87, count=bed[0], size=bed[1])


def paint_headland(stage: Stage) -> None:
    """Paint a rock with a lighthouse, on the side opposite the sun."""
    sign = 1 if stage.pan or stage.spot > MIDDLE else -1
    x = MIDDLE + sign * 0.3 - stage.pan * 0.2
    top = stage.y(stage.horizon + 0.08)
    steps = (
        (-0.3, 0.32),
        (-0.24, 0.17),
        (-0.13, 0.1),
        (-0.07, 0.02),
        (0.0, 0.0),
        (0.12, 0.0),
        (0.2, 0.03),
        (0.5, 0.02),
        (0.5, 0.9),
        (-0.3, 0.9),
    )
    rock = [(stage.x(x) + sign * stage.u(a), top + stage.u(b)) for a, b in steps]
    stage.canvas.fill([rock], stage.tone(0.72), stage.tone(0.95))
    things.paint_lighthouse(stage, stage.x(x) + sign * stage.u(0.06), top + 2, stage.u(0.36))


def paint_weather(stage: Stage) -> None:
    if stage.has("rain"):
        sky.paint_mist(stage.canvas, stage.rng, stage.palette.haze, stage.horizon, 0.2)
        sky.paint_rain(stage.canvas, stage.rng, (235, 240, 245))
    if stage.has("fog"):
        for level in (stage.horizon - 0.05, stage.horizon + 0.12, stage.horizon + 0.28):
            sky.paint_mist(stage.canvas, stage.rng, stage.palette.haze, level, 0.11)
    if stage.has("snow"):
        sky.paint_snowfall(stage.canvas, stage.rng)
