"""Usage of a month by person, model and day, and money spent without a result."""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Sum
from django.db.models.functions import Coalesce, TruncDate
from django.utils import timezone

from playground.catalog.titles import read_titles
from playground.moments import format_day
from playground.money import format_number
from playground.runs.costs import budgets
from playground.runs.models import Run, RunQuerySet, Status
from playground.teams.models import Membership, Workspace

MOST_FAILURES = 200

# What was said before it was sent; of runs from before that was written down, what the service
# said when it accepted them.
FORESEEN = Coalesce("cost_expected", "cost_estimate")
IS_SETTLED = Q(cost_actual__isnull=False)

# It ended, nothing came of it, and it cost money, or may have.
IS_WASTE = Q(status__in=(Status.FAILED, Status.CANCELLED), cost_counted__gt=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class UsageRow:
    """The runs of a person, a model or a day, added up. Amounts are in the provider's unit.

    foreseen  what those that are settled were expected to cost
    charged   what they cost
    open      what the others are expected to cost
    """

    label: str
    runs: int
    foreseen: Decimal
    charged: Decimal
    open: Decimal

    @property
    def off_by_percent(self) -> int | None:
        """The excess of the charge over the estimate, in percent; None without an estimate."""
        if not self.foreseen:
            return None
        return round((self.charged - self.foreseen) * 100 / self.foreseen)

    @property
    def counted(self) -> Decimal:
        return self.charged + self.open


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """A month of a workspace, or of one person in it."""

    month: date
    total: UsageRow
    people: list[UsageRow]
    models: list[UsageRow]
    days: list[UsageRow]
    waste: list[Run]

    @property
    def before(self) -> date:
        return add_months(self.month, -1)

    @property
    def after(self) -> date | None:
        """The month after it; None where that has not begun."""
        after = add_months(self.month, 1)
        return after if after <= timezone.now().date() else None

    @property
    def dearest_day(self) -> Decimal:
        return max((line.counted for line in self.days), default=Decimal())


def read_month(text: str) -> date:
    """Return the first day of "2026-11"; of the present month for invalid or future ones."""
    this_month = timezone.now().date().replace(day=1)
    try:
        month = datetime.strptime(text, "%Y-%m").replace(tzinfo=UTC).date()
    except ValueError:
        return this_month
    return min(month, this_month)


def add_months(month: date, count: int) -> date:
    years, months = divmod(month.month - 1 + count, 12)
    return date(min(max(month.year + years, 1), 9999), months + 1, 1)


def runs_of_month(membership: Membership, month: date) -> RunQuerySet:
    """Return the runs whose cost a person may see: owners all of them, others their own."""
    begin = datetime(month.year, month.month, 1, tzinfo=UTC)
    after = add_months(month, 1)
    end = datetime(after.year, after.month, 1, tzinfo=UTC)
    runs = budgets.counted_runs(membership.workspace).filter(
        created_at__gte=begin, created_at__lt=end
    )
    return runs if membership.is_owner else runs.filter(author=membership.user_id)


def read_usage(membership: Membership, month: date) -> Usage:
    runs = runs_of_month(membership, month)
    people = list(read_lines(runs.annotate(label=F("author__username")).values("label")))
    return Usage(
        month=month,
        total=add_up(people),
        people=people,
        models=list(by_model(runs, membership.workspace)),
        days=list(by_day(runs)),
        waste=list(find_waste(runs)),
    )


SUMS = {
    "foreseen": Sum(FORESEEN, filter=IS_SETTLED),
    "charged": Sum("cost_actual"),
    "open": Sum("cost_counted", filter=~IS_SETTLED),
}


def read_lines(groups: QuerySet[Any, Any]) -> Iterator[UsageRow]:
    """Yield a line for each group, the dearest first."""
    added_up = groups.annotate(runs=Count("pk"), **SUMS).order_by("-runs")
    lines = [
        UsageRow(
            label=str(row["label"]),
            runs=row["runs"],
            **{name: row[name] or Decimal() for name in SUMS},
        )
        for row in added_up
    ]
    yield from sorted(lines, key=lambda line: -line.counted)


def add_up(lines: Sequence[UsageRow]) -> UsageRow:
    """Return the sums of all lines."""
    sums = {name: sum((getattr(line, name) for line in lines), Decimal()) for name in SUMS}
    return UsageRow(label="", runs=sum(line.runs for line in lines), **sums)


def by_model(runs: RunQuerySet, workspace: Workspace) -> Iterator[UsageRow]:
    lines = list(read_lines(runs.annotate(label=F("spec__slug")).values("label")))
    titles = read_titles(workspace, [line.label for line in lines])
    for line in lines:
        yield replace(line, label=titles.get(line.label, line.label))


def by_day(runs: RunQuerySet) -> Iterator[UsageRow]:
    days = runs.annotate(label=TruncDate("created_at", tzinfo=UTC)).values("label")
    for line in sorted(read_lines(days), key=lambda line: line.label):
        yield replace(line, label=format_day(date.fromisoformat(line.label)))


def find_waste(runs: RunQuerySet) -> RunQuerySet:
    """Return the runs that ended without a result but may have been charged, newest first."""
    waste = runs.filter(IS_WASTE).select_related("spec", "author")
    return waste.order_by("-created_at")[:MOST_FAILURES]


# As a table for other programs

HEADS = (
    "time (UTC)", "person", "model", "version", "status", "expected", "estimate of the service",
    "charged", "counted", "request id", "task id", "run", "unit",
)  # fmt: skip
COLUMNS = (
    "created_at", "author__username", "spec__slug", "spec__version", "status", "cost_expected",
    "cost_estimate", "cost_actual", "cost_counted", "request_id", "task_id", "pk",
)  # fmt: skip
FORMULA = ("=", "+", "-", "@", "\t", "\r")


class Echo:
    """A file that gives back what is written to it."""

    def write(self, text: str) -> str:
        return text


def write_csv(membership: Membership, month: date) -> Iterator[str]:
    """Yield a line for each run of a month, the oldest first."""
    writer = csv.writer(Echo())
    yield str(writer.writerow(HEADS))
    runs = runs_of_month(membership, month).order_by("created_at")
    unit = membership.workspace.unit
    for row in runs.values_list(*COLUMNS).iterator(chunk_size=500):
        yield str(writer.writerow(write_cell(value) for value in (*row, unit)))


def write_cell(value: Any) -> str:
    """Write a value so that no spreadsheet takes it for a formula."""
    match value:
        case None:
            return ""
        case Decimal():
            return format_number(value)
        case datetime():
            return f"{value:%Y-%m-%d %H:%M:%S}"
        case str() if value.startswith(FORMULA):
            return f"'{value}"
    return str(value)
