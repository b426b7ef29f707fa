"""The installation of packages shows its progress, on a terminal and in other output."""

import os
import pty
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.launched import ROOT

UV = f"""#!/bin/sh
case "$1" in
venv) mkdir -p .venv/bin && ln -sf {sys.executable} .venv/bin/python ;;
pip) while [ -e hold ]; do /bin/sleep 0.02; done; [ ! -e broken ] ;;
esac
"""
SLEEP = "#!/bin/sh\nexec /bin/sleep 0.1\n"  # instead of ten seconds


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project without packages, and an installer that runs until the file `hold` is deleted."""
    shutil.copytree(ROOT / ".ci", tmp_path / ".ci")
    (tmp_path / "requirements.txt").touch()
    (tmp_path / "bin").mkdir()
    for name, text in {"uv": UV, "sleep": SLEEP}.items():
        (tmp_path / "bin" / name).write_text(text)
        (tmp_path / "bin" / name).chmod(0o755)
    return tmp_path


def run(project: Path, output: int) -> "subprocess.Popen[bytes]":
    environment = os.environ | {"PATH": f"{project / 'bin'}:{os.environ['PATH']}"}
    return subprocess.Popen(
        [project / ".ci" / "venv", "requirements.txt"],
        env=environment,
        stdout=output,
        stderr=output,
        start_new_session=True,
    )


@pytest.fixture(params=["pipe", "terminal"])
def ends(request: pytest.FixtureRequest) -> Iterator[tuple[int, int]]:
    """Two file descriptors, to read from and to write to."""
    reading, writing = os.pipe() if request.param == "pipe" else pty.openpty()
    yield reading, writing
    os.close(reading)


def read_until(reading: int, words: str) -> str:
    text = ""
    while words not in text:
        piece = os.read(reading, 4096).decode()
        assert piece, text
        text += piece
    return text


def test_an_installation_that_takes_long_says_so(project: Path, ends: tuple[int, int]) -> None:
    reading, writing = ends
    (project / "hold").touch()
    process = run(project, writing)
    text = read_until(reading, "setup: still installing packages (20 s)…")
    (project / "hold").unlink()
    assert process.wait() == 0
    is_terminal = os.isatty(writing)
    os.close(writing)
    assert text.startswith("setup: installing requirements.txt into .venv (once)")
    assert "setup: still installing packages (10 s)…" in text
    assert (text.count("\n") == 1) == is_terminal  # a terminal overwrites one line
    assert (project / ".venv" / ".installed").exists()


def test_an_installation_that_is_quick_says_it_once(project: Path) -> None:
    (project / "bin" / "sleep").unlink()  # now it waits ten real seconds
    reading, writing = os.pipe()
    process = run(project, writing)
    os.close(writing)
    assert process.wait() == 0
    with os.fdopen(reading) as output:
        assert output.read() == "setup: installing requirements.txt into .venv (once)\n"


def test_an_installation_that_fails_says_so(project: Path) -> None:
    reading, writing = os.pipe()
    (project / "broken").touch()
    process = run(project, writing)
    os.close(writing)
    with os.fdopen(reading) as output:
        assert "setup: the packages could not be installed" in output.read()
    assert process.wait() == 1
    assert not (project / ".venv" / ".installed").exists()


def test_ctrl_c_during_the_installation_ends_all_its_processes(project: Path) -> None:
    reading, writing = os.pipe()
    (project / "hold").touch()
    process = run(project, writing)
    os.close(writing)
    read_until(reading, "still installing")
    os.killpg(process.pid, signal.SIGINT)
    assert process.wait() == 130
    with os.fdopen(reading) as output:
        output.read()  # EOF when no process has the pipe open


def test_a_finished_installation_prints_nothing(project: Path) -> None:
    run(project, subprocess.DEVNULL).wait()
    (project / "hold").touch()  # the installer must not be called
    reading, writing = os.pipe()
    began_at = time.monotonic()
    assert run(project, writing).wait() == 0
    os.close(writing)
    with os.fdopen(reading) as output:
        assert output.read() == ""
    assert time.monotonic() - began_at < 30
