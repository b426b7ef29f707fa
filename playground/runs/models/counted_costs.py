"""The amount of a run that counts toward budgets, a generated column."""

from decimal import Decimal

from django.db.models import Case, F, Q, Value, When
from django.db.models.functions import Coalesce

from playground.columns import AmountField

# The amount that counts toward budgets: the actual cost, once it is known; nothing for a run that
# ended without being accepted or charged; else the provider's estimate; else the maximum cost. A
# run that ended in doubt still counts, because it may have been charged. A zero from a provider
# that did not refuse the run is ignored.
NOTHING_ACCEPTED = Q(status__in=("failed", "cancelled"), task_id="", sent_at__isnull=True)
NOTHING_CHARGED = Q(status__in=("failed", "cancelled"), cost_actual=0)
COUNTED = Case(
    When(cost_actual__gt=0, then=F("cost_actual")),
    When(NOTHING_ACCEPTED | NOTHING_CHARGED, then=Value(Decimal(0))),
    When(cost_estimate__gt=0, then=F("cost_estimate")),
    default=Coalesce("cost_most", "cost_expected", Value(Decimal(0))),
    output_field=AmountField(),
)
