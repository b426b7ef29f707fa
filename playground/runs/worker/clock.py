"""The clock of a worker: claims due runs, finds due mails, sends the heartbeat.

The rows say when each run is due, in whichever process it was accepted and whichever was killed
with it in hand. The clock sleeps until the first of them is due, until a job of this process ends,
or until another process wakes it (playground/wake_ups.py); never longer than half a second. What is
claimed is for threads that are idle: none waits here that another worker could take.
"""

import logging
import math
import os
import random
import socket
import threading
import time
import uuid
from datetime import datetime, timedelta

from django.conf import settings
from django.db import DatabaseError, close_old_connections

from playground import database_clock
from playground.database_clock import Measurement
from playground.runs.models import QUEUES, Claim, Run, Worker
from playground.runs.models.queues import last_in_turn
from playground.runs.worker import leases, tasks
from playground.teams.models import Mail
from playground.thread_pool import pool
from playground.wake_ups import Listener

logger = logging.getLogger(__name__)

# The longest sleep: runs may become due unnoticed, as when another worker is killed.
TICK_SECONDS = 0.5
DEAF_TICK_SECONDS = 0.1  # while no wake-ups arrive
# Between two ticks at least, however much is due.
SHORTEST_TICK_SECONDS = 0.02
MAIL_BATCH = 50
STOP_SECONDS = 2.0

# Ticks that are so much further apart by the wall clock than they should be mean that this process
# stood still, or that the clock was set: what was scheduled before may be due long since, or never.
PAUSE_SECONDS = 10.0

# Mail is looked for this often, and at each wake-up. A job waits in the queue while a mail server
# is slow with others.
MAIL_SECONDS = 5.0
DEAF_MAIL_SECONDS = 1.0
LOST_MAIL_SECONDS = 5 * 60.0


class Clock(threading.Thread):
    """Ticks until it is stopped, or its process ends."""

    def __init__(self) -> None:
        super().__init__(name="clock", daemon=True)
        self.stopping = threading.Event()
        self.listener = Listener(self.wake)
        self._sleep_seconds = 0.0
        self.worker_name = f"{socket.gethostname()}.{os.getpid()}"
        self._is_full = dict.fromkeys(QUEUES, False)  # whether more was due than could begin
        # Whose turn was last. Workers begin with different ones, so that they seldom meet.
        self._turns = {queue: uuid.UUID(int=random.getrandbits(128)) for queue in QUEUES}
        self._posted: dict[tuple[int, int], float] = {}
        self._next_mail = 0.0
        self._next_heartbeat = 0.0
        self._last_tick: float | None = None  # by the wall clock
        self._offset: timedelta | None = None  # of the database's clock from ours
        self._trusts_clock = True

    def run(self) -> None:
        self.listener.start()
        while not self.stopping.wait(SHORTEST_TICK_SECONDS):
            pool.nudged.wait(max(self._sleep_seconds - SHORTEST_TICK_SECONDS, 0))
            pool.nudged.clear()
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
        pool.nudged.set()
        self.listener.stop()
        self.join(STOP_SECONDS)
        try:
            Worker.objects.filter(name=self.worker_name).delete()
        except DatabaseError:
            logger.warning("The database could not be told that this worker ends")

    def wake(self) -> None:
        """Have the next tick at once, with a look for mails: another process wrote something."""
        self._next_mail = 0.0
        pool.nudged.set()

    def tick(self) -> None:
        """Hand out due work to idle threads."""
        self._sleep_seconds = self._longest(TICK_SECONDS, DEAF_TICK_SECONDS)
        now = time.monotonic()
        self._notice_pause(time.time())
        self._beat(now)
        self._post(now)
        if self._trusts_clock:
            self._hand_out()

    def _longest(self, seconds: float, deaf_seconds: float) -> float:
        return seconds if self.listener.is_listening else deaf_seconds

    def _hand_out(self) -> None:
        """Claim what is due, as far as threads are idle, and note when the next run is due."""
        is_slowed = False
        for queue, due_at in Run.objects.next_due().items():
            seconds = math.inf if due_at is None else seconds_until(due_at)
            if seconds > 0:
                self._is_full[queue] = False
                self._sleep_seconds = min(self._sleep_seconds, seconds)
            elif room := pool.room(queue, is_slowed=is_slowed):
                claims = self._claim(queue, room)
                self._is_full[queue] = len(claims) >= room
                for claim in claims:
                    tasks.enqueue(claim, queue)
                if not self._is_full[queue]:  # a second look says when the next one is due
                    self._sleep_seconds = 0.0
            is_slowed = is_slowed or self._is_full[queue]

    def _claim(self, queue: str, room: int) -> list[Claim]:
        """Claim the longest due; workspaces in turn, where more is due than can begin."""
        if not self._is_full[queue]:
            return Run.objects.claim(queue, room)
        claims = Run.objects.claim_in_turn(queue, room, self._turns[queue])
        self._turns[queue] = last_in_turn(claims, self._turns[queue])
        return claims

    def _notice_pause(self, wall: float) -> None:
        """Look once at everything under way after this machine slept, or its clock was set."""
        before, self._last_tick = self._last_tick, wall
        if before is None or -PAUSE_SECONDS < wall - before < PAUSE_SECONDS:
            return
        self._next_heartbeat = 0.0  # what was measured of the clocks holds no longer
        self._measure()
        count = Run.objects.look_now()
        logger.warning(
            "The clock went from one tick to the next by %.0f s: %d runs are looked at now",
            wall - before, count,
        )  # fmt: skip

    def _post(self, now: float) -> None:
        """Have the mails sent that are due, each once for each try."""
        if now < self._next_mail:
            return
        self._next_mail = now + self._longest(MAIL_SECONDS, DEAF_MAIL_SECONDS)
        posted = {key: at for key, at in self._posted.items() if now - at < LOST_MAIL_SECONDS}
        self._posted = {}
        for key in Mail.objects.due().values_list("pk", "tries")[:MAIL_BATCH]:
            if key not in posted:
                tasks.post.enqueue(key[0])
            self._posted[key] = posted.get(key, now)

    def _beat(self, now: float) -> None:
        """Renew the leases, say that this worker is alive, and compare the clocks."""
        if now < self._next_heartbeat:
            return
        self._next_heartbeat = now + settings.HEARTBEAT_SECONDS
        leases.renew()
        measured = self._measure()
        Worker.objects.update_or_create(
            name=self.worker_name,
            defaults={
                "seen_at": database_clock.now_expression(),
                "clock_offset_seconds": measured.offset.total_seconds(),
            },
        )
        Worker.objects.silent().delete()
        if count := Run.objects.look_at_lost():
            logger.warning("%d runs waited for a moment too far away: they are due now", count)

    def _measure(self) -> Measurement:
        """Compare the clocks, and take no work while ours is wrong, or was just set."""
        before, trusted = self._offset, self._trusts_clock
        measured = database_clock.measure_offset()
        self._offset = measured.offset
        is_right = abs(measured.offset) <= settings.LEASE
        is_steady = before is None or abs(measured.offset - before) <= settings.LEASE
        self._trusts_clock = is_right and is_steady
        if trusted and not self._trusts_clock:
            logger.error(
                "The database's clock is %+.0f s from this machine's: this worker takes no work "
                "until they agree. Have the clocks of all machines set over the network (NTP).",
                measured.offset.total_seconds(),
            )
        elif self._trusts_clock and not trusted:
            logger.warning("The clocks agree again: this worker takes work")
        return measured


def seconds_until(moment: datetime) -> float:
    return (moment - database_clock.now()).total_seconds()
