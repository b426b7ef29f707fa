"""The runs that a page follows."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Self

from playground.prepared_queries import Value
from playground.runs.models import Run, RunQuerySet
from playground.teams.models import Membership


@dataclass(frozen=True, slots=True, kw_only=True)
class Followed:
    """The runs that a page polls: a person's own; for the team, all visible ones.

    slug  of the model, all versions; None for all models
    """

    membership: Membership
    team: bool = False
    slug: str | None = None

    @property
    def runs(self) -> RunQuerySet:
        runs = Run.objects.visible_to(self.membership)
        if self.slug is not None:
            runs = runs.filter(spec__slug=self.slug)
        is_own = not self.team and self.membership.can_generate
        return runs.filter(author=self.membership.user_id) if is_own else runs

    @property
    def kind(self) -> tuple[str, bool, bool]:
        """Cache key of the SQL, besides `values`."""
        return self.membership.role, self.team, self.slug is None

    @property
    def values(self) -> dict[str, Value]:
        found = self.membership.query_values
        return found if self.slug is None else {**found, "slug": self.slug}

    def replaced(self, values: Mapping[str, Any]) -> Self:
        """Return the same with other values."""
        person = Membership.from_query_values(values, self.membership.role)
        return replace(self, membership=person, slug=values.get("slug"))
