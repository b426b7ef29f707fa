"""Housekeeping of a worker: deletes old files and mails, backfills hashes.

It has a thread of its own, because it may take minutes on a slow disk or bucket, and the clock's
heartbeat and leases must never wait for that. One thread does one thing after the other, so nothing
here runs twice at the same time in a process.
"""

import contextlib
import logging
import os
import threading
import time
from collections.abc import Callable

from django.conf import settings
from django.db import close_old_connections, connections

from playground.media import incoming
from playground.media.incoming import StorageFailedError
from playground.runs.files import digest_backfill, hash_backfill, middle_sizes, pending_files, trash
from playground.teams.models import Mail

logger = logging.getLogger(__name__)

# What killed processes left behind is looked for at the start and then so often.
SWEEP_SECONDS = 60 * 60.0
STOP_SECONDS = 2.0
RETRY_SECONDS = 60.0  # after a storage did not answer

# How rooms that this one knows nothing of bring older rows up to date, some at a time; each says
# whether there may be more.
CHORES: list[Callable[[], bool]] = []
# What rooms that this one knows nothing of look for in every round: each is a query or two where
# there is nothing to do.
ROUNDS: list[Callable[[], object]] = []

# Copies of new pictures are drawn soon after their run is done, not before people saw them: so they
# wait a moment, and this thread takes the processor only when no other wants it.
SOON_SECONDS = 0.5
NICENESS = 10
_nudged = threading.Event()


def nudge() -> None:
    """Have the housekeeping of this process begin soon: a run is done."""
    _nudged.set()


def attempt(job: Callable[[], object]) -> None:
    """Do a job; where it fails, log it: the other jobs are done, and the next round may succeed."""
    try:
        job()
    except Exception:
        logger.exception("Housekeeping broke off")


class Housekeeping(threading.Thread):
    """Does the housekeeping until it is stopped, or its process ends."""

    def __init__(self) -> None:
        super().__init__(name="housekeeping", daemon=True)
        self.stopping = threading.Event()
        self._next_sweep = 0.0
        self._next_look = 0.0
        self._next_sizes = 0.0

    def run(self) -> None:
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICENESS)
        while not self.stopping.is_set():
            for each in (*ROUNDS, self.do_what_is_due):
                attempt(each)
            close_old_connections()  # to open one each round would cost more than an idle round
            if _nudged.wait(settings.HEARTBEAT_SECONDS):
                _nudged.clear()
                self.stopping.wait(SOON_SECONDS)
        connections.close_all()

    def stop(self) -> None:
        """Begin no new work; work in progress may be cut off anywhere."""
        self.stopping.set()
        nudge()
        self.join(STOP_SECONDS)

    def do_what_is_due(self) -> None:
        now = time.monotonic()
        if now >= self._next_sweep:
            self._next_sweep = now + SWEEP_SECONDS
            incoming.sweep_incoming()
            pending_files.sweep()
            pending_files.sweep_probes()
            trash.empty_trash()
            trash.delete_unused()
            Mail.objects.sweep()
        if now >= self._next_look:
            self._next_look = now if self._look() else now + SWEEP_SECONDS
        if now >= self._next_sizes:
            self._next_sizes = now + self._draw_sizes()

    def _draw_sizes(self) -> float:
        """Draw copies of pictures; return how many seconds it has to be left alone then."""
        try:
            middle_sizes.draw_some()
        except StorageFailedError:
            return RETRY_SECONDS
        return 0.0

    def _look(self) -> bool:
        """Do some of each chore; whether there is more."""
        is_more = False
        for chore in (hash_backfill.hash_some, digest_backfill.digest_some, *CHORES):
            is_more |= self._do(chore)
        return is_more

    def _do(self, chore: Callable[[], bool]) -> bool:
        try:
            return chore()
        except StorageFailedError:
            return False
