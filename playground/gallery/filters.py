"""The filters of the gallery: parsed from a query string, written to one, run as a query."""

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.models import User
from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, Value, When
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from playground.catalog.models import ModelSpec
from playground.gallery import search_index
from playground.gallery.models import InputWord, RunWords
from playground.runs.models import MediaKind, Output, OutputQuerySet, Status
from playground.teams.models import Membership

INPUT = "in."  # prefix of an input in the query string: in.resolution=4k
MOST_INPUTS = 8
LONGEST = 300

# Tolerance of the aspect ratio for a picture to count as square.
SQUARE = Decimal("1.05")
# Rare matches are collected and sorted; frequent ones are found by an index scan in order.
RARE = 500

SHAPES = {"wide": _("Wide"), "tall": _("Tall"), "square": _("Square")}
KINDS = {kind.value: kind.label for kind in MediaKind}
STARS = {
    "5": _("5 stars"),
    "4": _("4 stars and up"),
    "3": _("3 stars and up"),
    "2": _("2 stars and up"),
    "1": _("1 star and up"),
    "0": _("No stars"),
}
DAYS = {
    "1": _("Today"),
    "7": _("Last 7 days"),
    "30": _("Last 30 days"),
    "365": _("Last 12 months"),
}
# The state of a picture's run, as on its card; "in part" if some files never arrived. Runs without
# pictures are not in the gallery.
STATUSES: dict[str, object] = {
    "done": _("Done"),
    "short": _("Done in part"),
    "storing": _("Downloading result"),
    "aside": _("Not tracked"),
    "failed": Status.FAILED.label,
    "cancelled": Status.CANCELLED.label,
}
IS_COMPLETE = Q(run__status=Status.SUCCEEDED, run__stored_at__isnull=False)
IS_SHORT = Q(run__problem="output_missing")
IS_ASIDE = Q(run__set_aside_at__isnull=False)
OF_STATUS = {
    "done": IS_COMPLETE & ~IS_SHORT,
    "short": IS_COMPLETE & IS_SHORT,
    "storing": Q(run__status=Status.SUCCEEDED, run__stored_at__isnull=True) & ~IS_ASIDE,
    "aside": Q(run__status=Status.SUCCEEDED, run__stored_at__isnull=True) & IS_ASIDE,
    "failed": Q(run__status=Status.FAILED),
    "cancelled": Q(run__status=Status.CANCELLED),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """The filters of a search; "" and () for any value.

    q            search text in the prompt
    days         made within the last n days, including today
    since, until  dates, inclusive, in the reader's time zone
    stars        minimum rating; "0" for unrated
    least, most  cost of the run, in the provider's unit
    run          outputs of this run
    inputs       (name, value) of chosen inputs
    trash        the trash instead of the gallery
    """

    q: str = ""
    model: str = ""
    person: str = ""
    days: str = ""
    since: date | None = None
    until: date | None = None
    status: str = ""
    kind: str = ""
    shape: str = ""
    stars: str = ""
    tag: str = ""
    collection: uuid.UUID | None = None
    run: uuid.UUID | None = None
    least: Decimal | None = None
    most: Decimal | None = None
    trash: bool = False
    inputs: tuple[tuple[str, str], ...] = field(default=())

    @property
    def query(self) -> str:
        """The query string of these filters; "" without filters."""
        return urlencode(list(self.pairs()))

    def pairs(self) -> Iterator[tuple[str, str]]:
        for each in fields(self):
            value = getattr(self, each.name)
            if each.name != "inputs" and (value or isinstance(value, Decimal)):
                yield each.name, "1" if value is True else str(value)
        for name, word in self.inputs:
            yield f"{INPUT}{name}", word

    @property
    def count(self) -> int:
        """The number of active filters, without the search text."""
        return sum(1 for name, _ in self.pairs() if name not in {"q", "trash"})

    def choosing(self, name: str, value: str) -> "Filters":
        """Return the filters with another choice for a field; choosing days clears dates."""
        if name.startswith(INPUT):
            own = name.removeprefix(INPUT)
            others = (pair for pair in self.inputs if pair[0] != own)
            return replace(self, inputs=tuple(sorted([*others, (own, value)])))
        if name == "days":
            return replace(self, days=value, since=None, until=None)
        if name == "collection":
            return replace(self, collection=read_uuid(value))
        changed: dict[str, Any] = {name: value}
        return replace(self, **changed)

    def without(self, name: str, word: str = "") -> "Filters":
        """Return the filters without one of their `pairs`."""
        if name.startswith(INPUT):
            left = tuple(pair for pair in self.inputs if pair != (name.removeprefix(INPUT), word))
            return replace(self, inputs=left)
        return replace(self, **{name: getattr(EVERYTHING, name)})


EVERYTHING = Filters()


def read_filters(data: QueryDict) -> Filters:
    """Parse the filters of a query string; invalid values are ignored."""
    text = {name: data.get(name, "").replace("\0", "").strip()[:LONGEST] for name in data}
    inputs = (
        (name.removeprefix(INPUT), value)
        for name, value in text.items()
        if name.startswith(INPUT) and value
    )
    return Filters(
        q=text.get("q", ""),
        model=text.get("model", ""),
        person=text.get("person", ""),
        days=known(text.get("days", ""), DAYS),
        since=read_date(text.get("since", "")),
        until=read_date(text.get("until", "")),
        status=known(text.get("status", ""), STATUSES),
        kind=known(text.get("kind", ""), KINDS),
        shape=known(text.get("shape", ""), SHAPES),
        stars=known(text.get("stars", ""), STARS),
        tag=text.get("tag", ""),
        collection=read_uuid(text.get("collection", "")),
        run=read_uuid(text.get("run", "")),
        least=read_amount(text.get("least", "")),
        most=read_amount(text.get("most", "")),
        trash=text.get("trash", "") == "1",
        inputs=tuple(sorted(inputs))[:MOST_INPUTS],
    )


def known(text: str, words: Mapping[str, object]) -> str:
    return text if text in words else ""


def read_date(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def read_uuid(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


def read_amount(text: str) -> Decimal | None:
    try:
        amount = Decimal(text)
    except InvalidOperation:
        return None
    return amount if amount.is_finite() and 0 <= amount < 10**9 else None


def find_outputs(membership: Membership, filters: Filters) -> OutputQuerySet:
    """Return the stored outputs that a person may see and that match."""
    outputs = Output.objects.visible_in_order(membership).filter(file__isnull=False)
    return outputs.filter(*conditions(filters), trashed_at__isnull=not filters.trash)


def conditions(filters: Filters) -> Iterator[Q]:
    """Yield the conditions on an output.

    Most are EXISTS subqueries, so that the database scans the newest runs until a page is full.
    With joins, it starts with the most selective table, collects all matches, and sorts them for
    sixty.
    """
    yield from search_condition(filters.q)
    yield from run_condition(filters)
    if filters.status:
        yield OF_STATUS[filters.status]
    if filters.shape:
        yield OF_SHAPE[filters.shape]
    if filters.kind:
        yield Q(file__kind=filters.kind)
    if filters.stars:
        yield Q(stars__gte=int(filters.stars)) if filters.stars != "0" else Q(stars=0)
    if filters.tag:
        yield Q(tags__name=filters.tag)
    if filters.collection:
        yield Q(collections=filters.collection)
    if filters.run:
        yield Q(run=filters.run)


def search_condition(text: str) -> Iterator[Q]:
    if (ids := search_index.matching(text)) is not None:
        found = RunWords.objects.filter(pk__in=ids)
        runs = list(found.values_list("run", flat=True)[:RARE])
        if len(runs) < RARE:
            yield Q(run__in=runs)
        else:
            yield one_by_one(found.filter(run=OuterRef("run")))
    elif text:
        yield Q(pk=None)  # only punctuation, which is not indexed


def one_by_one(rows: QuerySet[Any]) -> Q:
    """Return an EXISTS condition that no planner converts to a join.

    PostgreSQL converts a plain EXISTS, and underestimates the number of rows.
    """
    return Q(Case(When(Exists(rows), then=Value(True)), default=Value(False)))


HEIGHT, WIDTH = F("file__height") * SQUARE, F("file__width") * SQUARE
OF_SHAPE = {
    "wide": Q(file__width__gt=HEIGHT),
    "tall": Q(file__height__gt=WIDTH),
    "square": Q(file__width__lte=HEIGHT, file__height__lte=WIDTH),
}


def run_condition(filters: Filters) -> Iterator[Q]:
    if filters.model:
        specs = ModelSpec.objects.filter(pk=OuterRef("run__spec"), slug=filters.model)
        yield one_by_one(specs)
    if filters.person:
        people = User.objects.filter(pk=OuterRef("run__author"), username=filters.person)
        yield one_by_one(people)
    if filters.days:
        yield Q(run__created_at__gte=begin_of_last(filters.days))
    if filters.since:
        yield Q(run__created_at__gte=begin_of(filters.since))
    if filters.until and filters.until < date.max:
        yield Q(run__created_at__lt=begin_of(filters.until + timedelta(days=1)))
    if filters.least is not None:
        yield Q(run__cost_counted__gte=filters.least)
    if filters.most is not None:
        yield Q(run__cost_counted__lte=filters.most)
    for name, word in filters.inputs:
        chosen = InputWord.objects.filter(run=OuterRef("run"), name=name, word=word)
        yield one_by_one(chosen)


def begin_of_last(days: str) -> datetime:
    """Return the start of the last n days, including today."""
    return begin_of(timezone.localdate() - timedelta(days=int(days) - 1))


def begin_of(day: date) -> datetime:
    """Return the start of a day in the reader's time zone; at the ends of the calendar, in UTC."""
    is_at_end = day.year in {date.min.year, date.max.year}
    return datetime.combine(day, time.min, UTC if is_at_end else timezone.get_current_timezone())
