from django.apps import AppConfig


class ArchiveConfig(AppConfig):
    """Without tables; the commands need it to be an app."""

    name = "playground.archive"
