"""Facets of the gallery (faceted search): the number of matching pictures for each choice.

A field's choices are counted under all other filters, without the field's own, so that people see
what another choice would find. One scan of the newest outputs serves all fields: it yields the
matches, and the outputs that only one field excludes.
"""

import operator
import uuid
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import reduce

from django.db import models
from django.db.models import Case, Count, F, Q, Value, When
from django.utils.translation import gettext as _

from playground.catalog.titles import read_titles
from playground.gallery import pages
from playground.gallery.filters import (
    DAYS,
    EVERYTHING,
    INPUT,
    KINDS,
    OF_SHAPE,
    OF_STATUS,
    SHAPES,
    STARS,
    STATUSES,
    Filters,
    begin_of_last,
    conditions,
    find_outputs,
)
from playground.gallery.input_titles import label_words, title_inputs
from playground.gallery.models import Collection, InputWord, Tag
from playground.runs.pages.file_counts import FileCount, count_files, merge_kinds
from playground.teams.models import Membership

MOST = 2_000
# The total is counted up to this; a text search costs more for each, so it stops at MOST.
MOST_FOUND = 10_000
MOST_CHOICES = 60  # of one field: authors may be thousands
MOST_NAMES, MOST_WORDS = 12, 12  # inputs, and values of each: seeds all differ

