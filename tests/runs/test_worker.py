"""The worker as a process: its heartbeat, a stop, a kill, and several processes."""

import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from tests.databases import find_migrated_file
from tests.tables import sample

ROOT = Path(__file__).parents[2]
TIMEOUT_SECONDS = 120


def manage(data_dir: Path, *words: str) -> subprocess.Popen[bytes]:
    kept = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    return subprocess.Popen(
        # Background processes ignore SIGINT, and child processes inherit that.
        ["env", "--default-signal=INT", sys.executable, "manage.py", *words],
        cwd=ROOT,
        env=kept | {"DATA_DIR": str(data_dir)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def active_workers(data_dir: Path) -> list[str]:
    with closing(sqlite3.connect(data_dir / "playground.sqlite3", timeout=20)) as database:
        return [name for (name,) in database.execute("SELECT name FROM runs_worker")]


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data")
    shutil.copyfile(find_migrated_file(), folder / "playground.sqlite3")
    return folder


def wait_for(data_dir: Path, is_so: Callable[[list[str]], bool]) -> list[str]:
    """Wait until the names of the workers with a heartbeat fulfil `is_so`; return them."""
    give_up_at = time.monotonic() + TIMEOUT_SECONDS
    while not is_so(names := active_workers(data_dir)):
        assert time.monotonic() < give_up_at, names
        time.sleep(0.05)
    return names


@pytest.fixture
def worker(data_dir: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A worker with its own SQLite file, after its first heartbeat."""
    process = manage(data_dir, "work")
    name = f"{socket.gethostname()}.{process.pid}"
    give_up_at = time.monotonic() + TIMEOUT_SECONDS
    while name not in active_workers(data_dir):
        assert process.poll() is None
        assert time.monotonic() < give_up_at
        time.sleep(0.05)
    yield process
    process.kill()
    process.wait(TIMEOUT_SECONDS)


@pytest.mark.parametrize("how", sample([signal.SIGTERM, signal.SIGINT], 1))
def test_a_stopped_worker_is_reported_at_once(
    worker: subprocess.Popen[bytes], data_dir: Path, how: int
) -> None:
    worker.send_signal(how)
    worker.wait(TIMEOUT_SECONDS)
    assert f"{socket.gethostname()}.{worker.pid}" not in active_workers(data_dir)


def test_a_killed_worker_is_reported_after_its_heartbeat_expires(
    worker: subprocess.Popen[bytes], data_dir: Path
) -> None:
    worker.kill()
    worker.wait(TIMEOUT_SECONDS)
    assert f"{socket.gethostname()}.{worker.pid}" in active_workers(data_dir)


# Several processes


@pytest.fixture
def supervisor(data_dir: Path) -> Iterator[subprocess.Popen[bytes]]:
    """`work --processes 2`, after a heartbeat of both, with no other worker."""
    with closing(sqlite3.connect(data_dir / "playground.sqlite3", timeout=20)) as database:
        database.execute("DELETE FROM runs_worker")
        database.commit()
    process = manage(data_dir, "work", "--processes", "2")
    wait_for(data_dir, lambda names: len(names) == 2)
    yield process
    process.kill()
    process.wait(TIMEOUT_SECONDS)
    wait_for(data_dir, lambda names: not any(map(is_alive, names)))


def process_of(name: str) -> int:
    return int(name.rpartition(".")[2])


def is_alive(name: str) -> bool:
    return Path(f"/proc/{process_of(name)}").exists()


def test_a_dead_worker_process_is_replaced_and_all_end_with_the_parent(
    supervisor: subprocess.Popen[bytes], data_dir: Path
) -> None:
    first, second = active_workers(data_dir)
    assert supervisor.pid not in {process_of(first), process_of(second)}
    os.kill(process_of(first), signal.SIGKILL)
    wait_for(data_dir, lambda names: len(set(names) - {first, second}) == 1)
    supervisor.send_signal(signal.SIGTERM)
    assert supervisor.wait(TIMEOUT_SECONDS) == 0
    assert active_workers(data_dir) == [
        first
    ]  # the other workers removed their rows when they ended


def test_no_child_process_outlives_a_killed_parent(
    supervisor: subprocess.Popen[bytes], data_dir: Path
) -> None:
    supervisor.kill()
    wait_for(data_dir, lambda names: not names)


@pytest.mark.parametrize("count", ["0", "65", "-1", "two", ""])
def test_an_invalid_number_of_processes_is_refused(count: str) -> None:
    with pytest.raises(CommandError, match="is no number from 1 to 64"):
        call_command("work", f"--processes={count}")
