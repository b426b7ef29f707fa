"""What a page of runs shows, and how often it has to look again."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any, ClassVar
from urllib.parse import urlencode

from django.db.models import Q
from django.utils import timezone

from playground.catalog.inputs import fill_defaults
from playground.catalog.models import ModelSpec
from playground.media import dimensions
from playground.runs.models import FINISHED, Run, RunQuerySet, Worker
from playground.runs.pages.explanation import Explanation, explain
from playground.runs.worker import pace
from playground.teams.models import Membership

PAGE = 12
MOST_PLACES = 15
COUNTS = ("n", "num_images")  # inputs that say how many pictures come; the first one that does
GROUPED = "sequential_image_generation"  # an input that is "auto" where the pictures form a group
USUAL_GROUP = 4  # pictures of a group whose size is left to the model

# An answer to Generate reaches its page well within this.
ON_ITS_WAY = timedelta(seconds=10)

# Who looks for a run whose answer got lost pressed for it not long ago.
NEWER_FOR = timedelta(hours=1)
NO_REVISION = -1

# Where no worker runs, nothing moves; what a page looks for then is a worker.
STALLED_LOOK_SECONDS = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One run as it is shown.

    usual_seconds  how long such runs took before; None where there was none, or it is over
    """

    run: Run
    usual_seconds: float | None

    @property
    def explanation(self) -> Explanation | None:
        return explain(self.run)

    @property
    def picture_count(self) -> int:
        return len(self.run.outputs.all()) or len(self.expected_pictures)

    @property
    def held_count(self) -> int:
        """How many places an open page holds: they stay when fewer pictures came than expected."""
        return max(len(self.run.outputs.all()), len(self.expected_pictures))

    @property
    def spare_places(self) -> range:
        return range(self.held_count - len(self.run.outputs.all()))

    @property
    def expected_pictures(self) -> range:
        """As many as the inputs ask for, to hold their place until they are here."""
        return range(min(count_expected(self.inputs), MOST_PLACES))

    @property
    def expected_shape(self) -> tuple[int, int]:
        """Width and height in pixels to hold a place with, where an input tells of a shape."""
        return dimensions.frame(*find_ratio(self.inputs).as_integer_ratio())

    @property
    def inputs(self) -> dict[str, Any]:
        """The inputs, and the schema's defaults for those that were left out."""
        return fill_defaults(self.run.spec.schema, self.run.inputs)


def count_expected(inputs: dict[str, Any]) -> int:
    """Return how many pictures will come: of a group, which may bring fewer, the most."""
    asked = next(filter(None, (read_count(inputs.get(name)) for name in COUNTS)), 1)
    if inputs.get(GROUPED) != "auto":
        return asked
    options = inputs.get(f"{GROUPED}_options")
    limit = read_count(options.get("max_images")) if isinstance(options, dict) else None
    return limit or (asked if asked > 1 else USUAL_GROUP)


def read_count(value: Any) -> int | None:
    return value if type(value) is int and value > 0 else None


def find_ratio(inputs: dict[str, Any]) -> Fraction:
    """Return width by height as an input tells it, whatever it is called; 1 where none does."""
    if ratio := dimensions.read_told(inputs).shape.ratio:
        return ratio
    told = (dimensions.read_shape(text) for text in inputs.values() if isinstance(text, str))
    return next((shape.ratio for shape in told if shape and shape.ratio), Fraction(1))


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """The runs of a page.

    pace_ms     milliseconds until the page looks again, 0 when nothing will change
    earlier     where the runs before these begin, None where there are none
    is_stalled  something waits and no worker is alive to move it
    newer       those of its runs that the page has no card of
    """

    cards: tuple[Card, ...]
    pace_ms: int
    earlier: datetime | None = None
    is_stalled: bool = False
    newer: frozenset[uuid.UUID] = frozenset()

    # By what the page tells of a run before the server does: `count_expected`, with a form's names.
    form_names: ClassVar = {
        "counts": " ".join(f"/{name}" for name in COUNTS),
        "grouped": f"/{GROUPED}",
        "group_size": f"/{GROUPED}_options/max_images",
        "prompt": "/prompt",
    }
    usual_group: ClassVar = USUAL_GROUP
    most_places: ClassVar = MOST_PLACES
    frame_side: ClassVar = dimensions.FRAME_SIDE

    @property
    def pressed(self) -> list[Run]:
        """The runs at whose cards the newer ones were asked for."""
        made = [card.run for card in self.cards if card.run.pk in self.newer]
        return list({run.made_from.pk: run.made_from for run in made if run.made_from}.values())


