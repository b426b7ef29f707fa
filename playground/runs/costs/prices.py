"""What a run is going to cost, before it is sent: what such runs cost here, else the catalogue."""

import re
import statistics
import time
import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from typing import Any

from playground.catalog.models import ModelSpec
from playground.runs.models import Run, Status
from playground.teams.models import Service, Workspace

SAMPLES = 200
KNOWN_SECONDS = 5.0  # so long is what runs cost relied on: a form asks at each word that is typed
MOST_FIELDS = 4
MOST_LEAVES = 60
LONGEST_WORD = 32  # a longer text is written, not chosen: a prompt

# A field counts among those that move the cost where knowing it takes away that share at least of
# what the costs differ from their median.
WORTH_KNOWING = 0.1

# Where a run says how many it makes of what its price is for: the first of these that is there.
COUNTED_BY = {
    "picture": ("/n", "/num_images"),
    "video": ("/n", "/num_videos"),
    "audio": ("/n",),
    "second": ("/duration", "/seconds"),
}
LEADING_NUMBER = re.compile(r"\d{1,3}(?=s?\Z)")

type Word = str | int | float | bool | None


class Basis(Enum):
    """What a price was told by; the value says so to people."""

    ALIKE = "What such runs cost here, in the middle"
    NEAR = "What runs of this model cost here, in the middle; there was none quite like this"
    CATALOGUE = "By the price in the catalogue"
    UNKNOWN = "Nobody knows yet: no price is stated, and none was made here"


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """What a run is going to cost, about.

    amount   in the provider's unit; None where nobody knows
    samples  how many runs told it
    fields   the fields that it depends on, as they are called on the form
    """

    amount: Decimal | None
    basis: Basis
    samples: int = 0
    fields: tuple[str, ...] = ()

    @property
    def explanation(self) -> str:
        """As "What such runs cost here, in the middle, of 12 with the same Resolution."."""
        told = self.basis.value
        if self.samples:
            told += f", of {self.samples}"
        if self.fields and self.basis == Basis.ALIKE:
            told += f" with the same {' and '.join(self.fields)}"
        return f"{told}."


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """A run that was paid for.

    unit_cost  of one of what the model's price is for; of the whole run where it is for a run
    words      what its fields were set to, by their pointers
    """

    unit_cost: Decimal
    words: dict[str, Word]


UNKNOWN = Price(amount=None, basis=Basis.UNKNOWN)

learnt: dict[tuple[uuid.UUID, str, str], tuple[float, tuple["Sample", ...], tuple[str, ...]]] = {}


def about(workspace: Workspace, spec: ModelSpec, inputs: Any) -> Price:
    """Return what a run with these inputs is going to cost; they need not be valid."""
    count = count_of(spec, inputs)
    samples, movers = recent_costs(workspace, spec)
    stated = read_stated(spec)
    words = read_words(spec, inputs)
    alike = list(samples)
    for pointer in movers:
        nearer = [each for each in alike if each.words.get(pointer) == words.get(pointer)]
        if not nearer:
            break
        alike = nearer
    else:
        if alike:
            fields = tuple(title_of(spec, pointer) for pointer in movers)
            return make_price(alike, count, Basis.ALIKE, fields)
    if stated is not None:
        return Price(amount=stated * count, basis=Basis.CATALOGUE)
    return make_price(alike, count, Basis.NEAR) if alike else UNKNOWN


def make_price(
    samples: Sequence[Sample], count: int, basis: Basis, fields: tuple[str, ...] = ()
) -> Price:
    middle = statistics.median(each.unit_cost for each in samples)
    return Price(amount=middle * count, basis=basis, samples=len(samples), fields=fields)


def read_stated(spec: ModelSpec) -> Decimal | None:
    """Return the catalogue's price of one of what it is for."""
    amount = spec.price.get("amount") if isinstance(spec.price, dict) else None
    return Decimal(amount) if amount else None


def count_of(spec: ModelSpec, inputs: Any) -> int:
    """Return how many the run makes of what its price is for."""
    words = read_words(spec, inputs)
    places = COUNTED_BY.get(spec.price.get("per", "run"), ())
    asked = next((words[place] for place in places if place in words), 1)
    found = LEADING_NUMBER.match(str(asked))  # "5" and "5s" too
    return max(int(found[0]), 1) if found else 1


# What runs cost here


