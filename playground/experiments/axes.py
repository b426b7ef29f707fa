"""The axes of an experiment, and the order of its cells. Pure: no table, no request.

An axis is a varied field of the form, a variable, a preset, the model, or a number of repetitions,
with all its values. The cells of an experiment are the Cartesian product of its axes.
"""

import json
import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext as _

from playground.schema import pointers
from playground.schema.values import JSON

MOST_CELLS = 400
MOST_AXES = 6
MOST_LABEL = 500

_NUMBER = r"-?[0-9]{1,12}(?:\.[0-9]{1,6})?"
_RANGE = re.compile(
    rf"(?P<low>{_NUMBER})\s*(?:-|–|\.\.|to|到)\s*(?P<high>{_NUMBER})"
    rf"(?:\s*(?:step|by|步长)\s*(?P<step>{_NUMBER}))?"
)
_SEPARATOR = re.compile(r"[,;、，；\n]")
LONGEST_ENTRY = 200_000


class AxisError(Exception):
    """The values of an axis are invalid; the message has the reason."""


class AxisKind(StrEnum):
    """What an axis varies."""

    FIELD = "field"
    VARIABLE = "variable"
    PRESET = "preset"
    MODEL = "model"
    REPEAT = "repeat"


@dataclass(frozen=True, slots=True, kw_only=True)
class AxisValue:
    """One value of an axis.

    value  value of the input; id of a preset, slug of a model, number of a repetition
    label  displayed text
    """

    value: JSON
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Axis:
    """One axis of an experiment.

    name    JSON Pointer of a field, name of a variable, "" for others
    title   title in the form
    values  at least one, distinct
    """

    kind: AxisKind
    name: str
    title: str
    values: tuple[AxisValue, ...]

    @property
    def document(self) -> dict[str, Any]:
        """The stored form of the axis."""
        values = [{"value": each.value, "label": each.label} for each in self.values]
        return {"kind": self.kind, "name": self.name, "title": self.title, "values": values}


def read_axis(document: Mapping[str, Any]) -> Axis:
    """Return an axis from its stored form."""
    return Axis(
        kind=AxisKind(document["kind"]),
        name=document["name"],
        title=document["title"],
        values=tuple(AxisValue(**each) for each in document["values"]),
    )


def make_axis(kind: AxisKind, name: str, title: str, values: Iterable[AxisValue]) -> Axis:
    """Make an axis of these values, without duplicates.

    Raises  AxisError for no values, or more than the maximum of cells
    """
    distinct: dict[str, AxisValue] = {}
    for each in values:
        distinct.setdefault(json.dumps(each.value, sort_keys=True), each)
    kept = tuple(distinct.values())
    if not kept:
        raise AxisError(_("Enter at least one value."))
    check_count(len(kept))
    return Axis(kind=kind, name=name, title=title, values=kept)


def extend_axis(axis: Axis, values: Iterable[AxisValue]) -> Axis:
    """Add values to an axis, without duplicates.

    Repetitions are always added.

    Raises  AxisError if no value is new
    """
    given = list(values)
    if axis.kind == AxisKind.REPEAT:
        count = len(axis.values)
        numbers = range(count + 1, count + len(given) + 1)
        given = [AxisValue(value=number, label=f"{number}") for number in numbers]
    known = {json.dumps(each.value, sort_keys=True) for each in axis.values}
    new = [each for each in given if json.dumps(each.value, sort_keys=True) not in known]
    if not new:
        raise AxisError(_("The experiment has these values already."))
    check_count(len(axis.values) + len(new))
    return replace(axis, values=(*axis.values, *new))


def number_equal_values(axis: Axis) -> Axis:
    """Number the labels of equal values: "a cat", "a cat (2)"."""
    counts: Counter[str] = Counter()
    values = []
    for each in axis.values:
        counts[key := json.dumps(each.value, sort_keys=True)] += 1
        label = each.label if counts[key] == 1 else f"{each.label} ({counts[key]})"
        values.append(replace(each, label=label))
    return replace(axis, values=tuple(values))


def check_count(count: int) -> None:
    if count > MOST_CELLS:
        words = _("This has %(count)s values; the limit is %(most)s.")
        raise AxisError(words % {"count": f"{count:,}", "most": f"{MOST_CELLS:,}"})


def read_lines(text: str) -> list[AxisValue]:
    """Return the nonblank lines as values. Raises AxisError."""
    lines = [line.strip() for line in text.splitlines()]
    kept = [line for line in lines if line]
    check_count(len(kept))
    return [AxisValue(value=line, label=line[:MOST_LABEL]) for line in kept]


def read_numbers(text: str) -> list[AxisValue]:
    """Parse "1, 3, 5", "1-10 step 3", or both. Raises AxisError."""
    found: list[Decimal] = []
    if len(text) > LONGEST_ENTRY:
        raise AxisError(_("This is too long. Enter fewer values."))
    for part in filter(None, map(str.strip, _SEPARATOR.split(text))):
        found += read_number_part(part, room=MOST_CELLS - len(found))
    return [AxisValue(value=as_number(each), label=f"{as_number(each)}") for each in found]


def read_number_part(text: str, *, room: int) -> list[Decimal]:
    if re.fullmatch(_NUMBER, text):
        check_count(MOST_CELLS - room + 1)
        return [Decimal(text)]
    given = _RANGE.fullmatch(text)
    if given is None:
        words = _("“%(text)s” is not a number. Write numbers as 1, 3, 5 or as 1-10 step 3.")
        raise AxisError(words % {"text": text[:40]})
    low, high, step = Decimal(given["low"]), Decimal(given["high"]), Decimal(given["step"] or 1)
    if step <= 0:
        raise AxisError(_("A step must be above zero."))
    count = math.floor(abs(high - low) / step) + 1
    check_count(MOST_CELLS - room + count)
    sign = 1 if low <= high else -1
    return [low + sign * step * number for number in range(count)]


def as_number(number: Decimal) -> int | float:
    return int(number) if number == number.to_integral_value() else float(number)


def count_cells(axes: Sequence[Axis]) -> int:
    """Return the number of cells of these axes; 1 for no axes."""
    return math.prod(len(axis.values) for axis in axes)


def list_places(sizes: Sequence[int]) -> Iterator[tuple[int, ...]]:
    """Yield the coordinates of all cells in a balanced order.

    In every prefix, the use counts of an axis's values differ by at most one. Two axes of n and m
    values are traversed along diagonals of lcm(n, m) cells; of more axes, the product of the first
    ones is traversed with the last.
    """
    order: list[tuple[int, ...]] = [()]
    for size in sizes:
        order = list(pair_fairly(order, size))
    yield from order


def pair_fairly(order: Sequence[tuple[int, ...]], size: int) -> Iterator[tuple[int, ...]]:
    before = len(order)
    in_step = math.lcm(before, size) if size else 1
    for number in range(before * size):
        yield (*order[number % before], (number + number // in_step) % size)


def put_value(inputs: JSON, pointer: str, value: JSON) -> JSON:
    """Return a copy of inputs with a value set at a pointer; missing objects are created."""
    keys = pointers.split(pointer)
    if not keys:
        return value
    held = inputs if isinstance(inputs, dict) else {}
    rest = pointers.join(keys[1:])
    return {**held, keys[0]: put_value(held.get(keys[0]), rest, value)}
