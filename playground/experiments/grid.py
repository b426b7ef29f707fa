"""Reads the grid of an experiment, its cells as rows and columns, in two queries.

An axis of models needs one more query, and waiting cells another one.
"""

import math
import uuid
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.urls import reverse

from playground.catalog.models import form_of
from playground.experiments.arrangement import NONE, View, read_view
from playground.experiments.axes import Axis, AxisKind, number_equal_values
from playground.experiments.axis_fields import describe_axis, title_models
from playground.experiments.cell_states import (
    CANCELLED,
    DONE,
    EMPTY,
    ENDED,
    FAILED,
    HELD_BACK,
    NO_BUDGET,
    SET_ASIDE,
    CellState,
    ShownCell,
    letter_of,
)
from playground.experiments.models import Experiment, WaitReason, write_place
from playground.runs.models import Output
from playground.runs.pages import tile_shapes
from playground.runs.pages.card import find_ratio
from playground.schema.lists import list_plain
from playground.teams.models import Membership

POLL_MS = 1_500
SLOW_POLL_MS = 15_000  # if all remaining cells wait for a budget
ALL_RUNS = "all"  # row of a grid with a single row
NO_OUTPUT = uuid.UUID(int=0)


@dataclass(frozen=True, kw_only=True)
class Grid:
    """An experiment as visible to one member."""

    experiment: Experiment
    membership: Membership
    view: View
    seen: str = ""

    @cached_property
    def axes(self) -> tuple[Axis, ...]:
        form = form_of(self.experiment.spec_id)
        described = (describe_axis(each, form) for each in self.experiment.read_axes())
        titled = (title_models(each, self.membership.workspace) for each in described)
        return tuple(number_equal_values(each) for each in titled)

    @property
    def model_titles(self) -> str:
        """The titles of its models."""
        models = (axis for axis in self.axes if axis.kind == AxisKind.MODEL)
        labels = [each.label for axis in models for each in axis.values]
        return list_plain(dict.fromkeys(labels)) or self.experiment.spec.shown_title

    @cached_property
    def states(self) -> dict[str, CellState]:
        """{place: state} of the cells whose runs are visible."""
        begun = {
            place: CellState(
                place=place, run=run, cost=cost,
                letter=letter_of(status, stored_at is not None, set_aside_at is not None, problem),
            )
            for is_shared, author, place, run, status, stored_at, set_aside_at, problem, cost
            in self._cells if is_shared or author == self.membership.user_id
        }  # fmt: skip
        letters = {place: HELD_BACK if reason else NO_BUDGET for place, reason in self.waiting}
        return begun | {
            place: CellState(place=place, run=None, letter=letter)
            for place, letter in letters.items()
        }

    @cached_property
    def waiting(self) -> list[tuple[str, str]]:
        """(place, reason) of the visible waiting cells; "" for a budget."""
        return [
            (place, reason)
            for is_shared, author, place, reason in self._waiting
            if is_shared or author == self.membership.user_id
        ]

    @cached_property
    def _cells(self) -> list[tuple[Any, ...]]:
        """The columns of all cells with a run, also invisible ones."""
        return list(
            self.experiment.cells.values_list(
                "run__is_shared", "run__author_id", "place", "run_id", "run__status",
                "run__stored_at", "run__set_aside_at", "run__problem", "run__cost_counted",
            )
        )  # fmt: skip

    @cached_property
    def _waiting(self) -> list[tuple[bool, int, str, str]]:
        """The columns of all waiting cells."""
        if not getattr(self.experiment, "has_waiting", True):
            return []
        columns = ("is_shared", "author_id", "place", "reason")
        return list(self.experiment.waiting.values_list(*columns))

    @property
    def can_be_extended(self) -> bool:
        """Whether the member may extend it; the same as `Experiment.can_be_extended_by`."""
        sees_all = len(self.states) == len(self._cells) + len(self._waiting)
        is_author = self.experiment.author_id == self.membership.user_id
        return self.membership.can_generate and (is_author or sees_all)

    @property
    def reasons(self) -> list[tuple[str, int]]:
        """(reason, number) of the cells that wait for a user."""
        counts = Counter(reason for _place, reason in self.waiting if reason)
        return [(str(WaitReason(reason).label), count) for reason, count in counts.items()]

    @cached_property
    def places(self) -> list[list[tuple[int, ...]]]:
        """The coordinates of the displayed cells, by rows."""
        rows, columns = self.numbers(self.view.rows), self.numbers(self.view.columns)
        return [[self.place(row, column) for column in columns] for row in rows]

    def numbers(self, axis: int) -> list[int]:
        """Return the indexes of the axis values that have a visible cell."""
        if axis == NONE:
            return [NONE]
        if self.experiment.author_id == self.membership.user_id:
            return list(range(len(self.axes[axis].values)))
        return sorted({int(place.split("-")[axis]) for place in self.states})

    def place(self, row: int, column: int) -> tuple[int, ...]:
        at = {**self.view.chosen, self.view.rows: row, self.view.columns: column}
        return tuple(at[axis] for axis in range(len(self.axes)))

    @cached_property
    def letters(self) -> str:
        """The states of all displayed cells, one letter each."""
        return "".join(self.letter(place) for row in self.places for place in row)

    def letter(self, place: tuple[int, ...]) -> str:
        state = self.states.get(write_place(place))
        return state.letter if state else EMPTY

    @property
    def column_heads(self) -> list[str]:
        return self.heads(self.view.columns)

    def heads(self, axis: int) -> list[str]:
        if axis == NONE:
            return []
        return [self.axes[axis].values[at].label for at in self.numbers(axis)]

    @property
    def rows(self) -> Iterator[tuple[str, str, list[ShownCell]]]:
        """Yield (heading, row name in the URL of its repetition, cells)."""
        heads = self.heads(self.view.rows) or [""]
        shown = self.draw([place for row in self.places for place in row])
        numbers = self.numbers(self.view.rows)
        for head, number, places in zip(heads, numbers, self.places, strict=True):
            yield head, self.name_row(number), [shown[place] for place in places]

    def name_row(self, value: int) -> str:
        """Return a row's name in URLs; "" if it would repeat all repetitions."""
        if self.view.rows != NONE:
            return f"{self.view.rows}-{value}"
        return "" if self.axes[0].kind == AxisKind.REPEAT else ALL_RUNS

    @property
    def changed(self) -> list[ShownCell]:
        """The cells whose state differs from the page's."""
        places = [place for row in self.places for place in row]
        if len(self.seen) != len(places):
            return list(self.draw(places).values())
        pairs = zip(places, self.seen, self.letters, strict=True)
        return list(self.draw([place for place, was, now in pairs if was != now]).values())

    def draw(self, places: Sequence[tuple[int, ...]]) -> dict[tuple[int, ...], ShownCell]:
        states = {place: self.states.get(write_place(place)) for place in places}
        done = [state.run for state in states.values() if state and state.letter == DONE]
        outputs: dict[uuid.UUID, list[Output]] = {}
        kept = Output.objects.filter(run__in=done, stored_at__isnull=False, trashed_at=None)
        for output in kept.select_related("file").order_by("position") if done else ():
            outputs.setdefault(output.run_id, []).append(output)
        # Two URL templates for all cells: reversing each would double the time of the view.
        picture, thumbnail = (
            reverse(name, args=[NO_OUTPUT]) for name in ("picture", "output_thumbnail")
        )
        return {
            place: ShownCell(
                place=write_place(place),
                name=self.name(place),
                letter=state.letter if state else EMPTY,
                run=state.run if state else None,
                output=next(iter(made), None),
                others=max(0, len(made) - 1),
                expected=0 if made else self.expected_ratio(place),
                picture=picture.replace(f"{NO_OUTPUT}", pk) if pk else "",
                thumbnail=thumbnail.replace(f"{NO_OUTPUT}", pk) if pk else "",
            )
            for place, state in states.items()
            for made in [outputs.get(state.run, []) if state and state.run else []]
            for pk in [str(made[0].pk) if made else ""]
        }

    def expected_ratio(self, place: tuple[int, ...]) -> int:
        """Return the aspect ratio that the inputs of a cell ask for, as one of the stylesheet's."""
        values = zip(self.axes, place, strict=True)
        varied = {
            axis.name.removeprefix("/"): axis.values[at].value
            for axis, at in values
            if axis.kind == AxisKind.FIELD
        }
        return tile_shapes.step(100 * float(find_ratio(self.experiment.inputs | varied)))

    def name(self, place: tuple[int, ...]) -> str:
        labels = (axis.values[at].label for axis, at in zip(self.axes, place, strict=True))
        return " · ".join(label[:60] for label in labels)

    @property
    def poll_ms(self) -> int:
        """Milliseconds until the next poll; 0 if no cell changes without a user."""
        if self.left_count:
            return POLL_MS
        return SLOW_POLL_MS if self.waiting_count else 0

    def count(self, letters: set[str]) -> int:
        return sum(state.letter in letters for state in self.states.values())

    @property
    def total(self) -> int:
        return len(self.states)

    @property
    def done_count(self) -> int:
        return self.count({DONE})

    @property
    def failed_count(self) -> int:
        return self.count({FAILED})

    @property
    def stopped_count(self) -> int:
        return self.count({CANCELLED, SET_ASIDE})

    @property
    def left_count(self) -> int:
        return self.total - self.count(ENDED) - len(self.waiting)

    @property
    def waiting_count(self) -> int:
        """Number of cells that wait only for a budget."""
        return self.count({NO_BUDGET})

    @property
    def cost(self) -> Decimal:
        return sum((state.cost or Decimal() for state in self.states.values()), Decimal())

    @property
    def switches(self) -> list[tuple[int, Axis, int]]:
        """(index, axis, index of the selected value) of the axes that are not rows or columns."""
        return [(axis, self.axes[axis], at) for axis, at in self.view.chosen.items()]

    @property
    def numbered_axes(self) -> list[tuple[int, Axis]]:
        return list(enumerate(self.axes))


def read_grid(membership: Membership, experiment: Experiment, asked: Any) -> Grid:
    """Return the grid for a query string."""
    axes = experiment.read_axes()
    return Grid(
        experiment=experiment,
        membership=membership,
        view=read_view(axes, asked),
        seen=asked.get("seen", "")[: math.prod(len(axis.values) for axis in axes)],
    )
