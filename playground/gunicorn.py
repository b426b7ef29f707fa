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
    """Logger of gunicorn's errors and requests, which redacts tokens in URLs."""

    def setup(self, cfg: Any) -> None:
        super().setup(cfg)
        for log in (self.error_log, self.access_log):
            for handler in log.handlers:
                handler.setFormatter(Redacted(handler.formatter or logging.Formatter()))


workers = settings.WEB_PROCESSES
threads = settings.WEB_THREADS
# Seconds. An open page polls at least every ten seconds, on the same connection. It must exceed a
# proxy's keep-alive (nginx: 60 s), or the proxy would send requests into a closing connection.
keepalive = 75
worker_class = "playground.slow_clients.BufferingWorker"
# Load the application before forking: gunicorn kills a worker without heartbeat for 30 seconds, and
# loading can take longer on a busy machine.
preload_app = True
bind = f"{settings.BIND_ADDRESS}:{settings.PORT}"
# forwarded.py decides which proxies are trusted.
secure_scheme_headers: dict[str, str] = {}
forwarder_headers = ""
logger_class = RedactingLogger
control_socket_disable = True  # unused, and it would write into the home folder

ORPHAN_SECONDS = 0.5
PR_SET_PDEATHSIG = 1  # of Linux's prctl(2)


def pre_fork(server: Any, worker: Any) -> None:
    """Close database connections, which processes must not share, and keep memory shared.

    A garbage collection writes to each object that it examines, which copies the object's page.
    Frozen objects are exempt.
    """
    del server, worker
    connections.close_all()
    gc.freeze()


def post_fork(server: Any, worker: Any) -> None:
    """End a worker with its master, also if the master is killed.

    Otherwise it would serve its open connections and hold the port for up to half a minute, and a
    restart would fail. An interrupted submission can be repeated, because its token makes it
    idempotent. On Linux the kernel ends it (PR_SET_PDEATHSIG); elsewhere `leave_with` polls.
    """
    del server
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != worker.ppid:  # the master ended before prctl
        os._exit(1)


def post_worker_init(worker: Any) -> None:
    """Watch the master, listen for wake-ups, and write the first log lines."""
    threading.Thread(target=leave_with, args=(worker.ppid,), daemon=True).start()
    listen_to_workers()
    if worker.age == 1:  # the first worker
        log_setup(worker)


def listen_to_workers() -> None:
    """Listen for wake-ups, for which polls of this process wait."""
    from playground.runs.pages.waiting import news  # noqa: PLC0415 - Django is ready only here

    news.listen()


def log_setup(worker: Any) -> None:
    """Log how to create the first owner; if the database is unavailable, at the next start.

    Others can read logs: the URL with its token is printed only to a terminal.
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
