"""A member's runs in progress, for the bar of each page."""

import hashlib
from dataclasses import dataclass

from playground.runs.models import Run
from playground.teams.models import Membership

MOST_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Running:
    """Runs that are not finished, the newest first; at most 20."""

    runs: list[Run]

    @property
    def seen(self) -> str:
        """A hash of the runs and their texts, which shows whether a page is current."""
        state = "".join(f"{run.pk}{run.status_words}" for run in self.runs)
        return hashlib.sha256(state.encode()).hexdigest()[:16]


def read_running(membership: Membership) -> Running:
    """Read the runs of a person in their workspace that are in progress."""
    mine = Run.objects.filter(workspace=membership.workspace_id, author=membership.user_id)
    needed = ("pk", "spec", "status", "created_at", "inputs", "sent_at", "problem", "set_aside_at")
    return Running(list(mine.running().only(*needed)[:MOST_SHOWN]))
