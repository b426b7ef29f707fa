from django.apps import AppConfig


class RunsConfig(AppConfig):
    name = "playground.runs"

    def ready(self) -> None:
        """Connect what wants to know of runs that settle."""
        from playground.runs.costs.settlement import log_costs  # noqa: PLC0415 - needs the models
        from playground.runs.models import run_ended  # noqa: PLC0415 - needs the app registry

        run_ended.connect(log_costs, dispatch_uid="costs")
