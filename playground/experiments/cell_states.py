"""The state of a cell in one letter, so that a page can say in few characters what it shows."""

import uuid
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from playground.runs.models import Status

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
