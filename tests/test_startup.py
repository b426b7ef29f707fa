"""The start waits for slow processes, names them, and ends if a process has died."""

import os
import re
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import requests

from tests.launched import ROOT, Launched
from tests.providers.scripted import Reply, ScriptedService, serving
from tests.tables import sample

pytestmark = pytest.mark.once

HOOKS = ROOT / "tests" / "start_hooks"
SPEED = 25  # speed of the launch command's clock: a minute passes in 2.4 seconds
SLOW = [("web", "sandbox"), ("worker",)]
COMMANDS = {"web": "gunicorn", "worker": "manage.py work", "sandbox": "playground.sandbox"}


@pytest.fixture
def block(tmp_path: Path) -> Path:
    """A file that blocks a process while it exists."""
    path = tmp_path / "block"
    path.touch()
    return path


type Begin = Callable[..., Launched]


@pytest.fixture
def begin(tmp_path: Path, new_database: Callable[[], str]) -> Iterator[Begin]:
    """Start the program with these settings; stop it at the end of the test."""
    programs: list[Launched] = []

    def start(**environment: object) -> Launched:
        known = {"PYTHONPATH": HOOKS, "HOOK_SPEED": SPEED, **environment}
        program = Launched(tmp_path / "data", DATABASE_URL=new_database())
        program.environment |= {name: str(value) for name, value in known.items()}
        program.begin()
        programs.append(program)
        return program

    yield start
    for program in programs:
        program.stop()


def lines_but_waiting(program: Launched) -> list[str]:
    return [line for line in program.lines if not line.startswith("still ")]


@pytest.mark.parametrize("names", sample(SLOW, 1), ids=" and ".join)
def test_slow_processes_are_waited_for_and_named(
    begin: Begin, block: Path, names: tuple[str, ...]
) -> None:
    words = "|".join(COMMANDS[name] for name in names)
    program = begin(HOOK_PROCESS=words, HOOK_BLOCK=block)
    seconds = 0
    while seconds <= 100:  # by the clock of the launch command
        line = program.wait_for(f"{names[0]} (starting for")
        found = dict(re.findall(r"(\w+) \(starting for (\d+) s\)", line))
        assert set(found) >= set(names)
        assert int(found[names[0]]) >= seconds + 9  # it prints rounded seconds
        seconds = int(found[names[0]])
    block.unlink()
    assert program.wait_for("Open http").endswith(f"Open http://127.0.0.1:{program.port}/\n")
    assert requests.get(f"http://127.0.0.1:{program.port}/healthz", timeout=30).ok


@pytest.mark.parametrize("name", sample(COMMANDS, 1))
def test_a_process_that_dies_ends_the_start_with_its_last_output(begin: Begin, name: str) -> None:
    program = begin(HOOK_PROCESS=COMMANDS[name], HOOK_OUTPUT="out of paper")
    program.wait_for(f"playground: {name} ended while it was starting.")
    assert program.wait_for("out of paper") == "    out of paper\n"
    assert program.process.wait() == 1
    assert not [line for line in program.lines if "Open http" in line]


@pytest.mark.slow
def test_a_process_that_dies_after_a_while_ends_the_start(begin: Begin, block: Path) -> None:
    program = begin(
        HOOK_PROCESS="gunicorn",
        HOOK_BLOCK=block,
        HOOK_OUTPUT="no more ink",
    )
    program.wait_for("still waiting for: web")
    block.unlink()
    program.wait_for("no more ink")
    assert program.process.wait() == 1


@pytest.mark.slow
def test_an_import_error_is_in_the_last_output(begin: Begin) -> None:
    program = begin(GUNICORN_CMD_ARGS="--worker-class=nobody")
    program.wait_for("playground: web ended while it was starting.")
    program.wait_for("nobody")
    assert program.process.wait() == 1


@pytest.mark.slow
def test_ctrl_c_while_waiting_ends_everything_silently(begin: Begin, block: Path) -> None:
    program = begin(HOOK_PROCESS="gunicorn", HOOK_BLOCK=block)
    program.wait_for("still waiting for: web")
    assert program.stop() in {0, -signal.SIGINT, 130}
    assert lines_but_waiting(program) == []


def test_ctrl_c_before_the_first_process_ends_silently(begin: Begin, tmp_path: Path) -> None:
    program = begin()
    while not (tmp_path / "data").exists():
        assert program.process.poll() is None
        time.sleep(0.01)
    os.killpg(program.process.pid, signal.SIGINT)
    assert program.process.wait() in {0, -signal.SIGINT, 130}
    program.reader.join()
    assert lines_but_waiting(program) == []


@pytest.mark.slow
def test_the_readiness_check_uses_no_proxy(begin: Begin) -> None:
    with serving(ScriptedService()) as proxy:
        proxy.reply_with(Reply(status=502))
        program = begin(http_proxy=proxy.url, HTTP_PROXY=proxy.url)
        program.wait_for("Open http")


@pytest.mark.slow
def test_pages_that_refuse_a_loopback_name_become_ready(begin: Begin) -> None:
    names = {"ALLOWED_HOSTS": "play.example.com", "SECRET_KEY": "x" * 50}
    program = begin(**names)
    program.wait_for("Open http")
