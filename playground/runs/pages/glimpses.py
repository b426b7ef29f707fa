"""The query of a poll: some columns of the runs, to decide whether a page is current."""

import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple, Self

from django.db.models import Exists, QuerySet

from playground.prepared_queries import Value, run_prepared
from playground.runs.models import Run, RunQuerySet, Worker
from playground.runs.models.status import is_settled
from playground.runs.pages.followed import Followed
from playground.runs.worker import poll_intervals
from playground.runs.worker.poll_intervals import RunKind

COLUMNS = (
    "pk", "revision", "status", "problem", "sent_at", "accepted_at", "stored_at", "set_aside_at",
    "spec__workspace_id", "spec__slug", "api_key__provider",
)  # fmt: skip

NO_ID = uuid.UUID(int=0)


class Glimpse(NamedTuple):
    """The columns of a run that decide whether and how soon it can change."""

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

    is_stalled  a run waits and no worker is alive
    """

    glimpses: dict[uuid.UUID, Glimpse]
    is_stalled: bool

    @property
    def seconds_to_next_look(self) -> float:
        """Return the poll interval of a page; 0 if nothing can change."""
        watched = (each for each in self.glimpses.values() if each.is_watched)
        return min((each.seconds_to_next_look for each in watched), default=0.0)


def glance(
    followed: Followed,
    make_parts: Callable[[RunQuerySet, Mapping[str, Any]], list[RunQuerySet]],
    ids: Iterable[uuid.UUID],
    **values: Value,
) -> Glance:
    """Read the state of some runs, and whether a worker is alive, in one query.

    make_parts  builds query sets from the followed runs and these values, including "ids"; each
                uses its own index, unlike one combined condition
    """
    places = {f"id_{number}": pk for number, pk in enumerate(fill_places(list(ids)))}

    since = Worker.objects.alive_since()
    moment = {"alive_since": since} if isinstance(since, datetime) else {}

    def make_query(samples: Mapping[str, Any]) -> QuerySet[Run, Any]:
        runs = followed.replaced(samples).runs
        parts = make_parts(runs, {**samples, "ids": [samples[name] for name in places]})
        alive = Exists(Worker.objects.alive(samples.get("alive_since", since)))
        first, *others = (part.order_by().values_list(*COLUMNS, alive) for part in parts)
        return first.union(*others, all=True) if others else first

    key = (make_parts.__module__, make_parts.__qualname__, followed.kind)
    rows = run_prepared(key, make_query, {**followed.values, **values, **moment, **places})
    glimpses = {row[0]: Glimpse(*row[:-1]) for row in rows}
    is_waiting = any(each.is_watched for each in glimpses.values())
    return Glance(glimpses=glimpses, is_stalled=is_waiting and not rows[0][-1])


def fill_places(ids: list[uuid.UUID]) -> list[uuid.UUID]:
    """Pad the IDs with duplicates to few different lengths, so that few statements are prepared."""
    count = 1 << max(len(ids) - 1, 0).bit_length()
    return [*ids, *[ids[-1] if ids else NO_ID] * (count - len(ids))]
