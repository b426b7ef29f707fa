"""The canvas, palette and random generator that all painting functions share."""

import random
from dataclasses import dataclass

from playground.sandbox.art.canvas import Canvas
from playground.sandbox.art.palette import Colour, Palette, mix
from playground.sandbox.art.ridges import Ridge, make_wave

MIDDLE = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """A canvas with the palette, tags and layout of the scene.

    horizon  position of the horizon, as a share of the height
    sun      position of the sun, as shares of width and height
    spot     position of the main object, away from the sun, as a share of the width
    pan      how far the camera has moved in a series, in units
    """

    canvas: Canvas
    rng: random.Random
    palette: Palette
    tags: frozenset[str]
    horizon: float
    sun: tuple[float, float]
    spot: float
    pan: float = 0.0

    @property
    def away(self) -> int:
        """Return the side opposite the sun: 1 is right, -1 is left."""
        return 1 if self.sun[0] < MIDDLE else -1

    def has(self, *tags: str) -> bool:
        """Whether the scene has any of these tags."""
        return not self.tags.isdisjoint(tags)

    def x(self, share: float) -> float:
        return share * self.canvas.width

    def y(self, share: float) -> float:
        return share * self.canvas.height

    def u(self, units: float) -> float:
        return units * self.canvas.unit

    def tone(self, nearness: float) -> Colour:
        """Return the colour of land at a distance: 0 is the farthest ridge, 1 the foreground."""
        return mix(self.palette.far, self.palette.near, nearness)

    def lit(self, colour: Colour, nearness: float = 0.5) -> Colour:
        """Return how the colour of an object looks in the light of the scene."""
        if self.palette.is_dark:
            return mix(mix(colour, self.palette.sky[1], 0.45), self.palette.near, 0.25)
        return mix(colour, self.palette.haze, 0.3 * (1 - nearness))

    def ridge(self, base: float, rise: float, cells: float, *, near: float, **how: float) -> Ridge:
        """Return a new ridge; near ridges move faster when the camera pans (parallax)."""
        return Ridge(
            wave=make_wave(self.rng),
            base=base,
            rise=rise,
            cells=cells,
            shift=self.pan * (0.15 + near),
            rough=how.get("rough", 0.45),
            peaked=bool(how.get("peaked", 0)),
        )

    def fill_ridge(self, ridge: Ridge, colour: Colour, haze: float = 0.0) -> None:
        """Fill the area below a ridge, with haze towards its bottom."""
        foot = mix(colour, self.palette.haze, haze)
        self.canvas.fill([ridge.shape(self.canvas)], colour, foot)
