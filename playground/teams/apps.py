from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in


class TeamsConfig(AppConfig):
    name = "playground.teams"

    def ready(self) -> None:
        from playground.teams import audit, demo  # noqa: PLC0415 - they need the models of accounts

        audit.listen()
        user_logged_in.connect(demo.forget_automatic)
