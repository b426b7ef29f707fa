"""The web process ends as a whole, so that it can be started anew at once."""

import subprocess
import sys
import time
from pathlib import Path

import requests

from tests.launched import ROOT, Launched, free_port

MASTER_AND_WORKER = """
import os, signal, types
from playground import gunicorn
master = os.getpid()
if os.fork() == 0:
    gunicorn.post_worker_init(types.SimpleNamespace(ppid=master, age=2))
    print("at work", flush=True)
signal.pause()
"""


def test_a_killed_master_takes_its_workers_along() -> None:
    words = [sys.executable, "-c", MASTER_AND_WORKER]
    with subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, text=True) as master:
        assert master.stdout
        assert master.stdout.readline() == "at work\n"
        master.kill()
        assert master.stdout.read() == ""  # which ends when nobody holds the other end any more


BOOTING_SLOWLY = """
import time
from playground.wsgi import application as loaded
time.sleep(3)  # longer than the time limit of the command
application = loaded
"""


def test_a_web_process_that_boots_slowly_is_not_killed(tmp_path: Path) -> None:
    (tmp_path / "slow_app.py").write_text(BOOTING_SLOWLY)
    port = free_port()
    words = ["slow_app", "--config=python:playground.gunicorn", "--timeout=1"]
    environment = Launched(tmp_path / "data", port, PYTHONPATH=f"{tmp_path}:{ROOT}").environment
    command = [sys.executable, "-m", "gunicorn", *words]
    with subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.PIPE) as web:
        try:
            while not is_alive(port):
                assert web.poll() is None
                time.sleep(0.05)
        finally:
            web.terminate()
        assert web.stderr
        assert b"TIMEOUT" not in web.stderr.read()


def is_alive(port: int) -> bool:
    try:
        return requests.get(f"http://127.0.0.1:{port}/healthz", timeout=30).ok
    except requests.RequestException:
        return False
