"""Assigns the axes of a grid to rows and columns, and selects a value of the others."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from playground.experiments.axes import Axis

NONE = -1  # no axis; no value


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """The assignment of axes.

    rows, columns  indexes of axes; NONE for none
    chosen         {index of each other axis: index of the selected value}
    """

    rows: int
    columns: int
    chosen: Mapping[int, int]

    @property
    def query(self) -> str:
        parts = [f"rows={self.rows}", f"columns={self.columns}"]
        return "&".join([*parts, *(f"at{axis}={at}" for axis, at in self.chosen.items())])


def read_view(axes: Sequence[Axis], asked: Mapping[str, str]) -> View:
    """Read the view from the query string; invalid parts get defaults.

    By default the longest axis is the rows and the next one the columns; a single axis is the
    columns, so that its pictures are side by side.
    """
    longest = sorted(range(len(axes)), key=lambda at: -len(axes[at].values))
    usual = [NONE, *longest] if len(axes) == 1 else longest
    rows = read_number(asked.get("rows", ""), len(axes), usual[0])
    columns = read_number(asked.get("columns", ""), len(axes), usual[1])
    if rows == columns:
        columns = next((at for at in longest if at != rows), NONE)
    others = [at for at in range(len(axes)) if at not in {rows, columns}]
    chosen = {at: read_number(asked.get(f"at{at}", ""), len(axes[at].values), 0) for at in others}
    return View(
        rows=rows, columns=columns, chosen={at: max(0, each) for at, each in chosen.items()}
    )


def read_number(text: str, below: int, usual: int) -> int:
    if text == str(NONE):
        return NONE
    return int(text) if text.isdecimal() and len(text) < 6 and int(text) < below else usual  # noqa: PLR2004
