"""What is chosen already in the gallery, each to be taken back by itself."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from playground.gallery.filters import INPUT, KINDS, SHAPES, STARS, STATUSES, Filters
from playground.gallery.input_titles import title_chosen
from playground.gallery.models import Collection
from playground.teams.models import Membership

KNOWN: dict[str, Mapping[str, object]] = {
    "status": STATUSES, "shape": SHAPES, "kind": KINDS, "stars": STARS,
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Chip:
    """Something that is looked for, and the query without it."""

    words: str
    query: str


def chips(filters: Filters, membership: Membership) -> Iterator[Chip]:
    titles = title_chosen(membership, filters) if filters.inputs else {}
    for name, value in filters.pairs():
        if name in {"q", "trash"}:
            continue
        words = in_words(name, value)
        if name.startswith(INPUT):
            words = f"{titles[name.removeprefix(INPUT)]} = {value}"
        if name == "collection":
            seen = Collection.objects.visible_to(membership)
            words = str(seen.filter(pk=value).first() or "No collection")
        if name == "run":
            words = "One run"
        yield Chip(words=words, query=filters.without(name, value).query)


def in_words(name: str, value: str) -> str:
    known = KNOWN.get(name, {})
    label = {"since": "since ", "until": "until ", "least": "cost from ", "most": "cost to "}
    return f"{label.get(name, '')}{known.get(value, value)}"
