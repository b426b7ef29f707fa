"""`manage.py work`: the worker of the Procfile."""

import signal
import threading
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from playground.engine import crew
from playground.runs.clock import Clock

# Supervisor kills what has not ended eight seconds after it was asked to.
GRACE_SECONDS = 5.0


class Command(BaseCommand):
    help = "Take the steps of runs: the engine's threads, and the clock that wakes them."

    def handle(self, *args: Any, **options: Any) -> None:
        del args, options
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        clock = Clock()
        try:
            crew.start(settings.WORKER_THREADS)
            clock.start()
            threading.Event().wait()
        except KeyboardInterrupt:
            for number in (signal.SIGINT, signal.SIGTERM):
                signal.signal(number, signal.SIG_IGN)  # Ctrl-C may bring both, one after the other
        clock.stop()
        crew.stop(GRACE_SECONDS)
