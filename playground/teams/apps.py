from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in


class TeamsConfig(AppConfig):
    name = "playground.teams"

    def ready(self) -> None:
        from playground.teams import (  # noqa: PLC0415 - they need the tables of accounts
            audit,
            demo_login,
            devices,
            login_limits,
        )

        audit.connect_signals()
        devices.connect_signals()
        login_limits.connect_signals()
        user_logged_in.connect(demo_login.end_automatic)
