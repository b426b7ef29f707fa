"""The cache of rendered cards of settled runs.

The cache key (`key_of`) has everything that rendering depends on, and the template gets nothing
else: the card, the reader's permissions, and whether the run is the reader's own.

It does not check permissions: pages render cards of runs from queries that did.
"""

import uuid
from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any, Self

from django.db.models import Model
from django.urls import get_script_prefix
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from playground import kept_html, money
from playground.kept_html import Drawing
from playground.runs.models import Output, OutputQuerySet, Run, RunQuerySet
from playground.runs.pages.card import Card
from playground.schema.kept import Kept
from playground.teams.models import Membership

TEMPLATE = "runs/card/card.html"

# Of each process. A card of two pictures takes some 13 kB: these are the boards of 17 people.
kept: Kept[Drawing] = Kept(most=8_000_000, weigh=kept_html.weigh)

# The columns that cards depend on. All others are never rendered, or immutable
# (tests/runs/test_kept_cards.py).
RUN_COLUMNS = (
    "id", "spec_id", "author_id", "made_from_id", "is_shared", "status", "revision", "task_id",
    "cost_actual", "problem", "problem_message", "problem_text", "problem_detail", "created_at",
    "sent_at", "stored_at", "set_aside_at", "dismissed_at",
)  # fmt: skip
OUTPUT_COLUMNS = (
    "id", "run_id", "position", "file_id", "problem", "problem_text", "stored_at", "stars",
    "trashed_at",
)  # fmt: skip
FILE_COLUMNS = (
    "id", "kind", "content_type", "width", "height", "is_animated", "duration_seconds", "original",
    "thumbnail", "medium", "large", "is_sized", "placeholder", "excerpt",
)  # fmt: skip
SPEC_COLUMNS = ("slug", "digest", "is_retired")
AUTHOR_COLUMNS = ("username",)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Everything that a cached card depends on of its reader."""

    can_generate: bool
    is_owner: bool
    is_author: bool

    @classmethod
    def of(cls, membership: Membership, run: Run) -> Self:
        return cls(
            can_generate=membership.can_generate,
            is_owner=membership.is_owner,
            is_author=run.author_id == membership.user_id,
        )


def can_be_kept(run: Run) -> bool:
    """Whether a card depends only on its key, and not on the current time."""
    return run.is_settled and run.problem != "unanswered"  # see `advice.is_forgotten`


def is_kept(card: Card, membership: Membership) -> bool:
    return can_be_kept(card.run) and key_of(card, membership, is_oob=False) in kept


def draw(card: Card, membership: Membership, csrf_token: str, *, is_oob: bool) -> SafeString:
    """Return the HTML of a cacheable card for its reader, from the cache or rendered."""
    key = key_of(card, membership, is_oob=is_oob)

    def draw_anew() -> Drawing:
        reader = Reader.of(membership, card.run)
        return kept_html.draw(TEMPLATE, read_context(card, reader, is_oob=is_oob))

    return kept_html.fill(kept.find_or_make(key, draw_anew), csrf_token)


def read_context(card: Card, reader: Reader, *, is_oob: bool) -> dict[str, object]:
    """Return the context of the template, with the names that it has on a page."""
    membership = {"can_generate": reader.can_generate, "is_owner": reader.is_owner}
    user = {"pk": card.run.author_id if reader.is_author else None}
    return {"card": card, "is_oob": is_oob, "request": {"membership": membership, "user": user}}


def key_of(card: Card, membership: Membership, *, is_oob: bool) -> Hashable:
    """Return the cache key of a card."""
    run, outputs = card.run, card.run.outputs.all()
    return (
        read_columns(run, RUN_COLUMNS),
        read_columns(run.spec, SPEC_COLUMNS),
        read_columns(run.author, AUTHOR_COLUMNS),
        tuple(read_columns(output, OUTPUT_COLUMNS) for output in outputs),
        tuple(read_columns(output.file, FILE_COLUMNS) for output in outputs if output.file),
        Reader.of(membership, run),
        card.is_large,
        is_oob,
        get_language(),
        str(timezone.get_current_timezone()),
        money.current_unit(),
        get_script_prefix(),
    )


def read_columns(row: Model, names: tuple[str, ...]) -> tuple[object, ...]:
    values = [getattr(row, name) for name in names]
    return tuple(str(each) if isinstance(each, dict | list) else each for each in values)


def load_key_columns(runs: RunQuerySet) -> list[Run]:
    """Load the columns of cache keys, in two queries; others are deferred."""
    columns = (
        *RUN_COLUMNS,
        *(f"spec__{name}" for name in SPEC_COLUMNS),
        *(f"author__{name}" for name in AUTHOR_COLUMNS),
    )
    of_files = (f"file__{name}" for name in FILE_COLUMNS)
    outputs = Output.objects.select_related("file").only(*OUTPUT_COLUMNS, *of_files)
    loaded = list(runs.select_related("spec", "author").only(*columns))
    attach_outputs(loaded, outputs)
    return loaded


def attach_outputs(runs: list[Run], outputs: OutputQuerySet) -> None:
    """Have `run.outputs.all()` return its outputs: as prefetch_related, in a third of the time.

    That makes a query set with conditions of its own for each run, which nothing asks for here.
    """
    found: dict[uuid.UUID, list[Output]] = {run.pk: [] for run in runs}
    for output in outputs.filter(run__in=list(found)):
        found[output.run_id].append(output)
    for run in runs:
        known: Any = Output.objects.all()
        known._result_cache, known._prefetch_done = found[run.pk], True  # noqa: SLF001 - as Django
        run._prefetched_objects_cache = {"outputs": known}  # type: ignore[attr-defined]  # noqa: SLF001
