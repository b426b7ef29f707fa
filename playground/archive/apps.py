from django.apps import AppConfig


class ArchiveConfig(AppConfig):
    """An app without tables, because Django finds commands in apps."""

    name = "playground.archive"
