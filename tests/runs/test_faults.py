"""Every fault of the sandbox, at every kind of request, against the worker's steps.

Whatever goes wrong, there is at most one charge, and exactly one if there is a task; the run ends,
or waits with an explanation; and once the fault is over, every picture that was paid for is stored.
"""

import hashlib
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import timezone
from pytest_django.fixtures import Settings

from playground.providers import mindvideo
from playground.providers.transport import Limits
from playground.runs import lifecycle
from playground.runs.files import downloads
from playground.runs.models import Output, Run, Status
from playground.runs.worker import clients, steps
from playground.runs.worker.steps import following, storing
from playground.sandbox.faults import KINDS
from playground.teams.models import ApiKey
from tests.sandbox_process import SandboxProcess
from tests.tables import sample

pytestmark = pytest.mark.once

PICTURES = 2
STRIKES = 4  # how many requests a lasting fault affects
PATIENCE_SECONDS = 30
LIMITS = Limits(connect_seconds=1, read_seconds=0.4, total_seconds=0.8)
BEYOND = {"slow": 0.7, "slow_before": 0.7, "drip": 1.5, "events_endless": 1.5}  # over LIMITS

# Faults with several variants.
PAUSES: tuple[dict[str, Any], ...] = (
    {},
    {"retry_after": "seconds", "seconds": 3},
    {"retry_after": "date", "seconds": 3},
)
WAYS = {
    "throttled": PAUSES,
    "unavailable": PAUSES,
    "huge": ({"megabytes": 3}, {"megabytes": 3, "sends_length": True}),
}

# Wrong responses that look right: how many files the sandbox reports.
TOLD = {"more": 2 * PICTURES}

