from django.apps import AppConfig


class RunsConfig(AppConfig):
    name = "playground.runs"

    def ready(self) -> None:
        """Connect the receivers of `run_ended`."""
        from playground.runs.costs.settlement import log_costs  # noqa: PLC0415 - needs the models
        from playground.runs.models import run_ended  # noqa: PLC0415 - needs the app registry

        run_ended.connect(log_costs, dispatch_uid="costs")
