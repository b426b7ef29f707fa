"""`manage.py doctor`: what is wrong with an installation, and what to do about it."""

import json
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from dataclasses import asdict
from textwrap import wrap
from typing import Any

from django.core.management.base import BaseCommand

from playground.health import checkup
from playground.health.findings import CheckResult, Level
from playground.health.missing_files import Inventory, MissingFile

INDENT = 24
WIDTH = 100
DETAIL_CHARACTERS = 500


class Command(BaseCommand):
    help = "Say what is wrong with database, storage, worker, provider keys or clocks; exit 1 then."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="print a JSON array of findings")
        parser.add_argument(
            "--files",
            action="store_true",
            help="look instead for every file that a row names, and print those that are missing",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        del args
        if options["files"]:
            self.look_for_files(as_json=options["json"])
            return
        findings = checkup.examine()
        if options["json"]:
            self.stdout.write(json.dumps([asdict(finding) for finding in findings], indent=2))
        else:
            self.stdout.writelines(line for finding in findings for line in lines_of(finding))
            self.stdout.write(sum_up(findings))
        if any(finding.level == Level.WRONG for finding in findings):
            sys.exit(1)

    def look_for_files(self, *, as_json: bool) -> None:
        """Print each missing file as it is found, with constant memory."""
        inventory, missing, error = Inventory(), 0, ""
        begin = "["
        try:
            for each in inventory.find_missing():
                missing += 1
                if as_json:
                    self.stdout.write(f"{begin}{json.dumps(asdict(each))}", ending="")
                    begin = ",\n"
                else:
                    self.stdout.write(line_of(each))
        except OSError as raised:
            error = str(raised)
        if as_json:
            last = f"{begin}{json.dumps({'error': error})}" if error else ""
            self.stdout.write(f"{last}]" if missing or error else "[]")
        else:
            self.stdout.write(sum_up_files(inventory.checked, missing, error))
        if missing or error:
            sys.exit(1)


def line_of(missing: MissingFile) -> str:
    used = [f"/runs/{run}/" for run in missing.runs]
    used += [f"{missing.uploads} uploads"] * bool(missing.uploads)
    return f"{missing.what:<11}{missing.name}  {' '.join(used)}".rstrip()


def sum_up_files(checked: int, missing: int, error: str) -> str:
    if error:
        return f"The storage does not answer: {error}. Until then {checked} files were looked for."
    if missing:
        return f"Missing: {missing} of {checked} files."
    return f"All {checked} files are in the storage."


def lines_of(finding: CheckResult) -> Iterator[str]:
    """Yield a result in columns, with advice and the original error below."""
    lines = [finding.message]
    if finding.advice:
        lines.append(f"-> {finding.advice}")
    if finding.detail:
        lines.append(f"({' '.join(finding.detail.split())[:DETAIL_CHARACTERS]})")
    start = f"{finding.level:<9}{finding.name:<{INDENT - 9}}"
    for text in lines:
        for line in wrap(text, WIDTH - INDENT, break_long_words=False, break_on_hyphens=False):
            yield f"{start}{line}\n"
            start = " " * INDENT


def sum_up(findings: list[CheckResult]) -> str:
    wrong, warnings = (
        sum(finding.level == level for finding in findings)
        for level in (Level.WRONG, Level.WARNING)
    )
    if not wrong and not warnings:
        return "All is well."
    return f"Wrong: {wrong}. Warnings: {warnings}."
