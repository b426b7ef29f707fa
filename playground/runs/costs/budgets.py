"""Budgets: by month for a workspace, by day for a person, and what is left of them.

What budgets count of a run is a column that the database keeps, `Run.cost_counted`: the most that
it can cost from the moment it is accepted, then what the service estimates, then what it charged,
and nothing once it is known that nothing was accepted. So a reservation is made by the row, in the
transaction that accepts it, and settled by what is written down of its cost; nothing can forget to.
"""

import itertools
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import Sum
from django.utils.translation import gettext as _

from playground import money
from playground.periods import begin_of_day, begin_of_month
from playground.runs.costs.prices import Estimate
from playground.runs.models import Run, RunQuerySet
from playground.teams.models import ApiKey, Membership, Workspace

WARN_SHARE = Decimal("0.8")


class OverBudgetError(Exception):
    """A budget has no room for a run; the message says which, to the person who wanted it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetStatus:
    """A budget, and how much of it is used.

    is_of_person  of a person's day; else of the workspace's month
    limit, used   in the provider's unit; what is under way counts with the service's estimate, or
                  with the most that it can cost
    """

    is_of_person: bool
    limit: Decimal
    used: Decimal

    @property
    def left(self) -> Decimal:
        return max(self.limit - self.used, Decimal())

    @property
    def percent(self) -> int:
        """The used share, at most 100, and 100 only if nothing is left."""
        if self.used >= self.limit:
            return 100
        return int(self.used * 100 / self.limit)

    @property
    def is_warning(self) -> bool:
        return self.used >= self.limit * WARN_SHARE

    @property
    def begins_on(self) -> date:
        return (begin_of_day() if self.is_of_person else begin_of_month()).date()

    @property
    def ends_on(self) -> date:
        """The day on which it is whole again."""
        if self.is_of_person:
            return self.begins_on + timedelta(days=1)
        return (self.begins_on + timedelta(days=31)).replace(day=1)

    @property
    def title(self) -> str:
        if self.is_of_person:
            return _("Your budget for today")
        return _("The workspace's budget for this month")


def counted_runs(workspace: Workspace) -> RunQuerySet:
    """Return the runs that are paid by the providers in use; the sandbox's money is no one's."""
    keys = ApiKey.objects.of_providers_in_use().filter(workspace=workspace)
    ids = list(keys.values_list("pk", flat=True))  # a list, so that one index answers it all
    return Run.objects.filter(workspace=workspace, api_key__in=ids)


def total(runs: RunQuerySet) -> Decimal:
    found: Decimal | None = runs.aggregate(total=Sum("cost_counted"))["total"]
    return found or Decimal()


def add_spent_today(workspace: Workspace, memberships: Sequence[Membership]) -> None:
    """Tell each of these members, as `spent_today`, what their runs of today count."""
    people = [each.user_id for each in memberships]
    today = counted_runs(workspace).filter(author__in=people, created_at__gte=begin_of_day())
    sums = dict(today.values_list("author").annotate(spent=Sum("cost_counted")))
    for each in memberships:
        each.spent_today = sums.get(each.user_id) or Decimal()


def list_statuses(membership: Membership) -> list[BudgetStatus]:
    """Return the budgets that hold for a person, each with its use; [] where there is none."""
    return list(read_statuses(membership))


def read_statuses(membership: Membership) -> Iterator[BudgetStatus]:
    monthly, daily = membership.workspace.monthly_budget, membership.budget_of_a_day
    if monthly is None and daily is None:
        return
    runs = counted_runs(membership.workspace)
    if daily is not None:
        today = runs.filter(author=membership.user_id, created_at__gte=begin_of_day())
        yield BudgetStatus(is_of_person=True, limit=daily, used=total(today))
    if monthly is not None:
        this_month = runs.filter(created_at__gte=begin_of_month())
        yield BudgetStatus(is_of_person=False, limit=monthly, used=total(this_month))


def reserve(membership: Membership, estimate: Estimate, token: uuid.UUID) -> None:
    """See that every budget has room for a run, which the caller then writes in this transaction.

    Those who ask at the same time wait for each other here. Where no one knows what a run costs,
    some room must be left.

    estimate  of the run; what it can cost at most is reserved
    token     of the submission: one that was accepted meanwhile, by a double click, needs no room
    Raises  OverBudgetError
    """
    if membership.workspace.monthly_budget is None and membership.budget_of_a_day is None:
        return
    hold(membership)
    if Run.objects.filter(submission_token=token).exists():
        return
    check_room(membership, estimate)


def count_room(membership: Membership, most: Sequence[Decimal | None]) -> int:
    """Return how many of these runs, from the first on, every budget has room for now.

    most  what each can cost at most; None where no one knows: some room must be left for it
    """
    statuses = list_statuses(membership)
    if not statuses:
        return len(most)
    left = min(status.left for status in statuses)
    sums = itertools.accumulate(each or Decimal() for each in most)
    return sum(each <= left for each in sums) if left > 0 else 0


def hold(membership: Membership) -> None:
    """Let no one else reserve anything until the end of the transaction."""
    if membership.workspace.monthly_budget is not None or membership.budget_of_a_day is not None:
        Workspace.objects.select_for_update().get(pk=membership.workspace_id)


def check_room(membership: Membership, estimate: Estimate) -> None:
    """See that every budget has room for a run as things stand.

    Raises  OverBudgetError
    """
    most = estimate.most
    for status in read_statuses(membership):
        if status.left <= 0 or (most is not None and most > status.left):
            raise OverBudgetError(refusal_message(status, most))


def refusal_message(status: BudgetStatus, most: Decimal | None) -> str:
    words = {
        "left": money.format_amount(status.left),
        "limit": money.format_amount(status.limit),
        "most": money.format_at_most(most or Decimal()),
    }
    is_used_up = status.left <= 0 or most is None
    if status.is_of_person:
        if is_used_up:
            return _("Your budget for today of %(limit)s is used up.") % words
        left = _(
            "This can cost %(most)s, but only %(left)s of your budget for today (%(limit)s) is "
            "left."
        )
        return left % words
    if is_used_up:
        return _("The workspace’s budget for this month of %(limit)s is used up.") % words
    return (
        _(
            "This can cost %(most)s, but only %(left)s of the workspace’s budget for this month "
            "(%(limit)s) is left."
        )
        % words
    )
