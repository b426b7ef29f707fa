"""`manage.py clock`: what hands due runs to the broker (Procfile.celery)."""

import logging
import signal
import threading
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from playground import broker
from playground.runs.worker.broker_clock import BrokerClock

logger = logging.getLogger(__name__)

SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Command(BaseCommand):
    help = "Hand due runs to the broker for Celery's workers. Of several, one is at work at a time."

    def handle(self, *args: Any, **options: Any) -> None:
        del args, options
        if not settings.BROKER_URL:
            raise CommandError(
                "BROKER_URL is not set: without a broker each worker has a clock of its own. "
                "Start manage.py work instead."
            )
        logger.info("The engine is Celery, by the broker %s", broker.address())
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        clock = BrokerClock()
        try:
            clock.start()
            threading.Event().wait()
        except KeyboardInterrupt:
            for number in SIGNALS:
                signal.signal(number, signal.SIG_IGN)  # Ctrl-C may bring both
        clock.stop()
