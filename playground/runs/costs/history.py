"""Past costs of a model in a workspace, and the fields that they depend on."""

import json
import statistics
import time
import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from playground.catalog.inputs import Leaf, fill_defaults, is_written, read_choices
from playground.catalog.models import ModelSpec
from playground.catalog.quantities import is_count
from playground.runs.models import Run, RunQuerySet, Status
from playground.teams.models import ApiKey, Workspace

SAMPLES = 200
CACHE_SECONDS = 5.0  # a form asks at each word that is typed
MOST_FIELDS = 4

# A field counts among those that the cost depends on where knowing it takes away that share at
# least of what the costs differ from their median.
WORTH_KNOWING = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """A run that was paid for.

    ratio    what it cost, divided by what its inputs weigh: what the catalogue calls likely for
             them, or how many things they ask for
    choices  what its fields were set to, by their pointers
    """

    ratio: Decimal
    choices: Mapping[str, Leaf]


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """The costs of the last runs of a model here.

    fields   those that the cost depends on, as JSON Pointers, the strongest first
    untried  those that had the same value in all of them, with that value: whether the cost
             depends on them, no one knows
    tried    those that were set in any of them
    """

    samples: tuple[Sample, ...] = ()
    fields: tuple[str, ...] = ()
    untried: Mapping[str, Leaf | None] = field(default_factory=dict)
    tried: frozenset[str] = frozenset()

    def alike(self, spec: ModelSpec, choices: Mapping[str, Leaf]) -> list[Sample]:
        """Return the runs whose cost predicts that of a run with these choices.

        They are alike in each field that the cost depends on, and in each that it may depend on.
        """
        if any(choices.get(pointer) != value for pointer, value in self.untried.items()):
            return []
        new = choices.keys() - self.tried
        if any(may_matter(spec, pointer, choices[pointer]) for pointer in new):
            return []
        wanted = [choices.get(pointer) for pointer in self.fields]
        return [
            each
            for each in self.samples
            if [each.choices.get(pointer) for pointer in self.fields] == wanted
        ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A history that was read.

    checked_at  when the database was last asked whether it is still the same
    paid        the runs that it was made of, with what they cost, and the price of the model
    """

    checked_at: float
    paid: tuple[object, ...]
    history: History


_cached: dict[tuple[uuid.UUID, uuid.UUID, str], Known] = {}


def clear_cache() -> None:
    """Have every history read from the database when it is requested next."""
    _cached.clear()


def read_history(workspace: Workspace, spec: ModelSpec) -> History:
    """Return the past costs of a model in a workspace, at most 5 seconds old.

    They are computed again, which is slow, only if the last paid runs or the price changed.
    """
    key = (workspace.pk, spec.pk, spec.provider_in_use)
    known = _cached.get(key)
    if known is None or time.monotonic() - known.checked_at > CACHE_SECONDS:
        known = _cached[key] = read_again(workspace, spec, known)
    return known.history


def read_again(workspace: Workspace, spec: ModelSpec, known: Known | None) -> Known:
    found, now, price = find_paid(workspace, spec), time.monotonic(), json.dumps(spec.price)
    if known and known.paid == (*found.values_list("pk", "cost_actual"), price):
        return replace(known, checked_at=now)
    rows = list(found.values_list("pk", "cost_actual", "inputs"))
    samples = tuple(read_samples(spec, ((cost, inputs) for _pk, cost, inputs in rows)))
    history = History(
        samples=samples,
        fields=tuple(find_fields(samples)),
        untried=find_untried(spec, samples),
        tried=frozenset(each for sample in samples for each in sample.choices),
    )
    paid = (*((pk, cost) for pk, cost, _inputs in rows), price)
    return Known(checked_at=now, paid=paid, history=history)


def find_paid(workspace: Workspace, spec: ModelSpec) -> RunQuerySet:
    """Return the last runs that succeeded, with all versions of the model.

    By the keys of the provider in use: the sandbox charges nothing that anybody pays. A run that
    the service says was free says nothing about the next one.
    """
    # By subqueries, not joins: then runs are read from the newest on until there are enough.
    paid = Run.objects.filter(
        workspace=workspace,
        status=Status.SUCCEEDED,
        cost_actual__gt=0,
        spec__in=ModelSpec.objects.filter(slug=spec.slug),
        api_key__in=ApiKey.objects.filter(workspace=workspace, provider=spec.provider_in_use),
    )
    return paid.order_by("-created_at")[:SAMPLES]


def read_samples(spec: ModelSpec, paid: Iterable[tuple[Any, Any]]) -> Iterable[Sample]:
    """Yield the samples of paid runs, from the cost and the inputs of each."""
    pricing = spec.pricing  # read once, and not for each of the runs
    for cost, inputs in paid:
        assert cost is not None  # noqa: S101 - as the filter says
        choices = read_choices(fill_defaults(spec.schema, inputs))
        weight = pricing.weigh(spec.schema, inputs)
        yield Sample(ratio=cost / weight.likely, choices=choices)


def may_matter(spec: ModelSpec, pointer: str, value: Leaf | None) -> bool:
    """Return whether the cost may depend on a field for all that is known before it was tried.

    Not on a number that is multiplied in already where inputs are weighed, nor on a text that
    is written.
    """
    if isinstance(value, str):
        return not is_written(spec.schema, pointer)
    if type(value) in (int, float):
        pricing = spec.pricing
        return not is_count(pointer) or (bool(pricing.likely) and pointer not in pricing.fields)
    return True


def find_untried(spec: ModelSpec, samples: Sequence[Sample]) -> dict[str, Leaf | None]:
    """Return the fields that had one value in all samples, with that value."""
    untried: dict[str, Leaf | None] = {}
    for pointer in {each for sample in samples for each in sample.choices}:
        values = {sample.choices.get(pointer) for sample in samples}
        if len(values) == 1 and may_matter(spec, pointer, *values):
            untried[pointer] = values.pop()
    return untried


def find_fields(samples: Sequence[Sample]) -> list[str]:
    """Return the fields that the costs depend on, the strongest first.

    One after the other the field is taken that brings the costs nearest to the median of those
    that are alike in it. A run is not counted for its own median: else a seed, which is another
    for each run, would explain everything.
    """
    fields: list[str] = []
    offered = {pointer for sample in samples for pointer in sample.choices}
    left = total_deviation(samples, fields)
    whole = left
    while left and len(fields) < MOST_FIELDS:
        found = min(
            ((total_deviation(samples, [*fields, each]), each) for each in sorted(offered)),
            default=(left, ""),
        )
        if left - found[0] < whole * Decimal(WORTH_KNOWING):
            break
        left = found[0]
        fields.append(found[1])
        offered.remove(found[1])
    return fields


def total_deviation(samples: Sequence[Sample], pointers: Sequence[str]) -> Decimal:
    """Return how far the costs are, in all, from the median of the others alike in these fields.

    One that is alone is as far as it is from the median of all.
    """
    groups: dict[tuple[Leaf | None, ...], list[Decimal]] = defaultdict(list)
    for sample in samples:
        groups[tuple(sample.choices.get(each) for each in pointers)].append(sample.ratio)
    middle = statistics.median(each.ratio for each in samples) if samples else Decimal()
    return sum((expected_deviation(sorted(costs), middle) for costs in groups.values()), Decimal())


def expected_deviation(costs: list[Decimal], fallback: Decimal) -> Decimal:
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
