"""Draws the lower half of a landscape: mountains, hills, dunes, water."""

import math

from PIL import Image, ImageChops, ImageFilter

from playground.sandbox.art.canvas import Point, curve, ellipse, gradient, noise
from playground.sandbox.art.palette import mix
from playground.sandbox.art.ridges import Ridge, make_wave
from playground.sandbox.art.sky import paint_mist
from playground.sandbox.art.stage import Stage

WHITE, MEADOW = (255, 255, 255), (126, 172, 84)


def paint_hills(stage: Stage, *, layers: int, top: float, bottom: float) -> list[Ridge]:
    """Paint hills from far to near; return their ridges in this order."""
    ridges = []
    for depth in range(layers):
        share = depth / max(1, layers - 1)
        ridge = stage.ridge(
            top + (bottom - top) * share, 0.1 - 0.04 * share, 1.1 + share, near=share, rough=0.4
        )
        tone = stage.tone(0.15 + 0.75 * share)
        if stage.has("garden", "day"):
            tone = mix(tone, stage.lit(MEADOW, share), 0.25 + 0.2 * share)
        stage.fill_ridge(ridge, tone, 0.5 * (1 - share))
        ridges.append(ridge)
    return ridges


def paint_mountains(stage: Stage) -> None:
    """Paint two mountain ranges; the nearer one has lit and shaded sides, and snow on its tops."""
    far = stage.ridge(stage.horizon - 0.08, 0.2, 1.7, near=0.0, rough=0.5, peaked=1)
    stage.fill_ridge(far, stage.tone(0.02), 0.6)
    ridge = stage.ridge(stage.horizon - 0.07, 0.36, 1.3, near=0.1, rough=0.48, peaked=1)
    stage.fill_ridge(ridge, stage.tone(0.22), 0.55)
    line = ridge.line(stage.canvas)
    shade = mix(stage.tone(0.42), stage.palette.haze, 0.12)
    stage.canvas.fill(
        shaded_sides(stage, line), shade, mix(stage.tone(0.22), stage.palette.haze, 0.45)
    )
    paint_snowcaps(stage, line)
    paint_mist(stage.canvas, stage.rng, stage.palette.haze, stage.horizon, 0.09)


def shaded_sides(stage: Stage, line: list[Point]) -> list[list[Point]]:
    """Return the shaded side of each mountain: from the summit down a crooked line."""
    away = stage.away
    ordered = line if away > 0 else line[::-1]
    sides = []
    for start, end in slopes(ordered):
        (x, y), foot = ordered[start], ordered[end][1]
        if foot - y < stage.u(0.035):
            continue
        spine, steps = [], 7
        for step in range(steps, 0, -1):
            share = step / steps
            sway = (stage.rng.uniform(-0.5, 0.5) + 0.35 * away * share) * 0.3 * (foot - y)
            spine.append((x + sway * min(1, share * 1.6), y + (foot - y) * share * 1.15))
        sides.append([*ordered[start : end + 1], *spine])
    return sides


def slopes(line: list[Point]) -> list[tuple[int, int]]:
    """Return pairs of indexes: each summit and the valley after it."""
    pairs, summit = [], 0
    for i in range(1, len(line) - 1):
        rises, falls = line[i - 1][1] >= line[i][1], line[i][1] < line[i + 1][1]
        if rises and falls:
            summit = i
        elif not rises and not falls and summit < i:
            pairs.append((summit, i))
            summit = i
    if summit < len(line) - 1:
        pairs.append((summit, len(line) - 1))
    return pairs


def paint_snowcaps(stage: Stage, line: list[Point]) -> None:
    """Paint snow above a certain height, with a ragged lower edge."""
    top = min(y for _, y in line)
    share = 0.75 if stage.has("snow") else 0.4
    limit = top + (max(y for _, y in line) - top) * share
    wave = make_wave(stage.rng)
    caps: list[list[Point]] = []
    upper: list[Point] = []
    lower: list[Point] = []
    for x, y in [*line, (line[-1][0] + 1, limit + 1)]:
        if y < limit:
            upper.append((x, y - 1))
            ragged = 0.5 + 0.5 * wave(x / stage.u(0.016)) * wave(x / stage.u(0.045) + 9)
            lower.append((x, y + (limit - y) * min(1.0, max(0.06, ragged))))
        elif upper:
            caps.append([*upper, *reversed(lower)])
            upper, lower = [], []
    snow = mix(WHITE, stage.palette.sky[1 if stage.palette.is_dark else -1], 0.25)
    if stage.palette.is_dark:
        snow = mix(snow, stage.palette.sky[2], 0.45)
    stage.canvas.fill(caps, snow, mix(snow, stage.tone(0.1), 0.4))


