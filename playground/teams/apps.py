from django.apps import AppConfig


class TeamsConfig(AppConfig):
    name = "playground.teams"

    def ready(self) -> None:
        from playground.teams import audit  # noqa: PLC0415 - it needs the tables of accounts

        audit.listen()
