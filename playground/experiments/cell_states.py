"""A cell as displayed, and its state as one letter.

Pages send the letters of all cells when they poll.
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
NO_BUDGET, HELD_BACK = "b", "h"  # no run yet: waits for a budget, or for a user
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
    """The columns of a cell and its run, without outputs."""

    place: str
    run: uuid.UUID | None
    letter: str
    cost: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownCell:
    """A cell as displayed.

    name                its values, as accessible name
    output              the run's first output, or None
    others              number of further outputs
    expected            the ratio that its inputs ask for, in hundredths; unused with an output
    picture, thumbnail  URLs of the output's page and thumbnail; "" for none
    """

    place: str
    name: str
    letter: str
    run: uuid.UUID | None = None
    output: Output | None = None
    others: int = 0
    expected: int = 100
    picture: str = ""
    thumbnail: str = ""

    @property
    def words(self) -> str:
        return str(WORDS.get(self.letter, ""))

    @property
    def select_words(self) -> str:
        """Accessible name of its checkbox; computed here, because a template tag is much slower."""
        return gettext("Select %(words)s") % {"words": self.name}

    @property
    def ratio(self) -> int:
        return display_ratio(self.output) if self.output else self.expected


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
