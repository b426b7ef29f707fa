"""Which axis of a grid makes its rows, which its columns, and what is shown of the others."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from playground.experiments.axes import Axis

NONE = -1  # no axis; no value


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """Which axis is where.

    rows, columns  numbers of axes; NONE for none
    chosen         for each other axis, the number of the value that is shown
    """

    rows: int
    columns: int
    chosen: Mapping[int, int]

    @property
    def query(self) -> str:
        parts = [f"rows={self.rows}", f"columns={self.columns}"]
        return "&".join([*parts, *(f"at{axis}={at}" for axis, at in self.chosen.items())])


def read_view(axes: Sequence[Axis], asked: Mapping[str, str]) -> View:
    """Return the view that an address names; what names nothing is left to us.

    The longest axis makes the rows, the next one the columns; of two rows or more, a single axis
    makes columns, so that its pictures are beside each other.
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
