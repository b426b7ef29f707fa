"""`manage.py work`: the worker of the Procfile."""

from typing import Any

from huey.contrib.djhuey.management.commands import run_huey

from playground import engine  # noqa: F401 - connects its signal
from playground.runs import files
from playground.runs.clock import Clock


class Command(run_huey.Command):  # type: ignore[misc]  # huey has no types
    help = "Take the steps of runs: the engine's consumer, and the clock that wakes it."

    def handle(self, *args: Any, **options: Any) -> None:
        files.sweep_incoming()
        clock = Clock()
        clock.start()
        try:
            super().handle(*args, **options)
        finally:
            clock.stop()
