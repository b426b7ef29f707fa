"""How the web process is served: gunicorn --config python:playground.gunicorn"""

import os
import threading
from typing import Any

from django.db import Error

from playground import settings

# Two processes of eight threads answered the most small fragments a second on two cores.
workers = 2
threads = 8
worker_class = "playground.slow_clients.Worker"
bind = f"127.0.0.1:{settings.PORT}"
secure_scheme_headers: dict[str, str] = {}  # settings.py says whether a proxy is believed
control_socket_disable = True  # nobody uses it, and it would write into the home folder

ORPHAN_SECONDS = 0.5


def post_worker_init(worker: Any) -> None:
    """Let a worker end with its master, also when that one was killed.

    By itself it would first serve its open connections to their end, and hold the port meanwhile:
    nobody could start the pages anew for half a minute. A press of Generate that is cut off so
    can be repeated: it carries its token.
    """
    threading.Thread(target=leave_with, args=(worker.ppid,), daemon=True).start()
    if worker.age == 1:  # the first of the start
        tell_setup(worker)


def tell_setup(worker: Any) -> None:
    """Say in the log how the first owner is made; without a database, its next start says it."""
    from playground.teams import setup  # noqa: PLC0415 - Django is ready only in the worker

    try:
        address = "" if settings.DEMO_LOGIN else setup.offer()
    except (Error, OSError):
        return
    if address:
        worker.log.info("Nobody can log in yet. Make the first owner at %s", address)


def leave_with(parent: int) -> None:
    never = threading.Event()
    while os.getppid() == parent:
        never.wait(ORPHAN_SECONDS)
    os._exit(1)