def read_seen(texts: Iterable[str]) -> dict[uuid.UUID, int]:
    """Read "<run id>.<revision>" of each card that may still change; leave out what is none."""
    seen = {}
    for text in texts:
        pk, _, revision = text.partition(".")
        try:
            seen[uuid.UUID(pk)] = int(revision)
        except ValueError:
            continue
    return seen


def read_board(runs: RunQuerySet, before: datetime | None = None) -> Board:
    """Return the newest of these runs, or the newest that came before a moment."""
    if before is not None:
        runs = runs.filter(created_at__lt=before)
    found = list(runs.for_cards().order_by("-created_at")[: PAGE + 1])
    shown = found[:PAGE]
    return lay_out(shown, earlier=shown[-1].created_at if len(found) > PAGE else None)


def read_changes(
    runs: RunQuerySet, seen: dict[uuid.UUID, int], *, was_stalled: bool = False
) -> Board:
    """Return those among the seen runs that changed since, and the pace for all of them.

    A run that was accepted while this look was on its way keeps the page looking. When the last
    worker goes, or one comes back, whatever waits reads otherwise than it was seen.
    """
    moment_ago = timezone.now() - ON_ITS_WAY
    fresh = runs.filter(~Q(status__in=FINISHED), created_at__gt=moment_ago).exclude(pk__in=seen)
    watched = list(runs.filter(pk__in=seen).for_cards().order_by("-created_at"))
    board = lay_out([*watched, *fresh.for_cards()[:PAGE]])
    reads_otherwise = board.is_stalled != was_stalled
    changed = (
        card
        for card in board.cards
        if (card.run.pk in seen and card.run.is_watched and reads_otherwise)
        or seen.get(card.run.pk, card.run.revision) != card.run.revision
    )
    return replace(board, cards=tuple(changed))


def read_newer(
    runs: RunQuerySet, seen: dict[uuid.UUID, int], after: str, *, was_stalled: bool = False
) -> Board:
    """Return what changed, and the runs that came after the newest one that a page shows.

    after  the id of that one; "" where the page shows none
    """
    found = runs.filter(created_at__gt=timezone.now() - NEWER_FOR).exclude(pk__in=seen)
    shown = read_id(after)
    if shown and (newest := runs.filter(pk=shown).first()):
        found = found.filter(created_at__gt=newest.created_at)
    newer = found.order_by("-created_at").values_list("pk", flat=True)[:PAGE]
    unseen = dict.fromkeys(newer, NO_REVISION)
    changes = read_changes(runs, {**seen, **unseen}, was_stalled=was_stalled)
    return replace(changes, newer=frozenset(unseen))


def read_id(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


def lay_out(runs: list[Run], earlier: datetime | None = None) -> Board:
    known: dict[tuple[pace.Model, str], pace.Durations | None] = {}
    cards, paces = [], []
    for run in runs:
        if not run.is_watched:
            cards.append(Card(run=run, usual_seconds=None))
            continue
        key = pace.model_of(run)
        if key not in known:
            known[key] = pace.durations(run)
        usual = known[key]
        cards.append(Card(run=run, usual_seconds=usual.median if usual else None))
        paces.append(pace.seconds_to_next_look(run, usual))
    stalled = bool(paces) and not Worker.objects.alive().exists()
    seconds = STALLED_LOOK_SECONDS if stalled else min(paces, default=0)
    return Board(
        cards=tuple(cards), pace_ms=int(seconds * 1000), earlier=earlier, is_stalled=stalled
    )


def is_stalled(run: Run) -> bool:
    """Whether a run waits although no worker is alive to move it."""
    return run.is_watched and not Worker.objects.alive().exists()


def runs_shown_to(membership: Membership) -> RunQuerySet:
    """The runs that somebody follows: their own; who only looks, all that they may see."""
    runs = Run.objects.visible_to(membership)
    return runs.filter(author=membership.user_id) if membership.can_generate else runs


def runs_on_page(membership: Membership, spec: ModelSpec) -> RunQuerySet:
    """The runs that stand beside a model's form, with any of its versions."""
    return runs_shown_to(membership).filter(spec__slug=spec.slug)


def find_page(membership: Membership, run: Run) -> str:
    """Return the address of the page beside a model's form that shows a run."""
    address = run.spec.get_absolute_url()
    later = runs_on_page(membership, run.spec).filter(created_at__gt=run.created_at)
    if later.count() < PAGE:
        return address
    before = run.created_at + timedelta(microseconds=1)
    return f"{address}?{urlencode({'before': before.isoformat()})}"
