from django.apps import AppConfig


class TeamsConfig(AppConfig):
    name = "playground.teams"

    def ready(self) -> None:
        from playground.teams import (  # noqa: PLC0415 - they need the tables of accounts
            audit,
            devices,
            login_limits,
        )

        audit.listen()
        devices.listen()
        login_limits.listen()
