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
from datetime import datetime

from django.conf import settings
from django.db import close_old_connections

from playground import database_clock
from playground.runs.models import QUEUES, Claim, Run
from playground.runs.models.queues import last_in_turn
from playground.runs.worker import tasks
from playground.runs.worker.heartbeat import Heartbeat
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
        self.heartbeat = Heartbeat(f"{socket.gethostname()}.{os.getpid()}")
        self._is_full = dict.fromkeys(QUEUES, False)  # whether more was due than could begin
        # Whose turn was last. Workers begin with different ones, so that they seldom meet.
        self._turns = {queue: uuid.UUID(int=random.getrandbits(128)) for queue in QUEUES}
        self._posted: dict[tuple[int, int], float] = {}
        self._next_mail = 0.0
        self._next_heartbeat = 0.0
        self._last_tick: float | None = None  # by the wall clock

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
        self.heartbeat.end()

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
        if self.heartbeat.trusts_clock:
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
            elif room := self._room(queue, is_slowed=is_slowed):
                claims = self._claim(queue, room)
                self._is_full[queue] = len(claims) >= room
                self._enqueue(claims, queue)
                if not self._is_full[queue]:  # a second look says when the next one is due
                    self._sleep_seconds = 0.0
            is_slowed = is_slowed or self._is_full[queue]

    def _room(self, queue: str, *, is_slowed: bool) -> int:
        """Return how many runs of a queue may be handed out now."""
        return pool.room(queue, is_slowed=is_slowed)

    def _enqueue(self, claims: list[Claim], queue: str) -> None:
        runs = Run.objects.load_claimed(claims) if len(claims) > 1 else {}
        for claim in claims:
            tasks.enqueue(claim, queue, runs.get(claim.lease_id))

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
        self.heartbeat.compare_clocks()
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
            if key in posted or self._send_mail(key[0]):
                self._posted[key] = posted.get(key, now)

    def _send_mail(self, pk: int) -> bool:
        """Have a mail sent; return whether that was enqueued."""
        tasks.post.enqueue(pk)
        return True

    def _beat(self, now: float) -> None:
        if now >= self._next_heartbeat:
            self._next_heartbeat = now + settings.HEARTBEAT_SECONDS
            self.heartbeat.beat()


def seconds_until(moment: datetime) -> float:
    return (moment - database_clock.now()).total_seconds()
