from django.apps import AppConfig


class HealthConfig(AppConfig):
    """An app without tables, because Django finds commands in apps."""

    name = "playground.health"
