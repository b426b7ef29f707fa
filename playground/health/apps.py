from django.apps import AppConfig


class HealthConfig(AppConfig):
    """An app without tables: its command is found by it."""

    name = "playground.health"
