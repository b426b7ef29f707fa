"""Configuration of gunicorn: gunicorn --config python:playground.gunicorn"""

import contextlib
import ctypes
import gc
import logging
import os
import signal
import threading
from typing import Any

from django.db import Error, connections
from gunicorn.glogging import Logger

from playground import settings
from playground.redaction import Redacted


class RedactingLogger(Logger):  # type: ignore[misc]  # gunicorn has no types
    """The log of gunicorn itself, errors and requests alike, without the tokens of links."""

    def setup(self, cfg: Any) -> None:
        super().setup(cfg)
        for log in (self.error_log, self.access_log):
            for handler in log.handlers:
                handler.setFormatter(Redacted(handler.formatter or logging.Formatter()))


workers = settings.WEB_PROCESSES
threads = settings.WEB_THREADS
# An open page polls every ten seconds at least, on a connection that it has. Longer than a proxy
# keeps one that is idle (nginx: 60 s), or it would send a request into one that is being closed.
keepalive = 75
worker_class = "playground.slow_clients.BufferingWorker"
# The program is loaded once, before the workers are forked: gunicorn kills a worker that says
# nothing for 30 seconds, and on a busy machine loading alone takes longer, again and again.
preload_app = True
bind = f"{settings.BIND_ADDRESS}:{settings.PORT}"
# forwarded.py says which proxies are believed, and about what.
secure_scheme_headers: dict[str, str] = {}
forwarder_headers = ""
logger_class = RedactingLogger
control_socket_disable = True  # no one uses it, and it would write into the home folder

ORPHAN_SECONDS = 0.5
PR_SET_PDEATHSIG = 1  # of Linux's prctl(2)


def pre_fork(server: Any, worker: Any) -> None:
    """Hand no open database connection to two processes, and keep their memory shared.

    A garbage collection writes to each object that it looks at, and so copies its page: what is
    there before the fork is left out of it.
    """
    del server, worker
    connections.close_all()
    gc.freeze()


def post_fork(server: Any, worker: Any) -> None:
    """Let a worker end with its master, also when that one was killed.

    By itself it would first serve its open connections to their end, and hold the port meanwhile:
    no one could start the pages again for half a minute. A press of Generate that is cut off so
    can be repeated: it carries its token. On Linux the kernel ends it, at once, however busy the
    machine is; elsewhere `leave_with` looks now and then.
    """
    del server
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != worker.ppid:  # it ended before we asked
        os._exit(1)


def post_worker_init(worker: Any) -> None:
    """Watch whether the master is alive, listen to workers, and write the first log lines."""
    threading.Thread(target=leave_with, args=(worker.ppid,), daemon=True).start()
    listen_to_workers()
    if worker.age == 1:  # the first of the start
        log_setup(worker)


def listen_to_workers() -> None:
    """Let polls of this process wait for news."""
    from playground.runs.pages.waiting import news  # noqa: PLC0415 - Django is ready only here

    news.listen()


def log_setup(worker: Any) -> None:
    """Say in the log how the first owner is made; without a database, its next start says it.

    Logs are kept, and read by others: the address with its token is printed at a terminal alone.
    """
    from playground.teams import setup  # noqa: PLC0415 - Django is ready only in the worker

    try:
        is_needed = setup.is_needed()
    except (Error, OSError):
        return
    if is_needed:
        worker.log.info("No accounts yet: run manage.py people setup. It prints the address.")


def leave_with(parent: int) -> None:
    never = threading.Event()
    while os.getppid() == parent:
        never.wait(ORPHAN_SECONDS)
    os._exit(1)
