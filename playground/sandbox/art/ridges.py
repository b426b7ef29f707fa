"""Ridges of hills and mountains: noise along the x axis, which moves with the camera."""

import math
import random
from dataclasses import dataclass

from playground.sandbox.art.canvas import Canvas, Point

TABLE = 256


@dataclass(frozen=True, slots=True)
class Wave:
    """Smooth one-dimensional noise from -1 to 1."""

    values: tuple[float, ...]

    def __call__(self, x: float) -> float:
        cell = math.floor(x)
        share = x - cell
        share = share * share * (3 - 2 * share)
        one, other = self.values[cell % TABLE], self.values[(cell + 1) % TABLE]
        return one + (other - one) * share


def make_wave(rng: random.Random) -> Wave:
    return Wave(tuple(rng.uniform(-1, 1) for _ in range(TABLE)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Ridge:
    """The upper edge of hills or mountains.

    base    its mean position, as a share of the picture's height from the top
    rise    its largest distance from `base`, in units
    cells   number of hills per unit
    rough   weight of each finer octave: 0.3 for dunes, 0.5 for hills, 0.6 for rock
    peaked  pointed tops instead of round ones
    shift   how far the camera has moved along it, in units
    """

    wave: Wave
    base: float
    rise: float
    cells: float
    rough: float = 0.45
    peaked: bool = False
    shift: float = 0.0
    octaves: int = 5

    def y(self, canvas: Canvas, x: float) -> float:
        """Return the y coordinate of the ridge at x, in pixels from the top."""
        place = (x / canvas.unit + self.shift) * self.cells
        total = weight = 0.0
        share = 1.0
        for octave in range(self.octaves):
            value = self.wave(place * 2**octave + octave * 37.7)
            total += share * (1 - 2 * abs(value) if self.peaked else value)
            weight += share
            share *= self.rough
        return self.base * canvas.height - total / weight * self.rise * canvas.unit

    def line(self, canvas: Canvas, step: float = 4) -> list[Point]:
        count = math.ceil(canvas.width / step)
        return [(i * step, self.y(canvas, i * step)) for i in range(count + 1)]

    def shape(self, canvas: Canvas) -> list[Point]:
        """Return the area below the ridge as a polygon."""
        line = self.line(canvas)
        below = canvas.height + 2.0
        return [(0.0, below), *line, (line[-1][0], below)]
