"""Colour palettes for the mood of a scene: time of day, weather, style."""

from dataclasses import dataclass

from PIL import ImageColor

type Colour = tuple[int, int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Palette:
    """The colours of a scene.

    sky      from the zenith down to the horizon
    far      the most distant ridge
    near     the closest ground; colours between are mixed
    haze     the air between the ridges
    accents  for flowers, roofs, sails
    """

    sky: tuple[Colour, ...]
    sun: Colour
    glow: Colour
    far: Colour
    near: Colour
    haze: Colour
    accents: tuple[Colour, ...]
    is_dark: bool = False


def colour(code: str) -> Colour:
    return ImageColor.getrgb(code)[:3]


def colours(codes: str) -> tuple[Colour, ...]:
    return tuple(colour(code) for code in codes.split())


def mix(one: Colour, other: Colour, share: float) -> Colour:
    """Mix two colours: a share of 0 is the first, 1 is the other."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return red, green, blue


def blend(one: Palette, other: Palette, share: float) -> Palette:
    """Mix two palettes whose skies have the same number of colours."""

    def each(these: tuple[Colour, ...], those: tuple[Colour, ...]) -> tuple[Colour, ...]:
        return tuple(mix(a, b, share) for a, b in zip(these, those, strict=False))

    return Palette(
        sky=each(one.sky, other.sky),
        sun=mix(one.sun, other.sun, share),
        glow=mix(one.glow, other.glow, share),
        far=mix(one.far, other.far, share),
        near=mix(one.near, other.near, share),
        haze=mix(one.haze, other.haze, share),
        accents=each(one.accents, other.accents),
        is_dark=one.is_dark,
    )


def make_palette(sky: str, disc: str, land: str, accents: str, *, is_dark: bool = False) -> Palette:
    """Make a palette of hex codes: `disc` has sun and glow, `land` has far, near and haze."""
    sun, glow = colours(disc)
    far, near, haze = colours(land)
    return Palette(
        sky=colours(sky),
        sun=sun,
        glow=glow,
        far=far,
        near=near,
        haze=haze,
        accents=colours(accents),
        is_dark=is_dark,
    )


MEADOW = "#f25f5c #ffe066 #ffffff #f7a1c4 #9b5de5"
WARM = "#ff7b54 #ffd56f #fff1d0 #f9a8a8 #c06c84"
COOL = "#f4d58d #8fb8de #e8eef7 #d88c9a #7f95d1"
PALETTES: dict[str, tuple[Palette, ...]] = {
    "day": (
        make_palette(
            "#2a78b8 #6fb7df #bfe3ec #fdf4dc", "#fffdf0 #fff4c8", "#9cc3cf #2c6a4a #e6f1ea", MEADOW
        ),
        make_palette(
            "#3a93b8 #7fc8d0 #c8e8dc #fff3d6", "#fffbea #ffeeb8", "#a7ccbd #35703f #eef3df", MEADOW
        ),
        make_palette(
            "#4d7fc4 #8fb6e6 #cfe0f5 #fdeee0", "#fffdf4 #fff0d0", "#a9bfdd #3b6656 #edeff2", MEADOW
        ),
    ),
    "sunset": (
        make_palette(
            "#2c2b5e #87406f #ef6f5a #ffc66e", "#fff0c0 #ffb45e", "#b8586c #24183a #f59b72", WARM
        ),
        make_palette(
            "#1f3f63 #7d6183 #e8795a #fbd08a", "#fff3cf #ffbf70", "#b9695f #1b2838 #f0a679", WARM
        ),
        make_palette(
            "#46295a #b04a6b #f58a6a #ffd9a0", "#fff4d6 #ffa873", "#a94f72 #2b1539 #f7a988", WARM
        ),
    ),
    "dawn": (
        make_palette(
            "#5a7fb5 #b3a4c9 #f3c3b8 #fdebc9", "#fffaea #ffdcae", "#a79cc2 #374064 #f0d3c8", COOL
        ),
        make_palette(
            "#4f8aa8 #a6bfc4 #f5d2bd #fff0d2", "#fffbee #ffe0b0", "#9fb3bb #2f4f58 #f3ddc9", COOL
        ),
    ),
    "night": (
        make_palette(
            "#050a20 #0d1d45 #24457a #5f88b0",
            "#fbf6dd #a9c8ee",
            "#2f4f7d #040917 #4a6f9c",
            COOL,
            is_dark=True,
        ),
        make_palette(
            "#0a0722 #1d184c #48366f #9a6a92",
            "#fdf1df #cfaee0",
            "#4a3a72 #070518 #6c5388",
            COOL,
            is_dark=True,
        ),
        make_palette(
            "#041418 #07303a #15606a #5fa6a0",
            "#f6f8dc #a5e0d2",
            "#1f6069 #031013 #3a857f",
            COOL,
            is_dark=True,
        ),
    ),
    "snow": (
        make_palette(
            "#6d9bc6 #a9c9e2 #dbe8f0 #fbefe6", "#fffdf6 #fff2de", "#b4cbe0 #4d7190 #e9f0f5", COOL
        ),
        make_palette(
            "#8a93c0 #bdbfdf #e6dbe8 #fdeade", "#fffaf2 #ffe6d2", "#bcc0dc #555f8b #eee8f0", COOL
        ),
    ),
    "desert": (
        make_palette(
            "#3c83a8 #9fc3bd #f3d9a4 #fdebc2", "#fffbe8 #fff0bf", "#dfa070 #8a3f22 #f3cf9c", WARM
        ),
        make_palette(
            "#57538f #c98a8c #f6bd83 #ffe2ab", "#fff6d8 #ffd08a", "#d5805c #6e2a22 #f4b284", WARM
        ),
    ),
    "fog": (
        make_palette(
            "#93a7ae #b4c4c5 #d3dcd8 #ecebe2", "#fffdf5 #f7f3e4", "#bccaca #2f474c #dde3df", COOL
        ),
        make_palette(
            "#a7a3b5 #c4bfcb #ddd6db #f1e9e3", "#fffaf4 #f8ece4", "#c3becb #3c3a50 #e2dce0", COOL
        ),
    ),
    "rain": (
        make_palette(
            "#3f5160 #64788a #8fa1aa #bfc8c6", "#f0f0e6 #d6dcd8", "#7e919b #16252d #a9b7ba", COOL
        ),
    ),
    "ink": (
        make_palette(
            "#efe6d2 #f2ead8 #f4eddd #efe5cf",
            "#b8382c #e9b9a0",
            "#b3aea2 #1c1b1b #ece3d0",
            "#b8382c #8a2a22 #5d5a55 #b3aea2 #d9a441",
        ),
    ),
    "neon": (
        make_palette(
            "#0b0524 #33105f #a3247f #ff6fa0",
            "#ffe08a #ff5fa8",
            "#6a1f86 #090414 #d63f93",
            "#19e3ff #ff4fd8 #ffe14f #8f6bff #4fffb0",
            is_dark=True,
        ),
    ),
    "space": (
        make_palette(
            "#03030d #070a20 #0c1030 #12173d",
            "#fff3d6 #7d8cff",
            "#3a3f7a #04040c #2a2f66",
            COOL,
            is_dark=True,
        ),
        make_palette(
            "#060311 #120722 #1d0c33 #2a1040",
            "#ffe7d0 #ff7dbb",
            "#5a2f6a #050309 #43225a",
            COOL,
            is_dark=True,
        ),
    ),
}
