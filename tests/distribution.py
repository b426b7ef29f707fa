"""Which tests run in the same process: those of a file, and browser tests that share a program.

A program takes a process seconds to start and to furnish, so the files that use it follow each
other in one process. `make slow` has so many of these tests that it spreads them, file by file.
conftest.py makes pytest see what is here.
"""

import re
from functools import cache
from pathlib import Path

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadFileScheduling

from tests.tables import IS_WHOLE

# Fixtures of tests/browser/conftest.py, by the program that they start.
PROGRAMS = {
    "playground": "launched",
    "launched": "launched",
    "visit": "sample_workspaces",
    "team": "team",
}
PARAMETER = re.compile(rf"\b({'|'.join(PROGRAMS)}): (?:Page|Launched|Visit|Callable|Team)\b")


class ByProgram(LoadFileScheduling):  # type: ignore[misc]  # it is untyped
    """Gives the files that share a program to one process."""

    def _split_scope(self, nodeid: str) -> str:
        file: str = super()._split_scope(nodeid)
        return find_program(str(self.config.rootpath / file)) or file


@cache
def find_program(path: str) -> str | None:
    """Return the program that most tests of a file use, None where they share none."""
    if IS_WHOLE or "/tests/browser/" not in path:
        return None
    used = [PROGRAMS[name] for name in PARAMETER.findall(Path(path).read_text())]
    return max(used, key=used.count, default=None)


@pytest.hookimpl
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> ByProgram:
    return ByProgram(config, log)
