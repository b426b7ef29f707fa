"""Redraws a finished picture in another style, so that each model has its own look."""

import zlib
from collections.abc import Callable

from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageOps

PAPER, GRAPHITE = (250, 247, 239), (46, 48, 56)
HATCHES = ((128, 1, 8), (84, -1, 7), (44, 1, 5))  # brightness below, slope, distance of the lines
WASH = 0.22  # share of the colours in a pencil drawing
COLOURS = 10  # number of colours of a poster
INKS = (
    ((26, 28, 66), (214, 92, 92), (252, 232, 200)),
    ((16, 48, 56), (64, 150, 138), (240, 244, 214)),
    ((48, 20, 58), (192, 96, 150), (255, 232, 218)),
    ((24, 36, 30), (150, 152, 72), (246, 240, 212)),
)


def restyle(picture: Image.Image, style: str, model: str) -> Image.Image:
    """Return a picture in a style. "painting" is the style of the original and changes nothing."""
    draw = STYLES.get(style)
    return draw(picture, model) if draw else picture


def draw_pencil(picture: Image.Image, _: str) -> Image.Image:
    """Return a pencil drawing: contours and hatching on paper, with pale colours."""
    unit = max(1, round((picture.width * picture.height) ** 0.5 / 700))
    grey = ImageOps.autocontrast(picture.convert("L"), cutoff=1)
    grey = grey.filter(ImageFilter.GaussianBlur(0.8 * unit))  # without the grain
    soft = grey.filter(ImageFilter.GaussianBlur(2.4 * unit))
    lines = ImageChops.difference(grey, soft).point([line_tone(v) for v in range(256)])
    for level, slope, distance in HATCHES:
        dark = soft.point([255 if value < level else 0 for value in range(256)])
        hatch = hatching(picture.size, slope, distance * unit, unit)
        hatch.paste(255, mask=ImageChops.invert(dark))
        lines = ImageChops.multiply(lines, hatch)
    drawing = ImageOps.colorize(lines.convert("L"), GRAPHITE, PAPER)
    bright = ImageOps.autocontrast(picture, cutoff=2)
    wash = Image.blend(Image.new("RGB", picture.size, "white"), bright, WASH)
    return ImageChops.multiply(drawing, wash)


def line_tone(difference: int) -> int:
    """Return the grey of a contour; small differences stay white."""
    return max(0, 255 - 11 * max(0, difference - 3))


def hatching(size: tuple[int, int], slope: int, distance: int, width: int) -> Image.Image:
    """Return slanted lines, dark on white."""
    lines = Image.new("L", size, 255)
    draw = ImageDraw.Draw(lines)
    across, down = size
    for start in range(-down, across + down, distance):
        ends = (start, down, start + down, 0) if slope > 0 else (start, 0, start + down, down)
        draw.line(ends, fill=128, width=width)
    return lines.filter(ImageFilter.GaussianBlur(0.5 * width))


def draw_poster(picture: Image.Image, _: str) -> Image.Image:
    """Return a picture with few flat colours, like a screen print."""
    unit = (picture.width * picture.height) ** 0.5
    flat = picture.filter(ImageFilter.GaussianBlur(unit / 320))
    vivid = ImageOps.autocontrast(flat, cutoff=1)
    return vivid.quantize(COLOURS, dither=Image.Dither.NONE).convert("RGB")


def draw_duotone(picture: Image.Image, model: str) -> Image.Image:
    """Return a picture in two inks on tinted paper; the model determines the colours."""
    grey = ImageOps.autocontrast(picture.convert("L"), cutoff=1)
    dark, middle, light = INKS[zlib.crc32(model.encode()) // 7 % len(INKS)]
    return ImageOps.colorize(grey, dark, light, mid=middle)


STYLES: dict[str, Callable[[Image.Image, str], Image.Image]] = {
    "pencil": draw_pencil,
    "poster": draw_poster,
    "duotone": draw_duotone,
}
