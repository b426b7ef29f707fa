"""Draws the icons of the installed app (PWA): `make icons`.

Run it after static/img/mark.svg has changed. This module repeats the shapes of that file, because
Pillow cannot read SVG.
"""

from pathlib import Path

from PIL import Image, ImageDraw

FOLDER = Path(__file__).parents[1] / "static/img"
UNITS = 24  # side of the view box of mark.svg
SMOOTH = 4  # icons are drawn larger by this factor and reduced (antialiasing)
BRICK, AMBER = (200, 67, 31, 255), (233, 162, 59, 217)
WHITE, NOTHING = (255, 255, 255, 255), (255, 255, 255, 0)

# file name: (pixels, background, the mark's share of the side: a mask may cut off a fifth of an
# icon)
ICONS = {
    "icon-192.png": (192, NOTHING, 1.0),
    "icon-512.png": (512, NOTHING, 1.0),
    "icon-maskable-512.png": (512, WHITE, 0.72),
    "apple-touch-icon.png": (180, WHITE, 0.8),
}


def draw(pixels: int, background: tuple[int, int, int, int], share: float) -> Image.Image:
    side = pixels * SMOOTH
    unit, start = side * share / UNITS, side * (1 - share) / 2
    image = Image.new("RGBA", (side, side), background)

    def place(*points: float) -> list[float]:
        return [start + each * unit for each in points]

    ImageDraw.Draw(image).rounded_rectangle(place(2, 5, 14, 19), 3 * unit, fill=BRICK)
    over = Image.new("RGBA", image.size, NOTHING)
    ImageDraw.Draw(over).ellipse(place(10, 6, 22, 18), fill=AMBER)
    image.alpha_composite(over)
    return image.resize((pixels, pixels), Image.Resampling.LANCZOS)


def main() -> None:
    for name, (pixels, background, share) in ICONS.items():
        image = draw(pixels, background, share)
        if background is WHITE:
            image = image.convert("RGB")
        image.save(FOLDER / name, optimize=True)


if __name__ == "__main__":
    main()
