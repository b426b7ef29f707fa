"""`manage.py doctor`: what is wrong, in words, and what to do about it."""

import json
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from dataclasses import asdict
from textwrap import wrap
from typing import Any

from django.core.management.base import BaseCommand

from playground.runs import checkup
from playground.runs.checks import Finding, Level

INDENT = 24
WIDTH = 100
DETAIL_CHARACTERS = 500


class Command(BaseCommand):
    help = "Say what is wrong with database, storage, worker, provider keys or clocks; exit 1 then."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="print a JSON array of findings")

    def handle(self, *args: Any, **options: Any) -> None:
        del args
        findings = checkup.examine()
        if options["json"]:
            self.stdout.write(json.dumps([asdict(finding) for finding in findings], indent=2))
        else:
            self.stdout.writelines(line for finding in findings for line in lines_of(finding))
            self.stdout.write(sum_up(findings))
        if any(finding.level == Level.WRONG for finding in findings):
            sys.exit(1)


def lines_of(finding: Finding) -> Iterator[str]:
    """The finding in columns; what to do about it, and the error as it came, below."""
    told = [finding.said]
    if finding.advice:
        told.append(f"-> {finding.advice}")
    if finding.detail:
        told.append(f"({' '.join(finding.detail.split())[:DETAIL_CHARACTERS]})")
    start = f"{finding.level:<9}{finding.name:<{INDENT - 9}}"
    for text in told:
        for line in wrap(text, WIDTH - INDENT, break_long_words=False, break_on_hyphens=False):
            yield f"{start}{line}\n"
            start = " " * INDENT


def sum_up(findings: list[Finding]) -> str:
    wrong, warnings = (
        sum(finding.level == level for finding in findings)
        for level in (Level.WRONG, Level.WARNING)
    )
    if not wrong and not warnings:
        return "All is well."
    return f"Wrong: {wrong}. Warnings: {warnings}."
