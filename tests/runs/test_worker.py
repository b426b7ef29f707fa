"""The worker as a process of its own: heard of while it lives, and gone at once when stopped."""

import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SECONDS = 30


def manage(data_dir: Path, *words: str) -> subprocess.Popen[bytes]:
    kept = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    return subprocess.Popen(
        # Whoever runs the tests in the background ignores Ctrl-C, and so would what they start.
        ["env", "--default-signal=INT", sys.executable, "manage.py", *words],
        cwd=ROOT,
        env=kept | {"DATA_DIR": str(data_dir)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def heard_of(data_dir: Path) -> list[str]:
    with closing(sqlite3.connect(data_dir / "playground.sqlite3", timeout=20)) as database:
        return [name for (name,) in database.execute("SELECT name FROM runs_worker")]


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data")
    assert manage(folder, "migrate").wait(SECONDS) == 0
    return folder


@pytest.fixture
def worker(data_dir: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A worker on a SQLite file of its own that was heard of."""
    process = manage(data_dir, "work")
    name = f"{socket.gethostname()}.{process.pid}"
    give_up_at = time.monotonic() + SECONDS
    while name not in heard_of(data_dir):
        assert process.poll() is None
        assert time.monotonic() < give_up_at
        time.sleep(0.05)
    yield process
    process.kill()
    process.wait(SECONDS)


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_a_worker_that_is_stopped_says_so_at_once(
    worker: subprocess.Popen[bytes], data_dir: Path, how: int
) -> None:
    worker.send_signal(how)
    worker.wait(SECONDS)
    assert f"{socket.gethostname()}.{worker.pid}" not in heard_of(data_dir)


def test_a_worker_that_is_killed_is_missed_only_by_its_silence(
    worker: subprocess.Popen[bytes], data_dir: Path
) -> None:
    worker.kill()
    worker.wait(SECONDS)
    assert f"{socket.gethostname()}.{worker.pid}" in heard_of(data_dir)
