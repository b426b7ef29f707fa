"""The size, palette and random numbers that every painter of a scene uses."""

import random
from dataclasses import dataclass

from playground.sandbox.art.canvas import Canvas
from playground.sandbox.art.palette import Colour, Palette, mix
from playground.sandbox.art.ridges import Ridge, make_wave

MIDDLE = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """A canvas with its light and its words.

    horizon  share of the height
    sun      shares of width and height
    spot     where who or what matters is, away from the sun: share of the width
    pan      how far the camera has moved through a series, in units
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
        """The side that lies in shadow: 1 is the right."""
        return 1 if self.sun[0] < MIDDLE else -1

    def has(self, *tags: str) -> bool:
        """Whether the prompt mentions any of these."""
        return not self.tags.isdisjoint(tags)

    def x(self, share: float) -> float:
        return share * self.canvas.width

    def y(self, share: float) -> float:
        return share * self.canvas.height

    def u(self, units: float) -> float:
        return units * self.canvas.unit

    def tone(self, nearness: float) -> Colour:
        """The colour of land: 0 is the far ridge, 1 the ground under one's feet."""
        return mix(self.palette.far, self.palette.near, nearness)

    def lit(self, colour: Colour, nearness: float = 0.5) -> Colour:
        """A thing's own colour as it looks in this light."""
        if self.palette.is_dark:
            return mix(mix(colour, self.palette.sky[1], 0.45), self.palette.near, 0.25)
        return mix(colour, self.palette.haze, 0.3 * (1 - nearness))

    def ridge(self, base: float, rise: float, cells: float, *, near: float, **how: float) -> Ridge:
        """A new skyline; what is near moves faster when the camera pans."""
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
        """Land under a skyline, lost in haze towards its foot."""
        foot = mix(colour, self.palette.haze, haze)
        self.canvas.fill([ridge.shape(self.canvas)], colour, foot)
