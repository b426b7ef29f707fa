"""The worker's clock: finds the runs and mails that are due and has them taken on.

The rows say when each run is due, in whichever process it was accepted and whichever was killed
with it in hand. Asking them ten times a second costs two indexed queries each time.
"""

import logging
import os
import socket
import threading
import time
import uuid
from datetime import datetime

from django.conf import settings
from django.db import DatabaseError, close_old_connections
from django.utils import timezone

from playground.runs import leases, tasks
from playground.runs.media import files, latecomers, trash
from playground.runs.media.files import StorageFailedError
from playground.runs.models import Run, Worker
from playground.teams.models import Mail

logger = logging.getLogger(__name__)

TICK_SECONDS = 0.1
BATCH = 50  # of each queue: more than its threads begin within a tick
STOP_SECONDS = 2.0

# What killed workers left in the temporary folder is looked for at the start and then so often.
SWEEP_SECONDS = 60 * 60.0

# Ticks that are so much further apart by the wall clock than they should be mean that this process
# stood still, or that the clock was set: what was scheduled before may be due long since, or never.
PAUSE_SECONDS = 10.0

# A run that was handed to the engine and is still due after this long was lost on the way.
LOST_SECONDS = 20.0

# Mail is looked for this often. A job waits in the queue while a mail server is slow with others.
MAIL_SECONDS = 1.0
LOST_MAIL_SECONDS = 5 * 60.0


class Clock(threading.Thread):
    """Ticks until it is told to stop, or its process ends."""

    def __init__(self) -> None:
        super().__init__(name="clock", daemon=True)
        self.stopping = threading.Event()
        self.worker_name = f"{socket.gethostname()}.{os.getpid()}"
        self._handed: dict[tuple[uuid.UUID, datetime | None], float] = {}
        self._posted: dict[tuple[int, int], float] = {}
        self._next_mail = 0.0
        self._next_heartbeat = 0.0
        self._next_sweep = 0.0
        self._next_look = 0.0
        self._last_tick: float | None = None  # by the wall clock

    def run(self) -> None:
        while not self.stopping.wait(TICK_SECONDS):
            try:
                if time.monotonic() >= self._next_heartbeat:
                    close_old_connections()  # as a request does before it begins
                self.tick()
            except Exception:  # whatever it was: without a clock no run goes on
                logger.exception("The clock missed a tick")
                close_old_connections()
                self.stopping.wait(TICK_SECONDS * 10)

    def stop(self) -> None:
        """Tick no more, and say at once that this worker is gone; a killed one is only missed."""
        self.stopping.set()
        self.join(STOP_SECONDS)
        try:
            Worker.objects.filter(name=self.worker_name).delete()
        except DatabaseError:
            logger.warning("The database could not be told that this worker ends")

    def tick(self) -> None:
        """Wake what is due, each run once for each time it becomes due."""
        now = time.monotonic()
        self._notice_pause(time.time())
        self._beat(now)
        self._post(now)
        handed = {key: since for key, since in self._handed.items() if now - since < LOST_SECONDS}
        self._handed = {}
        for queue, wanted in tasks.QUEUES.items():
            due = Run.objects.due().filter(wanted)
            for key in due.values_list("pk", "next_check_at")[:BATCH]:
                if key not in handed:
                    tasks.wake(key[0], queue)
                self._handed[key] = handed.get(key, now)

    def _notice_pause(self, wall: float) -> None:
        """Look once at everything under way after this machine slept, or its clock was set."""
        before, self._last_tick = self._last_tick, wall
        if before is None or -PAUSE_SECONDS < wall - before < PAUSE_SECONDS:
            return
        count = Run.objects.look_now()
        logger.warning(
            "The clock went from one tick to the next by %.0f s: %d runs are looked at now",
            wall - before, count,
        )  # fmt: skip

    def _post(self, now: float) -> None:
        """Have the mails sent that are due, each once for each try."""
        if now < self._next_mail:
            return
        self._next_mail = now + MAIL_SECONDS
        posted = {key: at for key, at in self._posted.items() if now - at < LOST_MAIL_SECONDS}
        self._posted = {}
        for key in Mail.objects.due().values_list("pk", "tries")[:BATCH]:
            if key not in posted:
                tasks.post.enqueue(key[0])
            self._posted[key] = posted.get(key, now)

    def _beat(self, now: float) -> None:
        if now < self._next_heartbeat:
            return
        self._next_heartbeat = now + settings.HEARTBEAT_SECONDS
        leases.renew()
        Worker.objects.update_or_create(name=self.worker_name, defaults={"seen_at": timezone.now()})
        Worker.objects.filter(seen_at__lt=timezone.now() - Worker.SILENCE * 100).delete()
        if now >= self._next_sweep:
            self._next_sweep = now + SWEEP_SECONDS
            files.sweep_incoming()
            trash.empty()
            Mail.objects.sweep()
        if now >= self._next_look:
            self._look(now)

    def _look(self, now: float) -> None:
        """Go on with the next beat while there is something to look at, else in an hour."""
        try:
            is_left = latecomers.look_at_some()
        except StorageFailedError:
            is_left = False
        self._next_look = now if is_left else now + SWEEP_SECONDS
