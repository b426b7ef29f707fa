"""The response of a gateway counts as an outage of the provider, for every kind of request."""

import itertools
from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import timezone

from playground.runs.models import Run, Status
from playground.runs.worker import steps
from playground.teams.models import ApiKey
from tests.html import read_text
from tests.sandbox_process import SandboxProcess
from tests.tables import sample

pytestmark = pytest.mark.once

type WorkOff = Callable[[], None]

STATUSES = (200, 400, 401, 402, 403, 404, 405, 407, 408, 409, 410, 413, 422, 429, 451, 500, 502)
CASES = list(itertools.product(("submit", "status", "events", "file"), STATUSES))
WRONG_EXPLANATIONS = (
    "the API key",  # refused, or to be looked after
    "is empty",
    "Model not available",
    "declined",
    "cannot find this run",
    "Lost by the provider",
    "Trying the same again will not help",
    "Try again",
)


def take_step(run: Run) -> None:
    """Take the next step of a run now, whenever it is due."""
    Run.objects.filter(pk=run.pk).exclude(next_check_at=None).update(next_check_at=timezone.now())
    ApiKey.objects.update(paused_until=None)
    steps.run_due_step(run.pk)
    run.refresh_from_db()


@pytest.mark.parametrize("case", sample(CASES, 10), ids=lambda case: f"{case[0]}-{case[1]}")
def test_a_gateway_error_is_retried(
    client: Client,
    run: Run,
    sandbox: SandboxProcess,
    work_off: WorkOff,
    case: tuple[str, int],
) -> None:
    request_kind, status = case
    sandbox.small_pictures(64)
    sandbox.fault(request_kind, "gateway", count=1000, status=str(status))
    for _ in range(9):
        take_step(run)
    page = client.get(run.get_absolute_url()).text
    text = read_text(page)
    assert run.status not in {Status.FAILED, Status.CANCELLED}
    assert [words for words in WRONG_EXPLANATIONS if words in text] == []
    assert "Bad gateway" not in page.split("Timeline")[1].split("</ol>")[0]
    if request_kind == "submit":
        assert run.sent_at is not None
        assert "It may have been charged, once at most" in page
    sandbox.clear_faults()
    work_off()
    run.refresh_from_db()
    assert run.status == Status.SUCCEEDED
    assert run.outputs.get().stored_at
    assert len(sandbox.ledger()["charges"]) == 1
    assert ApiKey.objects.get().refused_at is None


@pytest.mark.parametrize("status", sample(STATUSES, 6))
def test_a_gateway_error_does_not_change_the_state_of_the_key(
    client: Client, api_key: ApiKey, sandbox: SandboxProcess, status: int
) -> None:
    for form in ("add", "check"):
        sandbox.fault("status", "gateway", status=str(status))
        if form == "add":
            sent = {"secret": "mv_sandbox_other", "name": "", "provider": "sandbox"}
            page = client.post("/team/keys/", sent, follow=True).text
        else:
            page = client.post(f"/team/keys/{api_key.pk}/check/", follow=True).text
        assert "could not be checked" in page
        assert "refuses" not in page
        assert "does not take" not in page
    for key in ApiKey.objects.all():
        assert (key.refused_at, key.last_used_at) == (None, None)
