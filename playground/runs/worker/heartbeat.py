"""The heartbeat of a process that moves runs: renews its leases, says that it is alive.

It compares the clocks as well. While the database's is far from this machine's, or was just set,
the process takes no work.
"""

import logging
from datetime import timedelta

from django.conf import settings
from django.db import DatabaseError

from playground import database_clock
from playground.runs.models import Run, Worker
from playground.runs.worker import leases

logger = logging.getLogger(__name__)


class Heartbeat:
    """Writes the heartbeat at each call.

    name          of the process, for people
    trusts_clock  whether work may be taken by this machine's clock
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.trusts_clock = True
        self._offset: timedelta | None = None  # of the database's clock from ours

    def beat(self) -> None:
        """Renew the leases, say that this process is alive, and compare the clocks."""
        leases.renew()
        offset = self.compare_clocks()
        Worker.objects.update_or_create(
            name=self.name,
            defaults={
                "seen_at": database_clock.now_expression(),
                "clock_offset_seconds": offset.total_seconds(),
            },
        )
        Worker.objects.silent().delete()
        if count := Run.objects.look_at_lost():
            logger.warning("%d runs waited for a moment too far away: they are due now", count)

    def end(self) -> None:
        """Say at once that this process is gone; a killed one is only missed."""
        try:
            Worker.objects.filter(name=self.name).delete()
        except DatabaseError:
            logger.warning("The database could not be told that this worker ends")

    def compare_clocks(self) -> timedelta:
        """Return the offset; take no work while our clock is wrong, or was just set."""
        before, trusted = self._offset, self.trusts_clock
        offset = database_clock.measure_offset().offset
        self._offset = offset
        is_right = abs(offset) <= settings.LEASE
        is_steady = before is None or abs(offset - before) <= settings.LEASE
        self.trusts_clock = is_right and is_steady
        if trusted and not self.trusts_clock:
            logger.error(
                "The database's clock is %+.0f s from this machine's: this worker takes no work "
                "until they agree. Have the clocks of all machines set over the network (NTP).",
                offset.total_seconds(),
            )
        elif self.trusts_clock and not trusted:
            logger.warning("The clocks agree again: this worker takes work")
        return offset