def paint_dunes(stage: Stage) -> None:
    """Paint rows of dunes from far to near, each with a lit and a shaded side."""
    rng = stage.rng
    for row, count in enumerate((4, 3, 2, 1)):
        near = row / 3
        base = stage.horizon + 0.05 + 0.27 * near**1.2
        for number in range(count):
            place = (number + rng.uniform(0.15, 0.85)) / count - stage.pan * (0.1 + 0.3 * near)
            height, half = 0.07 + 0.1 * near, 0.4 + 0.55 * near
            crest = (stage.x(place), stage.y(base) - stage.u(height * rng.uniform(0.8, 1.2)))
            paint_dune(stage, crest, stage.y(base), stage.u(half * rng.uniform(0.85, 1.2)), near)


def paint_dune(stage: Stage, crest: Point, base: float, half: float, near: float) -> None:
    (x, top), height = crest, base - crest[1]
    light = mix(stage.tone(0.08 + 0.4 * near), stage.palette.sun, 0.22 - 0.08 * near)
    shade = mix(stage.tone(0.45 + 0.4 * near), stage.palette.sky[0], 0.16)
    slope = [(x + half * t / 40, base - height * (1 - abs(t) / 40) ** 1.35) for t in range(-40, 41)]
    below = stage.canvas.height + 2.0
    sand = [(0.0, below), (0.0, base), *slope, (float(stage.canvas.width), base)]
    stage.canvas.fill([[*sand, (float(stage.canvas.width), below)]], light, mix(light, shade, 0.35))
    away = 1 if stage.sun[0] < x / stage.canvas.width else -1
    side = slope[40:] if away > 0 else slope[40::-1]
    spine = [
        (x + away * half * (0.5 * s**2 - 0.07 * math.sin(math.pi * s)), top + 1.25 * height * s)
        for s in (step / 20 for step in range(20, 0, -1))
    ]
    stage.canvas.fill([[*side, *spine]], shade, mix(light, shade, 0.3))


def paint_water(stage: Stage, shore: float) -> None:
    """Paint water below the shore: the reflection of the upper half, ripples, sun glitter."""
    canvas = stage.canvas
    row = round(stage.y(shore))
    size = (canvas.width, canvas.height - row)
    mirror = canvas.picture.crop((0, max(0, row - size[1]), canvas.width, row))
    mirror = mirror.transpose(Image.Transpose.FLIP_TOP_BOTTOM).resize(size)
    mirror = mirror.resize((max(2, size[0] // 5), max(2, size[1] // 2)), Image.Resampling.BOX)
    mirror = mirror.filter(ImageFilter.GaussianBlur(1)).resize(size, Image.Resampling.BICUBIC)
    depth = gradient(
        (stage.palette.sky[-1], mix(stage.palette.sky[0], stage.palette.near, 0.45)), size
    )
    canvas.picture.paste(Image.blend(mirror, depth, 0.5), (0, row))
    paint_ripples(stage, row)
    paint_glitter(stage, row)


def paint_ripples(stage: Stage, row: int) -> None:
    """Paint ripples: flat noise, finer towards the horizon, in a lighter and a darker tone."""
    canvas, height = stage.canvas, stage.canvas.height - row
    tones = (
        (mix(stage.palette.sky[-1], WHITE, 0.3), 90),
        (mix(stage.palette.sky[0], stage.palette.near, 0.5), 80),
    )
    for tone, most in tones:
        upper = 0
        for share, rows in ((0.18, 26), (0.3, 20), (0.52, 15)):
            lower = upper + round(height * share)
            size = (canvas.width, min(lower, height) - upper)
            if size[1] > 1:
                field = noise(stage.rng, (size[0] // 2, size[1]), (9, rows), 2)
                mask = field.resize(size, Image.Resampling.BICUBIC).point(curve(150, 215, most))
                canvas.paint_mask(mask, tone, row + upper)
            upper = lower


def paint_glitter(stage: Stage, row: int) -> None:
    """Paint the reflection of the sun as dashes that get wider towards the viewer."""
    middle, height = stage.x(stage.sun[0]), stage.canvas.height - row
    dashes = []
    for _ in range(110):
        depth = stage.rng.random() ** 1.5
        y = row + 2 + depth * height * 0.96
        spread = stage.u(0.018 + 0.075 * depth)
        x = middle + stage.rng.gauss(0, 0.5) * spread
        half = stage.u(stage.rng.uniform(0.006, 0.02) * (0.5 + depth))
        dashes.append(ellipse(x, y, half, stage.u(0.0012 + 0.0022 * depth)))
    layer = Image.new("L", stage.canvas.picture.size)
    sheet = type(stage.canvas)(picture=Image.merge("RGB", (layer,) * 3), unit=stage.canvas.unit)
    sheet.fill(dashes, (215, 215, 215))
    canvas = stage.canvas
    canvas.paint_mask(sheet.picture.getchannel(0), mix(stage.palette.sun, stage.palette.glow, 0.25))


def paint_vignette(stage: Stage) -> None:
    """Darken the corners a little (vignette)."""
    shade = Image.radial_gradient("L").point(
        [round(255 - max(0, v - 120) * 0.3) for v in range(256)]
    )
    shade = shade.resize(stage.canvas.picture.size, Image.Resampling.BICUBIC)
    canvas = stage.canvas
    canvas.picture = ImageChops.multiply(canvas.picture, Image.merge("RGB", (shade,) * 3))
