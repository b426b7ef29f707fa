"""A worker's housekeeping does not delay its heartbeat, and continues after an error."""

import threading
from collections.abc import Callable

import pytest
from pytest_django.fixtures import Settings

from playground.media import incoming
from playground.runs.files import hash_backfill, trash
from playground.runs.models import Worker
from playground.runs.worker.clock import Clock
from playground.runs.worker.housekeeping import Housekeeping
from playground.teams.models import Mail

SECONDS = 30


@pytest.fixture
def replace_housekeeping(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], bool]], None]:
    """Replace the housekeeping by a function of the test."""

    def replace(wanted: Callable[[], bool]) -> None:
        monkeypatch.setattr(incoming, "sweep_incoming", lambda: None)
        monkeypatch.setattr(trash, "empty_trash", lambda: 0)
        monkeypatch.setattr(type(Mail.objects), "sweep", lambda _: None)
        monkeypatch.setattr(hash_backfill, "hash_some", wanted)

    return replace


def test_the_heartbeat_does_not_wait_for_housekeeping(
    db: None, replace_housekeeping: Callable[[Callable[[], bool]], None]
) -> None:
    begun, released = threading.Event(), threading.Event()

    def hang() -> bool:
        begun.set()
        return released.wait(SECONDS)

    replace_housekeeping(hang)
    slow = Housekeeping()
    slow.start()
    assert begun.wait(SECONDS)
    Clock().tick()
    assert Worker.objects.alive().count() == 1
    assert slow.is_alive()
    slow.stopping.set()
    released.set()
    slow.join(SECONDS)


def test_housekeeping_continues_after_an_error(
    replace_housekeeping: Callable[[Callable[[], bool]], None],
    settings: Settings,
    caplog: pytest.LogCaptureFixture,
) -> None:
    settings.HEARTBEAT_SECONDS = 0.01
    rounds: list[str] = []
    third = threading.Event()

    def fail() -> bool:
        rounds.append(threading.current_thread().name)
        if len(rounds) > 2:
            third.set()
        raise OSError("the disk is away")

    replace_housekeeping(fail)
    thread = Housekeeping()
    thread.start()
    assert third.wait(SECONDS)
    thread.stop()
    assert set(rounds) == {"housekeeping"}
    assert "Housekeeping broke off" in caplog.text
