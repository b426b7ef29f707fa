"""A member's runs in progress, for the navigation bar of each page."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from playground.prepared_queries import load_prepared, run_prepared
from playground.runs.models import Run, RunQuerySet
from playground.teams.models import Membership

MOST_SHOWN = 20


# Columns that the displayed status depends on.
STATE = ("pk", "status", "sent_at", "problem")


@dataclass(frozen=True, slots=True)
class Running:
    """Runs that are not finished, the newest first; at most 20."""

    runs: list[Run]

    @property
    def seen(self) -> str:
        """A hash of the runs and their states, to detect changes (like an ETag)."""
        return hash_states((run.pk, run.status, run.sent_at, run.problem) for run in self.runs)


def read_running(membership: Membership) -> Running:
    """Read the runs of a person in their workspace that are in progress."""
    return Running(load_prepared("", make_running, membership.query_values))


def make_running(values: Mapping[str, Any]) -> RunQuerySet:
    needed = ("pk", "spec", "status", "created_at", "inputs", "sent_at", "problem", "set_aside_at")
    return running_of(values).only(*needed)


def hash_running(membership: Membership) -> str:
    """Return the `seen` of what `read_running` would read, without reading it."""
    return hash_states(run_prepared("", make_states, membership.query_values))


def make_states(values: Mapping[str, Any]) -> QuerySet[Run, Any]:
    return running_of(values).values_list(*STATE)


def running_of(values: Mapping[str, Any]) -> RunQuerySet:
    mine = Run.objects.filter(workspace=values["workspace"], author=values["user"])
    return mine.running()[:MOST_SHOWN]


def hash_states(rows: Iterable[tuple[Any, ...]]) -> str:
    text = "".join(
        f"{pk}{status}{bool(sent_at and problem)}" for pk, status, sent_at, problem in rows
    )
    return hashlib.sha256(text.encode()).hexdigest()[:16]
