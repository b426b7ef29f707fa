from django.apps import AppConfig


class ExperimentsConfig(AppConfig):
    name = "playground.experiments"

    def ready(self) -> None:
        """Register the worker's check for waiting cells, as `runs` must not import this package."""
        from playground.experiments import waiting  # noqa: PLC0415 - models are ready only now
        from playground.runs.worker import housekeeping  # noqa: PLC0415 - likewise

        housekeeping.ROUNDS.append(waiting.go_on)
