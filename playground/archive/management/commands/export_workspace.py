"""`manage.py export_workspace`: exports a workspace as a zip, including private runs."""

import os
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from playground.archive.export import Export, count_content, write_export
from playground.teams import audit
from playground.teams.audit import AuditEvent
from playground.teams.management.commands.people import find_workspace


class Command(BaseCommand):
    help = "Write a workspace with all its files into one zip, for another installation."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="the zip to write; it must not be there yet")
        parser.add_argument("--workspace", help="its name; needed where there are several")

    def handle(self, *args: Any, **options: Any) -> None:
        del args
        workspace, path = find_workspace(options["workspace"]), options["file"]
        export = Export(workspace)
        try:
            write_archive(path, export)
        except OSError as error:
            raise CommandError(f"{path} cannot be written: {error.strerror}.") from error
        audit.log_event(None, AuditEvent.WORKSPACE_EXPORTED, workspace=workspace)
        counts = count_content(export)
        self.stdout.write(f"{workspace}: {counts.runs} runs, {counts.files} files in {path}.")
        lines = [*export.left_out(), *(f"{name}: {why}" for name, why in export.missing.items())]
        for line in lines:
            self.stdout.write(f"Not in it: {line}")


def write_archive(path: Path, export: Export) -> None:
    """Write to a temporary name first, so that an existing file stays intact. Raises OSError."""
    unfinished = path.with_name(f"{path.name}.part")
    if path.exists():
        raise CommandError(f"{path} is there already.")
    try:
        with unfinished.open("wb") as file:
            unfinished.chmod(0o600)
            for piece in write_export(export):
                file.write(piece)
            file.flush()
            os.fsync(file.fileno())
        unfinished.rename(path)
    finally:
        unfinished.unlink(missing_ok=True)
