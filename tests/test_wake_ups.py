"""Wake-ups reach the workers of other processes; a lost wake-up has no effect."""

import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection, transaction
from pytest_django.fixtures import Settings

from playground import wake_ups
from playground.wake_ups import Listener, Topic
from tests.databases import ROOT
from tests.postgres import find_database

SECONDS = 60


class Received:
    """Counts received wake-ups, and waits for the next one."""

    def __init__(self) -> None:
        self._heard = threading.Semaphore(0)

    def __call__(self) -> None:
        self._heard.release()

    def wait(self) -> bool:
        return self._heard.acquire(timeout=SECONDS)

    def is_silent(self) -> bool:
        return not self._heard.acquire(blocking=False)


@pytest.fixture(autouse=True)
def _own_data(settings: Settings, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path


@pytest.fixture
def received(transactional_db: None) -> Iterator[Received]:
    received = Received()
    listener = Listener(received)
    listener.start()
    assert received.wait()  # at the start it checks once for steps that are already due
    assert listener.is_listening
    yield received
    listener.stop()
    assert not listener.is_alive()


def test_a_wake_up_is_received(received: Received) -> None:
    wake_ups.wake_workers()
    assert received.wait()
    wake_ups.wake_workers()
    assert received.wait()


def test_a_wake_up_is_sent_after_its_transaction_commits(received: Received) -> None:
    with transaction.atomic():
        wake_ups.wake_workers()
        assert received.is_silent()
    assert received.wait()


def test_a_rolled_back_transaction_sends_no_wake_up(received: Received) -> None:
    with transaction.atomic():
        wake_ups.wake_workers()
        transaction.set_rollback(True)
    assert received.is_silent()


def test_a_wake_up_reaches_another_process(received: Received, settings: Settings) -> None:
    name = connection.settings_dict["NAME"]
    if connection.vendor == "postgresql":
        address = find_database(os.environ["DATABASE_URL"], name)
    else:
        address = f"sqlite:///{settings.DATA_DIR / 'empty.sqlite3'}"
    own = {"DATA_DIR": str(settings.DATA_DIR), "DATABASE_URL": address, "DEBUG": "on"}
    subprocess.run(
        [sys.executable, "-c", SEND],
        cwd=ROOT,
        env=os.environ | own | {"DJANGO_SETTINGS_MODULE": "playground.settings"},
        check=True,
    )
    assert received.wait()


SEND = "import django; django.setup(); from playground import wake_ups; wake_ups.wake_workers()"


def test_without_a_listener_nothing_happens(transactional_db: None) -> None:
    wake_ups.wake_workers()


@pytest.mark.once
def test_the_socket_of_a_killed_worker_is_removed(received: Received) -> None:
    left = Topic.WORK.folder / "1.socket"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as killed:
        killed.bind(str(left))
    wake_ups.wake_workers()
    assert received.wait()
    assert not left.exists()


@pytest.mark.once
def test_an_impossible_socket_is_reported_to_the_worker(
    transactional_db: None,
    settings: Settings,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    settings.DATA_DIR = tmp_path / ("long" * 50)  # longer than the path of a Unix socket may be
    monkeypatch.setattr(wake_ups, "RETRY_SECONDS", 0.01)
    warned = threading.Event()
    monkeypatch.setattr(wake_ups.logger, "warning", lambda *_: warned.set())
    listener = Listener(Received())
    listener.start()
    assert warned.wait(SECONDS)
    assert not listener.is_listening
    wake_ups.wake_workers()
    listener.stop()
    assert not listener.is_alive()


def test_a_lost_connection_is_reopened(received: Received, monkeypatch: pytest.MonkeyPatch) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("only PostgreSQL has a connection to lose")
    monkeypatch.setattr(wake_ups, "RETRY_SECONDS", 0.01)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND query LIKE 'LISTEN%'"
        )
    assert received.wait()  # at the start of listening
    wake_ups.wake_workers()
    assert received.wait()
