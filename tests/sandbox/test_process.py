"""The process: `kill -9` loses nothing, two processes share a folder, a used port is an error."""

import os
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.sandbox.client import Client
from tests.sandbox_process import ROOT, SandboxProcess


@pytest.fixture
def own() -> SandboxProcess:
    return SandboxProcess(seconds=0)


def test_a_killed_sandbox_finishes_its_tasks_after_a_restart(own: SandboxProcess) -> None:
    with own:
        client = Client(own)
        tasks = [client.submit(f"key {number}", n=2) for number in range(4)]
        own.kill()
        own.restart()
        assert [client.submit(f"key {number}", n=2) for number in range(4)] == tasks
        assert {client.wait(task)["status"] for task in tasks} == {"succeeded"}
        assert len(own.ledger()["charges"]) == 4


@pytest.mark.slow
def test_urls_and_pictures_survive_a_kill(own: SandboxProcess) -> None:
    with own:
        client = Client(own)
        url = client.urls()[0]
        before = client.call("GET", url).content
        own.kill()
        own.restart()
        assert client.call("GET", url).content == before


@pytest.mark.slow
def test_a_fault_survives_a_kill(own: SandboxProcess) -> None:
    with own:
        own.fault("submit", "server_error")
        own.kill()
        own.restart()
        assert [Client(own).post().status_code for _ in range(2)] == [500, 200]


@pytest.mark.slow
def test_two_processes_share_the_state_of_a_folder(own: SandboxProcess) -> None:
    with own, SandboxProcess(own.folder, seconds=0) as other:
        task = Client(own).submit("shared")
        assert Client(other).submit("shared") == task
        assert Client(other).wait(task)["cost_actual"] == 0.0315
        assert len(own.ledger()["charges"]) == 1


@pytest.mark.slow
def test_drawing_continues_after_its_process_was_killed(own: SandboxProcess) -> None:
    with own:
        client = Client(own)
        tasks = [client.submit(prompt=f"hill {number}") for number in range(3)]
        kill_children(own)
        assert {client.wait(task)["status"] for task in tasks} == {"succeeded"}


def test_sigterm_ends_the_process_with_code_0(own: SandboxProcess) -> None:
    with own:
        assert own.stop() == 0


def test_a_used_port_is_reported_in_one_line_with_code_1(
    sandbox: SandboxProcess, tmp_path: Path
) -> None:
    options = [f"--port={sandbox.port}", f"--data={tmp_path}"]
    command = [sys.executable, "-m", "playground.sandbox", *options]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ended.returncode == 1
    assert len(ended.stderr.splitlines()) == 1
    assert str(sandbox.port) in ended.stderr


def test_control_requests_are_off_by_default(tmp_path: Path) -> None:
    with SandboxProcess(tmp_path, control=False) as plain:
        assert plain.http.post(f"{plain.url}/control/reset", timeout=5).status_code == 404


@pytest.mark.slow
def test_responses_are_fast_while_pictures_are_drawn(
    sandbox: SandboxProcess, client: Client
) -> None:
    sandbox.durations(processing=600)
    task = client.submit(n=15, prompt="a busy afternoon")
    seconds = sorted(timed(client, task) for _ in range(60))
    assert seconds[30] < 0.02


def test_sixteen_concurrent_clients_get_responses(client: Client) -> None:
    start = threading.Barrier(16)

    def visit(number: int) -> str:
        start.wait()
        return client.submit(f"visitor {number}")

    with ThreadPoolExecutor(16) as pool:
        assert len(set(pool.map(visit, range(16)))) == 16


def timed(client: Client, task: str) -> float:
    began = time.perf_counter()
    client.status(task)
    return time.perf_counter() - began


def kill_children(sandbox: SandboxProcess) -> None:
    assert sandbox.process
    command = ["pgrep", "-P", str(sandbox.process.pid)]
    children = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    for child in children:
        os.kill(int(child), signal.SIGKILL)
