"""What can be chosen in the gallery to find fewer, and what is chosen already."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Count

from playground.gallery.filters import INPUT, KINDS, SHAPES, STARS, Filters
from playground.gallery.models import InputWord
from playground.runs.models import Run
from playground.teams.models import Membership, Workspace

MOST_NAMES, MOST_WORDS = 12, 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Chip:
    """Something that is looked for, and the query without it."""

    words: str
    query: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A word that an input was set to, and in how many runs; the newest of them are counted."""

    word: str
    runs: int


def chips(filters: Filters, workspace: Workspace) -> Iterator[Chip]:
    for name, value in filters.pairs():
        if name in {"q", "trash"}:
            continue
        words = in_words(name, value)
        if name == "collection":
            words = str(workspace.collections.filter(pk=value).first() or "No collection")
        yield Chip(words=words, query=filters.without(name, value).query)


def in_words(name: str, value: str) -> str:
    if name.startswith(INPUT):
        return f"{name.removeprefix(INPUT).replace('_', ' ')} = {value}"
    known = {"shape": SHAPES, "kind": KINDS, "stars": STARS}.get(name, {})
    label = {"since": "since ", "until": "until ", "least": "cost from ", "most": "cost to "}
    return f"{label.get(name, '')}{known.get(value, value)}"


RECENT = 2_000


def read_inputs(place: Membership, filters: Filters) -> dict[str, list[Choice]]:
    """Return what inputs were set to in the newest runs of the model that is looked for, if one is.

    Only inputs with few words: a seed is another each time.
    """
    runs = Run.objects.visible_to(place)
    if filters.model:
        runs = runs.filter(spec__slug=filters.model)
    recent = list(runs.order_by("-created_at").values_list("pk", flat=True)[:RECENT])
    counted = (
        InputWord.objects.filter(run__in=recent)
        .values_list("name", "word")
        .annotate(runs=Count("pk"))
        .order_by("name", "-runs")
    )
    found: dict[str, list[Choice]] = {}
    for name, word, count in counted:
        found.setdefault(name, []).append(Choice(word=word, runs=count))
    few = {name: words for name, words in found.items() if 1 < len(words) <= MOST_WORDS}
    return dict(list(few.items())[:MOST_NAMES])
