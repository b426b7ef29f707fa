"""The indexes of the table of runs."""

from django.db import models
from django.db.models import Q

from playground.runs.models.queues import QUEUES

# Indexes for claims of a queue: longest overdue first, or the next run of each workspace.
DUE = {"": ["next_check_at"], "in_turn_": ["workspace", "next_check_at"]}

INDEXES: tuple[models.Index, ...] = (
    models.Index(fields=["workspace", "-created_at"], name="run_newest"),
    models.Index(fields=["workspace", "author", "-created_at"], name="run_newest_of_author"),
    models.Index(
        fields=["workspace", "author", "-created_at"],
        condition=Q(finished_at=None),
        name="run_running",
    ),
    *(
        models.Index(
            fields=fields,
            condition=wanted & Q(next_check_at__isnull=False),
            name=f"run_due_{name}{queue}",
        )
        for queue, wanted in QUEUES.items()
        for name, fields in DUE.items()
    ),
    models.Index(fields=["spec", "-finished_at"], name="run_durations"),
    models.Index(
        fields=["workspace", "created_at", "author", "api_key", "cost_counted"],
        name="run_spending",
    ),
    models.Index(
        fields=["workspace", "inputs_digest", "-created_at"],
        condition=~Q(inputs_digest=""),
        name="run_same_inputs",
    ),
    models.Index(fields=["id"], condition=Q(inputs_digest=""), name="run_without_digest"),
)
