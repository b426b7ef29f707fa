"""Queries on runs, and how a worker claims them."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.db import connection, models
from django.db.models import OuterRef, Q, Subquery
from django.utils import timezone

from playground import database_clock
from playground.prepared_queries import load_prepared, to_database
from playground.runs.models.queues import QUEUES, Claim, as_moment, claim_chosen
from playground.teams.encryption import UndecryptableError
from playground.teams.models import Membership, Workspace

if TYPE_CHECKING:
    from playground.runs.models.run import Run

# A provider may ask for a pause of up to an hour; our own are shorter.
LONGEST_WAIT = timedelta(minutes=65)

# Cached SQL of `RunQuerySet.next_due` by database: a worker runs it twice a second.
_next_due: dict[str, tuple[str, list[Any]]] = {}
SAMPLE = datetime(2001, 2, 3, tzinfo=UTC)

LARGE = ("ticket_answer", "task_answer")  # deferred unless requested


class RunQuerySet(models.QuerySet["Run"]):
    def visible_to(self, membership: Membership) -> Self:
        """Return the runs that a member may see: their own, and shared ones."""
        seen = Q(is_shared=True) | Q(author=membership.user_id)
        return self.filter(seen, workspace=membership.workspace_id)

    def running(self) -> Self:
        """Return the unfinished runs that a person waits for, newest first."""
        return self.filter(finished_at=None, set_aside_at=None).order_by("-created_at", "-pk")

    def for_cards(self) -> Self:
        """Prefetch everything for cards, in three queries for any number of runs."""
        loaded = self.select_related("spec", "author", "api_key").defer("api_key__secret", *LARGE)
        return loaded.prefetch_related("outputs__file")

    def due(self) -> Self:
        """Return the runs that are due for a step and not leased."""
        now = database_clock.now_expression()
        return self.filter(self._is_free(), next_check_at__lte=now).order_by("next_check_at")

    def _is_free(self) -> Q:
        return Q(leased_until=None) | Q(leased_until__lt=database_clock.now_expression())

    def due_since(self) -> datetime | None:
        """Return the due time of the longest overdue run; None without due runs."""
        heads = [self.due().filter(wanted) for wanted in QUEUES.values()]
        moments = [head.values_list("next_check_at", flat=True).first() for head in heads]
        return min(filter(None, moments), default=None)

    def next_due(self) -> dict[str, datetime | None]:
        """Return for each queue the next due time of an unleased run.

        One query. The worker's clock sleeps until then.
        """
        if connection.vendor not in _next_due:
            _next_due[connection.vendor] = self._make_next_due()
        sql, values = _next_due[connection.vendor]
        sample, now = to_database(SAMPLE), to_database(timezone.now())
        with connection.cursor() as cursor:
            cursor.execute(sql, [now if value == sample else value for value in values])
            row = cursor.fetchone()
        return dict(zip(QUEUES, map(as_moment, row), strict=True))

    def _make_next_due(self) -> tuple[str, list[Any]]:
        """Compile the SQL of `next_due`, with a placeholder for the current time."""
        now = database_clock.now_expression()
        now = SAMPLE if isinstance(now, datetime) else now
        free = Q(leased_until=None) | Q(leased_until__lt=now)
        waiting = self.filter(free, next_check_at__isnull=False).order_by("next_check_at")
        heads = [waiting.filter(wanted).values("next_check_at")[:1] for wanted in QUEUES.values()]
        statements = [head.query.sql_with_params() for head in heads]
        sql = "SELECT " + ", ".join(f"({statement})" for statement, _ in statements)
        return sql, [value for _, values in statements for value in values]

    def look_now(self) -> int:
        """Make all waiting runs due now; return their number.

        Except those whose provider asked for a pause.
        """
        now = database_clock.now()
        asked_to_wait = Q(problem="throttled", next_check_at__lt=now + timedelta(hours=1))
        waiting = self.filter(next_check_at__gt=now).exclude(asked_to_wait)
        return sum(waiting.filter(wanted).update(next_check_at=now) for wanted in QUEUES.values())

    def look_at_lost(self) -> int:
        """Make runs due now whose due time is too far ahead; return their number.

        Such due times come from a clock that was temporarily wrong.
        """
        now = database_clock.now()
        too_far = self.filter(next_check_at__gt=now + LONGEST_WAIT)
        return sum(too_far.filter(wanted).update(next_check_at=now) for wanted in QUEUES.values())

    def claim(self, queue: str, count: int, *, is_handed: bool = False) -> list[Claim]:
        """Claim up to `count` due runs of a queue, longest overdue first.

        Skips runs that another worker is claiming (SKIP LOCKED).

        is_handed  by messages, whose receivers take the runs over
        """
        return self._claim(self.due().filter(QUEUES[queue])[:count], is_handed=is_handed)

    def claim_in_turn(
        self, queue: str, count: int, after: uuid.UUID, *, is_handed: bool = False
    ) -> list[Claim]:
        """Claim for workspaces in turn: one run of each that has any, from the one after `after`.

        If these are fewer than `count`, the longest overdue runs are added.
        """
        next_one = self.due().filter(QUEUES[queue], workspace=OuterRef("pk")).values("pk")[:1]
        waiting = Workspace.objects.annotate(next_one=Subquery(next_one)).exclude(next_one=None)
        found: list[Claim] = []
        for places in (waiting.filter(pk__gt=after), waiting.filter(pk__lte=after)):
            if len(found) < count:
                heads = places.order_by("pk").values_list("next_one", flat=True)
                chosen = list(heads[: count - len(found)])
                due = self.due().filter(pk__in=chosen)
                found += self._claim(due, is_handed=is_handed) if chosen else []
        left = count - len(found)
        return found + (self.claim(queue, left, is_handed=is_handed) if left > 0 else [])

    def _claim(self, chosen: Self, *, is_handed: bool = False) -> list[Claim]:
        ids = chosen.values("pk")
        if connection.vendor == "sqlite" and not ids.exists():
            return []  # even an empty UPDATE would wait for SQLite's write lock
        return claim_chosen(*ids.query.sql_with_params(), settings.LEASE, is_handed=is_handed)

    def take_over(self, pk: uuid.UUID) -> "Run | None":
        """Claim the run that a message names; None where another did, or its step is not due.

        A message that comes twice, or late, finds nothing to take.
        """
        wanted = self._is_free() & Q(next_check_at__lte=database_clock.now_expression())
        chosen = self.filter(Q(lease_id=pk) | wanted, pk=pk)
        claims = self._claim(chosen)
        return self.leased(pk, claims[0].lease_id) if claims else None

    def lease(self, pk: uuid.UUID) -> "Run | None":
        """Lease one run for one step; None if it is not due, or another worker has it."""
        chosen = self.due().filter(pk=pk).values("pk")
        claims = claim_chosen(*chosen.query.sql_with_params(), settings.LEASE)
        return self.leased(pk, claims[0].lease_id) if claims else None

    def leased(self, pk: uuid.UUID, lease_id: uuid.UUID) -> "Run | None":
        """Return a claimed run, loaded for its step; None if the lease has expired."""
        names = {"pk": pk, "lease_id": lease_id}
        try:
            found = load_prepared("", self._find_leased, names)
        except UndecryptableError:  # the step reports undecryptable keys
            found = list(self._find_leased(names).defer("api_key__secret"))
        return next(iter(found), None)

    def _find_leased(self, names: Mapping[str, Any]) -> "RunQuerySet":
        form = ("schema", "rules", "price", "examples")  # large, and not needed by steps
        parts = (*LARGE, *(f"spec__{name}" for name in form))
        mine = self.model._default_manager.filter(**names)  # noqa: SLF001 - its SQL is kept for all
        return mine.select_related("spec", "api_key").defer(*parts)

    def load_claimed(self, claims: Sequence[Claim]) -> "dict[uuid.UUID, Run]":
        """Return claimed runs by their leases, loaded for their steps in one query.

        Without those whose lease has expired; none where one has a key that cannot be decrypted.
        """
        names = {f"run{number}": claim.run_id for number, claim in enumerate(claims)}
        try:
            found = load_prepared("", self._find_claimed, names)
        except UndecryptableError:
            return {}
        leases = {claim.lease_id for claim in claims}
        return {run.lease_id: run for run in found if run.lease_id in leases}

    def _find_claimed(self, names: Mapping[str, Any]) -> "RunQuerySet":
        return self._find_leased({"pk__in": [*names.values()]})

    def give_back(self, claims: Iterable[Claim]) -> None:
        """Release claims whose step has not begun."""
        mine = self.filter(lease_id__in=[claim.lease_id for claim in claims])
        mine.filter(pk__in=[claim.run_id for claim in claims]).update(
            lease_id=None, leased_until=None
        )
