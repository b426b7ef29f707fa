"""Writes a log line with the cost of each run that settles.

Budgets and the page Usage need no such line: they read `Run.cost_counted`, which the database
derives from the row. It is for those who count costs in another system.
"""

import functools
import json
import logging
from typing import Any

from django.db import transaction

from playground.runs.models import Run

logger = logging.getLogger("playground.costs")

# What a line names, and the columns with it; amounts are in the provider's unit.
FACTS = {
    "run": "pk",
    "workspace": "workspace_id",
    "person": "author_id",
    "model": "spec__slug",
    "key": "api_key_id",
    "status": "status",
    "expected": "cost_expected",
    "estimate": "cost_estimate",
    "charged": "cost_actual",
    "counted": "cost_counted",
}


def log_costs(run: Run, **_: Any) -> None:
    """Have the line written as soon as the end of the run is committed."""
    row = Run.objects.values(*FACTS.values()).get(pk=run.pk)
    facts = {name: row[column] for name, column in FACTS.items() if row[column] is not None}
    words = " ".join(f"{name}={json.dumps(str(value))}" for name, value in facts.items())
    transaction.on_commit(functools.partial(logger.info, "run settled %s", words))
