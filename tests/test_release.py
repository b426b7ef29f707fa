"""`manage.py release`, alone and as one process of the Procfile."""

import threading
from io import StringIO

import pytest
from django.core.management import call_command
from pytest_django.fixtures import Settings

pytestmark = pytest.mark.django_db


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The timeouts of waits that would never end; they are recorded instead."""
    waited: list[str] = []

    class RecordingEvent(threading.Event):
        def wait(self, timeout: float | None = None) -> bool:
            waited.append(str(timeout))
            return False

    monkeypatch.setattr(
        "playground.runs.management.commands.release.threading.Event", RecordingEvent
    )
    return waited


@pytest.mark.parametrize(
    ("name", "count"), [("release.1", 1), ("release", 1), ("web.1", 0), ("run.12", 0), ("", 0)]
)
def test_the_release_waits_for_other_processes_only_under_a_process_manager(
    waits: list[str], settings: Settings, name: str, count: int
) -> None:
    settings.PROCESS_NAME = name
    out = StringIO()
    call_command("release", verbosity=0, stdout=out)
    assert waits == ["None"] * count
    assert ("waits with the others" in out.getvalue()) is bool(count)
