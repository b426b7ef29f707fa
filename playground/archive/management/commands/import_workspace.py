"""`manage.py import_workspace`: imports the export of a workspace."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from playground.archive.import_context import Report
from playground.archive.import_rows import RowError
from playground.archive.importer import Importer
from playground.archive.package import Package, PackageError, open_package
from playground.teams import audit
from playground.teams.audit import AuditEvent
from playground.teams.models import Workspace

MOST_FAULTS = 20


class Command(BaseCommand):
    help = "Take in what export_workspace wrote. Cut off or done again, it goes on where it was."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--workspace", help="where to; made where there is none of this name, as in the export"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        del args
        try:
            package = open_package(options["file"])
            workspace = find_workspace(package, options["workspace"])
        except (PackageError, RowError) as error:
            raise CommandError(str(error)) from error
        report = Importer(package, workspace).take()
        audit.log_event(
            None, AuditEvent.WORKSPACE_IMPORTED, workspace=workspace, file=options["file"]
        )
        self.stdout.write("\n".join(describe_report(report, workspace)))
        if report.faults:
            raise CommandError(f"{sum(report.refused.values())} were not taken in, see above.")


def find_workspace(package: Package, name: str | None) -> Workspace:
    name = name or package.facts.word("name", 100)
    named = list(Workspace.objects.filter(name=name)[:2])
    if len(named) > 1:
        raise CommandError(f"Several workspaces are called {name}. Rename one first.")
    shares_runs = package.facts.flag("shares_runs")
    return named[0] if named else Workspace.objects.create(name=name, shares_runs=shares_runs)


def describe_report(report: Report, workspace: Workspace) -> list[str]:
    lines = [f"Into {workspace}:"]
    for what in ("files", "models", "collections", "uploads", "runs", "presets"):
        facts = f"{report.added[what]} taken in, {report.known[what]} here already"
        lines.append(f"  {what}: {facts}, {report.refused[what]} refused")
    lines += report.faults[:MOST_FAULTS]
    if len(report.faults) > MOST_FAULTS:
        lines.append(f"and {len(report.faults) - MOST_FAULTS} more like these")
    if report.people:
        lines.append(f"Created accounts that can’t log in: {', '.join(report.people)}.")
        lines.append("`manage.py people reactivate`, `reset` and `role` give them access.")
    if not workspace.memberships.exists():
        lines.append("Nobody belongs there yet: `manage.py people role NAME owner --workspace …`.")
    lines.append("No run is asked for again. What was spent this month counts here, too.")
    return lines
