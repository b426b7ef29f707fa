"""Adds overlays to a finished picture: framed reference pictures and the watermark."""

import random
from functools import cache

from PIL import Image, ImageDraw, ImageFilter, ImageFont, ImageOps

MARK = "Sandbox"


def add_prints(
    picture: Image.Image, references: tuple[Image.Image, ...], rng: random.Random
) -> Image.Image:
    """Add the references as framed, slightly rotated prints at the bottom of the picture."""
    shown = references[:5]
    unit = (picture.width * picture.height) ** 0.5
    side = round(min(unit * (0.34 if len(shown) == 1 else 0.24), picture.width * 0.8 / len(shown)))
    step = picture.width / (len(shown) + 1)
    for number, reference in enumerate(shown, start=1):
        print_ = framed(reference, side).rotate(
            rng.uniform(-5, 5), Image.Resampling.BICUBIC, expand=True
        )
        left = round(step * number - print_.width / 2)
        upper = round(picture.height * 0.94 - print_.height - rng.uniform(0, 0.03) * unit)
        paste_with_shadow(picture, print_, (left, upper))
    return picture


def framed(reference: Image.Image, side: int) -> Image.Image:
    """Return a picture with the white border of a photographic print, wider at the bottom; RGBA."""
    inside = ImageOps.contain(reference, (side, side), Image.Resampling.LANCZOS)
    border = max(4, side // 22)
    size = (inside.width + 2 * border, inside.height + 4 * border)
    paper = Image.new("RGBA", size, (252, 250, 245, 255))
    paper.paste(inside, (border, border))
    around = Image.new("RGBA", (size[0] + 4, size[1] + 4), (252, 250, 245, 0))
    around.paste(paper, (2, 2))
    return around


def paste_with_shadow(picture: Image.Image, print_: Image.Image, place: tuple[int, int]) -> None:
    blur = max(2, print_.width // 28)
    room = blur * 3
    shape = Image.new("L", (print_.width + 2 * room, print_.height + 2 * room))
    shape.paste(print_.getchannel("A"), (room, room))
    small = shape.reduce(4).filter(ImageFilter.GaussianBlur(blur / 4))
    shadow = small.resize(shape.size, Image.Resampling.BICUBIC).point([v * 0.5 for v in range(256)])
    picture.paste((16, 14, 22), (place[0] - room, place[1] - room + blur), shadow)
    picture.paste(print_, place, print_)


def add_watermark(picture: Image.Image) -> Image.Image:
    """Add the watermark: a translucent white word and ring in the lower right corner."""
    unit = (picture.width * picture.height) ** 0.5
    mask = watermark_mask(max(12, round(unit * 0.021)))
    margin = round(unit * 0.028)
    place = (picture.width - mask.width - margin, picture.height - mask.height - margin)
    shade = mask.filter(ImageFilter.GaussianBlur(mask.height / 14)).point(
        [v * 0.55 for v in range(256)]
    )
    picture.paste((0, 0, 0), (place[0], place[1] + 1), shade)
    picture.paste((255, 255, 255), place, mask.point([v * 0.82 for v in range(256)]))
    return picture


@cache
def watermark_mask(size: int) -> Image.Image:
    font = ImageFont.load_default(size)
    width = round(font.getlength(MARK))
    mask = Image.new("L", (width + size * 2, size * 2))
    draw = ImageDraw.Draw(mask)
    ring = (size * 0.3, size * 0.5, size * 1.3, size * 1.5)
    draw.ellipse(ring, outline=255, width=max(1, size // 9))
    draw.ellipse((size * 0.62, size * 0.82, size * 0.98, size * 1.18), fill=255)
    draw.text((size * 1.6, size), MARK, font=font, fill=255, anchor="lm")
    return mask
