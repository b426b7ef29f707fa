"""`manage.py work`: the worker of the Procfile."""

import argparse
import logging
import os
import signal
import threading
import time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connections

from playground.runs.worker import leases
from playground.runs.worker.clock import Clock
from playground.runs.worker.housekeeping import Housekeeping
from playground.thread_pool import pool

logger = logging.getLogger(__name__)

# Supervisor kills what has not ended eight seconds after it was asked to.
GRACE_SECONDS = 5.0
KILL_SECONDS = 7.0

RESTART_SECONDS = 1.0  # at least between two starts of a process that dies again and again
ORPHAN_SECONDS = 0.5
MOST_PROCESSES = 64
SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Command(BaseCommand):
    help = "Take the steps of runs: a pool of threads, and the clock that claims what is due."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument(
            "--processes",
            type=read_count,
            default=settings.WORKER_PROCESSES,
            metavar="N",
            help="worker processes to keep running (default: WORKER_PROCESSES): one uses one core, "
            "and up to "
            f"{sum(settings.WORKER_THREADS.values()) + 3} connections to the database",
        )

    def handle(self, *args: Any, processes: int = 1, **options: Any) -> None:
        del args, options
        if settings.BROKER_URL:
            raise CommandError(
                "BROKER_URL is set, so the engine is Celery: start celery -A playground worker and "
                "manage.py clock instead (Procfile.celery)."
            )
        threads = sum(settings.WORKER_THREADS.values())
        each = "this process" if processes == 1 else f"each of {processes} processes"
        logger.info("The engine is %d threads of %s (no BROKER_URL is set)", threads, each)
        if processes == 1:
            work()
        else:
            Supervisor(processes).run()


def read_count(text: str) -> int:
    count = int(text) if text.isdecimal() else 0
    if not 1 <= count <= MOST_PROCESSES:
        raise argparse.ArgumentTypeError(f"{text!r} is no number from 1 to {MOST_PROCESSES}")
    return count


def work() -> None:
    """Be one worker until SIGTERM or SIGINT."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    clock, housekeeping = Clock(), Housekeeping()
    try:
        pool.start(settings.WORKER_THREADS)
        clock.start()
        housekeeping.start()
        threading.Event().wait()
    except KeyboardInterrupt:
        for number in SIGNALS:
            signal.signal(number, signal.SIG_IGN)  # Ctrl-C may bring both, one after the other
    clock.stop()
    housekeeping.stopping.set()
    pool.stop(GRACE_SECONDS)
    leases.give_back()


class Supervisor:
    """Keeps worker processes running until a signal stops it, and then ends them all.

    They are forked once everything is loaded, and share that memory. Each has a heartbeat of its
    own. Where this process is killed they end by themselves.
    """

    def __init__(self, count: int) -> None:
        self.count = count
        self.started: dict[int, float] = {}  # by process id

    def run(self) -> None:
        # Blocked and waited for: so no signal comes between two statements. Children unblock them.
        signal.pthread_sigmask(signal.SIG_BLOCK, {*SIGNALS, signal.SIGCHLD})
        for _ in range(self.count):
            self.start()
        while signal.sigwait({*SIGNALS, signal.SIGCHLD}) == signal.SIGCHLD:
            for pid, began_at in self.reap():
                logger.error("Worker process %d died: another is started", pid)
                if time.monotonic() - began_at < RESTART_SECONDS and self.wait_or_stop():
                    return self.stop()
                self.start()
        return self.stop()

    def start(self) -> None:
        connections.close_all()  # none may be carried into a fork
        parent = os.getpid()
        pid = os.fork()
        if pid == 0:
            code = 1
            try:
                signal.pthread_sigmask(signal.SIG_UNBLOCK, {*SIGNALS, signal.SIGCHLD})
                threading.Thread(target=end_with, args=(parent,), daemon=True).start()
                work()
                code = 0
            except Exception:
                logger.exception("A worker process broke off")
            finally:
                os._exit(code)  # the parent's own exit handlers are not ours
        self.started[pid] = time.monotonic()

    def reap(self) -> list[tuple[int, float]]:
        """Return which processes have ended, with when they had been started."""
        ended = [pid for pid in self.started if os.waitpid(pid, os.WNOHANG)[0]]
        return [(pid, self.started.pop(pid)) for pid in ended]

    def wait_or_stop(self) -> bool:
        """Pause before a start; return whether a signal stopped this process meanwhile."""
        return signal.sigtimedwait(SIGNALS, RESTART_SECONDS) is not None

    def stop(self) -> None:
        for pid in self.started:
            os.kill(pid, signal.SIGTERM)
        give_up_at = time.monotonic() + KILL_SECONDS
        while self.started and time.monotonic() < give_up_at:
            signal.sigtimedwait({signal.SIGCHLD}, 0.1)
            self.reap()
        for pid in self.started:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)


def end_with(parent: int) -> None:
    """End gracefully once the parent is gone, however it ended."""
    never = threading.Event()
    while os.getppid() == parent:
        never.wait(ORPHAN_SECONDS)
    os.kill(os.getpid(), signal.SIGTERM)
