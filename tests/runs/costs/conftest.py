"""Runs that were charged, and the membership of the person who pays."""

import uuid
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from playground.catalog.models import ModelSpec
from playground.runs.models import Run
from playground.teams.models import ApiKey, Membership, Workspace

type MakePaidRun = Callable[..., Run]


@pytest.fixture
def membership(workspace: Workspace, ana: User) -> Membership:
    return workspace.memberships.get(user=ana)


@pytest.fixture
def make_paid_run(
    workspace: Workspace, ana: User, seedream: ModelSpec, api_key: ApiKey
) -> MakePaidRun:
    """Make a run that ended and was charged: make_paid_run("0.0315", resolution="2k")."""

    def paid(cost: str | None, facts: dict[str, Any] | None = None, **inputs: Any) -> Run:
        defaults: dict[str, Any] = {
            "status": "succeeded",
            "task_id": str(uuid.uuid4()),
            "sent_at": timezone.now(),
            "finished_at": timezone.now(),
            "stored_at": timezone.now(),
            "next_check_at": None,
            "author": ana,
            "spec": seedream,
        }
        return Run.objects.create(
            workspace=workspace,
            api_key=api_key,
            inputs={"prompt": "a lighthouse", "n": 1, "size": "1:1"} | inputs,
            cost_actual=None if cost is None else Decimal(cost),
            **(defaults | (facts or {})),
        )

    return paid
