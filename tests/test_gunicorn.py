"""Gunicorn's master and workers end together, so that the web process can be restarted at once."""

import subprocess
import sys
import time
from pathlib import Path

import pytest
import requests

from tests.launched import ROOT, Launched, free_port

MASTER_AND_WORKER = """
import os, signal, sys, types
from playground import gunicorn
master = os.getpid()
if os.fork() == 0:
    worker = types.SimpleNamespace(ppid=master, age=2)
    if sys.argv[1] == "by the kernel":
        gunicorn.post_fork(None, worker)
    else:
        gunicorn.listen_to_workers = lambda: None  # there is no database
        gunicorn.post_worker_init(worker)
    print("at work", flush=True)
    if sys.argv[1] == "by the kernel":
        os.kill(os.getpid(), signal.SIGSTOP)  # it has no processor at all
signal.pause()
"""


@pytest.mark.parametrize("how", ["by the kernel", "by looking"])
def test_workers_end_when_their_master_is_killed(how: str) -> None:
    if how == "by the kernel" and sys.platform != "linux":
        pytest.skip("only Linux can signal the end of a parent")
    words = [sys.executable, "-c", MASTER_AND_WORKER, how]
    with subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, text=True) as master:
        assert master.stdout
        assert master.stdout.readline() == "at work\n"
        master.kill()
        assert master.stdout.read() == ""  # EOF, when no process has the pipe open


BOOTING_SLOWLY = """
import sys, time
print("loading the application", file=sys.stderr, flush=True)
from playground.wsgi import application as loaded
time.sleep(3)  # longer than the time limit of the command
application = loaded
"""


@pytest.mark.slow
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
        # Once, by the master. A worker that loaded it would time out, be killed and load it again.
        assert web.stderr.read().count(b"loading the application") == 1


def is_alive(port: int) -> bool:
    try:
        return requests.get(f"http://127.0.0.1:{port}/healthz", timeout=30).ok
    except requests.RequestException:
        return False


LOADED = """
import sys
import playground.wsgi
from django.template import engines
assert "playground.runs.pages.views" in sys.modules
(loader,) = engines["django"].engine.template_loaders
assert "runs/show.html" in loader.get_template_cache
"""


def test_views_and_templates_are_loaded_before_workers_are_forked(tmp_path: Path) -> None:
    environment = Launched(tmp_path / "data", SECRET_KEY="x" * 60).environment
    words = [sys.executable, "-c", LOADED]
    subprocess.run(words, cwd=ROOT, env=environment | {"DEBUG": "on"}, check=True)
