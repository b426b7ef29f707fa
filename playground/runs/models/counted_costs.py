"""What budgets count of a run, as the database derives it from the row."""

from decimal import Decimal

from django.db.models import Case, F, Q, Value, When
from django.db.models.functions import Coalesce

from playground.columns import AmountField

# What budgets count of a run, in whatever state it is: what it cost, as soon as that is known;
# nothing where it ended and nothing was accepted or charged; else the service's own estimate; else
# the most that it can cost. One that ended in doubt goes on being counted, for it may have been
# charged. A service that says zero of a run that it did not refuse has said nothing.
NOTHING_ACCEPTED = Q(status__in=("failed", "cancelled"), task_id="", sent_at__isnull=True)
NOTHING_CHARGED = Q(status__in=("failed", "cancelled"), cost_actual=0)
COUNTED = Case(
    When(cost_actual__gt=0, then=F("cost_actual")),
    When(NOTHING_ACCEPTED | NOTHING_CHARGED, then=Value(Decimal(0))),
    When(cost_estimate__gt=0, then=F("cost_estimate")),
    default=Coalesce("cost_most", "cost_expected", Value(Decimal(0))),
    output_field=AmountField(),
)
