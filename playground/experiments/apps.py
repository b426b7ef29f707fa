from django.apps import AppConfig


class ExperimentsConfig(AppConfig):
    name = "playground.experiments"

    def ready(self) -> None:
        """Have the worker look for cells that wait; the room of runs does not know this one."""
        from playground.experiments import waiting  # noqa: PLC0415 - models are ready only now
        from playground.runs.worker import housekeeping  # noqa: PLC0415 - likewise

        housekeeping.ROUNDS.append(waiting.go_on)
