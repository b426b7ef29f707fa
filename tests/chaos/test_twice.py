"""A worker hangs at some place for longer than its lease, another does the rest: once is enough."""

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

PLACES = [
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
class Other:
    """Another worker, which takes over when the lease of the first has run out.

    left  everything that is kept of the run, once the other has done the rest
    """

    run: Run
    work_off: Callable[[], None]
    left: list[Any] = field(default_factory=list)

    def take_over(self) -> None:
        long_ago = timezone.now() - timedelta(seconds=1)
        Run.objects.filter(pk=self.run.pk).update(leased_until=long_ago)
        self.work_off()
        self.left = self.everything()

    def everything(self) -> list[Any]:
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
def other(run: Run, work_off: Callable[[], None]) -> Other:
    return Other(run, work_off)


@pytest.mark.parametrize("before", [True, False], ids=["before", "after"])
@pytest.mark.parametrize(
    "place", PLACES, ids=lambda place: f"{place[0].__name__}.{place[1]} {place[2]}"
)
def test_a_late_worker_changes_nothing(
    other: Other,
    sandbox: SandboxProcess,
    monkeypatch: pytest.MonkeyPatch,
    place: tuple[type, str, int],
    *,
    before: bool,
) -> None:
    hang(monkeypatch, place, other.take_over, before=before)
    other.work_off()
    assert other.left, "nobody came there"
    assert other.everything() == other.left
    assert Run.objects.get().is_settled
    assert not PendingFile.objects.exists()
    assert not list(settings.MEDIA_ROOT.glob("incoming/*"))
    assert len(sandbox.ledger()["charges"]) == 1


@pytest.fixture(autouse=True)
def _in_one_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fetch files in the step's own thread: a test has one connection to the database alone."""

    def begin(threads: Any, rank: int, subject: Any, job: Callable[[], Any]) -> None:
        threads._open += 1
        threads._do(rank, next(threads._numbers), subject, job)

    monkeypatch.setattr(SideBySide, "begin", begin)


def hang(
    monkeypatch: pytest.MonkeyPatch,
    place: tuple[type, str, int],
    meanwhile: Callable[[], None],
    *,
    before: bool,
) -> None:
    """Let all else happen before, or after, the n-th call of a method."""
    owner, name, nth = place
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


def test_a_step_wanted_by_two_workers_is_taken_by_one(run: Run, sandbox: SandboxProcess) -> None:
    assert Run.objects.lease(run.pk)
    assert steps.run_due_step(run.pk) is False
    assert sandbox.ledger()["requests"] == []
