"""The clock where a broker carries the work: manage.py clock

Any number of these may run, and one at a time is at work: the one whose connection to the database
holds the advisory lock. It hands each due run over as one message and marks it by a short lease. A
worker that gets the message takes the run over. Where the lease ends first, because the broker lost
the message or no worker came, the run is due again: so the rows bring back what is lost. While a
queue is long nothing is handed over.
"""

import logging
import os
import socket
import time
from typing import Any

from django.db import connection

from playground.broker import Broker, BrokerAwayError
from playground.runs.models import Claim, Run, Worker
from playground.runs.models.queues import last_in_turn
from playground.runs.worker import tasks
from playground.runs.worker.clock import DEAF_TICK_SECONDS, Clock
from playground.runs.worker.heartbeat import Heartbeat

logger = logging.getLogger(__name__)

LOCK = 0x706C6179  # "play": of PostgreSQL's advisory locks of this database
STANDBY_SECONDS = 1.0  # between two tries to become the clock at work
AWAY_SECONDS = 1.0  # between two questions to a broker that did not answer

# So many messages may wait in each queue: some for each thread of a few large workers.
LONGEST_QUEUES = {"default": 200, "files": 50, "history": 50}
BUSY_TICK_SECONDS = DEAF_TICK_SECONDS  # while a queue is as long as it may be

# PostgreSQL notices after 20 seconds that the machine of the clock at work is gone.
SESSION = (
    "SET tcp_keepalives_idle = 5",
    "SET tcp_keepalives_interval = 5",
    "SET tcp_keepalives_count = 3",
)


class BrokerClock(Clock):
    """Ticks like the clock of a worker, and hands runs to Celery's workers."""

    def __init__(self) -> None:
        super().__init__()
        self.heartbeat = Heartbeat(f"{Worker.CLOCK}{socket.gethostname()}.{os.getpid()}")
        self.broker = Broker()
        self._away_until = 0.0
        self._fault = ""
        self._session: Any = None  # the connection that holds the lock
        self._next_try = 0.0

    @property
    def is_at_work(self) -> bool:
        return self._session is not None and connection.connection is self._session

    def _hand_out(self) -> None:
        if not self.is_at_work and not self._become_the_clock():
            return
        super()._hand_out()
        if any(self._is_full.values()):  # no one says when a queue is shorter
            self._sleep_seconds = min(self._sleep_seconds, BUSY_TICK_SECONDS)

    def _post(self, now: float) -> None:
        if self.is_at_work and now >= self._away_until:
            super()._post(now)

    def _send_mail(self, pk: int) -> bool:
        try:
            return super()._send_mail(pk)
        except BrokerAwayError as error:
            self._report(str(error))
            return False

    def _become_the_clock(self) -> bool:
        """Take the lock if no other clock has it."""
        now = time.monotonic()
        if now < self._next_try:
            return False
        self._next_try = now + STANDBY_SECONDS
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK])
            (is_ours,) = cursor.fetchone()
            if is_ours:
                for statement in SESSION:
                    cursor.execute(statement)
        self._session = connection.connection if is_ours else None
        if is_ours:
            connection.close_at = None  # however old it is: the lock would go with it
            logger.info("This clock is at work: it hands due runs to the broker")
        return bool(is_ours)

    def _room(self, queue: str, *, is_slowed: bool) -> int:
        if time.monotonic() < self._away_until:
            return 0
        try:
            waiting = self.broker.ask_size(queue)
        except BrokerAwayError as error:
            self._report(str(error))
            return 0
        self._report("")
        longest = LONGEST_QUEUES[queue] // (2 if is_slowed else 1)
        return max(longest - waiting, 0)

    def _claim(self, queue: str, room: int) -> list[Claim]:
        if not self._is_full[queue]:
            return Run.objects.claim(queue, room, is_handed=True)
        claims = Run.objects.claim_in_turn(queue, room, self._turns[queue], is_handed=True)
        self._turns[queue] = last_in_turn(claims, self._turns[queue])
        return claims

    def _enqueue(self, claims: list[Claim], queue: str) -> None:
        """Send a message for each run; those that cannot be sent are due again."""
        for number, claim in enumerate(claims):
            try:
                tasks.hand_over(claim, queue)
            except BrokerAwayError as error:
                self._report(str(error))
                Run.objects.give_back(claims[number:])
                return

    def _report(self, fault: str) -> None:
        """Say once that the broker is away, and once that it is back."""
        if fault:
            self._away_until = time.monotonic() + AWAY_SECONDS
            self.broker.close()
        if fault and not self._fault:
            logger.error("The broker does not answer: %s. Due runs wait until it is back", fault)
        elif self._fault and not fault:
            logger.warning("The broker answers again: due runs go on")
        self._fault = fault