# Files that are stored as they are: of another kind, or too large to decode.
COMES_AS = {"videos": "video/mp4", "bomb": "image/png", "svg": "image/svg+xml"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One kind of fault at one kind of request, in one variant."""

    seam: str
    kind: str
    options: dict[str, Any]

    def __str__(self) -> str:
        return "-".join([self.seam, self.kind, *map(str, self.options.values())])


def cells() -> Iterator[Cell]:
    for kind, facts in KINDS.items():
        usual: dict[str, Any] = {"seconds": BEYOND[kind]} if kind in BEYOND else {}
        for seam in sorted(facts.seams):
            for options in WAYS.get(kind, (usual,)):
                yield Cell(seam=seam, kind=kind, options=options)


CELLS = tuple(cells())

# Lasting faults are tested at one kind of request each; `make chaos` tests them at all.
FIRST_OF_KIND = tuple({cell.kind: cell for cell in reversed(CELLS)}.values())
LASTING = CELLS if "CHAOS_RUNS" in os.environ else FIRST_OF_KIND
PATIENCES = (
    (storing, "GIVE_UP_BROKEN_FILES"),
    (storing, "NO_OUTPUT_PATIENCE"),
    (following, "LOST_PATIENCE"),
)


@pytest.fixture
def hasty(
    run: Run, sandbox: SandboxProcess, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> Iterator[Run]:
    """A run for two small pictures, and a worker that gives up after seconds."""
    sandbox.small_pictures(64)
    settings.OUTPUT_LIMIT_BYTES = 2_000_000
    monkeypatch.setattr(downloads, "SILENCE_SECONDS", LIMITS.total_seconds)
    monkeypatch.setattr(downloads, "TRY_SECONDS", 4 * LIMITS.total_seconds)
    for where, name in PATIENCES:
        monkeypatch.setattr(where, name, timedelta(hours=1))  # about as long as in production
    client = mindvideo.connect(sandbox.url, sandbox.api_key, timeout=LIMITS)
    by_key = {(sandbox.url, sandbox.api_key): client}
    monkeypatch.setattr(clients, "_of_this_thread", SimpleNamespace(clients=by_key))
    run.inputs["n"] = PICTURES
    run.save()
    yield run
    client.http.close()
    wait_until_answered(sandbox)  # otherwise a late request would be charged in the next test


@pytest.mark.parametrize("cell", sample(CELLS, 16), ids=str)
def test_a_single_fault_costs_nothing(
    hasty: Run,
    sandbox: SandboxProcess,
    caplog: pytest.LogCaptureFixture,
    cell: Cell,
) -> None:
    sandbox.fault(cell.seam, cell.kind, **cell.options)
    go_on_to_the_end(hasty)
    assert strikes(sandbox, cell.kind) == 1
    assert hasty.problem != "lost"
    check_the_end(hasty, sandbox, cell)
    check_what_was_said(hasty, sandbox, caplog)


@pytest.mark.once
@pytest.mark.parametrize("cell", sample(LASTING, 8), ids=str)
def test_a_lasting_fault_is_reported_and_survived(
    hasty: Run,
    sandbox: SandboxProcess,
    caplog: pytest.LogCaptureFixture,
    cell: Cell,
) -> None:
    sandbox.fault(cell.seam, cell.kind, count=1000, **cell.options)
    while strikes(sandbox, cell.kind) < STRIKES and not has_ended(hasty):
        go_on(hasty)
    assert hasty.is_settled or hasty.problem
    check_what_was_said(hasty, sandbox, caplog)
    sandbox.mend()
    lifecycle.check_again(hasty)  # as a person does after the worker gave up
    go_on_to_the_end(hasty)
    check_the_end(hasty, sandbox, cell)
    check_what_was_said(hasty, sandbox, caplog)


def go_on(run: Run) -> None:
    """Take the next step of a run now, whenever it is due."""
    Run.objects.filter(pk=run.pk).exclude(next_check_at=None).update(next_check_at=timezone.now())
    ApiKey.objects.update(paused_until=None)
    steps.run_due_step(run.pk)
    run.refresh_from_db()


def go_on_to_the_end(run: Run) -> None:
    give_up_at = time.monotonic() + PATIENCE_SECONDS
    while not has_ended(run):
        assert time.monotonic() < give_up_at, (run.status, run.problem, run.problem_message)
        go_on(run)


def has_ended(run: Run) -> bool:
    run.refresh_from_db()
    return run.next_check_at is None


def strikes(sandbox: SandboxProcess, kind: str) -> int:
    wait_until_answered(sandbox)
    return sum(request["fault"] == kind for request in sandbox.ledger()["requests"])


def check_the_end(run: Run, sandbox: SandboxProcess, cell: Cell) -> None:
    ledger = sandbox.ledger()
    tasks = [(task["task"], task["status"]) for task in ledger["tasks"]]
    assert [charge["task"] for charge in ledger["charges"]] == [task for task, _ in tasks]
    assert len(tasks) <= 1
    assert run.is_settled
    if not tasks:
        assert run.status == Status.FAILED
        return
    assert run.task_id == tasks[0][0]
    if tasks[0][1] != Status.SUCCEEDED:
        assert run.status == tasks[0][1]
        return
    if (run.status, run.problem) == (Status.FAILED, "lost"):
        assert (cell.seam, cell.kind) == ("status", "not_found")
        return
    assert run.status == Status.SUCCEEDED
    outputs = list(run.outputs.all())
    assert len(outputs) == TOLD.get(cell.kind, PICTURES)
    expected = {"image/jpeg", COMES_AS.get(cell.kind, "image/jpeg")}
    assert all(is_intact(output, expected) for output in outputs)


def is_intact(output: Output, content_types: set[str]) -> bool:
    """Whether the output is stored unchanged, with one of the expected types."""
    if output.file is None:
        return False
    with output.file.original.open() as stored:
        digest = hashlib.sha256(stored.read()).hexdigest()
    return output.file.sha256 == digest and output.file.content_type in content_types


def check_what_was_said(
    run: Run, sandbox: SandboxProcess, caplog: pytest.LogCaptureFixture
) -> None:
    """A problem has a name and a sentence, without secrets and markup; no error is logged."""
    assert bool(run.problem) == bool(run.problem_message)
    if run.status == Status.FAILED:
        assert run.problem
    said = run.problem_message + "".join(output.problem for output in run.outputs.all())
    assert sandbox.api_key not in said + run.problem_detail
    assert "<" not in said
    assert [record.message for record in caplog.records if record.levelname == "ERROR"] == []


def wait_until_answered(sandbox: SandboxProcess) -> None:
    give_up_at = time.monotonic() + PATIENCE_SECONDS
    while any(request["status"] is None for request in sandbox.ledger()["requests"]):
        assert time.monotonic() < give_up_at
        time.sleep(0.02)
