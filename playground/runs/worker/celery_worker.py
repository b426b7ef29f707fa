"""What a process of Celery needs while it takes steps: heartbeat and housekeeping.

With the pool "threads" that is the worker itself, with "prefork" each of its child processes.
"""

import logging
import os
import socket
import sys
import threading
from typing import Any

from celery import signals
from django.conf import settings
from django.db import close_old_connections, connections

from playground.runs.worker.heartbeat import Heartbeat
from playground.runs.worker.housekeeping import Housekeeping

logger = logging.getLogger(__name__)

STOP_SECONDS = 2.0
LOOK_SECONDS = 0.5


class Beating(threading.Thread):
    """Beats until it is stopped, or its process ends.

    trusted  set while steps may be taken: not before the clocks were compared, and not while they
             are too far apart
    leaving  set once the worker is asked to end: steps in hand go on, those that wait do not
    """

    def __init__(self) -> None:
        super().__init__(name="heartbeat", daemon=True)
        self.stopping = threading.Event()
        self.trusted = threading.Event()
        self.leaving = threading.Event()
        self.pid = os.getpid()
        self.heartbeat = Heartbeat(f"celery@{socket.gethostname()}.{self.pid}")
        self.housekeeping = Housekeeping()

    def run(self) -> None:
        self.housekeeping.start()
        while not self.stopping.is_set():
            self.beat()
            self.stopping.wait(settings.HEARTBEAT_SECONDS)
        self.heartbeat.end()
        connections.close_all()

    def beat(self) -> None:
        try:
            close_old_connections()
            self.heartbeat.beat()
        except Exception:  # whatever it was: without heartbeats no run goes on
            logger.exception("A heartbeat was missed")
            close_old_connections()
            return
        if self.heartbeat.trusts_clock:
            self.trusted.set()
        else:
            self.trusted.clear()

    def stop(self) -> None:
        self.stopping.set()
        self.housekeeping.stop()
        self.join(STOP_SECONDS)


_beating: Beating | None = None


def start(**_: Any) -> None:
    global _beating  # noqa: PLW0603 - one for the process
    if _beating is None or _beating.pid != os.getpid():  # that of our parent
        connections.close_all()
        _beating = Beating()
        _beating.start()


def start_with_threads(instance: Any, **_: Any) -> None:
    """Start in the worker itself, where it takes the steps."""
    pool = instance.pool_cls.__module__.rpartition(".")[2]
    if pool not in {"thread", "solo", "prefork"}:
        sys.exit("playground: start the worker with --pool threads or --pool prefork.")
    if pool == "prefork":
        return
    if instance.autoscale:  # the first message would end the worker: this pool cannot grow
        sys.exit(
            "playground: --autoscale goes with --pool prefork alone. For threads set --concurrency "
            "to the most: an idle thread costs next to nothing."
        )
    start()


def let_go(**_: Any) -> None:
    """Have steps that wait for the clocks end: the worker is asked to."""
    if _beating:
        _beating.leaving.set()


def stop(**_: Any) -> None:
    if _beating:
        _beating.stop()


def wait_for_trust() -> bool:
    """Wait while this machine's clock is wrong; return whether a step may be taken.

    Meanwhile the worker gets no more messages than it has threads, and other workers go on.
    """
    if _beating is None:
        return True
    while not _beating.trusted.wait(LOOK_SECONDS):
        if _beating.leaving.is_set():
            return False
    return True


signals.celeryd_after_setup.connect(start_with_threads, weak=False)
signals.worker_process_init.connect(start, weak=False)
signals.worker_shutting_down.connect(let_go, weak=False)
signals.worker_process_shutdown.connect(stop, weak=False)
signals.worker_shutdown.connect(stop, weak=False)
