"""What a poll reads of runs to know whether a page is current: some columns, in one query."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, Self

from django.db.models import Exists

from playground.runs.models import Run, RunQuerySet, Worker
from playground.runs.models.status import is_settled
from playground.runs.worker import poll_intervals
from playground.runs.worker.poll_intervals import RunKind

COLUMNS = (
    "pk", "revision", "status", "problem", "sent_at", "accepted_at", "stored_at", "set_aside_at",
    "spec__workspace_id", "spec__slug", "api_key__provider",
)  # fmt: skip


class Glimpse(NamedTuple):
    """The columns of one run by which it is told whether something changes, and how soon."""

    pk: uuid.UUID
    revision: int
    status: str
    problem: str
    sent_at: datetime | None
    accepted_at: datetime | None
    stored_at: datetime | None
    set_aside_at: datetime | None
    workspace_of_model: uuid.UUID | None
    slug: str
    provider: str

    @classmethod
    def of(cls, run: Run) -> Self:
        model, provider = poll_intervals.kind_of(run)
        return cls(
            run.pk, run.revision, run.status, run.problem, run.sent_at, run.accepted_at,
            run.stored_at, run.set_aside_at, *model, provider,
        )  # fmt: skip

    @property
    def is_watched(self) -> bool:
        return not is_settled(self.status, self.stored_at) and self.set_aside_at is None

    @property
    def kind(self) -> RunKind:
        return (self.workspace_of_model, self.slug), self.provider

    @property
    def seconds_to_next_look(self) -> float:
        known = poll_intervals.recent_durations(self.kind)
        return poll_intervals.seconds_to_next_look(self, known)


@dataclass(frozen=True, slots=True, kw_only=True)
class Glance:
    """The present state of runs.

    is_stalled  one of them waits, and no worker is alive to move it
    """

    glimpses: dict[uuid.UUID, Glimpse]
    is_stalled: bool

    @property
    def seconds_to_next_look(self) -> float:
        """Return how long a page waits before it looks again; 0 where nothing will change."""
        watched = (each for each in self.glimpses.values() if each.is_watched)
        return min((each.seconds_to_next_look for each in watched), default=0.0)


def glance(*parts: RunQuerySet) -> Glance:
    """Read the state of some runs, and whether a worker is alive, in one query.

    Each part has an index of its own, which one condition for all of them would not use.
    """
    alive = Exists(Worker.objects.alive())
    first, *others = (part.order_by().values_list(*COLUMNS, alive) for part in parts)
    rows = list(first.union(*others, all=True) if others else first)
    glimpses = {row[0]: Glimpse(*row[:-1]) for row in rows}
    is_waiting = any(each.is_watched for each in glimpses.values())
    return Glance(glimpses=glimpses, is_stalled=is_waiting and not rows[0][-1])
