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
LASTING_FAULT_COUNT = 4  # how many requests a lasting fault affects
PATIENCE_SECONDS = 30
LIMITS = Limits(connect_seconds=1, read_seconds=0.4, total_seconds=0.8)
SECONDS_OVER_LIMIT = {
    "slow": 0.7,
    "slow_before": 0.7,
    "drip": 1.5,
    "events_endless": 1.5,
}  # over LIMITS

# Faults with several variants.
PAUSES: tuple[dict[str, Any], ...] = (
    {},
    {"retry_after": "seconds", "seconds": 3},
    {"retry_after": "date", "seconds": 3},
)
VARIANTS = {
    "throttled": PAUSES,
    "unavailable": PAUSES,
    "huge": ({"megabytes": 3}, {"megabytes": 3, "sends_length": True}),
}

# Wrong responses that look right: how many files the sandbox reports.
REPORTED_FILES = {"more": 2 * PICTURES}

# Files that are stored as they are: of another kind, or too large to decode.
CONTENT_TYPES = {"videos": "video/mp4", "bomb": "image/png", "svg": "image/svg+xml"}


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultCase:
    """One kind of fault at one kind of request, in one variant."""

    seam: str
    kind: str
    options: dict[str, Any]

    def __str__(self) -> str:
        return "-".join([self.seam, self.kind, *map(str, self.options.values())])


def fault_cases() -> Iterator[FaultCase]:
    for kind, facts in KINDS.items():
        usual: dict[str, Any] = (
            {"seconds": SECONDS_OVER_LIMIT[kind]} if kind in SECONDS_OVER_LIMIT else {}
        )
        for seam in sorted(facts.seams):
            for options in VARIANTS.get(kind, (usual,)):
                yield FaultCase(seam=seam, kind=kind, options=options)


FAULT_CASES = tuple(fault_cases())

# Lasting faults are tested at one kind of request each; `make chaos` tests them at all.
FIRST_OF_KIND = tuple({case.kind: case for case in reversed(FAULT_CASES)}.values())
LASTING_CASES = FAULT_CASES if "CHAOS_RUNS" in os.environ else FIRST_OF_KIND
PATIENCE_SETTINGS = (
    (storing, "GIVE_UP_BROKEN_FILES"),
    (storing, "NO_OUTPUT_PATIENCE"),
    (following, "LOST_PATIENCE"),
)


@pytest.fixture
def impatient_run(
    run: Run, sandbox: SandboxProcess, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> Iterator[Run]:
    """A run for two small pictures, and a worker that gives up after seconds."""
    sandbox.small_pictures(64)
    settings.OUTPUT_LIMIT_BYTES = 2_000_000
    monkeypatch.setattr(downloads, "SILENCE_SECONDS", LIMITS.total_seconds)
    monkeypatch.setattr(downloads, "TRY_SECONDS", 4 * LIMITS.total_seconds)
    for where, name in PATIENCE_SETTINGS:
        monkeypatch.setattr(where, name, timedelta(hours=1))  # about as long as in production
    client = mindvideo.connect(sandbox.url, sandbox.api_key, timeout=LIMITS)
    by_key = {(sandbox.url, sandbox.api_key): client}
    monkeypatch.setattr(clients, "_of_this_thread", SimpleNamespace(clients=by_key))
    run.inputs["n"] = PICTURES
    run.save()
    yield run
    client.http.close()
    wait_until_answered(sandbox)  # otherwise a late request would be charged in the next test


@pytest.mark.parametrize("case", sample(FAULT_CASES, 16), ids=str)
def test_a_single_fault_costs_nothing(
    impatient_run: Run,
    sandbox: SandboxProcess,
    caplog: pytest.LogCaptureFixture,
    case: FaultCase,
) -> None:
    sandbox.fault(case.seam, case.kind, **case.options)
    take_steps_to_the_end(impatient_run)
    assert count_faults(sandbox, case.kind) == 1
    assert impatient_run.problem != "lost"
    check_the_end(impatient_run, sandbox, case)
    check_messages(impatient_run, sandbox, caplog)


@pytest.mark.once
@pytest.mark.parametrize("case", sample(LASTING_CASES, 8), ids=str)
def test_a_lasting_fault_is_reported_and_survived(
    impatient_run: Run,
    sandbox: SandboxProcess,
    caplog: pytest.LogCaptureFixture,
    case: FaultCase,
) -> None:
    sandbox.fault(case.seam, case.kind, count=1000, **case.options)
    while count_faults(sandbox, case.kind) < LASTING_FAULT_COUNT and not has_ended(impatient_run):
        take_step(impatient_run)
    assert impatient_run.is_settled or impatient_run.problem
    check_messages(impatient_run, sandbox, caplog)
    sandbox.clear_faults()
    lifecycle.check_again(impatient_run)  # as a person does after the worker gave up
    take_steps_to_the_end(impatient_run)
    check_the_end(impatient_run, sandbox, case)
    check_messages(impatient_run, sandbox, caplog)


def take_step(run: Run) -> None:
    """Take the next step of a run now, whenever it is due."""
    Run.objects.filter(pk=run.pk).exclude(next_check_at=None).update(next_check_at=timezone.now())
    ApiKey.objects.update(paused_until=None)
    steps.run_due_step(run.pk)
    run.refresh_from_db()


def take_steps_to_the_end(run: Run) -> None:
    give_up_at = time.monotonic() + PATIENCE_SECONDS
    while not has_ended(run):
        assert time.monotonic() < give_up_at, (run.status, run.problem, run.problem_message)
        take_step(run)


def has_ended(run: Run) -> bool:
    run.refresh_from_db()
    return run.next_check_at is None


def count_faults(sandbox: SandboxProcess, kind: str) -> int:
    wait_until_answered(sandbox)
    return sum(request["fault"] == kind for request in sandbox.ledger()["requests"])


def check_the_end(run: Run, sandbox: SandboxProcess, case: FaultCase) -> None:
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
        assert (case.seam, case.kind) == ("status", "not_found")
        return
    assert run.status == Status.SUCCEEDED
    outputs = list(run.outputs.all())
    assert len(outputs) == REPORTED_FILES.get(case.kind, PICTURES)
    expected = {"image/jpeg", CONTENT_TYPES.get(case.kind, "image/jpeg")}
    assert all(is_intact(output, expected) for output in outputs)


def is_intact(output: Output, content_types: set[str]) -> bool:
    """Whether the output is stored unchanged, with one of the expected types."""
    if output.file is None:
        return False
    with output.file.original.open() as stored:
        digest = hashlib.sha256(stored.read()).hexdigest()
    return output.file.sha256 == digest and output.file.content_type in content_types


def check_messages(run: Run, sandbox: SandboxProcess, caplog: pytest.LogCaptureFixture) -> None:
    """A problem has a name and a sentence, without secrets and markup; no error is logged."""
    assert bool(run.problem) == bool(run.problem_message)
    if run.status == Status.FAILED:
        assert run.problem
    message = run.problem_message + "".join(output.problem for output in run.outputs.all())
    assert sandbox.api_key not in message + run.problem_detail
    assert "<" not in message
    assert [record.message for record in caplog.records if record.levelname == "ERROR"] == []


def wait_until_answered(sandbox: SandboxProcess) -> None:
    give_up_at = time.monotonic() + PATIENCE_SECONDS
    while any(request["status"] is None for request in sandbox.ledger()["requests"]):
        assert time.monotonic() < give_up_at
        time.sleep(0.02)
