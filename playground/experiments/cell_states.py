"""A cell as it is drawn, and its state in one letter.

With the letters a page says in few characters what it shows.
"""

import uuid
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from playground.gallery.pages import display_ratio
from playground.runs.models import Output, Status

WAITING, STUCK, QUEUED, PROCESSING, LOADING = "w", "x", "q", "p", "l"
DONE, FAILED, CANCELLED, SET_ASIDE, EMPTY = "d", "f", "c", "a", "-"
NO_BUDGET, HELD_BACK = "b", "h"  # no run yet: it waits for a budget, or for a person
ENDED = {DONE, FAILED, CANCELLED, SET_ASIDE, EMPTY}
WORDS = {
    WAITING: _("Queued here"),
    STUCK: _("Waiting"),
    QUEUED: _("Queued"),
    PROCESSING: _("Generating"),
    LOADING: _("Downloading result"),
    DONE: _("Done"),
    FAILED: _("Failed"),
    CANCELLED: _("Cancelled"),
    SET_ASIDE: _("Not tracked"),
    NO_BUDGET: _("Waits for budget"),
    HELD_BACK: _("Held back"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class CellState:
    """What the database says of a cell, without what came of it."""

    place: str
    run: uuid.UUID | None
    letter: str
    cost: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownCell:
    """A cell as it is drawn.

    name     its values, for those who do not see where it is
    output   the first that came of its run; None while there is none
    others   how many more there are
    picture, thumbnail  where the output is shown, and its small copy; "" where there is none
    """

    place: str
    name: str
    letter: str
    run: uuid.UUID | None = None
    output: Output | None = None
    others: int = 0
    picture: str = ""
    thumbnail: str = ""

    @property
    def words(self) -> str:
        return str(WORDS.get(self.letter, ""))

    @property
    def select_words(self) -> str:
        """The name of its box; a template would take much longer for it, four hundred times."""
        return gettext("Select %(words)s") % {"words": self.name}

    @property
    def ratio(self) -> int:
        return display_ratio(self.output) if self.output else 100


def letter_of(status: str, is_stored: bool, is_set_aside: bool, problem: str) -> str:  # noqa: FBT001 - three columns of a row
    """Return the state of a run as one letter."""
    ended = {Status.FAILED: FAILED, Status.CANCELLED: CANCELLED}
    if status == Status.SUCCEEDED and is_stored:
        return DONE
    if status in ended:
        return ended[Status(status)]
    if is_set_aside:
        return SET_ASIDE
    going = {Status.SUCCEEDED: LOADING, Status.QUEUED: QUEUED, Status.PROCESSING: PROCESSING}
    return going.get(Status(status), STUCK if problem else WAITING)