def recent_costs(
    workspace: Workspace, spec: ModelSpec
) -> tuple[tuple[Sample, ...], tuple[str, ...]]:
    """Return what the last runs of a model cost in a workspace, and the fields that move it.

    It is looked for anew after some seconds.
    """
    key = (workspace.pk, spec.slug, Service.in_use().value)
    if key not in learnt or time.monotonic() - learnt[key][0] > KNOWN_SECONDS:
        samples = tuple(read_samples(workspace, spec))
        learnt[key] = (time.monotonic(), samples, tuple(find_movers(samples)))
    return learnt[key][1:]


def read_samples(workspace: Workspace, spec: ModelSpec) -> Iterable[Sample]:
    """Yield the last runs that succeeded, with all versions of the model.

    By the keys of the service in use: the sandbox charges nothing that anybody pays.
    """
    paid = (
        Run.objects.filter(workspace=workspace, spec__slug=spec.slug, status=Status.SUCCEEDED)
        .filter(api_key__service=Service.in_use(), cost_actual__isnull=False)
        .order_by("-finished_at")
        .values_list("inputs", "cost_counted")[:SAMPLES]
    )
    for inputs, cost in paid:
        count = count_of(spec, inputs)
        yield Sample(unit_cost=cost / count, words=read_words(spec, inputs))


def read_words(spec: ModelSpec, inputs: Any) -> dict[str, Word]:
    """Return what was chosen rather than written: numbers, switches, short texts; of lists how
    many they are. What was left out counts as its default.
    """
    schema = spec.schema if isinstance(spec.schema, dict) else {}
    properties = schema.get("properties", {})
    defaults = {
        name: part["default"]
        for name, part in properties.items()
        if isinstance(part, dict) and "default" in part
    }
    words: dict[str, Word] = {}
    gather(defaults | (inputs if isinstance(inputs, dict) else {}), "", words)
    return words


def gather(value: Any, pointer: str, words: dict[str, Word]) -> None:
    if len(words) >= MOST_LEAVES:
        return
    match value:
        case dict():
            for key, part in value.items():
                gather(part, f"{pointer}/{key}", words)
        case list():
            words[pointer] = len(value)
        case str() if len(value) > LONGEST_WORD:
            pass
        case str() | bool() | int() | float():
            words[pointer] = value


def find_movers(samples: Sequence[Sample]) -> list[str]:
    """Return the fields that the costs depend on, the one that tells most first.

    One after the other the field is taken that brings the costs nearest to the median of those
    that are alike in it. A run is not counted for its own median: else a seed, which is another
    for each run, would explain everything.
    """
    movers: list[str] = []
    offered = {pointer for sample in samples for pointer in sample.words}
    left = distance(samples, movers)
    whole = left
    while left and len(movers) < MOST_FIELDS:
        found = min(
            ((distance(samples, [*movers, each]), each) for each in sorted(offered)),
            default=(left, ""),
        )
        if left - found[0] < whole * Decimal(WORTH_KNOWING):
            break
        left = found[0]
        movers.append(found[1])
        offered.remove(found[1])
    return movers


def distance(samples: Sequence[Sample], pointers: Sequence[str]) -> Decimal:
    """Return how far the costs are, in all, from the median of the others alike in these fields.

    One that is alone is as far as it is from the median of all.
    """
    groups: dict[tuple[Word, ...], list[Decimal]] = defaultdict(list)
    for sample in samples:
        groups[tuple(sample.words.get(each) for each in pointers)].append(sample.unit_cost)
    middle = statistics.median(each.unit_cost for each in samples) if samples else Decimal()
    return sum((spread(sorted(costs), middle) for costs in groups.values()), Decimal())


def spread(costs: list[Decimal], fallback: Decimal) -> Decimal:
    if len(costs) == 1:
        return abs(costs[0] - fallback)
    return sum((abs(cost - median_without(costs, at)) for at, cost in enumerate(costs)), Decimal())


def median_without(costs: list[Decimal], left_out: int) -> Decimal:
    """Return the median of sorted costs without one of them."""

    def take(at: int) -> Decimal:
        return costs[at + (at >= left_out)]

    count = len(costs) - 1
    half = count // 2
    return take(half) if count % 2 else (take(half - 1) + take(half)) / 2


def title_of(spec: ModelSpec, pointer: str) -> str:
    part: Any = spec.schema
    for key in pointer.removeprefix("/").split("/"):
        part = part.get("properties", {}).get(key, {}) if isinstance(part, dict) else {}
    title = part.get("title") if isinstance(part, dict) else None
    return str(title or pointer.rsplit("/", 1)[-1].replace("_", " "))
