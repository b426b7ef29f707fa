"""The web process ends as a whole, so that it can be started anew at once."""

import subprocess
import sys

from tests.launched import ROOT

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