FIELDS = (
    "model", "person", "days", "status", "kind", "shape", "stars", "tag", "collection",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class FacetValue:
    """A value of a facet and its number of pictures."""

    value: str
    label: object
    count: int
    is_chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Facet:
    """A field with the choices that match something."""

    name: str
    label: str
    choices: tuple[FacetValue, ...]

    @property
    def is_free(self) -> bool:
        return not any(choice.is_chosen for choice in self.choices)


@dataclass(frozen=True, slots=True, kw_only=True)
class FacetCounts:
    """The facets of the panel.

    found     the matching files
    is_whole  whether the facets count all of them; else their counts are lower bounds
    """

    found: FileCount
    is_whole: bool
    facets: tuple[Facet, ...]


@dataclass(frozen=True, slots=True)
class FacetCounter:
    """One counted output.

    spec    the model version of its run
    at      when its run was created
    facts   the value of each single-valued field
    missed  the only field that excludes it; "" if it matches
    """

    pk: uuid.UUID
    run: uuid.UUID
    spec: uuid.UUID
    at: datetime
    facts: Mapping[str, str]
    missed: str

    def counts_for(self, field: str) -> bool:
        return self.missed in {"", field}


def read_counts(membership: Membership, filters: Filters) -> FacetCounts:
    """Count the matching outputs, in total and per choice, in a constant number of queries."""
    seen = list(walk_newest(membership, filters))
    is_whole = len(seen) <= MOST
    seen = seen[:MOST]
    most = MOST if filters.q else MOST_FOUND
    kinds = [each.facts["kind"] for each in seen if not each.missed]
    found = FileCount(count=len(kinds), kind=merge_kinds(kinds))
    if not is_whole:
        found = count_files(find_outputs(membership, filters), most)
    return FacetCounts(
        found=found,
        is_whole=is_whole,
        facets=tuple(facet for facet in read_facets(membership, filters, seen) if facet.choices),
    )


def walk_newest(membership: Membership, filters: Filters) -> Iterator[FacetCounter]:
    """Yield the newest outputs that match all filters, or all but one."""
    wanted = dict(field_queries(filters))
    misses = {
        f"misses_{number}": Case(When(condition, then=0), default=1)
        for number, condition in enumerate(wanted.values())
    }
    outputs = find_outputs(membership, without_field(filters)).annotate(
        status=Case(*label_values(OF_STATUS), default=Value("")),
        shape=Case(*label_values(OF_SHAPE), default=Value("")),
        **misses,
    )
    if misses:
        outputs = outputs.annotate(
            misses=reduce(operator.add, (F(name) for name in misses), Value(0))
        ).filter(misses__lte=1)
    columns = ("pk", "run_id", "run__spec_id", "run__created_at", *FACTS, *misses)
    rows = outputs.order_by(*pages.NEWEST_FIRST).values_list(*columns)
    for pk, run, spec, at, *values in rows[: MOST + 1]:
        facts = dict(zip(FACTS.values(), values, strict=False))
        missed = dict(zip(values[len(FACTS) :], wanted, strict=True)).get(1, "")
        yield FacetCounter(pk, run, spec, at, facts, missed)


# The columns read for each output, and the field that excludes it.
FACTS = {
    "run__spec__slug": "model", "run__author__username": "person", "status": "status",
    "file__kind": "kind", "shape": "shape", "stars": "stars",
}  # fmt: skip


def label_values(words: Mapping[str, Q]) -> list[When]:
    return [When(condition, then=Value(word)) for word, condition in words.items()]


def field_queries(filters: Filters) -> Iterator[tuple[str, Q]]:
    """Yield each field's choices and the conditions that find them."""
    for name in FIELDS:
        if value := getattr(filters, name):
            yield name, values_of(conditions(replace(EVERYTHING, **{name: value})))
    for name in dict.fromkeys(name for name, _word in filters.inputs):
        pairs = tuple(pair for pair in filters.inputs if pair[0] == name)
        yield f"{INPUT}{name}", values_of(conditions(replace(EVERYTHING, inputs=pairs)))


def values_of(wanted: Iterable[Q]) -> Q:
    return reduce(operator.and_, wanted)


def without_field(filters: Filters) -> Filters:
    """Return the filters without a field's choice; text, dates, costs and trash are kept."""
    return replace(filters, inputs=(), **{name: getattr(EVERYTHING, name) for name in FIELDS})


def read_facets(
    membership: Membership, filters: Filters, seen: list[FacetCounter]
) -> Iterator[Facet]:
    models = count_field("model", seen)
    titles = read_titles(membership.workspace, {*models, filters.model} - {""})
    yield facet("model", _("Model"), filters.model, titles, models)
    people = count_field("person", seen)
    names = sorted({*people, filters.person} - {""}, key=str.casefold)
    yield facet("person", _("Person"), filters.person, {name: name for name in names}, people)
    yield facet("days", _("Date"), filters.days, DAYS, count_days(seen))
    status = count_field("status", seen)
    yield facet("status", _("Status"), filters.status, STATUSES, status)
    yield facet("kind", _("Type"), filters.kind, KINDS, count_field("kind", seen))
    yield facet("shape", _("Aspect ratio"), filters.shape, SHAPES, count_field("shape", seen))
    yield facet("stars", _("Stars"), filters.stars, STARS, count_stars(seen))
    tags = count_joined(Tag.outputs.through, "tag__name", "tag", seen)
    words = sorted({*tags, filters.tag} - {""}, key=str.casefold)
    yield facet("tag", _("Tag"), filters.tag, {word: word for word in words}, tags)
    known = Collection.objects.visible_to(membership).values_list("pk", "name")
    collections = {str(pk): name for pk, name in known}
    sets = count_joined(Collection.outputs.through, "collection_id", "collection", seen)
    chosen = str(filters.collection or "")
    yield facet("collection", _("Collection"), chosen, collections, sets)
    yield from read_inputs(filters, seen)


def facet(
    name: str, label: str, chosen: str, words: Mapping[str, object], counted: Mapping[str, int]
) -> Facet:
    """Return a facet with the values that match something, and the chosen one."""
    offered = (
        FacetValue(value=word, label=label, count=counted.get(word, 0), is_chosen=word == chosen)
        for word, label in words.items()
    )
    choices = tuple(each for each in offered if each.count or each.is_chosen)
    if len(choices) > MOST_CHOICES:  # keep the chosen one and the most frequent
        ranked = sorted(choices, key=lambda each: (not each.is_chosen, -each.count))
        kept = {each.value for each in ranked[:MOST_CHOICES]}
        choices = tuple(each for each in choices if each.value in kept)
    return Facet(name=name, label=label, choices=choices)


def count_field(name: str, seen: Iterable[FacetCounter]) -> Counter[str]:
    return Counter(each.facts[name] for each in seen if each.counts_for(name))


def count_stars(seen: Iterable[FacetCounter]) -> dict[str, int]:
    """Count outputs with at least n stars, as the filter does, and unrated ones."""
    exact = count_field("stars", seen)
    least = {
        word: sum(count for stars, count in exact.items() if int(stars) >= int(word))
        for word in STARS
    }
    return least | {"0": sum(count for stars, count in exact.items() if int(stars) == 0)}


def count_days(seen: Iterable[FacetCounter]) -> dict[str, int]:
    moments = [each.at for each in seen if each.counts_for("days")]
    begins = {days: begin_of_last(days) for days in DAYS}
    return {days: sum(at >= begin for at in moments) for days, begin in begins.items()}


def count_joined(
    table: type[models.Model], word: str, field: str, seen: Iterable[FacetCounter]
) -> Counter[str]:
    """Count by many-to-many relations: tags, collections."""
    ids = [each.pk for each in seen if each.counts_for(field)]
    found = table._default_manager.filter(output__in=ids).values_list(word)  # noqa: SLF001 - public
    return Counter({str(name): number for name, number in found.annotate(number=Count("pk"))})


def read_inputs(filters: Filters, seen: list[FacetCounter]) -> Iterator[Facet]:
    """Yield the inputs with few distinct values, and those in the filters."""
    chosen = {f"{INPUT}{name}": word for name, word in filters.inputs}
    runs: dict[uuid.UUID, list[str]] = {}
    for each in seen:
        if not each.missed or each.missed in chosen:
            runs.setdefault(each.run, []).append(each.missed)
    counted: dict[str, Counter[str]] = {}
    holders: dict[str, set[uuid.UUID]] = {}
    words = InputWord.objects.filter(run__in=list(runs)).values_list("run_id", "name", "word")
    for run, name, word in words:
        field = f"{INPUT}{name}"
        number = sum(1 for missed in runs[run] if missed in {"", field})
        counted.setdefault(field, Counter())[word] += number
        holders.setdefault(field, set()).add(run)
    names = [name for name in counted if 1 < len(+counted[name]) <= MOST_WORDS or name in chosen]
    shown = sorted({*names[:MOST_NAMES], *chosen})
    specs = {
        name.removeprefix(INPUT): next(
            (each.spec for each in seen if each.run in holders.get(name, ())), None
        )
        for name in shown
    }
    titles = title_inputs(specs)
    for field in shown:
        own = counted.get(field, Counter())
        options = sorted({*own, *filter(None, [chosen.get(field)])}, key=lambda word: -own[word])
        name = field.removeprefix(INPUT)
        labels = label_words(name, options, specs[name])
        yield facet(field, titles[name], chosen.get(field, ""), labels, own)
