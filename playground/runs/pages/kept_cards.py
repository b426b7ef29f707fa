"""The cache of rendered cards of settled runs.

The cache key (`key_of`) has everything that rendering depends on, and the template gets nothing
else: the card, the reader's permissions, and whether the run is the reader's own.

It does not check permissions: pages render cards of runs from queries that did.
"""

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Self

from django.db.models import Model
from django.urls import get_script_prefix
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from playground import kept_html, money
from playground.kept_html import Drawing
from playground.runs.models import Run
from playground.runs.pages.card import Card
from playground.runs.pages.card_columns import (
    AUTHOR_COLUMNS,
    FILE_COLUMNS,
    OUTPUT_COLUMNS,
    RUN_COLUMNS,
    SPEC_COLUMNS,
    Columns,
    KeptCard,
    KeptRun,
    simplify,
)
from playground.schema.kept import Kept
from playground.teams.models import Membership

TEMPLATE = "runs/card/card.html"

# Of each process. A card of two pictures takes some 13 kB: these are the boards of 17 people.
kept: Kept[Drawing] = Kept(most=8_000_000, weigh=kept_html.weigh)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Everything that a cached card depends on of its reader."""

    can_generate: bool
    is_owner: bool
    is_author: bool

    @classmethod
    def of(cls, membership: Membership, run: Run | KeptRun) -> Self:
        return cls(
            can_generate=membership.can_generate,
            is_owner=membership.is_owner,
            is_author=run.author_id == membership.user_id,
        )


def can_be_kept(run: Run | KeptRun) -> bool:
    """Whether a card depends only on its key, and not on the current time."""
    return run.is_settled and run.problem != "unanswered"  # see `advice.is_forgotten`


def is_kept(card: KeptCard, membership: Membership) -> bool:
    return can_be_kept(card.run) and key_of(card, membership, is_oob=False) in kept


def draw(
    card: Card | KeptCard, membership: Membership, csrf_token: str, *, is_oob: bool
) -> SafeString:
    """Return the HTML of a cacheable card for its reader, from the cache or rendered."""
    key = key_of(card, membership, is_oob=is_oob)

    def draw_anew() -> Drawing:
        full = card if isinstance(card, Card) else load_card(card)
        reader = Reader.of(membership, card.run)
        return kept_html.draw(TEMPLATE, read_context(full, reader, is_oob=is_oob))

    return kept_html.fill(kept.find_or_make(key, draw_anew), csrf_token)


def load_card(card: KeptCard) -> Card:
    """Load a card that left the cache between the reading of the board and its drawing."""
    run = Run.objects.for_cards().get(pk=card.run.pk)
    return Card(run=run, usual_seconds=None, is_large=card.is_large)


def read_context(card: Card, reader: Reader, *, is_oob: bool) -> dict[str, object]:
    """Return the context of the template, with the names that it has on a page."""
    membership = {"can_generate": reader.can_generate, "is_owner": reader.is_owner}
    user = {"pk": card.run.author_id if reader.is_author else None}
    return {"card": card, "is_oob": is_oob, "request": {"membership": membership, "user": user}}


def key_of(card: Card | KeptCard, membership: Membership, *, is_oob: bool) -> Hashable:
    """Return the cache key of a card."""
    return (
        card.run.columns if isinstance(card, KeptCard) else columns_of(card.run),
        Reader.of(membership, card.run),
        card.is_large,
        is_oob,
        get_language(),
        str(timezone.get_current_timezone()),
        money.current_unit(),
        get_script_prefix(),
    )


def columns_of(run: Run) -> Columns:
    """Return the columns that a card depends on."""
    outputs = run.outputs.all()
    return Columns(
        (
            read_columns(run, RUN_COLUMNS),
            read_columns(run.spec, SPEC_COLUMNS),
            read_columns(run.author, AUTHOR_COLUMNS),
            tuple(read_columns(output, OUTPUT_COLUMNS) for output in outputs),
            tuple(read_columns(output.file, FILE_COLUMNS) for output in outputs if output.file),
        )
    )


def read_columns(row: Model, names: tuple[str, ...]) -> tuple[object, ...]:
    return simplify([getattr(row, name) for name in names])
