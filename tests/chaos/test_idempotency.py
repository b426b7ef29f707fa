"""Idempotency of steps: a worker hangs for longer than its lease and another does the rest."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.core.files.storage import FileSystemStorage
from django.utils import timezone

from playground.providers.fetch import OpenFile
from playground.providers.mindvideo import MindVideo
from playground.runs.files import outputs
from playground.runs.models import MediaFile, PendingFile, Run
from playground.runs.worker import steps
from playground.runs.worker.steps.side_by_side import SideBySide
from tests.sandbox_process import SandboxProcess

CALLS = [
    (MindVideo, "submit", 1),
    (MindVideo, "status", 1),
    (MindVideo, "events", 1),
    (OpenFile, "chunks", 1),
    (outputs, "show", 1),
    (FileSystemStorage, "save", 1),
    (FileSystemStorage, "save", 2),
    (Run, "note", 1),
    (Run, "note", 2),
    (Run, "move_to", 1),
    (Run, "move_to", 2),
    (Run, "release", 1),
    (Run, "release", 3),
]


@dataclass(slots=True)
class SecondWorker:
    """A worker that takes over the run when the first one's lease has expired.

    state  all rows and files of the run after that
    """

    run: Run
    work_off: Callable[[], None]
    state: list[Any] = field(default_factory=list)

    def take_over(self) -> None:
        long_ago = timezone.now() - timedelta(seconds=1)
        Run.objects.filter(pk=self.run.pk).update(leased_until=long_ago)
        self.work_off()
        self.state = self.read_state()

    def read_state(self) -> list[Any]:
        pending = {settings.MEDIA_ROOT / each.name for each in PendingFile.objects.all()}
        found = (path for path in settings.MEDIA_ROOT.glob("files/**/*") if path.is_file())
        files = [path for path in found if path not in pending]
        return [
            Run.objects.filter(pk=self.run.pk).values().get(),
            list(self.run.outputs.values()),
            list(self.run.events.values()),
            list(MediaFile.objects.values()),
            sorted((str(path), path.read_bytes()) for path in files),
        ]


@pytest.fixture
def second_worker(run: Run, work_off: Callable[[], None]) -> SecondWorker:
    return SecondWorker(run, work_off)


@pytest.mark.parametrize("before", [True, False], ids=["before", "after"])
@pytest.mark.parametrize("call", CALLS, ids=lambda call: f"{call[0].__name__}.{call[1]} {call[2]}")
def test_a_late_worker_changes_nothing(
    second_worker: SecondWorker,
    sandbox: SandboxProcess,
    monkeypatch: pytest.MonkeyPatch,
    call: tuple[type, str, int],
    *,
    before: bool,
) -> None:
    hang_at(monkeypatch, call, second_worker.take_over, before=before)
    second_worker.work_off()
    assert second_worker.state, "the call was not reached"
    assert second_worker.read_state() == second_worker.state
    assert Run.objects.get().is_settled
    assert not PendingFile.objects.exists()
    assert not list(settings.MEDIA_ROOT.glob("incoming/*"))
    assert len(sandbox.ledger()["charges"]) == 1


@pytest.fixture(autouse=True)
def _in_one_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fetch files in the step's thread, because a test has only one database connection."""

    def begin(threads: Any, rank: int, subject: Any, job: Callable[[], Any]) -> None:
        threads._open += 1
        threads._do(rank, next(threads._numbers), subject, job)

    monkeypatch.setattr(SideBySide, "begin", begin)


def hang_at(
    monkeypatch: pytest.MonkeyPatch,
    call: tuple[type, str, int],
    meanwhile: Callable[[], None],
    *,
    before: bool,
) -> None:
    """Call `meanwhile` before or after the n-th call of a method."""
    owner, name, nth = call
    original = getattr(owner, name)
    calls: list[Any] = []

    def hanging(*args: Any, **options: Any) -> Any:
        calls.append(args)
        is_here = len(calls) == nth
        if is_here and before:
            meanwhile()
        result = original(*args, **options)
        if is_here and not before:
            meanwhile()
        return result

    monkeypatch.setattr(owner, name, hanging)


def test_of_two_workers_one_takes_a_step(run: Run, sandbox: SandboxProcess) -> None:
    assert Run.objects.lease(run.pk)
    assert steps.run_due_step(run.pk) is False
    assert sandbox.ledger()["requests"] == []
