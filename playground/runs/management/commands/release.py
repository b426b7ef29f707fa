"""`manage.py release`: the steps to take once for each version before it starts."""

import threading
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand

from playground import file_modes, static_files
from playground.catalog import shipped
from playground.providers import registry
from playground.teams import providers_in_use
from playground.teams.models import ApiKey, Workspace


class Command(BaseCommand):
    help = "Bring database, static files, shipped models and the first API keys up to date."

    def handle(self, *args: Any, **options: Any) -> None:
        del args
        verbosity = options["verbosity"]
        for sentence in file_modes.fix_file_modes():
            self.stdout.write(sentence)
        call_command("migrate", interactive=False, verbosity=verbosity)
        call_command("createcachetable", verbosity=0)  # attempts to log in are counted there
        static_files.provide()
        shipped.publish_all()
        store_first_keys()
        if is_beside_others():
            self.stdout.write("The release is done; this process waits with the others.")
            threading.Event().wait()


def is_beside_others() -> bool:
    """Whether a program started this with web and worker, all of the Procfile at once.

    honcho and foreman end all processes with the first that ends. They name each: "release.1".
    """
    return str(settings.PROCESS_NAME).partition(".")[0] == "release"


def store_first_keys() -> None:
    """Store the API key that the environment gives for each provider."""
    for provider in registry.real():
        if secret := providers_in_use.given_key(provider):
            ApiKey.objects.keep(Workspace.objects.first_one(), provider.slug, secret)
