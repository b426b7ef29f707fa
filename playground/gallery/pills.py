"""The filters of the gallery as pills: the current value, and the other choices.

The page shows them before anything is counted, with fixed choices. Counts, and choices that depend
on pictures, are loaded later.
"""

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from playground.catalog.titles import read_titles
from playground.gallery.facets import Facet, FacetCounts
from playground.gallery.filters import (
    DAYS,
    EVERYTHING,
    INPUT,
    KINDS,
    SHAPES,
    STARS,
    STATUSES,
    Filters,
)
from playground.gallery.input_titles import label_words, title_inputs
from playground.gallery.models import Collection
from playground.moments import format_date
from playground.money import format_amount
from playground.schema.lists import list_plain
from playground.teams.models import Membership

# The pills that are always shown, in order, with their icons.
ALWAYS = {
    "model": (_("Model"), "cube"),
    "person": (_("Person"), "user"),
    "stars": (_("Stars"), "star"),
    "tag": (_("Tag"), "tag"),
    "shape": (_("Aspect ratio"), "rectangle-group"),
    "days": (_("Date"), "calendar-days"),
    "cost": (_("Cost"), "banknotes"),
}
# Filters in "More"; they get a pill when they are set, as do inputs of models.
FURTHER = {"status": _("Status"), "kind": _("Type"), "collection": _("Collection")}
BOUNDS = {"days": "dates", "cost": "cost"}
FIXED: dict[str, Mapping[str, object]] = {
    "stars": STARS, "shape": SHAPES, "days": DAYS, "status": STATUSES, "kind": KINDS,
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class PillOption:
    """A choice. The query of a chosen one removes it.

    count  None before it is counted
    """

    words: object
    query: str
    is_chosen: bool
    count: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PillSection:
    name: str
    label: str
    options: tuple[PillOption, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pill:
    """A filter.

    words     the current value; "" if it is not set
    without   the query that clears it
    sections  None before they are loaded
    bounds    inputs of its form: "dates", "cost" or ""
    kept      other filters, as hidden fields of that form
    """

    name: str
    label: str
    icon: str
    words: str
    without: str
    sections: tuple[PillSection, ...] | None
    bounds: str = ""
    kept: tuple[tuple[str, str], ...] = ()


def read_pills(
    membership: Membership,
    filters: Filters,
    counts: FacetCounts | None = None,
    spec: uuid.UUID | None = None,
) -> Iterator[Pill]:
    """Yield the pills, with counts if available.

    spec  the model of a matching picture, for the labels of inputs
    """
    facets = {facet.name: facet for facet in counts.facets} if counts else {}
    is_counted = counts is not None
    for name, (label, icon) in ALWAYS.items():
        sections = read_sections(filters, [name], facets, is_counted=is_counted)
        yield Pill(
            name=name, label=str(label), icon=icon,
            words=describe_filter(membership, filters, name),
            without=without_pill(filters, name).query, sections=sections,
            bounds=BOUNDS.get(name, ""), kept=tuple(without_pill(filters, name).pairs()),
        )  # fmt: skip
    titles = title_inputs({name: spec for name, _ in filters.inputs}) | {
        name.removeprefix(INPUT): facet.label for name, facet in facets.items()
    }
    inputs = [f"{INPUT}{name}" for name, _ in filters.inputs]
    own = [name for name in ("status", "kind") if getattr(filters, name)]
    for name in [*own, *dict.fromkeys(inputs), *(["run"] if filters.run else [])]:
        yield Pill(
            name=name, label=pill_title(name, titles), icon="adjustments-horizontal",
            words=describe_filter(membership, filters, name, spec),
            without=without_pill(filters, name).query,
            sections=read_sections(filters, [name], facets, is_counted=is_counted),
        )  # fmt: skip
    rest = [name for name in FURTHER if name not in own and name in facets]
    rest += [name for name in facets if name.startswith(INPUT) and name not in inputs]
    if filters.collection:
        rest = [name for name in rest if name != "collection"]
    sections = read_sections(filters, rest, facets, is_counted=is_counted) if is_counted else None
    yield Pill(name="more", label=gettext("More"), icon="", words="", without="", sections=sections)


def pill_title(name: str, titles: Mapping[str, str]) -> str:
    if name in FURTHER:
        return str(FURTHER[name])
    return titles.get(name.removeprefix(INPUT), gettext("Run"))


def read_sections(
    filters: Filters, names: list[str], facets: Mapping[str, Facet], *, is_counted: bool
) -> tuple[PillSection, ...] | None:
    found = []
    for name in names:
        if facet := facets.get(name):
            # Choosing days clears dates, so its count would be wrong.
            is_told = name != "days" or not (filters.since or filters.until)
            options = tuple(
                option(filters, name, choice.value, choice.label, choice.count if is_told else None)
                for choice in facet.choices
            )
            found.append(PillSection(name=name, label=facet.label, options=options))
        elif name in FIXED and not is_counted:
            options = tuple(
                option(filters, name, value, words, None) for value, words in FIXED[name].items()
            )
            found.append(PillSection(name=name, label=name, options=options))
        elif not is_counted and name not in {"cost", "run"}:
            return None
    return tuple(found)


def option(filters: Filters, name: str, value: str, words: object, count: int | None) -> PillOption:
    is_chosen = (name, value) in filters.pairs()
    query = without_pill(filters, name).query if is_chosen else filters.choosing(name, value).query
    return PillOption(words=words, query=query, is_chosen=is_chosen, count=count)


def without_pill(filters: Filters, name: str) -> Filters:
    """Return the filters without those of a pill."""
    if name.startswith(INPUT):
        own = name.removeprefix(INPUT)
        return replace(filters, inputs=tuple(pair for pair in filters.inputs if pair[0] != own))
    names = {"days": ("days", "since", "until"), "cost": ("least", "most")}.get(name, (name,))
    known = {each: getattr(EVERYTHING, each) for each in names if hasattr(EVERYTHING, each)}
    return replace(filters, **known)


def clear_filter(filters: Filters) -> Filters:
    """Return filters with only the collection or trash."""
    return Filters(collection=filters.collection, trash=filters.trash)


def describe_filter(
    membership: Membership, filters: Filters, name: str, spec: uuid.UUID | None = None
) -> str:
    """Return the value of a pill in words.

    spec  a model version, for the labels of values
    """
    match name:
        case "model":
            slug = filters.model
            titles = read_titles(membership.workspace, [slug]) if slug else {}
            return titles.get(slug, slug)
        case "days":
            return describe_days(filters)
        case "cost":
            return describe_cost(filters.least, filters.most)
        case "run":
            return gettext("One run")
        case _ if name.startswith(INPUT):
            own = name.removeprefix(INPUT)
            chosen = [word for each, word in filters.inputs if each == own]
            return list_plain(label_words(own, chosen, spec).values())
    value = getattr(filters, name)
    return str(FIXED.get(name, {}).get(value, value))


def describe_days(filters: Filters) -> str:
    since = format_date(filters.since) if filters.since else ""
    until = format_date(filters.until) if filters.until else ""
    if since and until:
        between = gettext("%(since)s – %(until)s") % {"since": since, "until": until}
        return since if since == until else between
    if since:
        return gettext("Since %(day)s") % {"day": since}
    if until:
        return gettext("Until %(day)s") % {"day": until}
    return str(DAYS.get(filters.days, ""))


def describe_cost(least: Decimal | None, most: Decimal | None) -> str:
    written = {"least": least, "most": most}
    bounds = {name: format_amount(each) for name, each in written.items() if each is not None}
    if least is not None and most is not None:
        return gettext("%(least)s – %(most)s") % bounds
    if least is not None:
        return gettext("%(least)s and up") % bounds
    return gettext("Up to %(most)s") % bounds if most is not None else ""


def find_chosen_collection(membership: Membership, filters: Filters) -> Collection | None:
    """Return the collection of the filters."""
    if filters.collection is None:
        return None
    seen = Collection.objects.visible_to(membership)
    found: Collection | None = seen.filter(pk=filters.collection).first()
    return found
